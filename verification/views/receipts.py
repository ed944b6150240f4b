"""Receipts of the hiring desk: one dated table for whoever has its address, while it is checked and for 90 days after."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from issuers.templatetags.pills import PILLS as LOOKS
from recipients.exporting import csv_text
from verification import receipts
from verification.foreign.outcome import report_from_json
from verification.models import VerificationItem, VerificationReceipt
from verification.models.receipt import KEPT_FOR, SHOWN_MOST
from verification.report import Report
from verification.standing import Standing
from verification.verdicts import PILLS, Verdict, verdict
from verification.views import often
from verification.views.desk import unkept
from verification.wording import WORDS, Worded, worded

# A look is needed first at what is not what it says, last at what is fine.
_ORDER = {standing.value: place for place, standing in enumerate(Standing)}
SHOWS = ("look", "valid")


@dataclass(frozen=True)
class Line:
    """One row of the table. A row whose credential was closed since keeps its finding and nothing of the person."""

    item: VerificationItem
    verdict: Verdict | None
    pill: str
    checks: tuple[Worded, ...]
    closed: bool

    @property
    def given(self) -> str:
        return self.item.given[:SHOWN_MOST]

    @property
    def kind(self) -> str:
        """Which tab it stands under: look, valid or open."""
        if self.verdict is None:
            return "open"
        return "valid" if self.verdict.standing is Standing.VALID else "look"


def _lines(receipt: VerificationReceipt) -> list[Line]:
    items = list(receipt.items.order_by("position"))
    open_ones = receipts.visible(item.own_id for item in items if item.own_id)
    lines = [_line(item, closed=bool(item.own_id) and item.own_id not in open_ones) for item in items]
    return sorted(lines, key=lambda line: _ORDER.get(line.item.standing, len(_ORDER)))


def _line(item: VerificationItem, *, closed: bool) -> Line:
    if item.finished_at is None:
        return Line(item, None, "checking", (), closed)
    report = report_from_json(item.report) if item.report else Report((), None)
    standing = Standing(item.standing)
    if closed:
        item.name = item.achievement = ""
    # A finding of an older release may have lost its words; what was not looked at says nothing.
    known = [check for check in report.worst_first if check.finding in WORDS and check.finding != "unread"]
    checks = () if closed else tuple(worded(check) for check in known)
    return Line(item, verdict(standing, report, link=not item.from_file), PILLS[standing], checks, closed)


def _receipt(public_id: str) -> VerificationReceipt:
    found: VerificationReceipt = get_object_or_404(VerificationReceipt, public_id=public_id)
    if found.lapsed:
        raise Http404
    return found


@require_safe
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """The table; while something is open, it asks for itself every two seconds."""
    found = _receipt(public_id)
    lines = _lines(found)
    counts = Counter(line.kind for line in lines)
    show = request.GET.get("show", "")
    shown = [line for line in lines if show not in SHOWS or line.kind == show]
    context = {
        "receipt": found,
        "lines": shown,
        "done": found.total - counts["open"],
        "counts": counts,
        "tabs": _tabs(found, counts, show),
        "tabs_label": _("Which lines"),
        "said": _said(found.total - counts["open"], found.total),
        "address": settings.SITE_URL + reverse("receipt", args=[found.public_id]),
        "finished_at": max((line.item.finished_at for line in lines if line.item.finished_at), default=None),
        "of_files": any(line.item.from_file for line in lines),
        "lapses_at": found.created_at + KEPT_FOR,
    }
    return unkept(render(request, "verification/receipt.html", context))


def _said(done: int, total: int) -> str:
    """What a screen reader hears: steps of a quarter, not every line."""
    if done == total:
        return _("All links have been checked.")
    quarters = done * 4 // total
    return _("%(percent)s per cent checked") % {"percent": quarters * 25} if quarters else ""


def _tabs(found: VerificationReceipt, counts: Counter[str], show: str) -> list[dict[str, Any]]:
    here = reverse("receipt", args=[found.public_id])
    several = (
        ("", _("All"), found.total),
        ("look", _("To look at"), counts["look"]),
        ("valid", _("Valid"), counts["valid"]),
    )
    return [
        {
            "url": f"{here}?show={key}" if key else here,
            "label": label,
            "current": key == (show if show in SHOWS else ""),
            "count": count,
            "bad": _("to look at") if key == "look" and count else "",
        }
        for key, label, count in several
    ]


@require_safe
def table(request: HttpRequest, public_id: str) -> HttpResponse:
    """The table for a spreadsheet; no cell of it can be a formula."""
    found = _receipt(public_id)
    header = [_("Line"), _("Link, number or file"), _("Finding"), _("In a sentence"), _("Name"), _("Credential")]
    header += [_("Issuer"), _("Checked")]
    rows = [_row(line) for line in _lines(found)]
    rows += [[line, text, _("No link or number"), "", "", "", "", ""] for line, text in found.left_out]
    response = HttpResponse("".join(csv_text(header, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{found.public_id}.csv"'
    return unkept(response)


def _row(line: Line) -> list[object]:
    item = line.item
    checked = date_format(item.finished_at, "Y-m-d H:i e") if item.finished_at else ""
    said = line.verdict.said if line.verdict else ""
    return [
        ", ".join(map(str, item.lines)),
        item.given,
        LOOKS[line.pill].word,
        said,
        item.name,
        item.achievement,
        item.issuer_name,
        checked,
    ]


@require_POST
def repetition(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same list once more, as a new receipt. Of files nothing is left that could be looked at again."""
    found = _receipt(public_id)
    links = found.items.links().count()
    if not links:
        raise Http404
    if not often.may_list(request, links):
        return often.too_often(request, often.LINES)
    return unkept(redirect("receipt", public_id=receipts.repeat(found).public_id))
