"""Tokens of the API: making one, which is shown once, and withdrawing it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from issuers import entrusting
from issuers.access import StaffRequest, member_required, proved_again
from issuers.forms.api_tokens import ApiTokenForm
from issuers.limits import Limit
from issuers.models import ApiToken

# For each institution; a program is connected now and then.
DEEDS = Limit("api-token-deeds", most=20, seconds=86_400)


@require_safe
@member_required("api.token")
def api_tokens(request: StaffRequest) -> HttpResponse:
    """The programs that may use the API, and until when."""
    return _page(request, ApiTokenForm())


def _page(request: StaffRequest, form: ApiTokenForm, status: int = 200) -> HttpResponse:
    own = list(ApiToken.objects.filter(issuer=request.issuer).as_listed())
    context = {
        "in_use": [token for token in own if token.in_use],
        "earlier": [token for token in own if not token.in_use],
        "form": form,
    }
    return render(request, "issuers/api_tokens.html", context, status=status)


@require_POST
@never_cache
@member_required("api.token")
@proved_again
def making(request: StaffRequest) -> HttpResponse:
    """A token, this once."""
    form = ApiTokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    if not DEEDS.allows(str(request.issuer.pk)):
        return _not_made(request, _("Many tokens were made today. Try again tomorrow, or ask who runs this site."))
    try:
        made = entrusting.make(request.issuer, request.user, **form.made_of())
    except entrusting.TooMany:
        return _not_made(request, _("As many tokens are in use as there may be. Withdraw one that is not needed."))
    if made is None:
        return _not_made(request, _("This token was made before, and shown then. Make another if it is lost."))
    token, text = made
    context = {"token": token, "text": text, "api_address": settings.SITE_URL + reverse("api-root").rstrip("/")}
    return render(request, "issuers/api_token_made.html", context)


def _not_made(request: StaffRequest, why: str) -> HttpResponse:
    messages.warning(request, why)
    return redirect("manage-api-tokens", slug=request.issuer.slug)


@require_POST
@member_required("api.token")
@proved_again
def withdrawal(request: StaffRequest, public_id: str) -> HttpResponse:
    """The token opens nothing any more."""
    token = get_object_or_404(ApiToken, issuer=request.issuer, public_id=public_id)
    if entrusting.withdraw(token, request.user):
        messages.success(request, _("Withdrawn. The token opens nothing any more; what was done with it stays."))
    else:
        messages.warning(request, _("This token was withdrawn before. Nothing was done."))
    return redirect("manage-api-tokens", slug=request.issuer.slug)
