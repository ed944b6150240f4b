"""Taking what was offered: link → accept → prove → claim. GET never changes what an offer is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from issuers import media
from issuers.tenancy import across_issuers
from recipients import claiming
from recipients.emails import masked
from recipients.forms.person import ClaimForm
from recipients.models import AchievementCredential, ClaimLink
from recipients.views.person import own_page

SESSION_KEY = "offer"


def _quiet(response: HttpResponse) -> HttpResponse:
    """Nothing of a claim leaks to the next site."""
    response["Referrer-Policy"] = "same-origin"
    return response


@require_safe
@never_cache
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: the token moves into the session and out of the address."""
    with across_issuers("a mailed link"):
        link = claiming.follow(token)
        if link is None:
            return _quiet(render(request, "recipients/claim/no_such_link.html", status=404))
    request.session[SESSION_KEY] = link.pk
    return _quiet(HttpResponseRedirect(reverse("offer"), status=303))


def offered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A step of the claim whose link is in the session; hands the credential to the view."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with across_issuers("a mailed link"):
            link = ClaimLink.objects.filter(pk=request.session.get(SESSION_KEY) or 0).first()
            credential = AchievementCredential.objects.listed().filter(pk=link.credential_id).first() if link else None
            if link is None or credential is None:
                return _quiet(render(request, "recipients/claim/no_such_link.html", status=404))
            return _quiet(view(request, credential, *args, **kwargs))

    return opened


def _context(credential: AchievementCredential) -> dict[str, Any]:
    return {
        "credential": credential,
        "issuer": credential.issuer,
        "standing": claiming.standing(credential),
        "standing_void": claiming.standing(credential) in {"withdrawn", "revoked", "lapsed"},
        "badge_url": media.url(credential.version.badge_picture),
        "badge_alt": credential.version.content["badge"]["alt"],
        "masked": masked(credential.recipient.address),
    }


@require_GET
@offered
def offer(request: HttpRequest, credential: AchievementCredential) -> HttpResponse:
    """What is offered and by whom, or what became of it."""
    return render(request, "recipients/claim/offer.html", _context(credential))


@require_POST
@offered
def acceptance(request: HttpRequest, credential: AchievementCredential) -> HttpResponse:
    """Yes. Accepting shares nothing with anyone."""
    if not claiming.accept(credential):
        return redirect("offer")
    return redirect("offer-visibility" if request.user.is_authenticated else "offer-account")


@require_POST
@offered
def decline(request: HttpRequest, credential: AchievementCredential) -> HttpResponse:
    """This is not for me."""
    claiming.decline(credential)
    return redirect("offer")


@require_GET
@offered
def account(request: HttpRequest, credential: AchievementCredential) -> HttpResponse:
    """Sign in, or make an account with one field."""
    if request.user.is_authenticated:
        return redirect("offer-visibility")
    return render(request, "recipients/claim/account.html", _context(credential))


@require_http_methods(["GET", "POST"])
@own_page
@offered
def visibility(request: Any, credential: AchievementCredential) -> HttpResponse:
    """Who may see it; then it is claimed."""
    if claiming.standing(credential) != "open" or credential.accepted_at is None:
        return redirect("offer")
    form = ClaimForm(request.POST or None, initial={"visibility": AchievementCredential.Visibility.LINK})
    if request.method == "POST" and form.is_valid():
        if not claiming.claim(credential, request.user, **form.cleaned_data):
            return redirect("offer")
        request.session.pop(SESSION_KEY, None)
        messages.success(request, _("It is yours."))
        return redirect("share", public_id=credential.public_id)
    return render(request, "recipients/claim/visibility.html", {**_context(credential), "form": form})
