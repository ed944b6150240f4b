"""The promotion kit of a published achievement: words to post, pictures, a poster."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from badges import promoting
from badges.models import AchievementVersion
from badges.views import editor
from issuers import media
from issuers.access import StaffRequest, member_required

KINDS = (
    ("og", _("For a post or a mail"), "1200 × 627"),
    ("square", _("For a square post"), "1080 × 1080"),
    ("story", _("For a story, or a screen"), "1080 × 1920"),
)


def _version(public_id: str) -> AchievementVersion:
    """What people can earn now: 404 while nothing is published, or once it is put away."""
    achievement = editor.find(public_id)
    if achievement.latest is None or achievement.archived_at is not None:
        raise Http404
    return achievement.latest


@member_required("achievement.view")
@require_safe
def kit(request: StaffRequest, public_id: str) -> HttpResponse:
    """Everything to copy, to download and to print."""
    version = _version(public_id)
    context = {
        "achievement": version.achievement,
        "posts": promoting.posts(version),
        "address": promoting.address(version),
        "kinds": [{"kind": kind, "label": label, "size": size} for kind, label, size in KINDS],
        "alt": version.content["badge"]["alt"],
    }
    return render(request, "badges/promotion.html", context)


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@member_required("achievement.view")
@require_safe
def picture(request: StaffRequest, public_id: str, shape: str) -> HttpResponse:
    """One picture that invites to earn it."""
    version = _version(public_id)
    if shape not in {known for known, _label, _size in KINDS}:
        raise Http404
    try:
        made = promoting.picture(version, shape)  # type: ignore[arg-type]  # one of cards.Kind
    except media.MissingFile as error:
        raise Http404 from error
    return _file(made, "image/png", f"{version.achievement.slug}-{shape}.png")


@member_required("achievement.view")
@require_safe
def poster(request: StaffRequest, public_id: str) -> HttpResponse:
    """A page to hang up, with a code that leads to what it takes."""
    version = _version(public_id)
    try:
        made = promoting.poster(version)
    except media.MissingFile as error:
        raise Http404 from error
    return _file(made, "application/pdf", f"{version.achievement.slug}.pdf")
