"""How often one address may ask: what is looked up at the desk, whole lists, and numbers at which nothing stands (SECURITY T38).

Where Valkey is away nobody counts, and reading goes on (SECURITY R3): a document costs its two seconds at most, of four at
once, and a number has 128 random bits, so that guessing leads nowhere with or without a limit. Lists are refused then:
they wait for workers, which Valkey wakes, and rows that nobody counts would fill the database.
"""

from __future__ import annotations

import json
from http import HTTPStatus

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from redis.exceptions import RedisError

from issuers.limits import Limit, caller
from verification import negotiation

log = structlog.get_logger()
# One document, one link, one number: each counts as one.
LOOKS = Limit("desk", most=60, seconds=60)
# What cannot be read to its end costs seconds, where an honest document costs some milliseconds: ten of those a minute.
COST_OF_POISON = 6
# The lines of lists, at the same pace over an hour: eighteen lists of 200. Each list is one look besides.
LINES = Limit("desk-lines", most=3600, seconds=3600)
# Public pages are read as often as somebody likes; numbers at which nothing is to be seen are not tried for long.
MISSES = Limit("misses", most=60, seconds=60)


def may_look(request: HttpRequest, limit: Limit = LOOKS, cost: int = 1) -> bool:
    """Count it; whether it is within the limit. Nobody is kept from reading because nobody can count."""
    try:
        return limit.allows(_who(request), cost)
    except RedisError as error:
        log.warning("limit_not_counted", limit=limit.name, error=type(error).__name__)
        return True


def may_list(request: HttpRequest, lines: int) -> bool:
    """The same for a list of so many lines. Raises RedisError where nobody can count."""
    return LINES.allows(_who(request), lines)


def count_poison(request: HttpRequest) -> None:
    """What was looked at has cost as much as six honest documents."""
    try:
        LOOKS.add(_who(request), COST_OF_POISON - 1)
    except RedisError as error:
        log.warning("limit_not_counted", limit=LOOKS.name, error=type(error).__name__)


def too_often(request: HttpRequest, limit: Limit) -> HttpResponse:
    """Come back later, and when: a page, or problem details (RFC 9457) for whoever asks for JSON."""
    response = _problem(limit) if _is_machine(request) else _page(request, limit)
    response["Retry-After"] = str(limit.seconds)
    response["Cache-Control"] = "no-store"
    return response


def _who(request: HttpRequest) -> str:
    return caller(request, settings.TRUSTED_PROXY_COUNT)


def _is_machine(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    if request.path.endswith(".json") and negotiation.PAGE not in accept:
        return True
    return "application/problem+json" in accept or negotiation.preferred(accept) != negotiation.PAGE


def _page(request: HttpRequest, limit: Limit) -> HttpResponse:
    context = {"said": _said(limit), "wait": _wait(limit)}
    return render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)


def _problem(limit: Limit) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus.TOO_MANY_REQUESTS.phrase,
        "status": HTTPStatus.TOO_MANY_REQUESTS.value,
        "detail": f"{_said(limit)} {_wait(limit)}",
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=429, content_type="application/problem+json; charset=utf-8"
    )


def _said(limit: Limit) -> str:
    """What the limit is, and that nothing is lost."""
    if limit == LINES:
        return gettext("Up to %(most)s lines of lists can be checked from one address within an hour.") % {
            "most": f"{limit.most:,}"
        }
    if limit == MISSES:
        return gettext(
            "Up to %(most)s numbers at which nothing is to be seen can be tried from one address in a minute."
        ) % {"most": limit.most}
    return gettext("Up to %(most)s documents, links or numbers can be checked from one address in a minute.") % {
        "most": limit.most
    }


def _wait(limit: Limit) -> str:
    minutes = limit.seconds // 60
    said = ngettext(
        "Nothing was checked. Try again in a minute.",
        "Nothing was checked. Try again within %(minutes)s minutes.",
        minutes,
    )
    return said % {"minutes": minutes}
