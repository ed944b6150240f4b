"""Who would no longer qualify after a fact was put right: what is different, and staff decide. Nothing changes by itself."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges.wording import marking
from badges.wording.names import Names, amount
from issuers.access import StaffRequest, member_required
from issuers.wording import people
from recipients import correcting, earning, knowing
from recipients.forms.decisions import RevocationForm, chosen
from recipients.models import Activity, Earning
from recipients.views.held import SIZE, shown
from recipients.views.paging import page
from recipients.views.rules import tabs

MOST_DIFFERENCES = 10


@require_safe
@member_required("credential.revoke")
def doubts(request: StaffRequest) -> HttpResponse:
    """Everybody in doubt, newest first."""
    return _page(request, RevocationForm())


def _page(request: StaffRequest, form: RevocationForm, status: int = 200, ticked: tuple[int, ...] = ()) -> HttpResponse:
    rows = earning.doubts(request.issuer).select_related("recipient", "achievement", "rule_version__rule", "credential")
    found = page(request, rows, size=SIZE)
    names = marking.for_page(knowing.names(request.issuer))
    lines = [
        {**line, "differences": differences(line["row"], names, request.issuer.time_zone)}
        for line in shown(request, found.rows)
    ]
    context = {
        "page": found,
        "earnings": lines,
        "tabs": tabs(request, "manage-doubts"),
        "form": form,
        "ticked": ticked,
        "active": "manage-rules",
    }
    return render(request, "recipients/staff/doubts.html", context, status=status)


def differences(row: Earning, names: Names, zone: str) -> list[dict[str, Any]]:
    """Facts of this person that the rule looks at, and that were taken back or put right since it was earned."""
    whose = knowing.same_people(row.issuer, [row.recipient])
    gone = Activity.objects.filter(recipient__in=whose, withdrawn_at__gte=row.met_at, confirmed_at__isnull=False)
    if "" not in row.rule_version.kinds:
        gone = gone.filter(kind__in=row.rule_version.kinds)
    found = gone.select_related("withdrawn_by", "corrected_by").order_by("-withdrawn_at")[:MOST_DIFFERENCES]
    return [_difference(fact, names, ZoneInfo(zone)) for fact in found]


def _difference(fact: Activity, names: Names, zone: ZoneInfo) -> dict[str, Any]:
    after = getattr(fact, "corrected_by", None)
    return {
        "title": names.titles.get((fact.kind, fact.key), fact.key),
        "before": _how(fact, zone),
        "after": _how(after, zone) if after else "",
        "by": fact.withdrawn_by,
        "at": fact.withdrawn_at,
    }


def _how(fact: Activity, zone: ZoneInfo) -> str:
    """When it was, and how much."""
    day = date_format(fact.at.astimezone(zone), "j F Y")
    return day if fact.value is None else f"{amount(fact.value, fact.unit)}, {day}"


@require_POST
@member_required("credential.revoke")
def keeping(request: StaffRequest) -> HttpResponse:
    """They keep what they have."""
    ids = chosen(request.POST)
    if done := earning.keep_doubted(request.issuer, ids, request.user):
        messages.success(request, _("%(people)s keep it.") % {"people": people(done)})
    else:
        messages.warning(request, _("Tick the people it is for, then press again."))
    return redirect("manage-doubts", slug=request.issuer.slug)


@require_POST
@member_required("credential.revoke")
def revocation(request: StaffRequest) -> HttpResponse:
    """Taken back for good, with the reason that everybody reads who checks it."""
    ids, form = chosen(request.POST), RevocationForm(request.POST)
    if not ids:
        messages.warning(request, _("Tick the people it is for, then press again."))
        return redirect("manage-doubts", slug=request.issuer.slug)
    if not form.is_valid():
        return _page(request, form, status=422, ticked=tuple(ids))
    reason = form.cleaned_data["reason"]
    rows = earning.doubts(request.issuer).filter(pk__in=ids).select_related("credential__recipient")
    done, _left = correcting.each(
        [row.credential for row in rows if row.credential],
        lambda credential: correcting.revoke(credential, reason=reason, by=request.user),
    )
    messages.success(request, _("Revoked for %(people)s.") % {"people": people(done)})
    return redirect("manage-doubts", slug=request.issuer.slug)
