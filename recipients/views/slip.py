"""A printed slip in its person's hand: scanned or typed, it opens the one offer that it was printed for (decision 0030)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from issuers import entrance
from issuers.limits import Limit, caller
from issuers.tenancy import across_issuers
from recipients import claiming, handing_out, links
from recipients.forms.slips import NumberForm, SlipCodeForm
from recipients.models import ClaimLink
from recipients.views.claim import OWN_KEY, SESSION_KEY

# A code has 78 bits; this is for whoever tries all the same.
UNKNOWN = Limit("slip-unknown", most=60, seconds=60)
WAITS_KEY = "slip"  # the slip whose student number is still to be said


def _quiet(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """The short address on the slip: its code is typed here."""
    form = SlipCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _open(request, form.cleaned_data["code"], form)
    return _quiet(
        render(request, "recipients/claim/slip_code.html", {"form": form}, status=422 if form.errors else 200)
    )


@require_safe
@never_cache
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """The scanned address. The code moves into the session and out of the address, as that of a mailed link does."""
    return _open(request, code, SlipCodeForm(initial={"code": ""}))


def _open(request: HttpRequest, code: str, form: SlipCodeForm) -> HttpResponse:
    with across_issuers("a printed slip"):
        found = links.find_slip(code)
        if found is None:
            return _unknown(request, form)
        if handing_out.asks_number(found):
            request.session[WAITS_KEY] = found.pk
            return _quiet(HttpResponseRedirect(reverse("slip-number"), status=303))
        return _into_hand(request, found)


def _unknown(request: HttpRequest, form: SlipCodeForm) -> HttpResponse:
    if not UNKNOWN.allows(caller(request, settings.TRUSTED_PROXY_COUNT)):
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(UNKNOWN.seconds)
        return response
    return _quiet(render(request, "recipients/claim/slip_code.html", {"form": form, "unknown": True}, status=404))


def _into_hand(request: HttpRequest, found: ClaimLink) -> HttpResponse:
    claiming.followed(found)
    entrance.forget(request)
    for key in (OWN_KEY, WAITS_KEY):
        request.session.pop(key, None)
    request.session[SESSION_KEY] = found.pk
    return _quiet(HttpResponseRedirect(reverse("offer"), status=303))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def number(request: HttpRequest) -> HttpResponse:
    """Where the institution wants it, a slip that was found in the corridor opens nothing by itself."""
    with across_issuers("a printed slip"):
        slips = ClaimLink.objects.slips().select_related("credential__issuer", "credential__recipient")
        found = slips.filter(pk=request.session.get(WAITS_KEY) or 0).first()
        if found is None:
            return redirect("slip-code")
        form = NumberForm(request.POST or None)
        right: bool | None = found.tries < handing_out.TRIES and None
        if request.method == "POST" and form.is_valid():
            right = handing_out.is_number(found, form.cleaned_data["number"])
            if right:
                return _into_hand(request, found)
        return _asked(request, found, form, right)


def _asked(request: HttpRequest, found: ClaimLink, form: NumberForm, right: bool | None) -> HttpResponse:
    found.refresh_from_db(fields=["tries"])
    locked = found.tries >= handing_out.TRIES
    if request.method == "POST" and right is False and not locked:
        form.say_wrong(handing_out.TRIES - found.tries)
    context = {"form": form, "issuer": found.credential.issuer, "locked": locked}
    status = 403 if locked else 422 if form.errors else 200
    return _quiet(render(request, "recipients/claim/slip_number.html", context, status=status))
