"""The look before the leap: a list as it was read, what is wrong, what will happen, and one click that names the number."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from issuers.access import StaffRequest, member_required
from issuers.wording import people, sentence
from recipients import checking, exporting, importing, issuing, leasing
from recipients.forms.staff import FIELD_LABELS, ORDER_LABELS, ColumnsForm
from recipients.models import RecipientList
from recipients.views import reasons
from recipients.views.listed import Shown, shown_rows


def _list(request: StaffRequest, public_id: str) -> RecipientList:
    found: RecipientList = get_object_or_404(
        RecipientList.objects.select_related("achievement", "award", "made_by"), public_id=public_id
    )
    return found


@require_safe
@member_required("credential.award")
def review(request: StaffRequest, public_id: str) -> HttpResponse:
    """The review, or how far the check of a large file is; a confirmed list leads to its award."""
    recipient_list = _list(request, public_id)
    if award := getattr(recipient_list, "award", None):
        return redirect("manage-award", slug=request.issuer.slug, public_id=award.public_id)
    return _page(request, recipient_list)


def _page(
    request: StaffRequest, recipient_list: RecipientList, form: ColumnsForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"list": recipient_list, "achievement": recipient_list.achievement}
    if recipient_list.refusal:
        context["refusal"] = sentence(recipient_list.refusal["code"], **recipient_list.refusal["params"])
    elif recipient_list.report is not None:
        context |= _report(request, recipient_list, form)
    else:
        context["gave_up"] = recipient_list.attempts >= leasing.ATTEMPTS
    return render(request, "recipients/staff/review.html", context, status=status)


def _report(request: StaffRequest, recipient_list: RecipientList, form: ColumnsForm | None) -> dict[str, Any]:
    report = checking.report_of(recipient_list)
    assert report is not None
    expected = issuing.forecast(recipient_list.achievement, report.people)
    table = checking.table(recipient_list)
    shown = Shown(report, expected, request.GET.get("show", ""))
    return {
        "report": report,
        "table": table,
        "columns": _columns(recipient_list, table, form),
        "order_label": ORDER_LABELS.get(report.date_order, ""),
        "order_needed": report.date_order_needed,
        "shown": shown,
        "rows": shown_rows(shown, request.GET.get("page", "")),
        "new": len(expected.new),
        "faulty": len({fault.line for fault in report.faults}),
        "already": len(expected.already),
        "out": len({fault.line for fault in report.faults}) + len(expected.already),
        "undo_minutes": request.issuer.undo_minutes,
        "problem": _problem(request, recipient_list),
    }


def _problem(request: StaffRequest, recipient_list: RecipientList) -> str:
    try:
        issuing.refuse_unless_allowed(request.issuer, recipient_list.achievement)
    except issuing.NotAllowed as refused:
        return reasons.not_allowed(refused.code)
    return ""


def _columns(recipient_list: RecipientList, table: importing.Table, form: ColumnsForm | None) -> dict[str, Any]:
    """The form of the mapping, and the first values of each column beside its field."""
    mapping = recipient_list.mapping or {}
    form = form or ColumnsForm(
        columns=table.columns, mapping=mapping, initial={"date_order": recipient_list.date_order}
    )
    rows = []
    for column in table.columns:
        values = [row.cells[column.index] for row in table.rows[:40] if column.index < len(row.cells)]
        field = mapping.get(str(column.index), "")
        rows.append(
            {
                "heading": column.heading,
                "values": " · ".join([value.strip() for value in values if value.strip()][:3]),
                "field": form[f"column_{column.index}"],
                "recognised": field in FIELD_LABELS,
                "used": bool(field),
            }
        )
    return {"form": form, "rows": rows}


@require_POST
@member_required("credential.award")
def columns(request: StaffRequest, public_id: str) -> HttpResponse:
    """Read the columns differently, and check again."""
    recipient_list = _list(request, public_id)
    if recipient_list.report is None:
        return redirect("manage-list", slug=request.issuer.slug, public_id=public_id)
    table = checking.table(recipient_list)
    form = ColumnsForm(request.POST, columns=table.columns, mapping=recipient_list.mapping or {})
    if not form.is_valid():
        return _page(request, recipient_list, form, status=422)
    if checking.set_columns(recipient_list, form.mapping(), form.cleaned_data["date_order"]):
        messages.success(request, _("Read again with your columns."))
    return redirect("manage-list", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("credential.award")
def confirmation(request: StaffRequest, public_id: str) -> HttpResponse:
    """The one click. It names the number of people; if that or a date has changed meanwhile, it asks again."""
    recipient_list = _list(request, public_id)
    if award := getattr(recipient_list, "award", None):
        return redirect("manage-award", slug=request.issuer.slug, public_id=award.public_id)
    report = checking.report_of(recipient_list)
    if report is None or not report.people or report.date_order_needed:
        return redirect("manage-list", slug=request.issuer.slug, public_id=public_id)
    if checking.outdated(recipient_list):
        messages.warning(request, _("Dates in this list have passed since it was checked, so it is checked again."))
        return redirect("manage-list", slug=request.issuer.slug, public_id=public_id)
    expected = len(issuing.forecast(recipient_list.achievement, report.people).new)
    if request.POST.get("people") != str(expected):
        messages.warning(request, _("The number has changed to %(people)s. Look again.") % {"people": people(expected)})
        return redirect("manage-list", slug=request.issuer.slug, public_id=public_id)
    return _award(request, recipient_list, report)


def _award(request: StaffRequest, recipient_list: RecipientList, report: importing.Report) -> HttpResponse:
    version = recipient_list.achievement.latest
    try:
        if version is None:
            raise issuing.NotAllowed("not_published")
        award = issuing.intend(
            request.issuer,
            version,
            report.people,
            source=recipient_list.source,
            by=request.user,
            request_key=f"list/{recipient_list.public_id}",
            file_name=recipient_list.file_name,
            recipient_list=recipient_list,
            skip_undo=request.POST.get("undo") == "none",
        )
    except issuing.NotAllowed as refused:
        messages.error(request, reasons.not_allowed(refused.code))
        return redirect("manage-list", slug=request.issuer.slug, public_id=recipient_list.public_id)
    return redirect("manage-award", slug=request.issuer.slug, public_id=award.public_id)


@require_safe
@member_required("credential.award")
def faulty(request: StaffRequest, public_id: str) -> HttpResponse:
    """The rows with faults as a CSV file, with what to mend beside them."""
    recipient_list = _list(request, public_id)
    report = checking.report_of(recipient_list)
    if report is None:
        raise Http404
    table = checking.table(recipient_list)
    text = exporting.faulty_rows(table, report.faults, lambda fault: sentence(fault.code, **fault.params))
    response = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rows-to-mend.csv"'
    return response
