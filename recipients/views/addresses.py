"""One's addresses: add, prove, make primary, remove, and what came to which."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from issuers import clock, proving
from issuers.cleaning import address
from issuers.waking import wake
from issuers.wording import sentence
from recipients import holding, recognising
from recipients.forms.person import AddressForm, CodeForm
from recipients.models import OutgoingEmail
from recipients.views.person import own_page, tabbed


def _send_code(request: Any, email: str) -> bool:
    """Mail a code to an address; False when too many were asked for."""
    try:
        code = proving.send_code(request.user, email)
    except proving.TooMany:
        messages.error(request, _("That were many codes. Wait an hour and try again."))
        return False
    wanted = address(email)
    OutgoingEmail.objects.create(
        kind=OutgoingEmail.Kind.ADDRESS_CODE,
        user=request.user,
        to=wanted.mail_to,
        address_key=wanted.key,
        context={"code": code},
        message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
        not_before=clock.now(),
    )
    wake("recipients.tasks.send")
    return True


@require_safe
@own_page
def addresses(request: Any) -> HttpResponse:
    """All addresses, which is primary, and how many credentials came to each."""
    counted = holding.held_by(request.user).order_by().values("recipient__address_key").annotate(count=Count("id"))
    came = {row["recipient__address_key"]: row["count"] for row in counted}
    own = request.user.emailaddress_set.order_by("-primary", "email")
    known = set()
    rows = []
    for entry in own:
        known.add(entry.email)
        rows.append(
            {
                "email": entry.email,
                "primary": entry.primary,
                "verified": entry.verified,
                "count": came.get(entry.email, 0),
            }
        )
    others = [{"email": key, "count": count} for key, count in came.items() if key not in known]
    context = {"rows": rows, "others": others, "form": AddressForm(), **tabbed(request, "addresses")}
    return render(request, "recipients/wallet/addresses.html", context)


@require_POST
@own_page
def add(request: Any) -> HttpResponse:
    """Begin with an address: a code goes there."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, "recipients/wallet/address_add.html", {"form": form, "tab": "addresses"}, status=422)
    if not _send_code(request, form.cleaned_data["email"]):
        return redirect("wallet-addresses")
    request.session["proving"] = form.cleaned_data["email"]
    return redirect("wallet-address-code")


@require_http_methods(["GET", "POST"])
@own_page
def code(request: Any) -> HttpResponse:
    """Six digits from the mail make the address one's own."""
    email = request.session.get("proving", "")
    if not email:
        return redirect("wallet-addresses")
    form = CodeForm({**request.POST.dict(), "email": email} if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proved = proving.prove(request.user, email, form.cleaned_data["code"])
        except proving.OtherAccount:
            form.add_error("code", _("This address belongs to another account of yours. Remove it there first."))
            proved = False
        if proved:
            recognising.recognise(request.user)
            request.session.pop("proving", None)
            messages.success(
                request, _("%(email)s is yours now, with everything that was sent to it.") % {"email": email}
            )
            return redirect("wallet-addresses")
        if not form.errors:
            form.add_error("code", sentence("code_invalid"))
    context = {"form": form, "email": email, "tab": "addresses"}
    return render(request, "recipients/wallet/address_code.html", context, status=422 if form.errors else 200)


@require_POST
@own_page
def primary(request: Any) -> HttpResponse:
    """Mail goes there from now on; credentials stay as they are."""
    if proving.make_primary(request.user, request.POST.get("email", "")):
        messages.success(request, _("That is your primary address now. Nothing else changes."))
    return redirect("wallet-addresses")


@require_POST
@own_page
def removal(request: Any) -> HttpResponse:
    """Forget an address; what came to it stays."""
    if proving.remove(request.user, request.POST.get("email", "")):
        messages.success(request, _("Removed. What came to it stays yours."))
    return redirect("wallet-addresses")
