"""What a schema cannot say of a rule: that it can be met, agrees with itself, and asks for things that there are. Pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Any

from badges.criteria import rules
from badges.criteria.checking import MOST_PROBLEMS, Problem, check_form, pointer
from badges.criteria.facts import HELD, KINDS, MEMBER, STATES
from badges.criteria.periods import EVER, Period, holding
from badges.criteria.rules import PERCENT, TIMES, Condition, Group, Of, Rule, Type, Window

Json = Mapping[str, Any]
Path = tuple[Any, ...]


@dataclass(frozen=True)
class Known:
    """What there is at an institution for rules to ask for. None: not asked here, as when a draft is only drawn.

    `awards` is the achievement whose rule this is, `stacks` the credentials that each other achievement's rules ask for.
    """

    kinds: Container[str] = KINDS
    things: Container[tuple[str, str]] | None = None  # (kind, key)
    credentials: Container[str] | None = None
    archived: Container[str] = frozenset()
    groups: Container[str] | None = None
    awards: str = ""
    stacks: Mapping[str, frozenset[str]] = field(default_factory=dict)


ANYTHING = Known()


def check(document: Any, known: Known = ANYTHING) -> list[Problem]:
    """All faults; none means that `rules.read` reads it, and that somebody can meet it."""
    problems = check_form(document) or list(_of_days((), document))
    if problems:
        return problems
    return list(islice(dict.fromkeys(_faults(document, known)), MOST_PROBLEMS))


def _of_days(path: Path, value: Any) -> Iterator[Problem]:
    """30 February has the form of a day. The depth was weighed."""
    for step, child in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(child, dict | list):
            yield from _of_days((*path, step), child)
        elif step in {"from", "to", "by"} and not _is_day(child):
            yield Problem(pointer((*path, step)), "no-day", str(child))
    if isinstance(value, dict) and "from" in value and "to" in value and value["to"] < value["from"]:
        yield Problem(pointer((*path, "to")), "ends-before-start")


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        date.fromisoformat(text)
        return True
    return False


def _faults(document: Json, known: Known) -> Iterator[Problem]:
    parts = [*_of_calendar(document), *_of_groups(("needs",), document["needs"])]
    for path, said in _conditions(("needs",), document["needs"]):
        parts += _of_condition(path, said, known)
    yield from parts
    yield from _of_circle(document, known)
    if not parts:
        yield from _of_whole(rules.read(document))


def _conditions(path: Path, group: Json) -> Iterator[tuple[Path, Json]]:
    for place, said in enumerate(group["conditions"]):
        where = (*path, "conditions", place)
        if "of" in said:
            yield from _conditions(where, said)
        else:
            yield where, said


def _of_calendar(document: Json) -> Iterator[Problem]:
    terms = document.get("terms", [])
    if (document.get("every") == "term") != bool(terms):
        yield Problem("/terms", "unneeded" if terms else "missing", "terms")
    for key, count in Counter(term["key"] for term in terms).items():
        if count > 1:
            yield Problem("/terms", "twice", key)
    in_order = sorted((term["from"], term["to"], place) for place, term in enumerate(terms))
    for (_, ends, _), (begins, _, place) in pairwise(in_order):
        if begins <= ends:
            yield Problem(pointer(("terms", place, "from")), "terms-overlap")


def _of_condition(path: Path, said: Json, known: Known) -> Iterator[Problem]:
    condition = rules.condition(said)
    if condition.goal != round(condition.goal, 2):
        yield Problem(pointer((*path, "at_least")), "too-exact", "2")
    if condition.keys and condition.type in {Type.SET, Type.HOLDS} and condition.goal > len(condition.keys):
        yield Problem(pointer((*path, "at_least")), "more-than-named", str(len(condition.keys)))
    if condition.unit == PERCENT and condition.type in {Type.SCORE, Type.IMPROVED} and condition.goal > 100:
        yield Problem(pointer((*path, "at_least")), "more-than-all", "100")
    if condition.type in {Type.COUNT, Type.PEERS, Type.SUM} and not condition.kind and not condition.tags:
        yield Problem(pointer((*path, "kind")), "asks-anything")
    if _longer_than(condition, condition.window):
        yield Problem(pointer((*path, "at_least")), "more-than-time")
    yield from _of_references(path, said, condition, known)


def _of_references(path: Path, said: Json, condition: Condition, known: Known) -> Iterator[Problem]:
    if condition.type is Type.HOLDS:
        for place, key in enumerate(condition.keys):
            where = pointer((*path, "credentials", place))
            if key in known.archived:
                yield Problem(where, "archived", keys=(key,))
            elif known.credentials is not None and key not in known.credentials:
                yield Problem(where, "unknown-credential", keys=(key,))
        return
    if condition.type is Type.MEMBER:
        if known.groups is not None and condition.keys[0] not in known.groups:
            yield Problem(pointer((*path, "group")), "unknown-group", keys=condition.keys)
        return
    if condition.kind in STATES:
        instead = {HELD: Type.HOLDS, MEMBER: Type.MEMBER}[condition.kind]
        yield Problem(pointer((*path, "kind")), "not-recorded", instead)
    elif condition.kind and condition.kind not in known.kinds:
        yield Problem(pointer((*path, "kind")), "unknown-kind", condition.kind)
    elif known.things is not None:
        for place, key in enumerate(condition.keys):
            if (condition.kind, key) not in known.things:
                at = (*path, "keys", place) if "keys" in said else (*path, "key")
                yield Problem(pointer(at), "unknown-thing", condition.kind, (key,))


def _of_groups(path: Path, group: Json) -> Iterator[Problem]:
    members, n = group["conditions"], group.get("n")
    if group["of"] != Of.AT_LEAST and n is not None:
        yield Problem(pointer((*path, "n")), "unneeded", "n")
    if group["of"] == Of.AT_LEAST and n is None:
        yield Problem(pointer((*path, "n")), "missing", "n")
    if n is not None and n > len(members):
        yield Problem(pointer((*path, "n")), "more-than-named", str(len(members)))
    for place, member in enumerate(members):
        where = (*path, "conditions", place)
        if member in members[:place]:
            yield Problem(pointer(where), "said-twice")
        if "of" in member:
            yield from _of_groups(where, member)


def _of_circle(document: Json, known: Known) -> Iterator[Problem]:
    """To earn this for holding what is earned for holding this. Refused even where another way is open: nobody sees through it."""
    if not known.awards:
        return
    for path, said in _conditions(("needs",), document["needs"]):
        for place, key in enumerate(said.get("credentials", ())):
            if way := _way(key, known.awards, known.stacks):
                yield Problem(pointer((*path, "credentials", place)), "circle", keys=(known.awards, *way))


def _way(start: str, goal: str, stacks: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """From one credential along what each asks for, the shortest way to another; empty if there is none."""
    waiting: deque[tuple[str, ...]] = deque([(start,)])
    seen = {start}
    while waiting:
        way = waiting.popleft()
        if way[-1] == goal:
            return way
        asked = stacks.get(way[-1], frozenset()) - seen
        seen |= asked
        waiting += [(*way, key) for key in sorted(asked)]
    return ()


def _of_whole(rule: Rule) -> Iterator[Problem]:
    """Asked only where each part is sound by itself."""
    if rule.every and _possible(rule.needs, None):
        yield Problem("/every", "nothing-anew")
    elif not any(_possible(rule.needs, period) for period in _periods(rule)):
        yield Problem("/needs", "never-together")


def _periods(rule: Rule) -> Iterator[Period]:
    """Enough of them to find one in which it can be met, if there is any.

    What is possible changes only where the days of a condition begin or end: there a period may be cut short, and those
    beside it are whole.
    """
    if rule.every is None:
        yield EVER
        return
    windows = [condition.window for condition in rule.needs.conditions()] + [term.window for term in rule.terms]
    days = {day or date(2000, 1, 1) for window in windows for day in (window.start, window.end)}
    for day in sorted(days | {day + timedelta(days=near) for day in days for near in (-31, -28, -7, 7, 28, 31)}):
        if period := holding(rule, day):
            yield period


def _possible(group: Group, period: Period | None) -> bool:
    """Whether enough of it can be met within a period; without one, by what merely stands."""
    possible = 0
    for member in group.members:
        if isinstance(member, Group):
            possible += _possible(member, period)
        elif not member.dated:
            possible += 1
        elif period is not None:
            window = member.window.within(period.window)
            possible += not window.empty and not _longer_than(member, window)
    return possible >= group.needed


def _longer_than(condition: Condition, window: Window) -> bool:
    """More hours than the days have. One day a year has 25."""
    if condition.type is not Type.SUM or condition.unit not in TIMES or window.start is None or window.end is None:
        return False
    hours = ((window.end - window.start).days + 1) * 24 + 1
    return condition.goal * TIMES[condition.unit] > hours * TIMES["hours"]
