"""How far somebody is, from numbers alone: so much done of each condition, as the database counts it for everybody. Pure.

It says met, open and how far as badges.criteria.evaluating does of the same person, without reasons, steps and facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from badges.criteria.evaluating import Finding, Reason, Together
from badges.criteria.periods import Period, last_moment
from badges.criteria.rules import Condition, Group, Rule, Take, Type, Window

NOTHING = Decimal(0)


def estimate(rule: Rule, done: Sequence[Decimal], period: Period, *, now: datetime, zone: ZoneInfo) -> Together:
    """`done` in the order of `rule.needs.conditions()`; empty for who has done nothing."""
    amounts = iter(done or [NOTHING] * sum(1 for _ in rule.needs.conditions()))
    return _together(rule.needs, amounts, period, _Moment(now, zone))


class _Moment:
    """Now, where the institution is."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.now, self.zone, self.today = now, zone, now.astimezone(zone).date()

    def after(self, condition: Condition, window: Window) -> bool:
        """Whether the days of a condition are over; a deadline ends by the clock."""
        if window.end is None or self.today < window.end:
            return False
        if self.today > window.end:
            return True
        own = condition.clock is not None and window.end == condition.window.end
        return own and self.now > last_moment(window.end, condition.clock, self.zone)  # type: ignore[arg-type]


def _together(group: Group, amounts: Iterator[Decimal], period: Period, moment: _Moment) -> Together:
    members = [
        _together(member, amounts, period, moment)
        if isinstance(member, Group)
        else _found(member, next(amounts), period, moment)
        for member in group.members
    ]
    return Together(group, tuple(members))


def _found(condition: Condition, amount: Decimal, period: Period, moment: _Moment) -> Finding:
    window = condition.window.within(period.window) if condition.dated else condition.window
    done = max(NOTHING, min(amount, condition.goal))
    return Finding(condition, _reason(condition, done, window, moment), done, window)


def _reason(condition: Condition, done: Decimal, window: Window, moment: _Moment) -> Reason:
    if done >= condition.goal:
        return Reason.MET
    if window.empty:
        return Reason.NOT_NOW
    if moment.after(condition, window):
        return Reason.OVER
    if condition.type is Type.SCORE and condition.take is Take.FIRST and done:
        return Reason.FIRST_COUNTS
    return Reason.SHORT if done else Reason.NOTHING_YET
