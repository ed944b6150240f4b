"""What people can do: listed, made, described, archived, and how many took part. Its key never changes."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges import offering
from badges.models import Opportunity
from badges.wording.names import amount
from issuers.access import StaffRequest, member_required
from issuers.cleaning import Refused
from issuers.wording import sentence
from recipients import activities, recording, reporting
from recipients.forms.activities import OpportunityForm
from recipients.importing.deeds import day_of
from recipients.models import Activity
from recipients.views.activity_words import kind_labels, named, tabs
from recipients.views.paging import page

FIELDS = ("title", "tags", "place", "starts_at", "ends_at", "value", "unit")


def _found(data: Any) -> QuerySet[Opportunity]:
    rows = Opportunity.objects.filter(archived_at__isnull=data.get("state") != "archived")
    if kind := data.get("kind", ""):
        rows = rows.filter(kind=kind)
    for word in data.get("q", "").strip()[:100].split()[:6]:
        rows = rows.filter(Q(title__icontains=word) | Q(tags__contains=[word]) | Q(key__icontains=word))
    return rows


@require_safe
@member_required("activity.view")
def opportunities(request: StaffRequest) -> HttpResponse:
    """The list, newest first, each with the number of different people."""
    labels = kind_labels(request.issuer)
    counted = Activity.objects.counting().filter(issuer=request.issuer, kind=OuterRef("kind"), key=OuterRef("key"))
    people = counted.order_by().values("kind").annotate(n=reporting.PEOPLE).values("n")
    rows = _found(request.GET).annotate(people=Coalesce(Subquery(people, output_field=IntegerField()), 0))
    shown = page(request, rows)
    for row in shown.rows:
        row.kind_name = labels.get(row.kind, row.kind)
    asked = {key: request.GET[key].strip()[:100] for key in ("q", "kind", "state") if request.GET.get(key, "").strip()}
    context = {
        "page": shown,
        "asked": asked,
        "kinds": labels.items(),
        "tabs": tabs(request, "manage-opportunities"),
        "any": bool(asked) or Opportunity.objects.exists(),
    }
    return render(request, "recipients/activities/opportunities.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("activity.record")
def new(request: StaffRequest) -> HttpResponse:
    """Make one before it happens."""
    labels = kind_labels(request.issuer)
    form = OpportunityForm(request.POST or None, issuer=request.issuer, labels=labels, initial={"kind": "session"})
    del form.fields["retag"]
    if request.method == "POST" and form.is_valid():
        try:
            made = _offer(request, form.cleaned_data)
            messages.success(request, _("It is in the list. Rules can ask for it now."))
            return redirect("manage-opportunity", slug=request.issuer.slug, public_id=made.public_id)
        except Refused as refused:
            form.add_error("title", sentence(refused.code, **refused.params))
    status = 422 if request.method == "POST" else 200
    return render(request, "recipients/activities/opportunity_new.html", {"form": form}, status=status)


def _offer(request: StaffRequest, said: dict[str, Any]) -> Opportunity:
    """Under the key that a file about it would find."""
    starts = said["starts_at"]
    zone = ZoneInfo(request.issuer.time_zone)
    key = activities.key_of(said["title"], day_of(starts, zone) if starts and said["kind"] == "session" else None)
    described: Any = {name: said[name] for name in FIELDS}
    return offering.offer(request.issuer, request.user, kind=said["kind"], key=key, **described)


def one(public_id: str) -> Opportunity:
    """One opportunity; 404 for other institutions' and unknown ones."""
    found: Opportunity = get_object_or_404(Opportunity.objects.select_related("made_by"), public_id=public_id)
    return found


@require_safe
@member_required("activity.view")
def opportunity(request: StaffRequest, public_id: str) -> HttpResponse:
    """What it is, who took part, and what can be done with it."""
    thing, labels = one(public_id), kind_labels(request.issuer)
    rows = Activity.objects.counting().filter(kind=thing.kind, key=thing.key).select_related("recipient")
    shown = page(request, rows)
    named(request.issuer, shown.rows, labels)
    taking_part = reporting.taking_part(request.issuer, thing)
    context = {
        "thing": thing,
        "kind_name": labels.get(thing.kind, thing.kind),
        "worth": amount(thing.value, thing.unit) if thing.value is not None else "",
        "page": shown,
        "taking_part": taking_part,
        "sums": [
            amount(row["total"], row["unit"]) for row in taking_part["sums"] if row["unit"] in {"hours", "minutes"}
        ],
    }
    return render(request, "recipients/activities/opportunity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("activity.record")
def edit(request: StaffRequest, public_id: str) -> HttpResponse:
    """Describe it differently. Kind and key stay, since rules and facts name it by them."""
    thing = one(public_id)
    initial = {name: getattr(thing, name) for name in FIELDS}
    form = OpportunityForm(request.POST or None, issuer=request.issuer, labels={}, initial=initial)
    del form.fields["kind"]
    if request.method == "POST" and form.is_valid():
        return _describe(request, thing, form.cleaned_data)
    count = Activity.objects.counting().filter(kind=thing.kind, key=thing.key).aggregate(n=Count("pk"))["n"]
    if not count:
        del form.fields["retag"]
    context = {"form": form, "thing": thing, "count": count}
    status = 422 if request.method == "POST" else 200
    return render(request, "recipients/activities/opportunity_edit.html", context, status=status)


def _describe(request: StaffRequest, thing: Opportunity, said: dict[str, Any]) -> HttpResponse:
    described: Any = {name: said[name] for name in FIELDS}
    changed = offering.describe(thing, request.user, **described)
    retagged = (
        recording.retag(request.issuer, thing.kind, thing.key, said["tags"], request.user) if said["retag"] else 0
    )
    if changed or retagged:
        messages.success(request, _("Changed. Its key stays, so that rules and activities find it."))
    return redirect("manage-opportunity", slug=request.issuer.slug, public_id=thing.public_id)


@require_POST
@member_required("activity.record")
def archiving(request: StaffRequest, public_id: str) -> HttpResponse:
    """Out of the lists that one chooses from."""
    offering.archive(one(public_id), request.user)
    messages.success(request, _("Archived. What was recorded for it counts as before."))
    return redirect("manage-opportunity", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("activity.record")
def restoration(request: StaffRequest, public_id: str) -> HttpResponse:
    """Back into the lists."""
    offering.restore(one(public_id), request.user)
    messages.success(request, _("It is in the lists again."))
    return redirect("manage-opportunity", slug=request.issuer.slug, public_id=public_id)
