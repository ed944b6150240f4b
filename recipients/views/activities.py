"""What people did: found by kind, tag, thing, person and state; of one person; as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from badges.models import Opportunity
from issuers.access import StaffRequest, member_required
from issuers.models import AuditEvent
from recipients import exporting, searching
from recipients.models import Activity, Recipient
from recipients.models.activity import ActivityQuerySet
from recipients.views.activity_words import kind_labels, named, source_name, states, tabs
from recipients.views.paging import counted, page, too_many

FILTERS = ("q", "kind", "tag", "opportunity", "state")


def wanted(data: Any) -> ActivityQuerySet:
    """The rows that a query string asks for."""
    rows: ActivityQuerySet = Activity.objects.all()
    if state := _STATES.get(data.get("state", "")):
        rows = rows.filter(state)
    if kind := data.get("kind", ""):
        rows = rows.filter(kind=kind)
    if tag := data.get("tag", "").strip():
        rows = rows.filter(tags__contains=[tag])
    if public_id := data.get("opportunity", ""):
        thing = Opportunity.objects.filter(public_id=public_id).first()
        rows = rows.filter(kind=thing.kind, key=thing.key) if thing else rows.none()
    words = data.get("q", "").strip()[:100]
    rows = searching.narrowed(rows, words, "recipient")
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(recipient__name__icontains=word)
            | Q(recipient__address_key__icontains=word)
            | Q(recipient__student_id__iexact=word)
        )
    return rows


_STATES = {
    "counts": Q(confirmed_at__isnull=False, withdrawn_at__isnull=True),
    "waiting": Q(confirmed_at__isnull=True, refused_at__isnull=True, withdrawn_at__isnull=True),
    "refused": Q(refused_at__isnull=False),
    "withdrawn": Q(withdrawn_at__isnull=False),
}


@require_safe
@member_required("activity.view")
def activities(request: StaffRequest) -> HttpResponse:
    """The list, newest first."""
    asked = {key: request.GET[key].strip()[:200] for key in FILTERS if request.GET.get(key, "").strip()}
    rows = wanted(request.GET)
    context = _listed(request, rows, kind_labels(request.issuer)) | {
        "asked": asked,
        "tabs": tabs(request, "manage-activities"),
        "states": states().items(),
        "thing": Opportunity.objects.filter(public_id=asked.get("opportunity", "")).first(),
        "any": bool(asked) or Activity.objects.exists(),
    }
    return render(request, "recipients/activities/activities.html", context)


def _listed(request: HttpRequest, rows: ActivityQuerySet, labels: dict[str, str]) -> dict[str, Any]:
    issuer = request.issuer  # type: ignore[attr-defined]
    shown = page(request, rows.select_related("recipient"))
    named(issuer, shown.rows, labels)
    return {"page": shown, "kinds": labels.items()}


@require_safe
@member_required("activity.view")
def of_person(request: StaffRequest, recipient: int) -> HttpResponse:
    """Everything that one person did here."""
    person = get_object_or_404(Recipient, pk=recipient, erased_at__isnull=True)
    context = _listed(request, wanted({}).filter(recipient=person), kind_labels(request.issuer))
    context |= {"person": person, "groups": person.groups.select_related("group").order_by("group__name")}
    return render(request, "recipients/activities/of_person.html", context)


HEADER = (
    *("Name", "Email", "Student number", "Kind", "Activity", "Key", "When", "Day", "Value", "Unit", "Tags", "Place"),
    *("State", "Source", "Recorded at"),
)


@require_safe
@member_required("activity.view")
def export(request: StaffRequest) -> Any:
    """The activities that the list shows, as CSV; the trail says that it was taken, and how many rows."""
    rows = wanted(request.GET).newest_first()
    total = counted(rows, most=exporting.MOST)
    if total.more:
        return too_many(request, "manage-activities")
    said = {"activities": total.number}
    AuditEvent.objects.record(request.issuer, request.user, "activity.exported", request.issuer, **said)
    lines = list(exporting.csv_text(HEADER, [tuple(line) for line in _lines(request, rows)]))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.issuer.slug}-activities.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(request: StaffRequest, rows: QuerySet[Activity]) -> Iterator[Iterator[object]]:
    for row in named(request.issuer, rows, kind_labels(request.issuer)):
        yield _cells(row)


def _cells(row: Any) -> Iterator[object]:
    yield row.recipient.name
    yield row.recipient.address
    yield row.recipient.student_id
    yield row.kind_name
    yield row.thing_name
    yield row.key
    yield row.at.isoformat()
    yield row.day.isoformat()
    yield "" if row.value is None else format(row.value.normalize(), "f")
    yield row.unit
    yield ", ".join(row.tags)
    yield row.place
    yield states()[row.state]
    yield source_name(row.source)
    yield row.recorded_at.isoformat()
