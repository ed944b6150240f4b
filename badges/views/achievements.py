"""The list of achievements, and what is done to one as a whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges import assessing, designing, previewing, publishing
from badges.forms.words import CopyForm, NewForm
from badges.models import Achievement
from badges.models.achievement import AchievementQuerySet
from badges.views import editor
from issuers.access import StaffRequest, member_required

PAGE = 50
FILTERS = {
    "": Q(archived_at__isnull=True),
    "published": Q(archived_at__isnull=True, versions__isnull=False),
    "draft": Q(archived_at__isnull=True, versions__isnull=True),
    "archived": Q(archived_at__isnull=False),
}


def _found(words: str) -> AchievementQuerySet:
    """Achievements with every word somewhere in what is said of them."""
    found: AchievementQuerySet = Achievement.objects.all()
    for word in words.split()[:10]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(description__icontains=word)
            | Q(human_code__icontains=word)
            | Q(tags__icontains=word)
        )
    return found


def _filters(request: StaffRequest, found: AchievementQuerySet, state: str, words: str) -> list[dict[str, Any]]:
    labels = {"": _("All"), "published": _("Published"), "draft": _("Drafts"), "archived": _("Archived")}
    counts = found.aggregate(**{key or "all": Count("pk", filter=rule, distinct=True) for key, rule in FILTERS.items()})
    here = reverse("manage-achievements", args=[request.issuer.slug])
    tabs = []
    for key, label in labels.items():
        query = urlencode({name: value for name, value in (("state", key), ("q", words)) if value})
        tabs.append(
            {
                "label": label,
                "url": f"{here}?{query}" if query else here,
                "current": key == state,
                "count": counts[key or "all"],
            }
        )
    return tabs


@member_required("achievement.view")
@require_safe
def achievements(request: StaffRequest) -> HttpResponse:
    """All of them, by name; searched and filtered."""
    words, state = request.GET.get("q", "").strip()[:200], request.GET.get("state", "")
    state = state if state in FILTERS else ""
    found = _found(words)
    listed = found.filter(FILTERS[state]).distinct().listed().annotate(issued=Count("credentials", distinct=True))
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, editor.picture_url(request, row)) for row in page],
        "filters": _filters(request, found, state, words),
        "words": words,
        "state": state,
        "may_edit": "achievement.edit" in request.permissions,
        "may_award": "credential.award" in request.permissions,
        "may_archive": "achievement.archive" in request.permissions,
        "has_any": Achievement.objects.exists(),
    }
    return render(request, "badges/list.html", context)


@member_required("achievement.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Begin a draft."""
    form = NewForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "badges/new.html", {"form": form}, status=422 if form.is_bound else 200)
    told = form.cleaned_data
    achievement = designing.begin(
        request.issuer, request.user, name=told["name"], achievement_type=told["achievement_type"]
    )
    previewing.ask(editor.find(achievement.public_id))
    return redirect(editor.url(request, achievement, "words"))


@member_required("achievement.publish")
@require_POST
def publication(request: StaffRequest, public_id: str) -> HttpResponse:
    """Freeze the draft as the next version, if it still is the draft that was looked at."""
    achievement = editor.find(public_id)
    seen = request.POST.get("edits", "")
    if achievement.archived_at:
        messages.warning(request, _("It is archived. Restore it before you publish."))
    elif seen and seen != str(achievement.edits):
        messages.warning(
            request, _("Not published: somebody changed the draft since you opened the page. Look at it again.")
        )
    else:
        _publish(request, achievement)
    return redirect(editor.url(request, achievement, "preview"))


def _publish(request: StaffRequest, achievement: Achievement) -> None:
    before = achievement.latest
    try:
        version = publishing.publish(achievement, request.user)
    except publishing.NotReady as error:
        count = len(error.missing)
        text = ngettext("Not published: one thing is missing.", "Not published: %(count)s things are missing.", count)
        messages.warning(request, text % {"count": count})
        return
    if before and version.pk == before.pk:
        messages.info(request, _("Nothing has changed since version %(number)s.") % {"number": version.number})
    else:
        messages.success(request, _("Version %(number)s is published.") % {"number": version.number})


@member_required("achievement.archive")
@require_POST
def archive(request: StaffRequest, public_id: str) -> HttpResponse:
    """Put away."""
    achievement = editor.find(public_id)
    if designing.archive(achievement, request.user):
        messages.success(
            request, _("%(name)s is archived. What was issued stays as it is.") % {"name": achievement.name}
        )
    return redirect(reverse("manage-achievements", args=[request.issuer.slug]))


@member_required("achievement.archive")
@require_POST
def restoration(request: StaffRequest, public_id: str) -> HttpResponse:
    """Take out again."""
    achievement = editor.find(public_id)
    if designing.restore(achievement, request.user):
        messages.success(request, _("%(name)s is back in the list.") % {"name": achievement.name})
    return redirect(editor.url(request, achievement, "preview"))


@member_required("achievement.edit")
@require_POST
def copy(request: StaffRequest, public_id: str) -> HttpResponse:
    """Begin another one with these words and looks; without a name it is called a copy."""
    achievement = editor.find(public_id)
    name = request.POST.get("name", "").strip() or _("Copy of %(name)s") % {"name": achievement.name[:100]}
    form = CopyForm({"name": name})
    if not form.is_valid():
        messages.error(request, " ".join([_("Not copied."), *form.errors["name"]]))
        return redirect(editor.url(request, achievement, "preview"))
    made = designing.copy(achievement, request.user, name=form.cleaned_data["name"])
    assessing.copy(achievement, made)
    previewing.ask(editor.find(made.public_id))
    messages.success(request, _("This is the copy. Change what is different."))
    return redirect(editor.url(request, made, "words"))
