"""News while a page of the wallet is open: asked for every ten seconds, and answered with nothing most of the time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from issuers.models import User
from issuers.tenancy import across_issuers
from recipients.models import Notice

# htmx ends its polling at this status; whoever has signed out meanwhile has no news.
NO_MORE = 286
SPOKEN = (Notice.Kind.EARNED, Notice.Kind.OFFERED, Notice.Kind.CLAIMED, Notice.Kind.CONFIRMED)


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """One line for what is new since `after`; 204 where nothing is. One query."""
    if not request.user.is_authenticated:
        return HttpResponse(status=NO_MORE)
    with across_issuers("a person's own news"):
        notices = newer(request.user, request.GET.get("after", ""))
        if not notices:
            return HttpResponse(status=204)
        context = {"notice": notices[0], "others": len(notices) - 1, "last_notice": notices[0].pk}
        return render(request, "recipients/wallet/_live.html", context)


def newer(user: User, after: str) -> list[Any]:
    """Unread ones that are good news, the newest first."""
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    own = Notice.objects.filter(user=user, pk__gt=number, read_at__isnull=True, kind__in=SPOKEN)
    return list(
        own.select_related("credential__version", "credential__issuer", "activity", "issuer").order_by("-pk")[:10]
    )
