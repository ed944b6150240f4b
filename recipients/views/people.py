"""People as this institution knows them, and the list of credentials as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from issuers.access import StaffRequest, member_required
from issuers.models import AuditEvent
from recipients import exporting, states
from recipients.models import Recipient
from recipients.views.credentials import wanted
from recipients.views.paging import page


@require_safe
@member_required("recipient.view")
def everybody(request: StaffRequest) -> HttpResponse:
    """Everybody who was ever awarded something here."""
    words = request.GET.get("q", "").strip()[:100]
    rows = Recipient.objects.filter(erased_at__isnull=True).matching(words)
    counted = rows.annotate(
        total=Count("credentials", filter=Q(credentials__cancelled_at__isnull=True)),
        claimed=Count("credentials", filter=Q(credentials__claimed_at__isnull=False)),
        latest=Max("credentials__created_at"),
    )
    return render(request, "recipients/staff/people.html", {"page": page(request, counted), "q": words})


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
    rows = list(wanted(request.GET).order_by("-pk"))
    AuditEvent.objects.record(request.issuer, request.user, "credential.exported", request.issuer, people=len(rows))
    lines = exporting.csv_text(HEADER, [tuple(_line(row)) for row in rows])
    response = StreamingHttpResponse(list(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{request.issuer.slug}-credentials.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _line(row: Any) -> Iterator[object]:
    yield row.name
    yield row.recipient.address
    yield row.recipient.student_id
    yield row.words["name"]
    yield row.awarded_on.isoformat()
    yield str(states.STATES.get(row.state, _("Unknown")))
    yield row.values.get("grade", "")
    yield row.claimed_at.date().isoformat() if row.claimed_at else ""
    yield row.expires_at.date().isoformat() if row.expires_at else ""
    yield row.url
