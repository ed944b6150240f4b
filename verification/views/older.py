"""Open Badges 2.0 hosted JSON at addresses of its own, for older backpacks."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from badges.models import AchievementVersion
from issuers.models import Issuer
from issuers.tenancy import across_issuers
from verification import older, opening
from verification.views.credential import PUBLIC_SECONDS, cached, nothing_here
from verification.views.machine import machine_response

TYPE = "application/ld+json"


def _answer(request: HttpRequest, document: dict[str, Any], status: int = 200) -> HttpResponse:
    response = machine_response(request, json.dumps(document, ensure_ascii=False), TYPE, PUBLIC_SECONDS)
    if status != 200 and response.status_code == 200:
        response.status_code = status
    return response


@require_safe
def assertion(request: HttpRequest, public_id: str) -> HttpResponse:
    """A claimed credential that anybody may see; revoked ones are answered with 410 and their reason."""
    try:
        with opening.at_address(public_id, None) as opened:
            document, status = older.assertion(opened.credential)
            return cached(_answer(request, document, status), own=False)
    except opening.Nothing:
        return nothing_here(request)


@require_safe
def achievement(request: HttpRequest, slug: str, achievement: str, number: int) -> HttpResponse:
    """One published version, as it was issued."""
    with across_issuers("a public achievement, for older backpacks"):
        try:
            found = older.version(slug, achievement, number)
        except AchievementVersion.DoesNotExist as error:
            raise Http404 from error
        return _answer(request, older.badge(found))


@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """The profile of an institution."""
    found = get_object_or_404(Issuer, slug=slug, approved_at__isnull=False)
    with across_issuers("a public profile, for older backpacks"):
        return _answer(request, older.profile(found))
