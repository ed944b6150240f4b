"""The keys that sign for an institution, as anybody may see them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from issuers import keys as stages
from issuers.access import StaffRequest, member_required


@require_safe
@member_required("key.view")
def keys(request: StaffRequest) -> HttpResponse:
    """Each key with its state, and the institution's name in the web of keys."""
    try:
        did_address = settings.SITE_URL + reverse("did", args=[request.issuer.slug])
    except NoReverseMatch:
        did_address = ""
    own = request.issuer.keys.order_by("retired_at", "compromised_at", "kind")
    context = {"keys": own, "did": stages.did(request.issuer), "did_address": did_address}
    return render(request, "issuers/keys.html", context)
