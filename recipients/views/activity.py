"""One thing that one person did: recorded by a form, looked at, put right, taken back."""

from __future__ import annotations

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badges.models import Opportunity
from issuers.access import StaffRequest, member_required
from issuers.cleaning import Refused, address
from issuers.wording import sentence
from recipients import activities, recording
from recipients.activities import Deed
from recipients.forms.activities import DeedForm, RecordForm
from recipients.importing.deeds import day_of
from recipients.models import Activity, Recipient
from recipients.views.activity_words import kind_labels, named, source_name

SOURCE = "staff"


@require_http_methods(["GET", "HEAD", "POST"])
@member_required("activity.record")
def new(request: StaffRequest) -> HttpResponse:
    """Record one activity of one person."""
    labels = kind_labels(request.issuer)
    form = RecordForm(request.POST or None, issuer=request.issuer, labels=labels, initial=_begun(request))
    if request.method == "POST" and form.is_valid():
        done = _record(request, form)
        if done is not None:
            return done
    words = request.GET.get("q", "").strip()[:100]
    found = Recipient.objects.filter(erased_at__isnull=True).matching(words).order_by("name")[:10] if words else []
    context = {"form": form, "q": words, "found": found}
    return render(request, "recipients/activities/new.html", context, status=422 if request.method == "POST" else 200)


def _begun(request: StaffRequest) -> dict[str, Any]:
    """What is known already: the person and the thing that a link names."""
    begun: dict[str, Any] = {"request_key": secrets.token_urlsafe(16), "kind": "session"}
    person = request.GET.get("person", "")
    if person.isdecimal() and (known := Recipient.objects.filter(pk=int(person[:18]), erased_at__isnull=True).first()):
        begun |= {"email": known.address, "name": known.name}
    if thing := Opportunity.objects.filter(public_id=request.GET.get("opportunity", "")).first():
        begun |= {"thing": f"{thing.kind}/{thing.key}", "at": thing.starts_at, "value": thing.value, "unit": thing.unit}
        begun |= {"tags": thing.tags, "place": thing.place}
    return begun


def _record(request: StaffRequest, form: RecordForm) -> HttpResponse | None:
    said = form.cleaned_data
    to, number = address(said["email"]), f"form:{said['request_key']}"
    deed = deed_of(request, said, to=to, name=said["name"], external_id=number)
    try:
        done = recording.record(request.issuer, [deed], source=SOURCE, by=request.user)
    except Refused as refused:
        form.add_error("name", sentence(refused.code, **refused.params))
        return None
    made = done.new[0] if done.new else Activity.objects.get(source=SOURCE, external_id=number)
    messages.success(request, _("Recorded. Rules look at it now."))
    return redirect("manage-activity", slug=request.issuer.slug, public_id=made.public_id)


def deed_of(request: StaffRequest, said: dict[str, Any], *, to: Any, name: str, external_id: str) -> Deed:
    """What a form says was done. A thing that is listed keeps its key and tags; a new one gets a readable key."""
    kind, _slash, key = said["thing"].partition("/")
    thing = Opportunity.objects.filter(issuer=request.issuer, kind=kind, key=key).first() if key else None
    if thing is None:
        kind = said["kind"]
        day = day_of(said["at"], ZoneInfo(request.issuer.time_zone))
        key = activities.key_of(said["title"], day if kind == "session" else None)
    return Deed(
        address=to,
        kind=kind,
        key=key,
        at=said["at"],
        name=name,
        title=thing.title if thing else said["title"],
        tags=tuple(said["tags"]) or tuple(thing.tags if thing else ()),
        value=said["value"],
        unit=said["unit"] if said["value"] is not None else "",
        place=said["place"],
        note=said["note"],
        external_id=external_id,
    )


def one(request: StaffRequest, public_id: str) -> Any:
    """One activity; 404 for other institutions' and unknown ones."""
    rows = Activity.objects.select_related(
        "recipient", "recorded_by", "confirmed_by", "withdrawn_by", "corrects", "corrected_by"
    )
    return get_object_or_404(rows, public_id=public_id)


@require_safe
@member_required("activity.view")
def activity(request: StaffRequest, public_id: str) -> HttpResponse:
    """One activity: what, when, where from, and what can be done."""
    return _page(request, one(request, public_id))


def _page(request: StaffRequest, found: Any, form: DeedForm | None = None, status: int = 200) -> HttpResponse:
    labels = kind_labels(request.issuer)
    (found,) = named(request.issuer, [found], labels)
    initial = {name: getattr(found, name) for name in ("at", "value", "unit", "tags", "place", "note", "kind")}
    initial["thing"] = f"{found.kind}/{found.key}"
    form = form or DeedForm(issuer=request.issuer, labels=labels, initial=initial)
    _keep_choice(form, initial["thing"], found.thing_name)
    context = {"activity": found, "source": source_name(found.source), "form": form, "open": form.is_bound}
    return render(request, "recipients/activities/activity.html", context, status=status)


def _keep_choice(form: DeedForm, thing: str, name: str) -> None:
    """What it was is offered too, however old it is."""
    field: Any = form.fields["thing"]
    offered = {value for _label, rows in list(field.choices)[1:] for value, _name in rows}
    if thing not in offered:
        field.choices = [*field.choices, (_("As it is"), [(thing, name)])]


@require_POST
@member_required("activity.record")
def correction(request: StaffRequest, public_id: str) -> HttpResponse:
    """Put it right: a new row stands for the old one, and rules look again."""
    found, labels = one(request, public_id), kind_labels(request.issuer)
    form = DeedForm(request.POST, issuer=request.issuer, labels=labels)
    _keep_choice(form, f"{found.kind}/{found.key}", found.key)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    made = _correct(request, found, form)
    if made is None:
        messages.warning(request, _("It was withdrawn or corrected before, or its person asked to be forgotten."))
        return redirect("manage-activity", slug=request.issuer.slug, public_id=public_id)
    messages.success(request, _("Corrected. Rules look again; nothing that was awarded changes by itself."))
    return redirect("manage-activity", slug=request.issuer.slug, public_id=made.public_id)


def _correct(request: StaffRequest, found: Any, form: DeedForm) -> Any:
    if found.recipient.erased_at:
        return None
    to = address(found.recipient.address)
    return recording.correct(found, deed_of(request, form.cleaned_data, to=to, name="", external_id=""), request.user)


@require_POST
@member_required("activity.record")
def withdrawal(request: StaffRequest, public_id: str) -> HttpResponse:
    """Take it back."""
    if recording.withdraw(one(request, public_id), request.user):
        messages.success(request, _("Withdrawn. Rules look again; nothing that was awarded changes by itself."))
    else:
        messages.warning(request, _("It was withdrawn or corrected before."))
    return redirect("manage-activity", slug=request.issuer.slug, public_id=public_id)
