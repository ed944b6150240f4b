"""The public page of a credential, and its signed JSON at the same address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from issuers import clock, keys, media
from issuers.site import site
from issuers.templatetags.laurel import moment
from recipients import sharing
from verification import checks, counting, listing, negotiation, opening, reading
from verification.report import Report
from verification.standing import standing
from verification.templatetags.kept import kept
from verification.views import often
from verification.views.machine import etag, machine_response
from verification.wording import worded

PUBLIC_SECONDS = 20
# Where the time of the checks goes in a page that is kept. Nobody can write it into a name.
CHECKED = mark_safe(secrets.token_hex(16))


@dataclass(frozen=True)
class Asked:
    """What templates read of a stranger's request."""

    path: str


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The same page for an unknown, a private and an unclaimed credential: nothing on it depends on which."""
    if not often.may_look(request, often.MISSES):
        return often.too_often(request, often.MISSES)
    return render(request, "verification/nothing.html", status=404)


def report_of(page: opening.Page) -> Report:
    """All checks of one credential, made now, against what its issuer publishes."""
    withdrawn = keys.by_url(page.issuer, page.withdrawn_keys)
    trusted = checks.Trusted(
        issuer_id=keys.did(page.issuer),
        issuer_name=page.issuer.name,
        keys=keys.by_url(page.issuer, page.published_keys),
        status_list=listing.text_for(page),
        withdrawn=frozenset(withdrawn),
    )
    report = checks.check(page.signed, trusted, clock.now())
    return report if page.facts.revoked_at is None else _said_revoked(report)


def _said_revoked(report: Report) -> Report:
    """A bit of a suspension list says "not now"; our own row knows that it is for good. The result stays the list's."""
    said = [replace(found, finding="revoked") if found.finding == "suspended" else found for found in report.checks]
    return Report(tuple(said), report.document)


@require_safe
def credential(request: HttpRequest, public_id: str) -> HttpResponse:
    """HTML or JSON by `Accept`; with a slash at the end it answers the same."""
    try:
        with opening.page(public_id, request.user if request.user.is_authenticated else None) as page:
            wanted = negotiation.preferred(request.headers.get("Accept", ""))
            if wanted == negotiation.PAGE:
                return _page(request, page)
            return cached(machine_response(request, page.signed, wanted, PUBLIC_SECONDS), own=page.own)
    except opening.Nothing:
        return nothing_here(request)


def _page(request: HttpRequest, page: opening.Page) -> HttpResponse:
    context = page_context(page, report_of(page))
    if request.user.is_authenticated:
        response = render(request, "verification/credential.html", context)
    else:
        response = HttpResponse(_for_strangers(request, context))
    if not page.own:
        counting.count(page.facts.public_id)
    if page.facts.visibility != opening.Visibility.PUBLIC:
        response["X-Robots-Tag"] = "noindex"
    return cached(response, own=page.own)


def _for_strangers(request: HttpRequest, context: dict[str, Any]) -> str:
    """The page of a reader who is nobody here: the same for all of them but for the time of the checks, which is put in.

    It is rendered without the request, so that it cannot depend on more than the values it is kept under.
    """
    around = site(request) | {"request": Asked(request.path)}
    page = kept("verification/credential.html", **context | around | {"checked": CHECKED})
    return page.replace(CHECKED, context["checked"])


def page_context(page: opening.Page, report: Report) -> dict[str, Any]:
    """What the page and the embed show: the signed document, the checks in words, the evidence the holder shows."""
    shown, left_out = reading.shown(page.signed, page.hidden)
    stands = standing(report)
    again = reverse("achievement", args=[page.issuer.slug, page.work.slug]) if stands == "expired" else ""
    return {
        "own": page.own,
        "credential": page.facts,
        "issuer": page.issuer,
        "badge_url": media.url(page.work.badge_picture),
        "total": len(report.checks),
        "checks": tuple(worded(check, ZoneInfo(page.issuer.time_zone)) for check in report.worst_first),
        "standing": stands.value,
        "shown": shown,
        "left_out": left_out,
        "again_url": again,
        "embed_code": sharing.frame(page.facts.url, page.work.name, page.issuer.name),
        "checked": moment(clock.now()),
    }


def cached(response: HttpResponse, *, own: bool) -> HttpResponse:
    """Public answers may be kept for seconds (a revocation shows within 60 everywhere), one's own never."""
    response["Cache-Control"] = "private, no-store" if own else f"public, max-age={PUBLIC_SECONDS}"
    response["Vary"] = "Accept, Cookie, Accept-Language"
    if not own and response.get("Content-Type", "").startswith("text/html"):
        response["ETag"] = etag(response.content)
    return response
