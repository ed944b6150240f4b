"""The badge designer: a starter made one's own, drawn by the server while one chooses; or a picture of one's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges import designing, dressing
from badges.forms.badge import MOST_FOUND, BadgeForm
from badges.forms.badge_words import TOPIC_NAMES, find_symbols, sentence, symbol_name
from badges.forms.pictures import UploadForm, status_of
from badges.models import Achievement
from badges.rendering import badge as drawing
from badges.rendering import badge_starters
from badges.rendering.badge_linting import lint
from badges.rendering.badge_symbol_set import TOPICS
from badges.views import editor
from issuers.access import StaffRequest, member_required

LARGE, SMALL = 600, 90
SIDES = (300, 600)  # at which the large drawing is met
GROUNDS = ("light", "dark")


def _choices(design: Any, starter: str) -> dict[str, Any]:
    """What was chosen; for another starter, what can be taken along."""
    choices = dict(design.choices) if design else {}
    if design is None or design.starter != starter:
        for name in ("texts", "level", "own"):
            choices.pop(name, None)
    return choices


def _form(request: StaffRequest, found: Achievement) -> BadgeForm:
    design = getattr(found, "badge", None)
    starter = editor.starter(request, design.starter if design else "", badge_starters.IDS, designing.FIRST_BADGE)
    data = request.POST if request.method == "POST" else None
    return BadgeForm(data, achievement=found, starter=starter, choices=_choices(design, starter))


def _drawn(spec: drawing.Spec) -> dict[str, Any]:
    """Both drawings, and what the checks say of them."""
    findings = lint(spec)
    return {
        "large": drawing.draw(spec, size=LARGE),
        "small": drawing.draw(spec, size=SMALL),
        "alt": spec["alt"],
        "findings": [{"level": each.level, "code": each.code, "text": sentence(each)} for each in findings],
        "warnings": sum(each.level == "warn" for each in findings),
    }


def _page(
    request: StaffRequest,
    found: Achievement,
    form: BadgeForm,
    status: int = 200,
    upload: UploadForm | None = None,
    **context: Any,
) -> HttpResponse:
    design = getattr(found, "badge", None)
    shown = form.spec or dressing.badge_spec(found, form.starter, _choices(design, form.starter))
    uploaded = bool(design and design.picture) and "starter" not in request.GET and not form.is_bound
    drawn = _drawn(shown) if not uploaded and not drawing.check(shown) else {}
    context |= {
        "form": form,
        "upload": upload or UploadForm(achievement=found, initial={"alt": design.alt if uploaded and design else ""}),
        "uploaded": design if uploaded else None,
        "starters": badge_starters.starters(),
        "topics": [(name, TOPIC_NAMES[name], name == form.data.get("topic", "")) for name in ("", *TOPICS)],
        "grounds": GROUNDS,
        "sides": SIDES,
        "find": form.data.get("find", ""),
        "unsaved": bool(form.spec) or (not uploaded and (design is None or design.starter != form.starter)),
    }
    return editor.page(request, found, "badge", status, **drawn, **context)


@member_required("achievement.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def badge(request: StaffRequest, public_id: str) -> HttpResponse:
    """The designer; `look` draws without saving."""
    found = editor.find(public_id)
    form = _form(request, found)
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    if "look" in request.POST:
        return _page(request, found, form)
    told = {"starter": form.starter, "choices": form.choices(), "edits": form.cleaned_data["edits"]}
    return editor.save(
        request,
        found,
        form,
        "badge",
        store=lambda: designing.dress_badge(found, by=request.user, **told),
        again=_page,
    )


def _problems(form: BadgeForm) -> list[dict[str, str]]:
    """What is wrong by field, "" for the whole: the field's name is the pointer, its label stands in the sentence."""
    problems = []
    for name, errors in form.errors.as_data().items():
        whole = name not in form.fields
        label = "" if whole else f"{form[name].label}: "
        for error in errors:
            text = " ".join(map(str, error.messages))
            pointer = "" if whole else f"/{name}"
            problems.append({"pointer": pointer, "code": error.code or "invalid", "message": label + strip_tags(text)})
    return problems


@member_required("achievement.edit")
@require_POST
def badge_drawing(request: StaffRequest, public_id: str) -> JsonResponse:
    """What the form says, drawn and checked; nothing is stored. 409 tells early that somebody else saved meanwhile."""
    found = editor.find(public_id)
    form = _form(request, found)
    if not form.is_valid() or form.spec is None:
        return JsonResponse({"problems": _problems(form)}, status=422)
    answer = _drawn(form.spec) | {"problems": []}
    # A page that saves itself does so while it asks for drawings: what its own member saved is no news to them.
    if form.cleaned_data["edits"] == found.edits or editor.last_by(found) == request.user:
        return JsonResponse(answer)
    told = _("Somebody saved this achievement after you opened the page. Press Save to see what they changed.")
    answer["problems"] = [{"pointer": "/edits", "code": "edited-meanwhile", "message": told}]
    return JsonResponse(answer, status=409)


@member_required("achievement.edit")
@require_safe
def badge_symbols(request: StaffRequest, public_id: str) -> HttpResponse:
    """Tiles of the symbols that are called so: `?find=leaf&topic=nature`, at most sixty."""
    editor.find(public_id)
    find, topic = request.GET.get("find", "")[:80], request.GET.get("topic", "")
    found = find_symbols(find, topic)
    said = ngettext("%(count)s symbol", "%(count)s symbols", len(found)) % {"count": len(found)}
    if not found:
        said = _("No symbol is called so. Try another word, such as leaf or book.")
    elif len(found) > MOST_FOUND:
        said = _("The first %(most)s of %(count)s symbols. Another word narrows it down.") % {
            "most": MOST_FOUND,
            "count": len(found),
        }
    tiles = [(name, symbol_name(name), False) for name in found[:MOST_FOUND]]
    return render(request, "badges/_badge_symbols.html", {"tiles": tiles, "said": said})


def _upload_page(
    request: StaffRequest, found: Achievement, form: UploadForm, status: int = 200, **context: Any
) -> HttpResponse:
    design = getattr(found, "badge", None)
    starter = design.starter if design and design.starter else designing.FIRST_BADGE
    choices = _choices(design, starter)
    plain = BadgeForm(achievement=found, starter=starter, choices=choices)
    return _page(request, found, plain, status, upload=form, **context)


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
