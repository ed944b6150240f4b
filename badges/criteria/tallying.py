"""How far one condition has come: so much of its goal, since when it is reached, and the facts that say so. Pure.

What lies at the same moment is not before or after the other: of two tries then, the better one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from badges.criteria.facts import Fact
from badges.criteria.rules import TIMES, Condition, Take, Type

ZERO = Decimal(0)


@dataclass(frozen=True)
class Tally:
    """`done` may be more than the goal. `since`: from when on it has been reached, without a break."""

    done: Decimal
    since: datetime | None = None
    counted: tuple[Fact, ...] = ()


def tally(condition: Condition, facts: Sequence[Fact]) -> Tally:
    """Of facts that it concerns, in its days, in order of time."""
    if not facts:
        return Tally(ZERO)
    if condition.type is Type.SUM:
        return _sum(condition, facts)
    if condition.type is Type.SCORE:
        return _score(condition, facts)
    if condition.type is Type.IMPROVED:
        return _improved(condition, facts)
    return _different(condition, facts)


def _different(condition: Condition, facts: Sequence[Fact]) -> Tally:
    """The same session attended twice is one session."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.peer if condition.type is Type.PEERS else fact.key, fact)
    counted, goal = tuple(first.values()), int(condition.goal)
    since = counted[goal - 1].at if len(counted) >= goal else None
    return Tally(Decimal(len(counted)), since, counted)


def _sum(condition: Condition, facts: Sequence[Fact]) -> Tally:
    """Minutes count for hours. What is shown is cut after two decimals, so that it never reads as more than there is."""
    unit = TIMES.get(condition.unit, 1)
    total, since = ZERO, None
    for fact in facts:
        total += (fact.value or ZERO) * (TIMES[fact.unit] if condition.unit in TIMES else 1)
        if since is None and total >= condition.goal * unit:
            since = fact.at
    return Tally(total * 100 // unit / 100, since, tuple(facts))


def _tries(facts: Sequence[Fact]) -> list[tuple[Decimal, Fact]]:
    """One a moment, in order of time."""
    best: dict[datetime, tuple[Decimal, Fact]] = {}
    for fact in facts:
        value = fact.value or ZERO
        if fact.at not in best or value > best[fact.at][0]:
            best[fact.at] = value, fact
    return list(best.values())


def _score(condition: Condition, facts: Sequence[Fact]) -> Tally:
    tries = _tries(facts)
    if condition.take is Take.FIRST:
        tries = tries[:1]
    if condition.take is Take.LAST:
        value, fact = tries[-1]
        short = [at for at, (other, _) in enumerate(tries) if other < condition.goal]
        since = tries[short[-1] + 1 if short else 0][1].at if value >= condition.goal else None
        return Tally(max(value, ZERO), since, (fact,))
    # `max` keeps the earliest of equal ones.
    value, fact = max(tries, key=lambda one: one[0])
    since = next((one.at for other, one in tries if other >= condition.goal), None)
    return Tally(max(value, ZERO), since, (fact,))


def _improved(condition: Condition, facts: Sequence[Fact]) -> Tally:
    """From the first try: a poor one after a good one is nothing to improve on."""
    (start, first), *later = _tries(facts)
    if not later:
        return Tally(ZERO, None, (first,))
    value, best = max(later, key=lambda one: one[0])
    since = next((one.at for other, one in later if other - start >= condition.goal), None)
    return Tally(max(value - start, ZERO), since, (first, best))
