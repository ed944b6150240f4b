"""Stage: goals are chosen, arranged, planned for the week and taken away, by people; set and ended for groups, by staff."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max

from badges.models import Achievement
from issuers import clock
from issuers.models import AuditEvent, Issuer, User
from recipients.models import Goal, Group, Recipient

MOST = 30


class TooMany(Exception):
    """Nobody has so many goals at once."""


@transaction.atomic
def choose(recipient: Recipient, achievement: Achievement) -> Goal:
    """A goal of one's own, at the end of the list. Choosing it again is the same goal. Raises TooMany."""
    own = Goal.objects.standing().filter(recipient=recipient)
    if there := own.filter(achievement=achievement).first():
        return there
    if own.count() >= MOST:
        raise TooMany
    last = own.aggregate(last=Max("position"))["last"] or 0
    try:
        with transaction.atomic():
            return Goal.objects.create(
                issuer=recipient.issuer, recipient=recipient, achievement=achievement, position=last + 1
            )
    except IntegrityError:  # pressed twice at the same moment
        return own.get(achievement=achievement)


def remove(goal: Goal) -> bool:
    """Take a goal away; it can be put back. False where it was away."""
    return Goal.objects.standing().filter(pk=goal.pk).update(removed_at=clock.now()) == 1


def put_back(goal: Goal) -> bool:
    """Undo. False where it is there, or was chosen anew meanwhile."""
    try:
        with transaction.atomic():
            away = Goal.objects.filter(pk=goal.pk, removed_at__isnull=False)
            return away.update(removed_at=None) == 1
    except IntegrityError:
        return False


def plan(goal: Goal, *, this_week: bool) -> None:
    """For this week, until Sunday where the institution is; or for some other time."""
    today = clock.now().astimezone(ZoneInfo(goal.issuer.time_zone)).date()
    sunday = today + timedelta(days=6 - today.weekday())
    Goal.objects.standing().filter(pk=goal.pk).update(until=sunday if this_week else None)


@transaction.atomic
def move(goal: Goal, own: list[Goal], *, by: int) -> bool:
    """One place up (-1) or down (1) among one's own goals as they are shown. False at either end."""
    order = [other.pk for other in own]
    place = order.index(goal.pk)
    if not 0 <= place + by < len(order):
        return False
    order[place], order[place + by] = order[place + by], order[place]
    for position, pk in enumerate(order, start=1):
        Goal.objects.filter(pk=pk).exclude(position=position).update(position=position)
    return True


class SetAlready(Exception):
    """The group has this goal."""


@transaction.atomic
def set_for_group(
    issuer: Issuer, group: Group, achievement: Achievement, *, until: date | None, note: str, by: User
) -> Goal:
    """A goal for everybody in a group. Raises SetAlready."""
    try:
        with transaction.atomic():
            goal = Goal.objects.create(
                issuer=issuer, group=group, achievement=achievement, until=until, note=note, set_by=by
            )
    except IntegrityError as error:
        raise SetAlready from error
    AuditEvent.objects.record(issuer, by, "goal.set", goal)
    return goal


@transaction.atomic
def end(goal: Goal, by: User) -> bool:
    """The group has it no more. False where it had ended."""
    ended = Goal.objects.standing().filter(pk=goal.pk).update(removed_at=clock.now()) == 1
    if ended:
        AuditEvent.objects.record(goal.issuer, by, "goal.ended", goal)
    return ended


def resume(goal: Goal, by: User) -> bool:
    """Undo an end. False where it goes on, or was set anew."""
    resumed = put_back(goal)
    if resumed:
        AuditEvent.objects.record(goal.issuer, by, "goal.set", goal)
    return resumed
