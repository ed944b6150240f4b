"""What people tell of themselves, waiting for staff: confirmed one by one or together, or refused with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from issuers.access import StaffRequest, member_required
from issuers.models import Issuer
from recipients import logbook, recording
from recipients.forms.logbook import RefusalForm, kinds
from recipients.models import Activity, Recipient
from recipients.views.paging import counted, page

MOST = 200


def _found(issuer: Issuer, said: Any) -> Any:
    rows = logbook.waiting(issuer)
    if said.get("kind"):
        rows = rows.filter(kind=said["kind"][:40])
    for word in said.get("q", "").split()[:6]:
        people = Recipient.objects.filter(issuer=issuer).matching(word[:100])
        rows = rows.filter(recipient__in=people)
    same = Activity.objects.filter(
        recipient=OuterRef("recipient"), kind=OuterRef("kind"), day=OuterRef("day"), withdrawn_at__isnull=True
    )
    return rows.annotate(beside=Exists(same.exclude(pk=OuterRef("pk")).filter(refused_at__isnull=True)))


def _page(request: StaffRequest, *, form: RefusalForm | None = None, status: int = 200) -> HttpResponse:
    said = request.POST if request.method == "POST" else request.GET
    labels = dict(kinds(request.issuer))
    found = page(request, _found(request.issuer, said), size=25)
    for row in found.rows:
        row.label = labels.get(row.kind, row.kind)
    context = {
        "page": found,
        "q": said.get("q", "").strip()[:100],
        "kind": said.get("kind", ""),
        "kinds": labels.items(),
        "total": counted(logbook.waiting(request.issuer)),
        "ticked": set(_chosen(request)) if request.method == "POST" else set(),
        "form": form or RefusalForm(),
    }
    return render(request, "recipients/staff/told.html", context, status=status)


@require_safe
@member_required("activity.record")
def told(request: StaffRequest) -> HttpResponse:
    """Everything that waits, with its evidence beside it."""
    return _page(request)


def _chosen(request: HttpRequest) -> list[int]:
    """The one whose own button was pressed, or all that the page showed, else those that are ticked."""
    ticked = request.POST.getlist("shown" if request.POST.get("all") else "activity")
    said = request.POST.getlist("one") or ticked
    return [int(number) for number in said[:MOST] if number.isdecimal() and len(number) < 19]


def _back(request: StaffRequest) -> HttpResponse:
    query = "&".join(f"{key}={request.POST[key]}" for key in ("kind",) if request.POST.get(key, "").isidentifier())
    return HttpResponseRedirect(reverse("manage-told", args=[request.issuer.slug]) + (f"?{query}" if query else ""))


def _own(request: StaffRequest, chosen: list[int]) -> bool:
    own = Recipient.objects.filter(issuer=request.issuer).being(request.user)
    return bool(logbook.waiting(request.issuer).filter(pk__in=chosen, recipient__in=own).exists())


def _decided(request: StaffRequest, chosen: list[int], done: int, said: str) -> HttpResponse:
    """How many, and that others had been decided before. Whoever told them reads it in the wallet."""
    if not chosen:
        messages.warning(request, _("Tick the entries it is for, then choose again."))
    elif _own(request, chosen):
        messages.warning(request, _("What you told of yourself waits for somebody else: nobody confirms their own."))
    elif done < len(chosen):
        messages.warning(request, _("Some had been changed, taken back or decided meanwhile; those stay as they are."))
    if done:
        messages.success(request, said % {"n": done})
    return _back(request)


@require_POST
@member_required("activity.record")
def confirmation(request: StaffRequest) -> HttpResponse:
    """It happened: a fact from now on, which rules look at."""
    chosen = _chosen(request)
    done = recording.confirm(request.issuer, chosen, request.user)
    said = ngettext("%(n)s entry counts now.", "%(n)s entries count now.", done)
    return _decided(request, chosen, done, said)


@require_POST
@member_required("activity.record")
def refusal(request: StaffRequest) -> HttpResponse:
    """It does not count, and why."""
    chosen, form = _chosen(request), RefusalForm(request.POST)
    if chosen and not form.is_valid():
        return _page(request, form=form, status=422)
    done = recording.refuse(request.issuer, chosen, request.user, reason=form.cleaned_data["reason"]) if chosen else 0
    said = ngettext("%(n)s entry does not count.", "%(n)s entries do not count.", done)
    return _decided(request, chosen, done, said)
