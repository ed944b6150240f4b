"""The leaderboard of one institution, for those who want to stand on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from issuers.models import Issuer
from recipients import competing, oneself, recognising
from recipients.forms.goals import LeaderboardForm
from recipients.views.person import PersonRequest, own_page, tabbed


def _issuer_or_404(request: PersonRequest, slug: str) -> Issuer:
    """An institution that knows the person and has a leaderboard."""
    known = (row.issuer for row in oneself.known_as(request.user))
    found = next((issuer for issuer in known if issuer.slug == slug and issuer.leaderboard), None)
    if found is None:
        raise Http404
    return found


def _page(request: PersonRequest, issuer: Issuer, form: LeaderboardForm, status: int = 200) -> HttpResponse:
    entry = competing.entry_of(issuer, request.user)
    context = {
        "place": issuer,
        "entry": entry,
        "board": competing.board(issuer, request.user) if entry else None,
        "since": competing.since(issuer),
        "form": form,
        **tabbed(request, "growth"),
    }
    return render(request, "recipients/wallet/leaderboard.html", context, status=status)


@require_safe
@own_page
def leaderboard(request: Any, slug: str) -> HttpResponse:
    """What it is, before one joins; one's own neighbourhood afterwards."""
    issuer = _issuer_or_404(request, slug)
    entry = competing.entry_of(issuer, request.user)
    return _page(request, issuer, LeaderboardForm(initial={"pseudonym": entry.pseudonym if entry else ""}))


@require_POST
@own_page
def entry(request: Any, slug: str) -> HttpResponse:
    """Stand on it, or change the name."""
    issuer = _issuer_or_404(request, slug)
    form = LeaderboardForm(request.POST)
    if form.is_valid():
        recognising.recognise(request.user)
        try:
            competing.join(issuer, request.user, form.cleaned_data["pseudonym"])
        except competing.NameTaken:
            form.add_error("pseudonym", _("Somebody stands there under this name. Choose another one."))
    if form.errors:
        return _page(request, issuer, form, status=422)
    messages.success(request, _("You stand on the leaderboard. You can leave it at any time."))
    return redirect("wallet-leaderboard", slug=slug)


@require_POST
@own_page
def departure(request: Any, slug: str) -> HttpResponse:
    """Off at once."""
    if competing.leave(_issuer_or_404(request, slug), request.user):
        messages.success(request, _("You are off the leaderboard, and your pseudonym is forgotten."))
    return redirect("wallet-leaderboard", slug=slug)
