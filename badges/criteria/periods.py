"""How often something can be earned: the calendar's weeks and months, the institution's terms, and the key of each. Pure."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from badges.criteria.rules import ALWAYS, Every, Rule, Window


@dataclass(frozen=True)
class Period:
    """Days within which it can be earned once. `key` is the award_key: the database knows it, and refuses a second one."""

    key: str
    window: Window = ALWAYS
    name: str = ""


# The key that people and files award with too (recipients.issuing): who has it from staff does not get it from a rule again.
EVER = Period("once")


def holding(rule: Rule, day: date) -> Period | None:
    """The period in which a day lies; none between two terms."""
    if rule.every is None:
        return EVER
    if rule.every is Every.WEEK:
        return _week(day)
    if rule.every is Every.MONTH:
        return _month(day)
    return next((period for period in terms(rule) if day in period.window), None)


def named(rule: Rule, key: str) -> Period | None:
    """The period that a key names; none where the rule has no such period any more."""
    if rule.every is None:
        return EVER if key == EVER.key else None
    if rule.every is Every.TERM:
        return next((period for period in terms(rule) if period.key == key), None)
    form = {Every.WEEK: "week/%G-W%V/%u", Every.MONTH: "month/%Y-%m/%d"}[rule.every]
    with suppress(ValueError):
        return holding(rule, datetime.strptime(f"{key}/1", form).date())  # noqa: DTZ007 -- a day, wherever it is
    return None


def current(rule: Rule, day: date) -> Period:
    """The period that a day's page shows: between two terms the one to come, after the last that one."""
    if now := holding(rule, day):
        return now
    calendar = terms(rule)
    return next((term for term in calendar if term.window.start and term.window.start > day), calendar[-1])


def _week(day: date) -> Period:
    """Monday to Sunday, numbered as in ISO 8601."""
    year, week, weekday = day.isocalendar()
    monday = day - timedelta(days=weekday - 1)
    return Period(f"week/{year}-W{week:02}", Window(monday, monday + timedelta(days=6)))


def _month(day: date) -> Period:
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Period(f"month/{first:%Y-%m}", Window(first, last))


def terms(rule: Rule) -> list[Period]:
    """Of the institution's calendar, in order of time, however they were written."""
    in_order = sorted(rule.terms, key=lambda term: term.window.start or date.min)
    return [Period(f"term/{term.key}", term.window, term.name) for term in in_order]


def last_moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When a deadline ends. Where clocks go back its hour comes twice, and the second one is still in time.

    Where they go forward and leave it out, PEP 495 reads it with the hour before the change for fold=0: the later one again.
    """
    return max(datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
