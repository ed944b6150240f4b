"""Somebody who assesses without an account: the mailed link, the work beside its rubric, a decision. GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from issuers.tenancy import across_issuers
from recipients import assessing, reviewing
from recipients.assessing import Assessor, NotPossible
from recipients.forms.marking import OutsideForm
from recipients.models import Artefact, ReviewerInvite
from recipients.views import reasons
from recipients.views.giving import addressed, given
from recipients.views.marking import DECISIONS, evidence_beside

SESSION_KEY = "assess"  # the mailed link that was followed


def _quiet(response: HttpResponse) -> HttpResponse:
    """Nothing of it leaks to the next site."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@never_cache
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: the token moves into the session and out of the address."""
    with across_issuers("a mailed link to assess"):
        invite = reviewing.find(token)
    if invite is None:
        return _quiet(render(request, "recipients/work/no_such_link.html", status=404))
    request.session[SESSION_KEY] = invite.pk
    return _quiet(HttpResponseRedirect(reverse("assess"), status=303))


def invited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page behind the followed link; hands the invitation to the view while it is open, else says what became of it."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with across_issuers("a mailed link to assess, followed before"):
            rows = ReviewerInvite.objects.select_related("submission__version", "submission__issuer", "issuer")
            found = rows.filter(pk=request.session.get(SESSION_KEY) or 0, issuer__closed_at__isnull=True).first()
            if found is None:
                return _quiet(render(request, "recipients/work/no_such_link.html", status=404))
            standing = reviewing.standing(found)
            if standing != "open":
                context = {"standing": standing, "issuer": found.issuer, "invite": found}
                return _quiet(render(request, "recipients/work/link_ended.html", context, status=410))
            return _quiet(view(request, found, *args, **kwargs))

    return opened


def _page(request: HttpRequest, invite: ReviewerInvite, form: OutsideForm, status: int = 200) -> HttpResponse:
    rows = Artefact.objects.there().filter(submission=invite.submission)
    context = {**evidence_beside(invite.submission), "form": form, "issuer": invite.issuer, "invite": invite}
    context["pieces"] = addressed(rows, "assess-file")
    return render(request, "recipients/work/outside.html", context, status=status)


@require_safe
@invited
def assess(request: HttpRequest, invite: ReviewerInvite) -> HttpResponse:
    """The evidence beside the rubric."""
    submission = invite.submission
    marking = assessing.marking_of(submission)
    kept = marking if marking and marking.invite_id == invite.pk else None
    return _page(request, invite, OutsideForm(submission=submission, marking=kept))


@require_POST
@invited
def marking(request: HttpRequest, invite: ReviewerInvite) -> HttpResponse:
    """Save what was marked, or decide."""
    form = OutsideForm(request.POST, submission=invite.submission)
    if not form.is_valid():
        return _page(request, invite, form, 422)
    decision = DECISIONS.get(request.POST.get("decision", ""))
    try:
        assessing.mark(invite.submission, Assessor(invite=invite), form.told(), decision=decision)
    except NotPossible as refused:
        form.add_error(None, reasons.assessing(refused.code))
        return _page(request, invite, form, 409)
    return redirect("assess")


@require_safe
@invited
def file(request: HttpRequest, invite: ReviewerInvite, artefact: str) -> HttpResponse:
    """One of the files of this work, and of no other."""
    rows = Artefact.objects.there().filter(submission=invite.submission)
    return given(get_object_or_404(rows, public_id=artefact))
