"""On the way in to something: whose name the pages of signing in bear meanwhile, and which page comes after.

Kept in the session for half an hour, as an institution's key and the *name* of a page of ours: nothing that a visitor
types can end up in it, so it leads nowhere but here, and a sign-in the next day is an ordinary one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from issuers import clock
from issuers.models import Issuer

_KEY = "entrance"
_SIGNING_IN = ("account_", "mfa_")  # how the sign-in library names its pages
LIFETIME = timedelta(minutes=30)


def prepare(request: HttpRequest, issuer: Issuer, page: str) -> None:
    """Whoever signs in within the next half hour does it for this institution, and goes on to the page of this name."""
    until = clock.now() + LIFETIME
    request.session[_KEY] = {"issuer": issuer.pk, "page": page, "until": until.timestamp()}


def forget(request: HttpRequest) -> None:
    """The way is over, or another one begins."""
    request.session.pop(_KEY, None)


def issuer(request: HttpRequest) -> Issuer | None:
    """The institution whose name the pages of signing in bear."""
    waiting = _waiting(request)
    return Issuer.objects.filter(pk=waiting["issuer"], closed_at__isnull=True).first() if waiting else None


def lead_on(request: HttpRequest) -> str:
    """The path of the page that comes after signing in, once; '' where nobody was on the way to anything."""
    waiting = _waiting(request)
    forget(request)
    return reverse(waiting["page"]) if waiting else ""


def _waiting(request: HttpRequest) -> dict[str, Any] | None:
    waiting: dict[str, Any] | None = request.session.get(_KEY)
    return waiting if waiting and clock.now().timestamp() < waiting["until"] else None


def signing_in(request: HttpRequest) -> dict[str, object]:
    """Pages of signing in bear the institution whose offer somebody is about to claim, and the step of the claim."""
    match = request.resolver_match
    if match is None or not str(match.url_name).startswith(_SIGNING_IN) or request.user.is_authenticated:
        return {}
    claimed_from = issuer(request)
    return {"issuer": claimed_from, "claiming": True} if claimed_from else {}
