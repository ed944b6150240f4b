"""How many took part, by tag, kind and opportunity; kinds of the institution's own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges import offering
from badges.models import ActivityKind
from issuers.access import StaffRequest, member_required
from issuers.cleaning import Refused
from issuers.wording import sentence
from recipients import exporting, reporting
from recipients.activities import key_of
from recipients.forms.activities import KindForm
from recipients.models import Group
from recipients.reporting import Asked
from recipients.views.activity_words import kind_labels, tabs


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _asked(data: Any) -> Asked:
    group = data.get("group", "")[:60]
    return Asked(_day(data.get("from", "")), _day(data.get("to", "")), data.get("kind", "")[:40], group)


@require_safe
@member_required("activity.view")
def report(request: StaffRequest) -> HttpResponse:
    """The numbers of a time."""
    issuer, asked, labels = request.issuer, _asked(request.GET), kind_labels(request.issuer)
    people, activities = reporting.altogether(issuer, asked)
    context = {
        "asked": asked,
        "people": people,
        "activities": activities,
        "by_tag": reporting.by_tag(issuer, asked),
        "by_kind": reporting.by_kind(issuer, asked, labels),
        "by_opportunity": reporting.by_opportunity(issuer, asked),
        "kinds": labels.items(),
        "groups": Group.objects.filter(archived_at__isnull=True).order_by("name"),
        "tabs": tabs(request, "manage-activity-report"),
    }
    return render(request, "recipients/activities/report.html", context)


HEADER = ("By", "What", "Kind", "People", "Activities")


@require_safe
@member_required("activity.view")
def export(request: StaffRequest) -> HttpResponse:
    """The same numbers as CSV. It names nobody."""
    issuer, asked, labels = request.issuer, _asked(request.GET), kind_labels(request.issuer)
    people, activities = reporting.altogether(issuer, asked)
    parts = (
        (_("Tag"), reporting.by_tag(issuer, asked)),
        (_("Kind"), reporting.by_kind(issuer, asked, labels)),
        (_("Opportunity"), reporting.by_opportunity(issuer, asked, most=10_000)),
    )
    rows: list[tuple[object, ...]] = [(_("Altogether"), "", "", people, activities)]
    rows += [
        (by, line.label, labels.get(line.kind, line.kind), line.people, line.activities)
        for by, lines in parts
        for line in lines
    ]
    response = HttpResponse("".join(exporting.csv_text(HEADER, rows)).encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{issuer.slug}-activity-report.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("activity.record")
def kinds(request: StaffRequest) -> HttpResponse:
    """Kinds of the institution's own; POST adds one."""
    form = KindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            offering.add_kind(request.issuer, request.user, key=_kind_key(name), name=name)
            messages.success(request, _("Added. Activities, rules and files can use it now."))
            return redirect("manage-activity-kinds", slug=request.issuer.slug)
        except Refused as refused:
            form.add_error("name", sentence(refused.code, **refused.params))
    return _kinds_page(request, form, status=422 if request.method == "POST" else 200)


def _kind_key(name: str) -> str:
    """Small letters of the alphabet, digits and strokes, as rules can be written with."""
    plain = "".join(char if char.isascii() else "" for char in key_of(name)).replace("-", "_").strip("_")
    return (plain if plain[:1].isalpha() else f"kind_{plain}")[:40].strip("_") or "kind"


def _kinds_page(request: StaffRequest, form: KindForm, status: int = 200) -> HttpResponse:
    rows = ActivityKind.objects.order_by("name")
    every = [label for key, label in kind_labels(request.issuer).items() if key not in {row.key for row in rows}]
    context = {"form": form, "rows": rows, "ours": every, "tabs": tabs(request, "manage-activity-kinds")}
    return render(request, "recipients/activities/kinds.html", context, status=status)


@require_POST
@member_required("activity.record")
def kind_name(request: StaffRequest, kind: int) -> HttpResponse:
    """Call one differently."""
    found = get_object_or_404(ActivityKind, pk=kind)
    form = KindForm(request.POST)
    if not form.is_valid():
        return _kinds_page(request, form, status=422)
    if offering.rename_kind(found, request.user, form.cleaned_data["name"]):
        messages.success(request, _("Renamed everywhere. Rules that ask for it go on as before."))
    return redirect("manage-activity-kinds", slug=request.issuer.slug)
