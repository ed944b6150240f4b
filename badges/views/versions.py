"""What was published, and how any two states differ: badges side by side, pages side by side, words with their differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges import misprinting, previewing, publishing
from badges.models import Achievement, AchievementVersion
from badges.views import comparing, editor
from badges.views.proofs import shown
from issuers import media
from issuers.access import StaffRequest, member_required

DRAFT = "draft"


def _named(versions: Sequence[AchievementVersion], asked: str, otherwise: str) -> AchievementVersion | None:
    """The version of a number, None for the draft; 404 for what is neither."""
    asked = asked or otherwise
    if asked == DRAFT:
        return None
    found = next((version for version in versions if str(version.number) == asked), None)
    if found is None:
        raise Http404
    return found


def _pair(
    request: StaffRequest, versions: Sequence[AchievementVersion]
) -> tuple[AchievementVersion | None, AchievementVersion | None]:
    """The two states asked for; without a wish the newest version and the draft."""
    told = request.POST if request.method == "POST" else request.GET
    newest = str(versions[0].number) if versions else DRAFT
    return _named(versions, told.get("before", ""), newest), _named(versions, told.get("after", ""), DRAFT)


def _side(request: StaffRequest, found: Achievement, version: AchievementVersion | None) -> dict[str, Any]:
    """One of the two: its name, its badge, its page."""
    proof = previewing.proof_of(found, version)
    badge = version.content["badge"] if version else {"alt": getattr(getattr(found, "badge", None), "alt", "")}
    return {
        "value": str(version.number) if version else DRAFT,
        "label": _("Version %(number)s") % {"number": version.number} if version else _("Draft"),
        "picture": media.url(version.badge_picture) if version else editor.picture_url(request, found),
        "alt": badge.get("alt", ""),
        "proof": shown(proof) if proof else None,
    }


def _dressed(found: Achievement) -> bool:
    return hasattr(found, "badge") and hasattr(found, "certificate")


def _changes(
    found: Achievement, before: AchievementVersion | None, after: AchievementVersion | None
) -> list[dict[str, Any]]:
    states = [publishing.State.of(version or found) for version in (before, after)]
    return comparing.rows(publishing.compared(*states))


@member_required("achievement.view")
@require_safe
def versions(request: StaffRequest, public_id: str) -> HttpResponse:
    """All of them, and two laid beside each other: `?before=2&after=draft`."""
    found = editor.find(public_id)
    listed = list(
        found.versions.select_related("published_by").annotate(issued=Count("credentials")).order_by("-number")
    )
    before, after = _pair(request, listed)
    comparable = bool(listed) and (_dressed(found) or None not in {before, after})
    sides = [_side(request, found, one) for one in (before, after)] if comparable else []
    states = {side["proof"]["state"] for side in sides if side["proof"]}
    return editor.page(
        request,
        found,
        "versions",
        versions=listed,
        sides=sides,
        same=before == after,
        changes=_changes(found, before, after) if comparable else [],
        waiting="waiting" in states,
        unasked=bool(states & {"missing", "failed"}),
        auto_ask="missing" in states and "failed" not in states,
    )


@member_required("achievement.edit")
@require_POST
def versions_proofs(request: StaffRequest, public_id: str) -> HttpResponse:
    """Ask for the two pages."""
    found = editor.find(public_id)
    pair = _pair(request, list(found.versions.order_by("-number")))
    for version in pair:
        previewing.ask_for(found, version)
    told = urlencode(dict(zip(("before", "after"), (v.number if v else DRAFT for v in pair), strict=True)))
    return redirect(f"{reverse('manage-achievement-versions', args=[request.issuer.slug, public_id])}?{told}")


@member_required("achievement.publish")
@require_POST
def printing(request: StaffRequest, public_id: str) -> HttpResponse:
    """Try the quick way of printing again, for every version that it was given up for."""
    found = editor.find(public_id)
    if misprinting.settle(found, request.user):
        messages.success(
            request, _("The quick way is tried again. The next certificate is compared with one drawn as a whole.")
        )
    else:
        messages.info(request, _("It was tried again already."))
    return redirect(editor.url(request, found, "preview"))
