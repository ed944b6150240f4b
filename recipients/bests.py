"""Personal bests: what somebody did, compared with nobody but themselves. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from badges.criteria.facts import STATES, Dated
from badges.criteria.rules import PERCENT, TIMES

ZERO = Decimal(0)


@dataclass(frozen=True)
class Month:
    """The month with the most of something; `day` is its first. `now`: how much it is this month."""

    most: Decimal
    day: date
    now: Decimal


@dataclass(frozen=True)
class Streak:
    """Weeks in a row with something done. `now` is the run that goes on: this week may still be to come."""

    longest: int
    ended: date  # Monday of its last week
    now: int


@dataclass(frozen=True)
class Score:
    """The best one, in percent or points, and in what."""

    value: Decimal
    unit: str
    key: str
    day: date


@dataclass(frozen=True)
class Bests:
    """What is empty was never done."""

    sessions: Month | None
    hours: Month | None
    all_hours: Decimal
    streak: Streak | None
    score: Score | None
    improved: Score | None


def of(done: Iterable[Dated], today: date) -> Bests:
    """Of everything that somebody did, of all institutions."""
    known = [one for one in done if one.fact.kind not in STATES]
    timed = [(one.day, _hours(one)) for one in known if one.fact.kind != "session" and one.fact.unit in TIMES]
    tries = [one for one in known if one.fact.kind == "assessment" and one.fact.value is not None]
    return Bests(
        sessions=_sessions(known, today),
        hours=_month([(day, hours) for day, hours in timed if hours > 0], today),
        all_hours=sum((hours for _day, hours in timed), ZERO),
        streak=_streak({one.day for one in known}, today),
        score=_score(tries),
        improved=_improved(tries),
    )


def _hours(one: Dated) -> Decimal:
    minutes = max(one.fact.value or ZERO, ZERO) * TIMES[one.fact.unit]
    return minutes * 100 // 60 / 100


def _sessions(known: Iterable[Dated], today: date) -> Month | None:
    """Different ones: the same session twice in a month is one."""
    different = {(one.day.replace(day=1), one.fact.key) for one in known if one.fact.kind == "session"}
    return _month([(day, Decimal(1)) for day, _key in different], today)


def _month(amounts: Iterable[tuple[date, Decimal]], today: date) -> Month | None:
    """Of months that are equal, the latest one."""
    sums: dict[date, Decimal] = defaultdict(Decimal)
    for day, amount in amounts:
        sums[day.replace(day=1)] += amount
    if not sums:
        return None
    most, day = max((amount, day) for day, amount in sums.items())
    return Month(most, day, sums.get(today.replace(day=1), ZERO))


def _streak(days: set[date], today: date) -> Streak | None:
    weeks = sorted({day - timedelta(days=day.weekday()) for day in days})
    if not weeks:
        return None
    week = timedelta(weeks=1)
    longest, ended, run = 0, weeks[0], 0
    for place, monday in enumerate(weeks):
        run = run + 1 if place and monday - weeks[place - 1] == week else 1
        if run >= longest:
            longest, ended = run, monday
    this_week = today - timedelta(days=today.weekday())
    return Streak(longest, ended, run if this_week - weeks[-1] <= week else 0)


def _score(tries: Iterable[Dated]) -> Score | None:
    """In percent where there are any: points of two tests cannot be compared."""
    scored = list(tries)
    percent = [one for one in scored if one.fact.unit == PERCENT] or scored
    best = max(percent, key=lambda one: (one.fact.value or ZERO, one.day), default=None)
    return _told(best, best.fact.value or ZERO) if best else None


def _improved(tries: Iterable[Dated]) -> Score | None:
    """The most gained from a first try to a later one of the same test."""
    by_test: dict[tuple[str, str], list[Dated]] = defaultdict(list)
    for one in sorted(tries, key=lambda one: one.fact.at):
        by_test[one.fact.key, one.fact.unit].append(one)
    gains = [
        _told(later, (later.fact.value or ZERO) - (first.fact.value or ZERO))
        for first, *others in by_test.values()
        for later in others
    ]
    best = max(gains, key=lambda gain: (gain.value, gain.day), default=None)
    return best if best and best.value > 0 else None


def _told(one: Dated, value: Decimal) -> Score:
    return Score(value, one.fact.unit, one.fact.key, one.day)
