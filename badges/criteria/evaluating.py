"""A rule and what is known of a person: met or not and since when, each condition with its reason, and what is missing. Pure.

Words are made of this in one place (badges.wording), for builder, dry run and dashboard alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from badges.criteria.facts import Dated, Fact, History
from badges.criteria.periods import EVER, Period, current, holding, last_moment
from badges.criteria.rules import Condition, Group, Rule, Take, Type, Window
from badges.criteria.tallying import Tally, tally


class Reason(StrEnum):
    """Why a condition stands where it stands."""

    MET = "met"
    NOTHING_YET = "nothing-yet"
    SHORT = "short"
    ONE_TRY = "one-try"  # to be improved on
    LAST_COUNTS = "last-counts"  # and an earlier one had been enough
    NOT_BEGUN = "not-begun"
    NOT_NOW = "not-now"  # its days are not in this period
    OVER = "over"
    LATE = "late"  # done, after the deadline
    FIRST_COUNTS = "first-counts"  # and was not enough


# Nothing that a person could still do would meet it.
CLOSED = frozenset({Reason.NOT_NOW, Reason.OVER, Reason.LATE, Reason.FIRST_COUNTS})


@dataclass(frozen=True)
class Finding:
    """One condition: `done` of its goal, never more. `day`: when it was met, or when it was done too late."""

    condition: Condition
    reason: Reason
    done: Decimal
    window: Window
    met_at: datetime | None = None
    day: date | None = None
    counted: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()  # of what is named, what was not done

    @property
    def met(self) -> bool:
        return self.reason is Reason.MET

    @property
    def open(self) -> bool:
        """Met, or something can still be done for it."""
        return self.reason not in CLOSED

    @property
    def goal(self) -> Decimal:
        return self.condition.goal

    @property
    def left(self) -> Decimal:
        """How much is missing."""
        return self.goal - self.done

    @property
    def share(self) -> Fraction:
        """Of its goal, 0 to 1."""
        return Fraction(self.done) / Fraction(self.goal)


@dataclass(frozen=True)
class Together:
    """What a group of conditions comes to."""

    group: Group
    members: tuple[Finding | Together, ...]

    @property
    def met(self) -> bool:
        return self._met() >= self.group.needed

    @property
    def met_at(self) -> datetime | None:
        """When the last one that was needed was met."""
        moments = sorted(member.met_at for member in self.members if member.met_at)
        return moments[self.group.needed - 1] if self.met else None

    @property
    def open(self) -> bool:
        return sum(member.open for member in self.members) >= self.group.needed

    @property
    def done(self) -> Decimal:
        """Members that are met, of as many as are needed."""
        return Decimal(min(self._met(), self.group.needed))

    @property
    def goal(self) -> Decimal:
        return Decimal(self.group.needed)

    @property
    def share(self) -> Fraction:
        """Of as many as are needed, those that have come furthest."""
        best = sorted((member.share for member in self.members), reverse=True)[: self.group.needed]
        return sum(best, Fraction(0)) / self.group.needed

    def _met(self) -> int:
        return sum(member.met for member in self.members)

    def nearest(self) -> list[Finding]:
        """What would complete it with the least left to do, in the order in which it stands."""
        if self.met or not self.open:
            return []
        waiting = [
            (-member.share, place) for place, member in enumerate(self.members) if member.open and not member.met
        ]
        places = sorted(place for _, place in sorted(waiting)[: self.group.needed - self._met()])
        chosen = [self.members[place] for place in places]
        return [one for member in chosen for one in (member.nearest() if isinstance(member, Together) else [member])]

    def findings(self) -> list[Finding]:
        """Every condition, as they stand."""
        return [
            one for member in self.members for one in (member.findings() if isinstance(member, Together) else [member])
        ]


@dataclass(frozen=True)
class Verdict:
    """What a rule says of one person, in one period."""

    rule: Rule
    period: Period
    whole: Together

    @property
    def met(self) -> bool:
        return self.whole.met

    @property
    def met_at(self) -> datetime | None:
        return self.whole.met_at

    @property
    def open(self) -> bool:
        """False when it can no longer be earned in this period."""
        return self.whole.open

    @property
    def award_key(self) -> str:
        """The same key again is the same award: the database refuses it."""
        return self.period.key

    @property
    def progress(self) -> tuple[Decimal, Decimal]:
        """So much of so much: of the one condition, or conditions of conditions."""
        findings = self.whole.findings()
        only = findings[0] if len(findings) == 1 else self.whole
        return only.done, only.goal

    @property
    def share(self) -> Fraction:
        """How far along, 0 to 1: the length of a bar."""
        return self.whole.share

    def steps(self) -> list[Finding]:
        """What would complete it; nothing where it is met, or cannot be."""
        return self.whole.nearest()

    def evidence(self) -> list[Fact]:
        """The facts behind the conditions that are met, each once, in order of time."""
        facts = {fact for found in self.whole.findings() if found.met for fact in found.counted}
        return sorted(facts, key=lambda fact: (fact.at, fact.kind, fact.key, fact.source, fact.peer))


def evaluate(rule: Rule, history: History, period: Period | None = None) -> Verdict:
    """As it stands: in the period of that day, or in another one."""
    period = period or current(rule, history.today)
    return Verdict(rule, period, _together(rule.needs, history, period))


def every_period(rule: Rule, history: History) -> list[Verdict]:
    """One verdict for each period in which something was done for it: what a new rule finds, and a late file changes."""
    if rule.every is None:
        return [evaluate(rule, history, EVER)]
    dated = [one for one in rule.needs.conditions() if one.dated]
    found = {
        period.key: period
        for condition in dated
        for known in history.every(condition.kind)
        if condition.concerns(known.fact) and (period := holding(rule, known.day))
    }
    return [evaluate(rule, history, period) for period in sorted(found.values(), key=_beginning)]


def touched(rules: Iterable[Rule], fact: Fact) -> list[Rule]:
    """Those of many rules whose verdict a new fact may change."""
    return [rule for rule in rules if rule.concerns(fact)]


def _beginning(period: Period) -> date:
    return period.window.start or date.min


def _together(group: Group, history: History, period: Period) -> Together:
    members = [
        _together(member, history, period) if isinstance(member, Group) else _find(member, history, period)
        for member in group.members
    ]
    return Together(group, tuple(members))


def _find(condition: Condition, history: History, period: Period) -> Finding:
    window = condition.window.within(period.window) if condition.dated else condition.window
    known = [one for one in history.every(condition.kind) if condition.concerns(one.fact)]
    counting = [one for one in known if _in_time(condition, one.day, one.fact.at, window, history)]
    facts = [one.fact for one in counting]
    found = tally(condition, facts)
    late = None if counting else _late(condition, known, history)
    done = {fact.key for fact in facts}
    return Finding(
        condition=condition,
        reason=Reason.LATE if late else _reason(condition, found, facts, window, history),
        done=min(found.done, condition.goal),
        window=window,
        met_at=found.since,
        day=found.since.astimezone(history.zone).date() if found.since else late,
        counted=found.counted,
        missing=tuple(key for key in condition.keys if key not in done),
    )


def _in_time(condition: Condition, day: date, moment: datetime, window: Window, history: History) -> bool:
    """By the days of the window; on the last day of a deadline also by the clock."""
    if day not in window:
        return False
    if condition.clock is None or day != condition.window.end:
        return True
    return moment <= last_moment(day, condition.clock, history.zone)


def _late(condition: Condition, known: list[Dated], history: History) -> date | None:
    """When something was done that has a deadline, after it; whatever the period."""
    if condition.type is not Type.DEADLINE:
        return None
    by = condition.window
    return next((one.day for one in known if not _in_time(condition, one.day, one.fact.at, by, history)), None)


def _reason(condition: Condition, found: Tally, facts: Sequence[Fact], window: Window, history: History) -> Reason:
    if found.since:
        return Reason.MET
    if window.empty:
        return Reason.NOT_NOW
    if window.start and history.today < window.start:
        return Reason.NOT_BEGUN
    if not _in_time(condition, history.today, history.now, window, history):
        return Reason.OVER
    return _short(condition, found, facts) if facts else Reason.NOTHING_YET


def _short(condition: Condition, found: Tally, facts: Sequence[Fact]) -> Reason:
    """Something was done, and not enough."""
    if condition.type is Type.IMPROVED and len(found.counted) == 1:
        return Reason.ONE_TRY
    if condition.type is Type.SCORE and condition.take is Take.FIRST:
        return Reason.FIRST_COUNTS
    if condition.type is Type.SCORE and any((fact.value or 0) >= condition.goal for fact in facts):
        return Reason.LAST_COUNTS
    return Reason.SHORT
