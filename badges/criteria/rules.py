"""A rule, `rule/1`: what must be done, and how often it is recognised. Read from its JSON once that was checked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from badges.criteria.facts import HELD, MEMBER, STATES, Fact

FORMAT = "rule/1"
TIMES = {"minutes": 1, "hours": 60}  # units that count for each other
PERCENT = "percent"


class Type(StrEnum):
    """What a condition asks."""

    COUNT = "count"  # how many different things of a kind, or with tags
    SET = "set"  # so many of those that are named
    SUM = "sum"  # values added up: hours
    SCORE = "score"
    IMPROVED = "improved"  # from the first try to the best one after it
    DEADLINE = "deadline"  # done, and by then
    PEERS = "peers"  # how many different people were helped
    HOLDS = "holds"  # credentials: so many of those that are named
    MEMBER = "member"  # of a group


class Take(StrEnum):
    """Which try of several counts."""

    BEST = "best"
    FIRST = "first"
    LAST = "last"


class Of(StrEnum):
    """How many of its conditions a group needs."""

    ALL = "all"
    ANY = "any"
    AT_LEAST = "at_least"


class Every(StrEnum):
    """The period in which it can be earned once."""

    WEEK = "week"
    MONTH = "month"
    TERM = "term"


@dataclass(frozen=True)
class Window:
    """Days where the institution is, the first and the last included."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def within(self, other: Window) -> Window:
        """The days that both have."""
        starts = [day for day in (self.start, other.start) if day]
        ends = [day for day in (self.end, other.end) if day]
        return Window(max(starts, default=None), min(ends, default=None))

    @property
    def empty(self) -> bool:
        return self.start is not None and self.end is not None and self.end < self.start


ALWAYS = Window()


@dataclass(frozen=True)
class Condition:
    """One thing to be done. Which facts it looks at (what is empty asks nothing), and how much of them it takes."""

    type: Type
    goal: Decimal
    kind: str = ""
    keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    unit: str = ""
    take: Take = Take.BEST
    window: Window = ALWAYS
    clock: time | None = None  # of a deadline, on its last day

    @property
    def dated(self) -> bool:
        """Whether it is done anew in every period; what somebody holds or belongs to simply stands."""
        return self.kind not in STATES

    def concerns(self, fact: Fact) -> bool:
        """Whether the fact is of those it looks at, whenever it happened."""
        return (
            (fact.kind == self.kind if self.kind else fact.kind not in STATES)
            and (not self.keys or fact.key in self.keys)
            and all(tag in fact.tags for tag in self.tags)
            and self._fits(fact)
        )

    def _fits(self, fact: Fact) -> bool:
        if self.type is Type.PEERS:
            return bool(fact.peer)
        if self.type is Type.SUM:
            same = fact.unit == self.unit or (fact.unit in TIMES and self.unit in TIMES)
            return same and fact.value is not None and fact.value > 0
        if self.type in {Type.SCORE, Type.IMPROVED}:
            return fact.value is not None and self.unit in {"", fact.unit}
        return True


@dataclass(frozen=True)
class Group:
    """Conditions, of which some are needed. The rule's own may hold one more level of them."""

    of: Of
    members: tuple[Condition | Group, ...]
    n: int = 0

    @property
    def needed(self) -> int:
        """How many of its members must be met."""
        return {Of.ALL: len(self.members), Of.ANY: 1, Of.AT_LEAST: self.n}[self.of]

    def conditions(self) -> Iterator[Condition]:
        """Every condition in it, as they stand."""
        for member in self.members:
            if isinstance(member, Group):
                yield from member.conditions()
            else:
                yield member


@dataclass(frozen=True)
class Term:
    """One term of the institution's calendar."""

    key: str
    name: str
    window: Window


@dataclass(frozen=True)
class Rule:
    """What earns a credential: once ever, or once in every period."""

    needs: Group
    every: Every | None = None
    terms: tuple[Term, ...] = ()

    def concerns(self, fact: Fact) -> bool:
        """Whether anything in the rule looks at such a fact: all others cannot change what it says."""
        return any(condition.concerns(fact) for condition in self.needs.conditions())

    def kinds(self) -> frozenset[str]:
        """Kinds of facts it looks at, to find the rules of a new fact by. An empty one: any kind, by its tags."""
        return frozenset(condition.kind for condition in self.needs.conditions())

    def stands_on(self) -> frozenset[str]:
        """Credentials it asks for."""
        return frozenset(key for one in self.needs.conditions() if one.type is Type.HOLDS for key in one.keys)


def read(document: Mapping[str, Any]) -> Rule:
    """The rule in a document in which `checking.check` found no fault."""
    terms = [Term(said["key"], said["name"], window(said)) for said in document.get("terms", ())]
    every = Every(document["every"]) if "every" in document else None
    return Rule(group(document["needs"]), every, tuple(terms))


def group(said: Mapping[str, Any]) -> Group:
    """Conditions, and groups of them."""
    members = [group(one) if "of" in one else condition(one) for one in said["conditions"]]
    return Group(Of(said["of"]), tuple(members), int(said.get("n", 0)))


def condition(said: Mapping[str, Any]) -> Condition:
    """One condition; the schema says which values each type has."""
    asked = Type(said["type"])
    kind = {Type.HOLDS: HELD, Type.MEMBER: MEMBER}.get(asked, said.get("kind", ""))
    one = [said[name] for name in ("key", "group") if name in said]
    return Condition(
        type=asked,
        goal=exact(said.get("at_least", 1)),
        kind=kind,
        keys=tuple(said.get("keys") or said.get("credentials") or one),
        tags=tuple(said.get("tags", ())),
        unit=said.get("unit", ""),
        take=Take(said.get("take", Take.BEST)),
        window=window(said),
        clock=time.fromisoformat(said["time"]) if "time" in said else None,
    )


def exact(number: float) -> Decimal:
    """As it was written: 0.1 is a tenth."""
    return Decimal(str(number))


def window(said: Mapping[str, Any]) -> Window:
    """`from` and `to`; a deadline's `by` is the last day."""
    start, end = (said.get(name) for name in ("from", "by" if "by" in said else "to"))
    return Window(date.fromisoformat(start) if start else None, date.fromisoformat(end) if end else None)
