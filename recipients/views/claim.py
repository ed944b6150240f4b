"""Taking what was offered: link → accept → prove → claim. GET never changes what an offer is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from issuers import entrance, media
from issuers.models import User
from issuers.tenancy import across_issuers
from recipients import claiming, holding
from recipients.emails import masked
from recipients.forms.person import ClaimForm
from recipients.models import AchievementCredential, ClaimLink
from recipients.views.person import own_page

SESSION_KEY = "offer"  # the mailed link that was followed
OWN_KEY = "own_offer"  # the offer that was accepted in one's own wallet


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
    entrance.forget(request)
    request.session.pop(OWN_KEY, None)
    request.session[SESSION_KEY] = link.pk
    return _quiet(HttpResponseRedirect(reverse("offer"), status=303))


def _in_hand(request: HttpRequest) -> AchievementCredential | None:
    """What the followed link offers, or what this person accepted in their wallet."""
    link = ClaimLink.objects.filter(pk=request.session.get(SESSION_KEY) or 0).first()
    if link is not None:
        return AchievementCredential.objects.listed().filter(pk=link.credential_id).first()
    own = request.session.get(OWN_KEY)
    if own is None or not isinstance(request.user, User):
        return None
    # Claimed meanwhile by a second press, or seen again by the browser's Back: it is still the one in hand.
    for among in (claiming.offers_of(request.user), holding.held_by(request.user)):
        found: AchievementCredential | None = among.filter(pk=own).first()
        if found is not None:
            return found
    return None


def offered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A step of the claim; hands the credential in hand to the view."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with across_issuers("a mailed link, or an offer in one's wallet"):
            credential = _in_hand(request)
            if credential is None:
                return _quiet(render(request, "recipients/claim/no_such_link.html", status=404))
            return _quiet(view(request, credential, *args, **kwargs))

    return opened


def _context(request: HttpRequest, credential: AchievementCredential) -> dict[str, Any]:
    standing = claiming.standing(credential)
    user = request.user if isinstance(request.user, User) else None
    return {
        "credential": credential,
        "issuer": credential.issuer,
        "standing": standing,
        "standing_void": standing in {"withdrawn", "revoked", "lapsed"},
        "own": user is not None and credential.holder_id == user.pk,
        "unproved": user is not None and not claiming.proved(user, credential.recipient.address_key),
        "badge_url": media.url(credential.version.badge_picture),
        "badge_alt": credential.version.content["badge"]["alt"],
        "masked": masked(credential.recipient.address),
        "by_slip": ClaimLink.objects.slips().filter(pk=request.session.get(SESSION_KEY) or 0).exists(),
    }


@require_GET
@offered
def offer(request: HttpRequest, credential: AchievementCredential) -> HttpResponse:
    """What is offered and by whom, or what became of it."""
    return render(request, "recipients/claim/offer.html", _context(request, credential))


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
    entrance.forget(request)
    return redirect("offer")


def _accepted(credential: AchievementCredential) -> bool:
    return claiming.standing(credential) == "open" and credential.accepted_at is not None


@require_http_methods(["GET", "POST"])
@offered
def account(request: HttpRequest, credential: AchievementCredential) -> HttpResponse:
    """Sign in, or make an account with one field. A press on “use another account” signs out and keeps the link."""
    followed = request.session.get(SESSION_KEY)
    if request.method == "POST" and followed is not None:
        logout(request)
        request.session[SESSION_KEY] = followed
        return redirect("offer-account")
    if request.user.is_authenticated or not _accepted(credential):
        return redirect("offer-visibility" if request.user.is_authenticated else "offer")
    entrance.prepare(request, credential.issuer, "offer-visibility")
    return render(request, "recipients/claim/account.html", _context(request, credential))


@require_http_methods(["GET", "POST"])
@own_page
@offered
def visibility(request: Any, credential: AchievementCredential) -> HttpResponse:
    """Who may see it; then it is claimed. A second press, or Back, finds what the first one did."""
    entrance.forget(request)
    if credential.holder_id == request.user.pk:
        return redirect("share", public_id=credential.public_id)
    if not _accepted(credential):
        return redirect("offer")
    form = ClaimForm(request.POST or None, initial={"visibility": AchievementCredential.Visibility.LINK})
    if request.method == "POST" and form.is_valid():
        taken = claiming.claim(credential, request.user, **form.cleaned_data)
        return redirect("share", public_id=credential.public_id) if taken else redirect("offer")
    context = {**_context(request, credential), "form": form, "by_link": SESSION_KEY in request.session}
    return render(request, "recipients/claim/visibility.html", context, status=422 if form.errors else 200)
