"""What was earned and waits for somebody to look: each with its reason and its facts; approved, seconded or refused."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges.wording import marking
from issuers.access import StaffRequest, member_required
from issuers.wording import people
from recipients import earning, knowing
from recipients.forms.decisions import RefusalForm, chosen
from recipients.models import Earning, Recipient
from recipients.views.paging import page
from recipients.views.rules import tabs, waiting
from recipients.views.verdict_words import facts, told, verdict_of_earning

SIZE = 25


@require_safe
@member_required("credential.award")
def held(request: StaffRequest) -> HttpResponse:
    """Everybody who waits, newest first."""
    return _page(request, RefusalForm())


def _page(request: StaffRequest, form: RefusalForm, status: int = 200, ticked: tuple[int, ...] = ()) -> HttpResponse:
    rows = waiting().select_related("recipient", "achievement", "rule_version__rule", "approved_by")
    found = page(request, rows, size=SIZE)
    context = {
        "page": found,
        "earnings": shown(request, found.rows),
        "tabs": tabs(request, "manage-held"),
        "form": form,
        "ticked": ticked,
        "active": "manage-rules",
    }
    return render(request, "recipients/staff/held.html", context, status=status)


def shown(request: StaffRequest, rows: list[Earning]) -> list[dict[str, Any]]:
    """Each with its verdict as things stand now, in words, and with the facts that it rests on."""
    names = marking.for_page(knowing.names(request.issuer))
    histories = knowing.histories(request.issuer, [row.recipient for row in rows])
    zone = ZoneInfo(request.issuer.time_zone)
    lines = []
    for row in rows:
        verdict = verdict_of_earning(row, histories[row.recipient_id])
        lines.append({"row": row, "told": told(verdict, names), "facts": facts(verdict, names, zone)})
    return lines


@require_POST
@member_required("credential.award")
def approval(request: StaffRequest) -> HttpResponse:
    """For the ticked ones: the first approval, or the second by somebody else."""
    ids = chosen(request.POST)
    approved = earning.approve(request.issuer, ids, request.user)
    seconded = earning.second(request.issuer, ids, request.user)
    if done := approved + seconded:
        messages.success(request, _("Approved for %(people)s.") % {"people": people(done)})
    elif not ids:
        messages.warning(request, _("Tick the people it is for, then press again."))
    _say_what_is_left(request, ids)
    return redirect("manage-held", slug=request.issuer.slug)


def _say_what_is_left(request: StaffRequest, ids: list[int]) -> None:
    own = Recipient.objects.filter(issuer=request.issuer).being(request.user)
    if waiting().filter(pk__in=ids, recipient__in=own).exists():
        messages.warning(request, _("What you earned yourself waits for somebody else: nobody approves their own."))
    if left := waiting().filter(pk__in=ids, approved_by=request.user, seconded_at__isnull=True).count():
        said = _("%(people)s still wait for a second person: whoever approved first cannot be both.")
        messages.warning(request, said % {"people": people(left)})


@require_POST
@member_required("credential.award")
def refusal(request: StaffRequest) -> HttpResponse:
    """It is not awarded, and why."""
    ids, form = chosen(request.POST), RefusalForm(request.POST)
    if not ids:
        messages.warning(request, _("Tick the people it is for, then press again."))
        return redirect("manage-held", slug=request.issuer.slug)
    if not form.is_valid():
        return _page(request, form, status=422, ticked=tuple(ids))
    done = earning.refuse(request.issuer, ids, request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("Refused for %(people)s.") % {"people": people(done)})
    return redirect("manage-held", slug=request.issuer.slug)
