"""The frame around every page of one achievement: its head, its tabs, and saving while somebody else may save too."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from badges import previewing, publishing
from badges.editing import EditedMeanwhile
from badges.forms.fields import DraftForm
from badges.models import Achievement, AchievementVersion
from badges.rendering import badge as drawing
from badges.rendering.asked_again import by_text
from badges.rendering.badge_linting import lint
from badges.views import readiness
from issuers.access import StaffRequest
from issuers.models import AuditEvent, User

TABS = (
    ("words", "manage-achievement", gettext_lazy("Words")),
    ("badge", "manage-achievement-badge", gettext_lazy("Badge")),
    ("certificate", "manage-achievement-certificate", gettext_lazy("Certificate")),
    ("criteria", "manage-achievement-criteria", gettext_lazy("Criteria")),
    ("rule", "manage-rule", gettext_lazy("Rule")),  # its pages look at people, and are to the right of us
    ("application", "manage-achievement-application", gettext_lazy("Applications")),
    ("assessment", "manage-achievement-assessment", gettext_lazy("Assessment")),
    ("preview", "manage-achievement-preview", gettext_lazy("Preview")),
)
NAMES = {tab: name for tab, name, _label in TABS} | {"versions": "manage-achievement-versions"}


@dataclass(frozen=True)
class Meanwhile:
    """Somebody else saved after this page was opened: who, when, and what stands there now where it differs."""

    name: str
    at: datetime | None
    stored: list[tuple[str, str]]


def starter(request: StaffRequest, stored: str, known: tuple[str, ...], first: str) -> str:
    """The design to show: the one asked for, the stored one, or the first."""
    asked = request.POST.get("starter") or request.GET.get("starter") or stored
    if asked and asked not in known:
        raise Http404
    return asked or first


def find(public_id: str) -> Achievement:
    """An achievement of the institution whose scope is open, or 404."""
    drafts = Achievement.objects.select_related("issuer", "badge", "certificate").prefetch_related("versions")
    return get_object_or_404(drafts, public_id=public_id)


def url(request: StaffRequest, achievement: Achievement, tab: str) -> str:
    return reverse(NAMES[tab], args=[request.issuer.slug, achievement.public_id])


def picture_url(request: StaffRequest, achievement: Achievement) -> str:
    """Address of the draft's badge, '' where there is none; it changes with the drawing, so that it can be kept."""
    badge = getattr(achievement, "badge", None)
    if badge is None or not (badge.spec or badge.picture):
        return ""
    drawn = zlib.crc32(json.dumps([badge.spec, badge.picture], sort_keys=True).encode())
    path = reverse("manage-achievement-picture", args=[request.issuer.slug, achievement.public_id])
    return f"{path}?v={drawn:08x}"


def in_use(version: AchievementVersion) -> int:
    """Credentials that point at a version; the count comes by the relation, whose other end is to the right of us."""
    counted = AchievementVersion.objects.filter(pk=version.pk).aggregate(issued=Count("credentials"))
    return int(counted["issued"])


def frame(request: StaffRequest, achievement: Achievement, tab: str) -> dict[str, Any]:
    """Context of templates/badges/_head.html."""
    latest, missing = achievement.latest, publishing.readiness(achievement)
    may_edit = "achievement.edit" in request.permissions
    is_draft = bool(missing) or publishing.changed(achievement)
    return {
        "achievement": achievement,
        "picture_url": picture_url(request, achievement),
        "latest": latest,
        "next_number": latest.number + 1 if latest else 1,
        "is_draft": is_draft,
        "in_use": in_use(latest) if latest else 0,
        "missing": [
            {"said": readiness.of(item), "url": url(request, achievement, item.tab), "tab": item.tab}
            for item in missing
        ],
        "done": readiness.done(missing),
        "tabs": _tabs(request, achievement, tab, missing) if may_edit else [],
        "may_edit": may_edit,
        "may_publish": "achievement.publish" in request.permissions,
        "may_archive": "achievement.archive" in request.permissions,
    }


def _warnings(achievement: Achievement) -> int:
    """What the checks of the badge say should be looked at."""
    badge = getattr(achievement, "badge", None)
    return _warnings_of(badge.spec) if badge and badge.spec else 0


@by_text
def _warnings_of(spec: drawing.Spec) -> int:
    """Every page of an achievement asks this of the same drawing."""
    return 0 if drawing.check(spec) else sum(finding.level == "warn" for finding in lint(spec))


def _tabs(
    request: StaffRequest, achievement: Achievement, current: str, missing: list[publishing.Missing]
) -> list[dict[str, Any]]:
    tabs = []
    for tab, _name, label in TABS:
        count = sum(item.tab == tab for item in missing) + (_warnings(achievement) if tab == "badge" else 0)
        bad = ngettext("thing to look at", "things to look at", count)
        tabs.append(
            {
                "label": label,
                "url": url(request, achievement, tab),
                "current": tab == current,
                "count": count or "",
                "bad": bad,
            }
        )
    return tabs


def page(request: StaffRequest, achievement: Achievement, tab: str, status: int = 200, **context: Any) -> HttpResponse:
    """One tab; for a page that saves by itself, only what is to be said of it."""
    if saves_itself(request) and status != 200:
        return _answer(request, achievement, tab, status, **context)
    shown = {**frame(request, achievement, tab), "here": url(request, achievement, tab), **context}
    return render(request, f"badges/{tab}.html", shown, status=status)


def saves_itself(request: StaffRequest) -> bool:
    """Sent by static/js/autosave.js a moment after somebody stopped typing, and not by a button."""
    return request.headers.get("X-Autosave") == "1"


def _answer(request: StaffRequest, achievement: Achievement, tab: str, status: int, **context: Any) -> JsonResponse:
    """200 saved, 409 somebody was first, 413, 415 or 422 not saved; `edits` is what the next saving says it saw."""
    meanwhile, form = context.get("meanwhile"), context.get("form")
    told: dict[str, Any] = {"problems": [] if form is None or meanwhile else _problems(form)}
    told |= {"edits": achievement.edits, "saved_at": achievement.edited_at.isoformat()}
    if meanwhile:
        shown = {"meanwhile": meanwhile, "here": url(request, achievement, tab)}
        told["meanwhile"] = render_to_string("badges/_meanwhile.html", shown, request)
    return JsonResponse(told, status=status)


def _problems(form: DraftForm) -> list[dict[str, str]]:
    """What is wrong by field; "" is the whole form."""
    return [
        {
            "pointer": f"/{name}" if name in form.fields else "",
            "code": error.code or "invalid",
            "message": strip_tags(text),
        }
        for name, errors in form.errors.as_data().items()
        for error in errors
        for text in map(str, error.messages)
    ]


def save(
    request: StaffRequest,
    achievement: Achievement,
    form: DraftForm,
    tab: str,
    *,
    store: Callable[[], object],
    again: Callable[..., HttpResponse],
) -> HttpResponse:
    """Store what a checked form says and come back to its tab; `again` shows it once more when somebody was first."""
    try:
        store()
    except EditedMeanwhile:
        fresh = find(achievement.public_id)
        form.achievement = fresh
        stored = _differing(form)
        form.take_over()
        return again(request, fresh, form, status=409, meanwhile=meanwhile(fresh, stored))
    stored_now = find(achievement.public_id)
    if saves_itself(request):
        # Proofs are for looking at: made when somebody does, and not after every word.
        return _answer(request, stored_now, tab, 200)
    previewing.ask(stored_now)
    messages.success(request, _("Saved."))
    return redirect(url(request, achievement, tab))


def last_by(achievement: Achievement) -> User | None:
    """Who changed it last."""
    trail = AuditEvent.objects.filter(subject_kind="achievement", subject_id=achievement.public_id)
    last = trail.newest_first().first()
    return last.actor if last else None


def meanwhile(achievement: Achievement, stored: list[tuple[str, str]]) -> Meanwhile:
    who = str(last_by(achievement) or _("Somebody else"))
    return Meanwhile(who, achievement.edited_at, stored)


def _differing(form: DraftForm) -> list[tuple[str, str]]:
    """Label and stored text of each field that now says something else than what was typed."""
    fresh = form.anew()
    told = []
    for name, typed in form.cleaned_data.items():
        if name not in fresh.fields or name == "edits":
            continue
        stored = fresh.get_initial_for_field(fresh.fields[name], name)
        if (stored or "") != (typed or ""):
            shown = fresh.fields[name].prepare_value(stored)
            told.append((str(fresh.fields[name].label or name), str(shown or "–")))
    return told
