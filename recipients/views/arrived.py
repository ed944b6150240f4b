"""After checking in: the page that waits, says what it counts for, and shows what it has earned the moment it is there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from issuers import clock
from issuers.models import Issuer, User
from issuers.tenancy import scope
from recipients import arriving, knowing
from recipients.models import AchievementCredential, Activity
from recipients.views import counts
from recipients.views.claim import OWN_KEY, SESSION_KEY
from recipients.views.here import HERE, quiet

# The page is one's own for a day, and asks by itself for five minutes.
GOOD_FOR, ASKS_FOR = timedelta(days=1), timedelta(minutes=5)

View = Callable[..., HttpResponse]


def after_checking_in(view: View) -> View:
    """Hands the fact to the view; who has not checked in is led to where one does."""

    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept: dict[str, Any] = request.session.get(HERE) or {}
        issuer = Issuer.objects.filter(pk=kept.get("issuer", 0), closed_at__isnull=True).first()
        if issuer is None or clock.now().timestamp() - kept["at"] > GOOD_FOR.total_seconds():
            return redirect("here")
        with scope(issuer):
            fact = Activity.objects.counting().select_related("recipient").filter(pk=kept["activity"]).first()
            return quiet(view(request, fact, *args, **kwargs)) if fact else redirect("here")

    return opened


def _context(request: HttpRequest, fact: Activity) -> dict[str, Any]:
    found = counts.lines(fact.issuer, fact)
    going_on = counts.standing_of(fact, found)
    since = clock.now().timestamp() - request.session[HERE]["at"]
    return {
        "issuer": fact.issuer,
        "fact": fact,
        "title": counts.title_of(fact),
        "lines": found,
        **going_on,
        "asks": since < ASKS_FOR.total_seconds()
        and (not going_on["looked"] or going_on["making"] or going_on["leaving"]),
        "seen": _seen(fact),
        "takable": {row.credential.pk for row in found if row.credential and _may_take(request, fact, row.credential)},
    }


def _seen(fact: Activity) -> str:
    """What would change the page: whether rules have looked, and what this person was given."""
    given = _given(fact).order_by("id").values_list("pk", "offered_at", "claimed_at", "failed_at")
    said = (fact.evaluated_at, *((pk, *map(bool, moments)) for pk, *moments in given))
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _given(fact: Activity) -> Any:
    whose = knowing.same_people(fact.issuer, [fact.recipient])
    made = AchievementCredential.objects.filter(recipient__in=list(whose), created_at__gte=fact.recorded_at)
    return made.filter(award__release_at__lte=clock.now())


def _may_take(request: HttpRequest, fact: Activity, credential: AchievementCredential) -> bool:
    """It came to the address that was proved here, or to another one of whoever is signed in."""
    own = isinstance(request.user, User) and credential.recipient.user_id == request.user.pk
    return own or credential.recipient_id == fact.recipient_id


@require_safe
@after_checking_in
def checked_in(request: HttpRequest, fact: Activity) -> HttpResponse:
    """You are here, and this is what it counts for."""
    return render(request, "recipients/here/done.html", _context(request, fact))


@require_safe
@after_checking_in
def news(request: HttpRequest, fact: Activity) -> HttpResponse:
    """The part that changes, asked for every two seconds; nothing (204) while nothing is new."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("checked-in")
    since = clock.now().timestamp() - request.session[HERE]["at"]
    if request.GET.get("seen") == _seen(fact) and since < ASKS_FOR.total_seconds():
        return HttpResponse(status=204)
    return render(request, "recipients/here/_news.html", _context(request, fact))


@require_POST
@after_checking_in
def taking(request: HttpRequest, fact: Activity) -> HttpResponse:
    """Take what was just earned: the address was proved a moment ago, so that the mail need not be waited for."""
    offered = _given(fact).unclaimed().filter(offered_at__isnull=False)
    credential = get_object_or_404(
        offered.select_related("recipient", "issuer"), public_id=request.POST.get("credential", "")
    )
    if not _may_take(request, fact, credential):
        raise Http404
    request.session.pop(OWN_KEY, None)
    request.session[SESSION_KEY] = arriving.hand_over(credential).pk
    return redirect("offer")
