"""From an invitation's link to a place in an institution. Opening the link changes nothing (SECURITY T18, T19)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from issuers import emails, inviting, proving
from issuers.forms.members import CodeForm
from issuers.models import Invitation
from issuers.tenancy import across_issuers

# The session keeps the hash of the token: enough to find the invitation, too little to pass it on.
INVITATION = "invitation"
_CODE_SENT = "invitation_code_sent"


@require_safe
@never_cache
def invitation(request: Any, token: str) -> HttpResponse:
    """Moves the token out of the address."""
    request.session[INVITATION] = inviting.digest(token)
    request.session.pop(_CODE_SENT, None)
    response = redirect("join")
    response.status_code = 303
    response["Referrer-Policy"] = "same-origin"
    return response


def _current(request: Any) -> Invitation | None:
    return inviting.find_by_hash(request.session.get(INVITATION, ""))


def _page(request: Any, found: Invitation | None, form: CodeForm | None = None, status: int = 200) -> HttpResponse:
    if found is None:
        return render(request, "issuers/join_gone.html", status=404)
    signed_in = request.user.is_authenticated
    own = signed_in and found.address_key in proving.verified_keys(request.user)
    context = {"invitation": found, "issuer": found.issuer, "own": own, "sent": request.session.get(_CODE_SENT, False)}
    context |= {"form": form or CodeForm(), "next": reverse("join")}
    with across_issuers("an invitation names its institution"):
        response = render(request, "issuers/join.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: Any) -> HttpResponse:
    """What the place is, and the button that takes it, with a code where the invited address is not proved yet."""
    found = _current(request)
    if request.method != "POST" or found is None:
        return _page(request, found)
    if not request.user.is_authenticated:
        return redirect(reverse("account_login") + "?next=" + reverse("join"))
    if found.address_key not in proving.verified_keys(request.user):
        form = CodeForm(request.POST)
        if not form.is_valid() or not _prove(request, found, form):
            return _page(request, found, form, status=422)
    return _take(request, found)


def _prove(request: Any, found: Invitation, form: CodeForm) -> bool:
    try:
        if proving.prove(request.user, found.email, form.cleaned_data["code"]):
            return True
        form.add_error("code", _("That is not the code we sent, or its 15 minutes are over. Send a new one below."))
    except proving.OtherAccount:
        form.add_error(None, _("This address belongs to another account of yours. Sign in there to join."))
    return False


def _take(request: Any, found: Invitation) -> HttpResponse:
    try:
        membership = inviting.join(request.user, request.session.get(INVITATION, ""))
    except inviting.Refused:
        return _page(request, None)
    for key in (INVITATION, _CODE_SENT):
        request.session.pop(key, None)
    said = _("You work for %(name)s now, as %(role)s.")
    messages.success(request, said % {"name": found.issuer.name, "role": membership.get_role_display()})
    return redirect("manage")


@require_POST
@login_required
def code(request: Any) -> HttpResponse:
    """Mail a code to the invited address."""
    found = _current(request)
    if found is None:
        return _page(request, None)
    try:
        emails.send_code(found.email, proving.send_code(request.user, found.email))
    except proving.TooMany:
        messages.error(request, _("That were many codes. Wait an hour and try again."))
    except OSError:
        messages.error(request, _("The mail server does not answer. Try again in a minute."))
    else:
        request.session[_CODE_SENT] = True
    return redirect("join")
