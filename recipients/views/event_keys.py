"""Keys of other systems: making one, changing over to another, withdrawing it, what it sent last, and how to send."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from issuers.access import StaffRequest, member_required, proved_again
from issuers.limits import Limit
from recipients import connecting
from recipients.forms.event_keys import EventKeyForm, SuccessorForm
from recipients.models import EventKey
from recipients.views import event_guide
from recipients.views.paging import page

# For each institution; a system is connected now and then.
DEEDS = Limit("event-key-deeds", most=20, seconds=86_400)


@require_safe
@member_required("event.key")
def event_keys(request: StaffRequest) -> HttpResponse:
    """The systems that tell, and since when."""
    return _page(request, EventKeyForm())


def _page(request: StaffRequest, form: EventKeyForm, status: int = 200) -> HttpResponse:
    own: list[Any] = list(EventKey.objects.filter(issuer=request.issuer).as_listed())
    in_use = [key for key in own if key.withdrawn_at is None]
    for key in in_use:
        key.pair = sum(other.origin == key.origin for other in in_use) > 1
        key.successor = SuccessorForm(auto_id=f"follow-{key.pk}-%s")
    context = {
        "in_use": in_use,
        "earlier": [key for key in own if key.withdrawn_at is not None],
        "form": form,
        "most": connecting.MOST_IN_USE,
    }
    return render(request, "recipients/staff/event_keys.html", context, status=status)


@require_POST
@never_cache
@member_required("event.key")
@proved_again
def making(request: StaffRequest) -> HttpResponse:
    """A key, and its secret this once."""
    form = EventKeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    return _made(request, **form.cleaned_data)


@require_POST
@never_cache
@member_required("event.key")
@proved_again
def successor(request: StaffRequest, event_key: str) -> HttpResponse:
    """A second key for the same system, which changes over to it in its own time."""
    key = get_object_or_404(EventKey.objects.in_use(), issuer=request.issuer, key_id=event_key)
    form = SuccessorForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was made. Open the page again and press the button beside the key."))
        return redirect("manage-event-keys", slug=request.issuer.slug)
    return _made(request, name=key.name, way=key.way, request_key=form.cleaned_data["request_key"], follows=key)


def _made(request: StaffRequest, **values: Any) -> HttpResponse:
    """The page that shows the secret, or the list where none was made."""
    if not DEEDS.allows(str(request.issuer.pk)):
        messages.error(request, _("Many keys were made today. Try again tomorrow, or ask who runs this site."))
        return redirect("manage-event-keys", slug=request.issuer.slug)
    try:
        made = connecting.make(request.issuer, request.user, **values)
    except connecting.TooMany:
        messages.error(request, _("There are as many keys in use as there may be. Withdraw one that is not needed."))
        return redirect("manage-event-keys", slug=request.issuer.slug)
    if made is None:
        messages.warning(
            request, _("This key was made before, and its secret was shown then. Make another if it is lost.")
        )
        return redirect("manage-event-keys", slug=request.issuer.slug)
    key, secret = made
    context = {"key": key, "secret": secret, **event_guide.addresses(), **event_guide.samples(key.key_id)}
    return render(request, "recipients/staff/event_key_made.html", context)


@require_POST
@member_required("event.key")
@proved_again
def withdrawal(request: StaffRequest, event_key: str) -> HttpResponse:
    """The key opens nothing any more."""
    key = get_object_or_404(EventKey, issuer=request.issuer, key_id=event_key)
    if connecting.withdraw(key, request.user):
        messages.success(request, _("Withdrawn. Nothing is taken with this key any more; what it brought stays."))
    else:
        messages.warning(request, _("This key was withdrawn before. Nothing was done."))
    return redirect("manage-event-keys", slug=request.issuer.slug)


@require_safe
@member_required("event.key")
def event_key(request: StaffRequest, event_key: str) -> HttpResponse:
    """What one key sent last, and why something was refused."""
    key = get_object_or_404(EventKey, issuer=request.issuer, key_id=event_key)
    found = page(request, key.calls.all())
    found.rows[:] = [event_guide.call(row) for row in found.rows]
    context = {"key": key, "page": found, "most": event_guide.MOST_CALLS, "days": event_guide.DAYS}
    return render(request, "recipients/staff/event_key.html", context)


@require_safe
@member_required("event.key")
def how_to(request: StaffRequest) -> HttpResponse:
    """Addresses, fields, and two programs to try it with."""
    return render(request, "recipients/staff/event_how_to.html", event_guide.guide())
