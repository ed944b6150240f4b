"""Many applications at once: accepted or declined together after a look at the number, and all of them as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from issuers.access import StaffRequest, member_required
from issuers.models import AuditEvent
from issuers.wording import people
from recipients import deciding, exporting
from recipients.forms.staff import DeclineForm
from recipients.models import Application
from recipients.questions import Answer, Answered
from recipients.views.applications import STATES, told_accepted, wanted

MOST, MOST_IN_FILE = 500, 10_000
DEEDS = {"accept", "decline"}
KEPT = ("application", "all", "q", "state", "achievement", "age")
HEADER = ("Name", "Email", "Achievement", "State", "Sent", "Answered", "Reason")


def _chosen(request: StaffRequest) -> list[Application]:
    """The ticked rows that wait, or all that the search behind the page finds."""
    if request.POST.get("all"):
        rows = wanted(request.POST)
    else:
        rows = wanted({}).filter(public_id__in=request.POST.getlist("application")[:MOST])
    return list(rows.filter(decided_at__isnull=True, withdrawn_at__isnull=True).order_by("-pk")[: MOST + 1])


@require_POST
@member_required("application.decide")
def selection(request: StaffRequest) -> HttpResponse:
    """First the question with its number, then the answer for all of them."""
    deed, rows = request.POST.get("deed", ""), _chosen(request)
    if deed not in DEEDS or not rows:
        return _back(request, _("Tick applications that wait, and choose what to do with them."))
    if len(rows) > MOST:
        return _back(request, _("These are more than %(most)s. Narrow the search first.") % {"most": MOST})
    confirmed = request.POST.get("people") == str(len(rows))
    form = DeclineForm(request.POST if confirmed else None) if deed == "decline" else None
    if not confirmed or (form is not None and not form.is_valid()):
        context = {"deed": deed, "rows": rows, "form": form, "people": people(len(rows)), "hidden": _hidden(request)}
        status = 422 if confirmed else 200
        return render(request, "recipients/staff/applications_selection.html", context, status=status)
    return _do(request, rows, form)


def _hidden(request: StaffRequest) -> list[tuple[str, str]]:
    return [(key, value) for key in KEPT for value in request.POST.getlist(key)]


def _back(request: StaffRequest, why: str) -> HttpResponse:
    messages.warning(request, why)
    return redirect("manage-applications", request.issuer.slug)


def _do(request: StaffRequest, rows: list[Application], form: DeclineForm | None) -> HttpResponse:
    if form is None:
        told_accepted(request, [row.pk for row in rows])
    else:
        done = sum(deciding.decline(row, request.user, reason=form.cleaned_data["reason"]) for row in rows)
        messages.success(request, _("Declined for %(people)s.") % {"people": people(done)})
    return redirect("manage-applications", request.issuer.slug)


@require_safe
@member_required("application.decide")
def export(request: StaffRequest) -> Any:
    """What the list shows, as CSV with a column for each question; the trail says that it was taken."""
    rows = list(wanted(request.GET).order_by("-pk")[:MOST_IN_FILE])
    answers = [row.answered() for row in rows]
    asked = {one.asked.key: one.asked.label for some in reversed(answers) for one in some}
    AuditEvent.objects.record(request.issuer, request.user, "application.exported", request.issuer, people=len(rows))
    table = [[*_line(row), *_told(some, asked)] for row, some in zip(rows, answers, strict=True)]
    response = StreamingHttpResponse(
        list(exporting.csv_text([*HEADER, *asked.values()], table)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{request.issuer.slug}-applications.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _line(row: Application) -> Iterator[object]:
    yield row.name
    yield row.address
    yield row.form.achievement.name
    yield str(STATES[row.state])
    yield row.submitted_at.date().isoformat()
    yield row.decided_at.date().isoformat() if row.decided_at else ""
    yield row.reason


def _told(some: list[Answered], asked: dict[str, str]) -> Iterator[str]:
    answers = {one.asked.key: one.answer for one in some}
    for key in asked:
        yield _text(answers.get(key))


def _text(answer: Answer) -> str:
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    return "; ".join(answer) if isinstance(answer, list) else answer or ""
