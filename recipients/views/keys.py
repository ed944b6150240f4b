"""The keys that sign for an institution: what each is for, changing one, and what to do when others may know one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from issuers import keys as stages
from issuers.access import StaffRequest, member_required, proved_again
from issuers.limits import Limit
from issuers.models import SigningKey
from recipients import delivering, states
from recipients.forms.keys import CompromiseForm, RotationForm

# For each institution; a key is changed once a year, or in an emergency.
DEEDS = Limit("key-deeds", most=5, seconds=86_400)


@require_safe
@member_required("key.view")
def keys(request: StaffRequest) -> HttpResponse:
    """Each key with its state and its work, and the institution's name in the web of keys."""
    return _page(request)


def _page(request: StaffRequest, status: int = 200, **forms: Any) -> HttpResponse:
    issuer, counts = request.issuer, states.under_keys()
    own: list[Any] = list(issuer.keys.order_by("kind", "-id"))
    for key in own:
        key.credentials = counts.get(key.multibase, 0)
        key.rotation = RotationForm(issuer=issuer, initial={"key": key.pk}, auto_id=f"change-{key.pk}-%s")
        key.compromise = forms.get("compromise", {}).get(key.pk) or _compromise_form(request, key)
    context = {
        "in_use": [key for key in own if key.signs],
        "earlier": sorted((key for key in own if not key.signs), key=lambda key: key.pk, reverse=True),
        "keys": own,
        "did": stages.did(issuer),
        "did_address": settings.SITE_URL + reverse("did", args=[issuer.slug]),
        "may_manage": "key.manage" in request.permissions,
        "renewal": states.renewal(),
    }
    return render(request, "recipients/staff/keys.html", context, status=status)


def _compromise_form(request: StaffRequest, key: SigningKey, data: Any = None) -> CompromiseForm:
    return CompromiseForm(data, issuer=request.issuer, auto_id=f"withdraw-{key.pk}-%s")


@require_safe
@member_required("key.view")
def progress(request: StaffRequest) -> HttpResponse:
    """How far signing again is, asked for every two seconds; without script the page itself is loaded again."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("manage-keys", slug=request.issuer.slug)
    context = {"renewal": states.renewal(), "may_manage": "key.manage" in request.permissions}
    return render(request, "recipients/staff/_renewal.html", context)


def _allowed(request: StaffRequest) -> bool:
    if DEEDS.allows(str(request.issuer.pk)):
        return True
    messages.error(request, _("Keys were changed five times today. Try again tomorrow, or ask who runs this site."))
    return False


@require_POST
@member_required("key.manage")
@proved_again
def rotation(request: StaffRequest) -> HttpResponse:
    """A new key takes over; the old one stays published."""
    form = RotationForm(request.POST, issuer=request.issuer)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed. Open the page again and press the button beside the key."))
    elif _allowed(request):
        old = form.cleaned_data["key"]
        fresh = stages.rotate(request.issuer, old.kind, request.user, form.cleaned_data["reason"], replacing=old.pk)
        if fresh:
            messages.success(request, _("Changed. The new key signs from now on; the old one stays published."))
        else:
            messages.warning(request, _("This key had been changed before. Nothing was done."))
    return redirect("manage-keys", slug=request.issuer.slug)


@require_POST
@member_required("key.manage")
@proved_again
def compromise(request: StaffRequest, signing_key: int) -> HttpResponse:
    """Others may know the key: it goes, another signs, and what it signed is signed again."""
    key = get_object_or_404(request.issuer.keys, pk=signing_key)
    form = _compromise_form(request, key, request.POST)
    if not form.is_valid():
        return _page(request, status=422, compromise={key.pk: form})
    if _allowed(request):
        if stages.compromise(key, request.user, form.cleaned_data["reason"]):
            messages.success(request, _("Withdrawn. What this key had signed is being signed again with the new one."))
        else:
            messages.warning(request, _("This key was withdrawn before. Nothing was done."))
    return redirect("manage-keys", slug=request.issuer.slug)


@require_POST
@member_required("key.manage")
def renewal(request: StaffRequest) -> HttpResponse:
    """Try once more to sign again what was set aside."""
    if delivering.try_withdrawn_again():
        messages.success(request, _("They are tried again now."))
    return redirect("manage-keys", slug=request.issuer.slug)
