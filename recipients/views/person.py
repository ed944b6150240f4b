"""What a person's own pages share: one's own rows of every institution, in one transaction, never kept by a cache."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from issuers import media
from issuers.models import User
from issuers.tenancy import across_issuers
from recipients import holding
from recipients.models import AchievementCredential, Notice

View = Callable[..., HttpResponse]


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User  # type: ignore[assignment]


def own_page(view: View) -> View:
    """A page about oneself: signed in, across institutions, not cached."""

    @never_cache
    @login_required
    @wraps(view)
    def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        with across_issuers("a person's own pages"):
            return view(request, *args, **kwargs)

    return opened


def held_or_404(request: PersonRequest, public_id: str) -> AchievementCredential:
    """One's own claimed credential; 404 for everything else."""
    found: AchievementCredential = get_object_or_404(holding.held_by(request.user), public_id=public_id)
    return found


def tabbed(request: PersonRequest, tab: str) -> dict[str, Any]:
    """What the tabs of the wallet need: which is open, how much news there is, and after which one more would be new."""
    own = Notice.objects.filter(user=request.user)
    found = own.aggregate(news=Count("pk", filter=Q(read_at__isnull=True)), last=Max("pk"))
    return {"tab": tab, "news": found["news"], "last_notice": found["last"] or 0}


def pictured(credential: AchievementCredential) -> AchievementCredential:
    """With the address of its badge, as lists show it."""
    credential.badge_url = media.url(credential.version.badge_small)  # type: ignore[attr-defined]
    credential.large_badge_url = media.url(credential.version.badge_picture)  # type: ignore[attr-defined]
    return credential
