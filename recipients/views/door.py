"""The tick list at a door: who is expected and who is there, one tap a person, for as many helpers as there are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges.models import Opportunity
from issuers import cleaning, clock
from issuers.access import StaffRequest, member_required
from recipients import arriving, recording
from recipients.forms.door import ExpectedForm, WalkInForm, WindowForm, window_form
from recipients.models import Activity, CheckIn, GroupMember, Recipient

# So many fit a phone's list; with more, one searches.
MOST = 200
SHOWN = ("all", "missing", "here")


def opportunity_or_404(public_id: str) -> Opportunity:
    """Of this institution, archived or not: a door of last year can still be read."""
    found: Opportunity = get_object_or_404(Opportunity.objects.select_related("issuer"), public_id=public_id)
    return found


def door_of(opportunity: Opportunity) -> CheckIn | None:
    """What staff have said about this door, if anything."""
    return CheckIn.objects.with_what().filter(opportunity=opportunity).first()


@dataclass(frozen=True)
class Row:
    """One person of the list; `here` is the fact that says so."""

    person: Recipient
    here: Activity | None


@dataclass(frozen=True)
class Asked:
    """How the list is looked at: it travels with every tap, so that one comes back to the same place."""

    q: str
    show: str

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        said = request.POST if request.method == "POST" else request.GET
        show = said.get("show", "")
        return cls(said.get("q", "").strip()[:100], show if show in SHOWN else "all")

    @property
    def query(self) -> str:
        said = {"q": self.q, "show": "" if self.show == "all" else self.show}
        return urlencode({key: value for key, value in said.items() if value})


def listed(opportunity: Opportunity, asked: Asked) -> dict[str, Any]:
    """The people that the list shows, and how many there are altogether."""
    door, here = door_of(opportunity), arriving.present(opportunity)
    people = Recipient.objects.filter(issuer=opportunity.issuer, erased_at__isnull=True)
    if door and door.group_id:
        members = GroupMember.objects.filter(group=door.group_id).values("recipient")
        people = people.filter(Q(pk__in=members) | Q(pk__in=list(here)))
    found = people.matching(asked.q)
    if asked.show == "missing":
        found = found.exclude(pk__in=list(here))
    if asked.show == "here":
        found = found.filter(pk__in=list(here))
    rows = [Row(person, here.get(person.pk)) for person in found.order_by(Lower("name"), "pk")[:MOST]]
    counts = {"arrived": len(here), "expected": people.count(), "found": found.count()}
    return {
        "opportunity": opportunity,
        "door": door,
        "open": door is not None and door.is_open(clock.now()),
        "rows": rows,
        "most": MOST,
        "asked": asked,
        "seen": _seen(here, counts["expected"]),
        **counts,
    }


def _seen(here: dict[int, Activity], expected: int) -> str:
    """Changes with every tick, whoever's it is."""
    said = sorted((pk, fact.pk) for pk, fact in here.items()), expected
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _forms(request: StaffRequest, opportunity: Opportunity, context: dict[str, Any]) -> dict[str, Any]:
    context.setdefault("window", window_form(request.issuer, context["door"], opportunity))
    context.setdefault("walk_in", WalkInForm(prefix="new"))
    context.setdefault("expects", ExpectedForm(issuer=request.issuer, initial={"group": _group(context["door"])}))
    return context


def _group(door: CheckIn | None) -> int | None:
    return door.group_id if door else None


def _page(request: StaffRequest, opportunity: Opportunity, status: int = 200, **forms: Any) -> HttpResponse:
    context = _forms(request, opportunity, {**listed(opportunity, Asked.of(request)), **forms})
    return render(request, "recipients/staff/door.html", context, status=status)


@require_safe
@member_required("activity.record")
def door(request: StaffRequest, public_id: str) -> HttpResponse:
    """The list of one session, its window, and how somebody is added."""
    return _page(request, opportunity_or_404(public_id))


@require_safe
@member_required("activity.record")
def people(request: StaffRequest, public_id: str) -> HttpResponse:
    """The list alone, asked for every four seconds; nothing (204) while nobody has ticked."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("manage-door", slug=request.issuer.slug, public_id=public_id)
    context = listed(opportunity_or_404(public_id), Asked.of(request))
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "recipients/staff/_door_people.html", context)


def _back(request: StaffRequest, opportunity: Opportunity, row: int | None = None) -> HttpResponse:
    """Without a script: the same list, at the same person."""
    path, asked = reverse("manage-door", args=[request.issuer.slug, opportunity.public_id]), Asked.of(request)
    query = f"?{asked.query}" if asked.query else ""
    return HttpResponseRedirect(f"{path}{query}" + (f"#p-{row}" if row else ""))


def _tapped(request: StaffRequest, opportunity: Opportunity, person: Recipient) -> HttpResponse:
    """The one row, and the count above the list."""
    if not request.htmx:  # type: ignore[attr-defined]
        return _back(request, opportunity, person.pk)
    context = listed(opportunity, Asked.of(request))
    row = Row(person, arriving.fact_of(opportunity, cleaning.address(person.address)))
    return render(request, "recipients/staff/_door_tapped.html", {**context, "row": row})


def _person(request: StaffRequest) -> Recipient | None:
    number = request.POST.get("person", "")
    rows = Recipient.objects.filter(issuer=request.issuer, erased_at__isnull=True)
    return rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None


@require_POST
@member_required("activity.record")
def arrival(request: StaffRequest, public_id: str) -> HttpResponse:
    """This person is here. A second helper's tap on the same person finds the first one's."""
    opportunity, person = opportunity_or_404(public_id), _person(request)
    if person is None:
        messages.warning(request, _("That person is not on the list any more."))
        return _back(request, opportunity)
    address = cleaning.address(person.address)
    if arriving.fact_of(opportunity, address) is None:
        deed = arriving.deed(opportunity, address)
        recording.record(request.issuer, [deed], source=arriving.SOURCE, by=request.user)
    return _tapped(request, opportunity, person)


@require_POST
@member_required("activity.record")
def departure(request: StaffRequest, public_id: str) -> HttpResponse:
    """That was a slip: nobody of this name is here. Rules look again; nothing is revoked by it."""
    opportunity, person = opportunity_or_404(public_id), _person(request)
    if person is None:
        messages.warning(request, _("That person is not on the list any more."))
        return _back(request, opportunity)
    for fact in arriving.facts_of(opportunity, cleaning.address(person.address)):
        recording.withdraw(fact, request.user)
    return _tapped(request, opportunity, person)


@require_POST
@member_required("activity.record")
def walk_in(request: StaffRequest, public_id: str) -> HttpResponse:
    """Somebody who is not on the list: known by another list, or new here."""
    opportunity, form = opportunity_or_404(public_id), WalkInForm(request.POST, prefix="new")
    if not form.is_valid():
        return _page(request, opportunity, status=422, walk_in=form)
    address = cleaning.address(form.cleaned_data["email"])
    if arriving.fact_of(opportunity, address) is None:
        deed = arriving.deed(opportunity, address, name=form.cleaned_data["name"])
        recording.record(request.issuer, [deed], source=arriving.SOURCE, by=request.user)
    messages.success(request, _("%(name)s is here.") % {"name": form.cleaned_data["name"]})
    return _back(request, opportunity)


@require_POST
@member_required("activity.record")
def expected(request: StaffRequest, public_id: str) -> HttpResponse:
    """Whom the list begins with."""
    opportunity, form = opportunity_or_404(public_id), ExpectedForm(request.POST, issuer=request.issuer)
    if not form.is_valid():
        return _page(request, opportunity, status=422, expects=form)
    arriving.expect(opportunity, request.user, form.cleaned_data["group"])
    return _back(request, opportunity)


@require_POST
@member_required("activity.record")
def opening(request: StaffRequest, public_id: str) -> HttpResponse:
    """From when to when people check in by themselves."""
    opportunity, form = opportunity_or_404(public_id), WindowForm(request.POST, issuer=request.issuer)
    if not form.is_valid():
        return _page(request, opportunity, status=422, window=form)
    arriving.open_door(opportunity, request.user, **form.cleaned_data)
    messages.success(request, _("Saved. Show the screen while the door is open."))
    return _back(request, opportunity)


@require_POST
@member_required("activity.record")
def closing(request: StaffRequest, public_id: str) -> HttpResponse:
    """No more codes from now on."""
    opportunity = opportunity_or_404(public_id)
    if arriving.close_door(opportunity, request.user):
        messages.success(request, _("Closed. Whoever has scanned already can still finish."))
    return _back(request, opportunity)
