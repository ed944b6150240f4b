"""The badge's tab: starters and what can be said on them, or a picture of one's own."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from badges import designing
from badges.forms.badge import BadgeForm
from badges.forms.pictures import UploadForm, status_of
from badges.models import Achievement
from badges.rendering import badge as drawing
from badges.rendering import badge_starters
from badges.views import editor
from issuers.access import StaffRequest, member_required

_NOTES = {
    "colour-moved": _("A colour was moved a little, so that it can be told from what lies under it."),
    "text-small": _("A word is so long that it is hard to read. Shorten it or leave it out."),
}


def _starter(request: StaffRequest, stored: str, known: tuple[str, ...], first: str) -> str:
    """The design to show: the one asked for, the stored one, or the first."""
    asked = request.POST.get("starter") or request.GET.get("starter") or stored
    if asked and asked not in known:
        raise Http404
    return asked or first


def _choices(design: Any, starter: str) -> dict[str, Any]:
    """What was chosen; for another starter, what can be taken along."""
    choices = dict(design.choices) if design else {}
    if design is None or design.starter != starter:
        choices.pop("texts", None)
        choices.pop("level", None)
    return choices


def _badge_form(request: StaffRequest, found: Achievement) -> BadgeForm:
    design = getattr(found, "badge", None)
    starter = _starter(request, design.starter if design else "", badge_starters.IDS, designing.FIRST_BADGE)
    data = request.POST if request.method == "POST" else None
    return BadgeForm(data, achievement=found, starter=starter, choices=_choices(design, starter))


def _badge_page(
    request: StaffRequest,
    found: Achievement,
    form: BadgeForm,
    status: int = 200,
    upload: UploadForm | None = None,
    **context: Any,
) -> HttpResponse:
    design = getattr(found, "badge", None)
    shown = form.spec or designing.badge_spec(found, form.starter, _choices(design, form.starter))
    uploaded = bool(design and design.picture) and "starter" not in request.GET and not form.is_bound
    drawable = not uploaded and not drawing.check(shown)
    context |= {
        "form": form,
        "upload": upload or UploadForm(achievement=found, initial={"alt": design.alt if uploaded and design else ""}),
        "uploaded": design if uploaded else None,
        "large": drawing.draw(shown) if drawable else "",
        "small": drawing.draw(shown, size=90) if drawable else "",
        "spec": shown,
        "notes": [_NOTES[code] for code in dict.fromkeys(note.code for note in drawing.notes(shown))]
        if drawable
        else [],
        "starters": badge_starters.starters(),
        "unsaved": bool(form.spec) or (not uploaded and (design is None or design.starter != form.starter)),
    }
    return editor.page(request, found, "badge", status, **context)


@member_required("achievement.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def badge(request: StaffRequest, public_id: str) -> HttpResponse:
    """A starter and what stands on it; `look` draws without saving."""
    found = editor.find(public_id)
    form = _badge_form(request, found)
    if request.method != "POST":
        return _badge_page(request, found, form)
    if not form.is_valid():
        return _badge_page(request, found, form, status=422)
    if "look" in request.POST:
        return _badge_page(request, found, form)
    told = {"starter": form.starter, "choices": form.choices(), "edits": form.cleaned_data["edits"]}
    return editor.save(
        request,
        found,
        form,
        "badge",
        store=lambda: designing.dress_badge(found, by=request.user, **told),
        again=_badge_page,
    )


def _upload_page(
    request: StaffRequest, found: Achievement, form: UploadForm, status: int = 200, **context: Any
) -> HttpResponse:
    design = getattr(found, "badge", None)
    starter = design.starter if design and design.starter else designing.FIRST_BADGE
    choices = _choices(design, starter)
    plain = BadgeForm(achievement=found, starter=starter, choices=choices)
    return _badge_page(request, found, plain, status, upload=form, **context)


@member_required("achievement.edit")
@require_POST
def badge_upload(request: StaffRequest, public_id: str) -> HttpResponse:
    """A picture of one's own, or other words for the one there is."""
    found = editor.find(public_id)
    form = UploadForm(request.POST, request.FILES, achievement=found)
    if not form.is_valid():
        return _upload_page(request, found, form, status=status_of(form, "picture"))
    told = {"alt": form.cleaned_data["alt"], "edits": form.cleaned_data["edits"]}
    sent = form.cleaned_data["picture"]

    def store() -> None:
        if "picture" in request.FILES:
            designing.upload_badge(found, sent, by=request.user, **told)
        else:
            designing.describe_badge(found, request.user, **told)

    return editor.save(request, found, form, "badge", store=store, again=_upload_page)
