"""Pictures of drafts and of designs to choose from, for staff."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from badges import dressing, previewing
from badges.rendering import badge as drawing
from badges.rendering import badge_starters
from badges.rendering import certificate as paper
from badges.views import editor
from issuers import media
from issuers.access import StaffRequest, member_required

SVG = "image/svg+xml; charset=utf-8"


def _answer(request: StaffRequest, data: bytes | str, content_type: str) -> HttpResponse:
    """Private; kept for good only where the address says which drawing is meant."""
    answer = HttpResponse(data, content_type=content_type)
    answer["Cache-Control"] = "private, max-age=604800, immutable" if "v" in request.GET else "private, no-cache"
    return answer


@member_required("achievement.view")
@require_safe
def picture(request: StaffRequest, public_id: str) -> HttpResponse:
    """The draft's badge: our drawing (at `?size=90` the small one), or the uploaded picture."""
    design = getattr(editor.find(public_id), "badge", None)
    if design and design.spec and not drawing.check(design.spec):
        size = 90 if request.GET.get("size") == "90" else 600
        return _answer(request, drawing.draw(design.spec, size=size), SVG)
    if design and design.picture:
        try:
            return _answer(request, media.fetch(design.picture), "image/png")
        except media.MissingFile as error:
            raise Http404 from error
    raise Http404


@member_required("achievement.edit")
@require_safe
def starter(request: StaffRequest, public_id: str) -> HttpResponse:
    """One of the designs to begin with, in the institution's colour: `?badge=shield` or `?certificate=classic`."""
    found = editor.find(public_id)
    badge, certificate = request.GET.get("badge", ""), request.GET.get("certificate", "")
    if badge in badge_starters.IDS:
        return _answer(request, drawing.draw(dressing.badge_spec(found, badge, {})), SVG)
    if certificate not in paper.IDS:
        raise Http404
    made = previewing.sample(certificate, request.issuer.brand)
    if made is None:  # no worker has drawn it in this colour yet
        return redirect(static(f"img/certificates/{certificate}.png"))
    return _answer(request, made, "image/png")
