"""People as this institution knows them, and the list of credentials as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from issuers.access import StaffRequest, member_required
from issuers.models import AuditEvent
from recipients import exporting, searching, states
from recipients.models import AchievementCredential, Recipient
from recipients.models.credential import credential_url
from recipients.views.credentials import asked_for
from recipients.views.paging import counted, page, too_many


@require_safe
@member_required("recipient.view")
def everybody(request: StaffRequest) -> HttpResponse:
    """Everybody who was ever awarded something here."""
    words = request.GET.get("q", "").strip()[:100]
    rows = Recipient.objects.filter(erased_at__isnull=True).matching(words)
    context = {
        "page": page(request, _with_numbers(searching.narrowed(rows, words, "pk"))),
        "q": words,
        "beginnings": bool(words) and searching.by_beginnings(),
    }
    return render(request, "recipients/staff/people.html", context)


def _with_numbers(people: QuerySet[Any]) -> QuerySet[Any]:
    """How much each was awarded: of the rows of one page, after these were found."""
    own = AchievementCredential.objects.filter(recipient=OuterRef("pk")).order_by().values("recipient")
    numbers = {
        "total": Count("pk", filter=Q(cancelled_at__isnull=True)),
        "claimed": Count("pk", filter=Q(claimed_at__isnull=False)),
        "latest": Max("created_at"),
    }
    return people.annotate(**{name: Subquery(own.annotate(n=number).values("n")) for name, number in numbers.items()})


HEADER = (
    "Name",
    "Email",
    "Student number",
    "Achievement",
    "Awarded on",
    "State",
    "Result",
    "Claimed on",
    "Expires on",
    "Address",
)


@require_safe
@member_required("credential.export")
def export(request: StaffRequest) -> Any:
    """The credentials that the list shows, as CSV; the trail says that it was taken, and how many."""
    rows = asked_for(AchievementCredential.objects.all(), request.GET)
    total = counted(rows, most=exporting.MOST)
    if total.more:
        return too_many(request, "manage-credentials")
    AuditEvent.objects.record(request.issuer, request.user, "credential.exported", request.issuer, people=total.number)
    lines = exporting.csv_text(HEADER, map(_line, _cells(rows)))
    response = StreamingHttpResponse(list(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.issuer.slug}-credentials.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _cells(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    """Only what a line says: documents of a hundred thousand rows would fill the memory."""
    said = (
        states.with_state(rows)
        .order_by("-pk")
        .annotate(
            address=F("recipient__address"),
            student_id=F("recipient__student_id"),
            achieved=F("version__content__words__name"),
            grade=F("values__grade"),
        )
    )
    return said.values(*_CELLS).iterator(chunk_size=2_000)


_CELLS = (
    "name",
    "address",
    "student_id",
    "achieved",
    "awarded_on",
    "state",
    "grade",
    "claimed_at",
    "expires_at",
    "public_id",
)


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    return (
        row["name"],
        row["address"],
        row["student_id"],
        row["achieved"],
        row["awarded_on"].isoformat(),
        str(states.STATES.get(row["state"], _("Unknown"))),
        row["grade"] or "",
        row["claimed_at"].date().isoformat() if row["claimed_at"] else "",
        row["expires_at"].date().isoformat() if row["expires_at"] else "",
        credential_url(row["public_id"]),
    )
