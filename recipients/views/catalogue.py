"""The catalogue: what can be earned at the institutions that know one, with its rule and how far one is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from badges.models import Achievement
from recipients import oneself, planning, prospects
from recipients.prospects import Standing, State
from recipients.views.person import own_page, tabbed

SIZE = 24
FILTERS = {
    "open": _("Still to be earned"),
    "begun": _("Begun"),
    "all": _("Everything"),
}
_OPEN = {State.OPEN, State.WAITING, State.STAFF}


@require_safe
@own_page
def catalogue(request: Any) -> HttpResponse:
    """Searchable, what is nearest first."""
    me = oneself.look(request.user)
    words = request.GET.get("q", "").strip()[:100]
    chosen = request.GET.get("show", "open")
    chosen = chosen if chosen in FILTERS else "open"
    found = [one for one in _matching(me, words) if _wanted(one, chosen)]
    start = _start(request)
    page = prospects.shown(me, found[start : start + SIZE])
    goals = {goal.achievement_id: goal for goal in planning.goals_of(me)}
    context = {
        "lines": [(one, goals.get(one.standing.achievement.pk)) for one in page],
        "total": len(found),
        "more": _more(request, start + SIZE) if len(found) > start + SIZE else "",
        "q": words,
        "chosen": chosen,
        "filters": FILTERS.items(),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "known": bool(me.rows),
        "several": len(me.issuers) > 1,
        **tabbed(request, "goals"),
    }
    return render(request, "recipients/wallet/catalogue.html", context)


def _matching(me: oneself.Oneself, words: str) -> list[Standing]:
    """Published, at institutions that know the person, with all of the words somewhere."""
    found = Achievement.objects.published().filter(issuer__in=me.issuers, issuer__approved_at__isnull=False)
    for word in words.split()[:6]:
        said = Q(name__icontains=word) | Q(description__icontains=word) | Q(tags__icontains=word)
        found = found.filter(said | Q(issuer__name__icontains=word))
    matching = list(found.order_by("name", "id"))
    keys = {achievement.pk for achievement in matching}
    return [one for one in prospects.standings(me, also=matching) if one.achievement.pk in keys]


def _wanted(one: Standing, chosen: str) -> bool:
    if chosen == "begun":
        return one.begun
    return chosen == "all" or one.state in _OPEN


def _start(request: Any) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _more(request: Any, start: int) -> str:
    return "?" + urlencode({**request.GET.dict(), "from": str(start)})
