"""Claim slips for staff: who gets one, the sheet as PDF, and slips that were lost."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_POST

from badges.rendering import pdf, slip_sheet
from badges.rendering.slip_sheet import SlipText
from issuers import brand
from issuers.access import StaffRequest, member_required
from recipients import handing_out
from recipients.composing import absolute
from recipients.handing_out import Slip
from recipients.models import AchievementCredential
from recipients.views import reasons
from recipients.views.credentials import one


def ask(request: StaffRequest, rows: list[Any]) -> HttpResponse:
    """For whom, on which paper; the page of views/selection.py for this deed."""
    chosen = AchievementCredential.objects.listed().filter(pk__in=[row.pk for row in rows]).order_by("name", "pk")
    problems = [(row, handing_out.problem(row)) for row in chosen]
    ready = [row for row, problem in problems if not problem]
    parts = [ready[first : first + handing_out.MOST] for first in range(0, len(ready), handing_out.MOST)]
    context = {
        "parts": [{"rows": part, "button": _button(part, parts, ready)} for part in parts],
        "ready": ready,
        "left": [(row, reasons.no_slip(problem)) for row, problem in problems if problem],
        "papers": slip_sheet.PAPERS,
        "asks_number": request.issuer.slip_number,
        "active": "manage-credentials",
    }
    return render(request, "recipients/staff/slips.html", context)


def _button(part: list[Any], parts: list[Any], ready: list[Any]) -> str:
    if len(parts) == 1:
        return ngettext("Print %(number)s slip", "Print %(number)s slips", len(part)) % {"number": len(part)}
    return _("Print %(first)s to %(last)s") % {"first": part[0].name, "last": part[-1].name}


@require_POST
@member_required("credential.resend")
def printing(request: StaffRequest) -> HttpResponse:
    """The sheet. Each printing makes new codes; slips that were printed before stay good until one of them is used."""
    wanted = request.POST.getlist("credential")[: handing_out.MOST]
    rows = {row.public_id: row for row in AchievementCredential.objects.filter(public_id__in=wanted)}
    chosen = [rows[name] for name in wanted if name in rows]
    paper = request.POST.get("paper", "")
    if not chosen or paper not in slip_sheet.PAPERS:
        messages.warning(request, _("Tick the people it is for, then choose the slips again."))
        return redirect("manage-delivery", slug=request.issuer.slug)
    slips = handing_out.print_slips(chosen, by=request.user)
    if not slips:
        messages.warning(request, _("For none of these people a slip can be printed any more."))
        return redirect("manage-delivery", slug=request.issuer.slug)
    response = HttpResponse(_sheet(slips, paper), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="claim-slips.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _sheet(slips: list[Slip], paper: str) -> bytes:
    issuer = slips[0].credential.issuer
    with override(issuer.language), timezone.override(issuer.time_zone):
        texts = [_text(slip) for slip in slips]
        html = slip_sheet.sheet(texts, paper=paper, title=_("Claim slips of %(issuer)s") % {"issuer": issuer.name})
    return pdf.plain(html, slip_sheet.pictures(texts))


def _text(slip: Slip) -> SlipText:
    credential, issuer = slip.credential, slip.credential.issuer
    place = urlsplit(settings.SITE_URL).netloc + reverse("slip-code").rstrip("/")
    how = _(
        "Scan the code, or open %(place)s and type what stands below. Then sign in with any address of yours: "
        "it need not be the one that %(issuer)s has."
    )
    if issuer.slip_number and credential.recipient.student_id:
        how += " " + _("You will be asked for your student number.")
    until = date_format(timezone.localtime(slip.until), "j F Y")
    return SlipText(
        issuer=issuer.name,
        colour=brand.roles(issuer.brand)["brand"][0].hex,
        name=credential.name,
        achievement=credential.words["name"],
        lead=_("has earned"),
        how=how % {"place": place, "issuer": issuer.name},
        code=slip.code,
        until=_("Good once, until %(day)s. Keep it to yourself: whoever has it can take what is on it.")
        % {"day": until},
        address=absolute(reverse("slip", args=[slip.code])),
        language=issuer.language,
    )


@require_POST
@member_required("credential.resend")
def withdrawal(request: StaffRequest, public_id: str) -> HttpResponse:
    """A slip was lost, or somebody else got it: none that was printed for this credential opens it any more."""
    gone = handing_out.withdraw(one(public_id), by=request.user)
    if gone:
        messages.success(request, _("Slips that were printed before open nothing any more. Mailed links stay good."))
    else:
        messages.warning(request, _("There was no slip."))
    return redirect("manage-credential-delivery", slug=request.issuer.slug, public_id=public_id)
