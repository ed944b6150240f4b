"""Find my credentials, and no more mails."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from issuers.cleaning import address
from issuers.limits import Limit, caller
from issuers.models import User
from issuers.tenancy import across_issuers
from recipients import digesting, finding, links
from recipients.forms.person import FindForm
from recipients.models import Digest, MailStop, OutgoingEmail

BY_ADDRESS = Limit("find-address", most=3, seconds=3600)
BY_CALLER = Limit("find-caller", most=20, seconds=3600)


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """All links of an address, mailed to it. The answer is the same for every address."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = address(form.cleaned_data["email"])
        if not BY_CALLER.allows(caller(request, settings.TRUSTED_PROXY_COUNT)):
            return _too_often(request)
        if BY_ADDRESS.allows(wanted.key):
            finding.send_links(wanted)
        request.session["find"] = wanted.mail_to
        return redirect("find-sent")
    return render(request, "recipients/find.html", {"form": form}, status=422 if form.errors else 200)


def _too_often(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(BY_CALLER.seconds)
    return response


@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Look in your inbox, whoever you are."""
    return render(request, "recipients/find_sent.html", {"email": request.session.get("find", "")})


@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """No more mails to the address that got this link. One-click by mail programs is a POST without our cookie (RFC 8058)."""
    with across_issuers("a link from a mail"):
        email = OutgoingEmail.objects.filter(pk=links.read_stop(token) or 0).select_related("issuer", "user").first()
        if email is None or not email.address_key:
            raise Http404
        everybody = request.POST.get("from") == "everybody"
        if email.kind == OutgoingEmail.Kind.DIGEST and email.user is not None and not everybody:
            return _stop_week(request, email.user)
        if request.method == "POST":
            MailStop.objects.get_or_create(address_key=email.address_key, issuer=None if everybody else email.issuer)
        stopped = MailStop.objects.filter(address_key=email.address_key).exists()
        return render(request, "recipients/stop.html", {"email": email, "stopped": stopped, "token": token})


def _stop_week(request: HttpRequest, user: User) -> HttpResponse:
    """Only the weekly mail: one click on it must not keep offers away."""
    if request.method == "POST":
        digesting.answer(user, on=False)
    going = Digest.objects.filter(user=user, on_at__isnull=False).exists()
    return render(request, "recipients/stop_week.html", {"stopped": not going})
