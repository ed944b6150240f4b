"""Attendance reports and gradebooks: handed in, looked at row by row, read differently, confirmed by naming the number."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from issuers.access import StaffRequest, member_required
from issuers.wording import sentence
from recipients import exporting, gathering, importing, leasing, recording
from recipients.forms.activity_files import ActivityFileForm, ReadingForm
from recipients.importing import Export, Reading
from recipients.models import ActivityFile
from recipients.views import file_rows
from recipients.views.activity_words import kind_labels, tabs
from recipients.views.paging import page


def facts(count: int) -> str:
    """`1 activity`, `24 activities`."""
    return ngettext("%(count)s activity", "%(count)s activities", count) % {"count": f"{count:,}"}


@require_safe
@member_required("activity.view")
def files(request: StaffRequest) -> HttpResponse:
    """Files that were handed in, newest first."""
    rows = ActivityFile.objects.select_related("made_by").defer("content", "report")
    context = {"page": page(request, rows), "tabs": tabs(request, "manage-activity-files")}
    return render(request, "recipients/activities/files.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("activity.record")
def new(request: StaffRequest) -> HttpResponse:
    """Hand one in. What is no table at all is refused at its field and not kept."""
    form = ActivityFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = gathering.start(request.issuer, file_name=file.name, content=file.read(), by=request.user)
            return redirect("manage-activity-file", slug=request.issuer.slug, public_id=made.public_id)
        except importing.FileRefused as refused:
            form.add_error("file", sentence(refused.code, **refused.params))
    status = 422 if request.method == "POST" else 200
    return render(request, "recipients/activities/file_new.html", {"form": form}, status=status)


def _file(public_id: str) -> ActivityFile:
    found: ActivityFile = get_object_or_404(
        ActivityFile.objects.select_related("made_by", "confirmed_by"), public_id=public_id
    )
    return found


@require_safe
@member_required("activity.record")
def file(request: StaffRequest, public_id: str) -> HttpResponse:
    """The review; how far the check of a large file is; or what came of a confirmed one."""
    return _page(request, _file(public_id))


def _page(
    request: StaffRequest, found: ActivityFile, form: ReadingForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"file": found}
    if found.refusal:
        context["refusal"] = sentence(found.refusal["code"], **found.refusal["params"])
    elif found.report is not None and found.confirmed_at is None:
        context |= _review(request, found, form)
    else:
        context["gave_up"] = found.attempts >= leasing.ATTEMPTS
    return render(request, "recipients/activities/file.html", context, status=status)


def _review(request: StaffRequest, found: ActivityFile, form: ReadingForm | None) -> dict[str, Any]:
    report, reading = gathering.report_of(found), gathering.reading_of(found)
    assert report is not None
    assert reading is not None
    export = gathering.export_of(found)
    form = form or _form(request, export, reading)
    expected = gathering.forecast(request.issuer, report)
    shown = file_rows.Shown(report, expected, request.GET.get("show", ""))
    return {
        "report": report,
        "reading": reading,
        "export": export,
        "form": form,
        "columns": _columns(export, form),
        "shown": shown,
        "rows": file_rows.rows(shown, request.GET.get("page", "")),
        "counts": shown.counts(),
        "new": len(expected.new),
        "people": len({entry.deed.address.key for entry in expected.new}),
        "faulty": shown.faulty,
        "told": len(expected.told),
        "asks": [file_rows.ASKS[code] for code in report.asks],
    }


def _form(request: StaffRequest, export: Export, reading: Reading, data: Any = None) -> ReadingForm:
    return ReadingForm(data, export=export, reading=reading, issuer=request.issuer, labels=kind_labels(request.issuer))


def _columns(export: Export, form: ReadingForm) -> list[dict[str, Any]]:
    """Each column with its first values, its field, and what a column of scores is about."""
    rows = []
    for column in export.table.columns:
        values = [row.cells[column.index] for row in export.table.rows[:40] if column.index < len(row.cells)]
        field = form[f"column_{column.index}"]
        rows.append(
            {
                "heading": column.heading,
                "values": " · ".join([value.strip() for value in values if value.strip()][:3]),
                "field": field,
                "item": form[f"item_{column.index}"] if field.value() == importing.headings_of_deeds.SCORE else None,
            }
        )
    return rows


@require_POST
@member_required("activity.record")
def reading(request: StaffRequest, public_id: str) -> HttpResponse:
    """Read the file differently, and check again."""
    found = _file(public_id)
    before = gathering.reading_of(found)
    if before is None or found.report is None:
        return redirect("manage-activity-file", slug=request.issuer.slug, public_id=public_id)
    export = gathering.export_of(found)
    form = _form(request, export, before, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    if gathering.read_as(found, gathering.with_opportunity(request.issuer, form.said(), export)):
        messages.success(request, _("Read again as you said."))
    return redirect("manage-activity-file", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("activity.record")
def confirmation(request: StaffRequest, public_id: str) -> HttpResponse:
    """The one click. It names the number of activities; if that has changed meanwhile, it asks again."""
    found = _file(public_id)
    again = redirect("manage-activity-file", slug=request.issuer.slug, public_id=public_id)
    report, reading = gathering.report_of(found), gathering.reading_of(found)
    if report is None or reading is None or found.confirmed_at is not None:
        return again
    expected = gathering.forecast(request.issuer, report)
    if request.POST.get("activities") != str(len(expected.new)) or not expected.new:
        said = _("The number has changed to %(activities)s. Look again.")
        messages.warning(request, said % {"activities": facts(len(expected.new))})
    elif gathering.confirm(found, request.user, told_before=len(expected.told)):
        _record(request, found, reading, expected)
    return again


def _record(request: StaffRequest, found: ActivityFile, reading: Reading, expected: gathering.Forecast) -> None:
    gathering.name_thing(request.issuer, reading, expected.new, request.user)
    deeds = [entry.deed for entry in expected.new]
    done = recording.record(request.issuer, deeds, source=gathering.SOURCE, by=request.user)
    gathering.count(found, len(done.new))
    messages.success(
        request, _("%(activities)s recorded. Rules look at them now.") % {"activities": facts(len(done.new))}
    )


@require_safe
@member_required("activity.record")
def faulty(request: StaffRequest, public_id: str) -> HttpResponse:
    """The rows with faults as a CSV file, with what to mend beside them."""
    found = _file(public_id)
    report = gathering.report_of(found)
    if report is None:
        raise Http404
    expected = gathering.forecast(request.issuer, report)
    table = gathering.export_of(found).table
    faults = file_rows.faults(report, expected)
    text = exporting.faulty_rows(table, faults, lambda fault: sentence(fault.code, **fault.params))
    response = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rows-to-mend.csv"'
    return response
