"""What a student sees first, between two lectures: this week's goals, what is nearly earned, what waits, what is new."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from badges.wording.kinds import words_of
from issuers import clock, media
from recipients import oneself, planning, prospects
from recipients.models import AchievementCredential, Activity, Digest
from recipients.oneself import Oneself
from recipients.views.person import PersonRequest

# At most a handful of each: the rest is behind a link.
MOST = 3
SHELF = 4
LATELY = timedelta(days=7)


def this_week(request: PersonRequest, held: list[AchievementCredential]) -> dict[str, Any]:
    """Context of recipients/wallet/_week.html; nothing for whom no institution knows."""
    me = oneself.look(request.user)
    if not me.rows:
        return {"plan": None}
    plan = planning.make(me)
    told = _told(me)
    return {
        "plan": plan,
        "goals": plan.week[: planning.GOALS_MOST],
        "more_goals": max(len(plan.week) - planning.GOALS_MOST, 0),
        "fresh": _fresh(held, plan),
        "told": told[:MOST],
        "more_told": max(len(told) - MOST, 0),
        "several": len(me.issuers) > 1,
        "ask_digest": bool(plan.week or plan.near) and not Digest.objects.filter(user=request.user).exists(),
    }


def _fresh(held: list[AchievementCredential], plan: planning.Plan) -> list[AchievementCredential]:
    """Earned this week, unless a goal says so, or the shelf is so short that it is in sight anyway."""
    if len(held) <= SHELF:
        return []
    aimed = {line.goal.achievement_id for line in plan.week}
    since = clock.now() - LATELY
    rows = [row for row in held if row.created_at >= since and row.achievement_id not in aimed and not row.revoked_at]
    for row in rows[:MOST]:
        row.badge_url = media.url(row.version.badge_small)  # type: ignore[attr-defined]
    return rows[:MOST]


def _told(me: Oneself) -> list[Activity]:
    """What one told of oneself, and staff have not looked at yet; the newest first."""
    waiting = Activity.objects.waiting().filter(issuer__in=me.issuers, recipient__in=me.rows)
    rows = list(waiting.select_related("issuer").order_by("-id")[:20])
    if not rows:
        return []
    called = prospects.titles(me.issuers, [row.key for row in rows])
    for row in rows:
        row.title = called.get((row.issuer_id, row.kind, row.key), row.key)  # type: ignore[attr-defined]
        row.label = str(words_of(row.kind).label) % {"kind": row.kind}  # type: ignore[attr-defined]
    return rows
