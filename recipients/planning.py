"""A person's goals and what is nearly theirs, as pages and the weekly mail show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from recipients import prospects
from recipients.models import Goal
from recipients.oneself import Oneself
from recipients.prospects import Prospect, Standing, State

# At most a handful: the rest is behind a link.
GOALS_MOST, NEAR_MOST = 4, 3


@dataclass(frozen=True)
class Line:
    """One goal, and how far it is."""

    goal: Goal
    prospect: Prospect

    @property
    def done(self) -> bool:
        """Reached, if only a moment ago: the credential may still be on its way."""
        return self.prospect.state in {State.EARNED, State.WAITING}

    @property
    def until(self) -> date | None:
        return self.goal.until


@dataclass(frozen=True)
class Plan:
    """Goals of this week, goals for later, reached ones; what was begun, and what waits for staff."""

    week: tuple[Line, ...]
    later: tuple[Line, ...]
    reached: tuple[Line, ...]
    near: tuple[Prospect, ...]
    waiting: tuple[Prospect, ...]

    @property
    def done(self) -> int:
        """Of this week's goals."""
        return sum(line.done for line in self.week)

    @property
    def left(self) -> int:
        return len(self.week) - self.done

    @property
    def chosen(self) -> dict[int, Goal]:
        """Goals by achievement, those of groups included."""
        return {line.goal.achievement_id: line.goal for line in (*self.reached, *self.later, *self.week)}


def goals_of(me: Oneself) -> list[Goal]:
    """One's own and those of one's groups. Both for the same thing are one: that of the group has the date."""
    mine = Q(recipient__in=[row.pk for row in me.rows]) | Q(group__in=me.groups)
    found = Goal.objects.standing().filter(mine, achievement__archived_at__isnull=True)
    ordered = list(found.select_related("group", "achievement").in_order()) if me.rows else []
    set_for_me = {goal.achievement_id for goal in ordered if goal.group_id}
    return [goal for goal in ordered if goal.group_id or goal.achievement_id not in set_for_me]


def make(me: Oneself, *, near: int = NEAR_MOST) -> Plan:
    """Everything at once, with as few words made as are shown."""
    goals = goals_of(me)
    everything = prospects.standings(me, also=[goal.achievement for goal in goals])
    aimed = {goal.achievement_id for goal in goals}
    others = [one for one in everything if one.achievement.pk not in aimed]
    begun = [one for one in others if one.begun][:near]
    waiting = [one for one in others if one.state is State.WAITING][:near]
    wanted = [one for one in everything if one.achievement.pk in aimed]
    dressed = {one.standing.achievement.pk: one for one in prospects.shown(me, [*wanted, *begun, *waiting])}
    lines = [Line(goal, dressed[goal.achievement_id]) for goal in goals if goal.achievement_id in dressed]
    week, later, reached = _sorted(me, lines)
    return Plan(week, later, reached, _picked(dressed, begun), _picked(dressed, waiting))


def _picked(dressed: dict[int, Prospect], some: Sequence[Standing]) -> tuple[Prospect, ...]:
    return tuple(dressed[one.achievement.pk] for one in some if one.achievement.pk in dressed)


def _sorted(me: Oneself, lines: Iterable[Line]) -> tuple[tuple[Line, ...], ...]:
    parts: dict[str, list[Line]] = {"week": [], "later": [], "reached": []}
    for line in lines:
        if part := _part(me, line):
            parts[part].append(line)
    # Those with a day that somebody else has set come first, the nearest one before the others; one's own as arranged.
    parts["week"].sort(key=lambda line: (0, line.until or date.max) if line.goal.group_id else (1, date.max))
    return tuple(parts["week"]), tuple(parts["later"]), tuple(parts["reached"])


def _part(me: Oneself, line: Line) -> str:
    """What a group was set stands there until its day, and then nowhere; one's own when it was planned for this week.

    What was reached this week stays in view until Sunday: it is what the week was for.
    """
    monday, sunday = me.week(line.goal.issuer_id)
    today = me.histories[line.goal.issuer_id].today
    if line.done:
        return "week" if _reached_on(me, line) >= monday else "reached"
    if line.goal.group_id:
        return "week" if line.until is None or line.until >= today else ""
    return "week" if line.until and today <= line.until <= sunday else "later"


def _reached_on(me: Oneself, line: Line) -> date:
    moment = line.prospect.standing.reached_at
    zone = me.histories[line.goal.issuer_id].zone
    return moment.astimezone(zone).date() if moment else me.histories[line.goal.issuer_id].today
