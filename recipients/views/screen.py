"""What a projector shows at a door: the session, a code that changes every half minute, and how many have come."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from issuers import clock
from issuers.access import StaffRequest, member_required
from recipients import arriving, codes
from recipients.models import CheckIn
from recipients.views.door import door_of, opportunity_or_404


def _context(public_id: str) -> dict[str, Any]:
    opportunity, now = opportunity_or_404(public_id), clock.now()
    door = door_of(opportunity)
    shown = door is not None and door.is_open(now) and opportunity.archived_at is None
    return {
        "issuer": opportunity.issuer,
        "opportunity": opportunity,
        "door": door,
        "shown": shown,
        "soon": door is not None and door.closed_at is None and door.opens_at is not None and door.opens_at > now,
        "arrived": len(arriving.present(opportunity)),
        **(_code(door) if door and shown else {}),
    }


def _code(door: CheckIn) -> dict[str, Any]:
    now, name = clock.now(), door.opportunity.public_id
    step = codes.step_at(now)
    said = codes.letters(name, door.key, step)
    return {
        "url": settings.SITE_URL + reverse("scan", args=[codes.token(name, door.key, step)]),
        "letters": f"{said[:3]} {said[3:]}",
        "typed_at": (settings.SITE_URL + reverse("here")).partition("://")[2].rstrip("/"),
        "left": codes.left_at(now),
    }


@require_safe
@never_cache
@member_required("activity.record")
def screen(request: StaffRequest, public_id: str) -> HttpResponse:
    """The whole screen. Without a script it loads itself again."""
    return render(request, "recipients/staff/screen.html", _context(public_id))


@require_safe
@never_cache
@member_required("activity.record")
def code(request: StaffRequest, public_id: str) -> HttpResponse:
    """The part that changes, asked for every five seconds: an old code is good for 25 more when it is replaced."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("manage-screen", slug=request.issuer.slug, public_id=public_id)
    return render(request, "recipients/staff/_screen.html", _context(public_id))
