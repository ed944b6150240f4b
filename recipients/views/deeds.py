"""What staff do to one credential: send again, correct, revoke, suspend, reinstate, cancel. Each by POST, each told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from issuers.access import StaffRequest, member_required
from issuers.cleaning import address
from recipients import correcting, delivering
from recipients.forms.staff import CorrectionForm, ReasonForm
from recipients.views import reasons
from recipients.views.credentials import credential_page, one


def _did(request: StaffRequest, public_id: str, deed: Callable[[], Any], done: str, late: str) -> HttpResponse:
    """Do it, say so, or say why it was not possible; back to the credential."""
    try:
        if deed():
            messages.success(request, done)
        else:
            messages.warning(request, late)
    except correcting.NotPossible as refused:
        messages.error(request, reasons.not_possible(refused.code))
    return redirect("manage-credential", slug=request.issuer.slug, public_id=public_id)


@require_POST
@member_required("credential.resend")
def resend(request: StaffRequest, public_id: str) -> HttpResponse:
    """The claim link once more. What was set aside is tried again."""
    found = one(public_id)
    if found.failed_at:
        done = _("It is tried again now.")
        return _did(request, public_id, lambda: delivering.try_again(found), done, done)
    done = _("The link is on its way again. Links sent before stay good.")
    return _did(request, public_id, lambda: correcting.resend(found, by=request.user), done, done)


@require_POST
@member_required("credential.correct")
def correction(request: StaffRequest, public_id: str) -> HttpResponse:
    """Another name or address: a new revision at the same public address."""
    found = one(public_id)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return credential_page(request, found, status=422, correction=form)
    to = address(form.cleaned_data["address"])
    name, reason = form.cleaned_data["name"], form.cleaned_data["reason"]
    return _did(
        request,
        public_id,
        lambda: correcting.correct(found, name=name, address=to, by=request.user, reason=reason),
        _("Corrected. The page shows it now; the certificate follows in a moment."),
        "",
    )


@require_POST
@member_required("credential.revoke")
def revocation(request: StaffRequest, public_id: str) -> HttpResponse:
    """Take it back, with the reason that everybody reads."""
    found, form = one(public_id), ReasonForm(request.POST, prefix="revoke")
    if not form.is_valid():
        return credential_page(request, found, status=422, revocation=form)
    deed = lambda: correcting.revoke(found, reason=form.cleaned_data["reason"], by=request.user)  # noqa: E731
    done = _("Revoked. Everybody who checks it is told within a minute.")
    return _did(request, public_id, deed, done, _("It was revoked or cancelled before."))


@require_POST
@member_required("credential.suspend")
def suspension(request: StaffRequest, public_id: str) -> HttpResponse:
    """Put it on hold."""
    found, form = one(public_id), ReasonForm(request.POST, prefix="suspend")
    if not form.is_valid():
        return credential_page(request, found, status=422, suspension=form)
    deed = lambda: correcting.suspend(found, reason=form.cleaned_data["reason"], by=request.user)  # noqa: E731
    done = _("Suspended. It counts again when you reinstate it.")
    return _did(request, public_id, deed, done, _("It was suspended before."))


@require_POST
@member_required("credential.suspend")
def reinstatement(request: StaffRequest, public_id: str) -> HttpResponse:
    """Lift the hold."""
    found = one(public_id)
    deed = lambda: correcting.reinstate(found, by=request.user)  # noqa: E731
    return _did(request, public_id, deed, _("It counts again."), _("It was not suspended."))


@require_POST
@member_required("credential.cancel")
def cancellation(request: StaffRequest, public_id: str) -> HttpResponse:
    """Take back an offer that nobody has claimed."""
    found = one(public_id)
    deed = lambda: correcting.cancel(found, by=request.user)  # noqa: E731
    late = _("It is claimed already, so it cannot be cancelled. Revoke it instead.")
    return _did(request, public_id, deed, _("Cancelled. The link opens nothing any more."), late)
