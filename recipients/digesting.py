"""Stage: the weekly mail, for those who want it: on Monday morning where they are, and only with something to say.

`next_at` of the row is the queue, and `week` guards it: a week that was looked at is not looked at again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from issuers import clock
from issuers.models import User
from issuers.tenancy import across_issuers
from recipients import oneself, planning
from recipients.models import AchievementCredential, Digest, OutgoingEmail
from recipients.oneself import Oneself
from recipients.prospects import Prospect

log = structlog.get_logger()
CHUNK = 50
HOUR = time(7)
# A Monday that workers missed is not made up for: nobody wants Monday's mail on Thursday.
TOO_LATE = timedelta(hours=24)
LATELY = timedelta(days=14)
WEEK = timedelta(days=7)
MOST = 3


def answer(user: User, *, on: bool) -> None:
    """Yes or no, from wherever it is asked."""
    now = clock.now()
    values: dict[str, Any] = {"on_at": None, "stopped_at": now, "next_at": None}
    if on:
        values = {"on_at": now, "stopped_at": None, "next_at": _next_monday(_zone(user), now)}
    Digest.objects.update_or_create(user=user, defaults=values)


def _zone(user: User) -> ZoneInfo:
    """Where the person is, else where the institution is."""
    if user.time_zone in clock.zones():
        return ZoneInfo(user.time_zone)
    rows = oneself.known_as(user)
    return ZoneInfo(rows[0].issuer.time_zone if rows else "UTC")


def _next_monday(zone: ZoneInfo, now: datetime) -> datetime:
    here = now.astimezone(zone)
    monday = here.date() + timedelta(days=(7 - here.weekday()) % 7)
    due = datetime.combine(monday, HOUR, zone)
    return due if due > now else datetime.combine(monday + WEEK, HOUR, zone)


def write_chunk() -> int:
    """Write the mails that are due, each in its own transaction; the number of people looked at."""
    looked = 0
    while looked < CHUNK and _write_next():
        looked += 1
    return looked


def _write_next() -> bool:
    """One person. What fails for one is logged, and comes again next week; the others get theirs."""
    with across_issuers("workers write weekly mails"):
        due = Digest.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_at__lte=clock.now())
        row = due.select_related("user").order_by("next_at").first()
        if row is None or row.next_at is None:
            return False
        zone, now = _zone(row.user), clock.now()
        monday = row.next_at.astimezone(zone).date()
        Digest.objects.filter(pk=row.pk).update(next_at=_next_monday(zone, now), week=monday)
        if row.week != monday and now - row.next_at < TOO_LATE and row.user.is_active:
            _try(row.user)
        return True


def _try(user: User) -> None:
    try:
        with transaction.atomic(), override("en"):
            _write(user)
    except Exception:
        log.exception("digest_failed", user=user.pk)


def _write(user: User) -> None:
    said = tell(oneself.look(user))
    if said is None:
        return
    OutgoingEmail.objects.create(
        kind=OutgoingEmail.Kind.DIGEST,
        user=user,
        to=user.email,
        address_key=user.email.lower(),
        context={"name": user.name, **said},
        message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
        not_before=clock.now(),
    )


def tell(me: Oneself) -> dict[str, Any] | None:
    """What there is to say this week, in words; None where there is nothing. Without goals it takes something newly done."""
    plan = planning.make(me, near=MOST)
    earned = _earned(me)
    goals = [line.prospect for line in plan.week if not line.done]
    near = list(plan.near) if _active(me) else []
    if not (earned or goals or near):
        return None
    return {"earned": earned, "goals": _said(goals), "near": _said(near)}


def _active(me: Oneself) -> bool:
    """Whether anything was done in the last two weeks: what has been lying for longer is known."""
    since: date = (me.now - LATELY).date()
    return any(dated.day >= since for history in me.histories.values() for dated in history.every(""))


def _earned(me: Oneself) -> list[dict[str, str]]:
    lately = [one.public_id for one in me.held if one.since >= me.now - WEEK][:MOST]
    rows = AchievementCredential.objects.filter(public_id__in=lately).select_related("version", "issuer")
    return [{"name": row.words["name"], "issuer": row.issuer.name} for row in rows.order_by("-id")]


def _said(some: Iterable[Prospect]) -> list[dict[str, str]]:
    return [
        {
            "name": one.name,
            "issuer": one.issuer.name,
            "progress": one.progress,
            "next": one.next_step or one.description,
        }
        for one in list(some)[:MOST]
    ]
