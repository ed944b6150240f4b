"""The public page of a credential, and its signed JSON at the same address."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from issuers import clock, keys, media
from recipients import sharing
from recipients.models import AchievementCredential
from verification import checks, counting, listing, negotiation, opening, reading
from verification.report import Report, Result
from verification.views.machine import etag, machine_response
from verification.wording import worded

PUBLIC_SECONDS = 20


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The same page for an unknown, a private and an unclaimed credential: nothing on it depends on which."""
    return render(request, "verification/nothing.html", status=404)


def report_of(credential: AchievementCredential) -> Report:
    """All checks of one credential, made now, against what its issuer publishes."""
    published = listing.signed_list(credential.status_list)
    trusted = checks.Trusted(
        issuer_id=keys.did(credential.issuer),
        issuer_name=credential.issuer.name,
        keys=opening.trusted_keys(credential.issuer),
        status_list=published.signed,
        withdrawn=opening.withdrawn_keys(credential.issuer),
    )
    report = checks.check(credential.signed, trusted, clock.now())
    return report if credential.revoked_at is None else _said_revoked(report)


def _said_revoked(report: Report) -> Report:
    """A bit of a suspension list says "not now"; our own row knows that it is for good. The result stays the list's."""
    said = [replace(found, finding="revoked") if found.finding == "suspended" else found for found in report.checks]
    return Report(tuple(said), report.document)


@require_safe
def credential(request: HttpRequest, public_id: str) -> HttpResponse:
    """HTML or JSON by `Accept`; with a slash at the end it answers the same."""
    try:
        with opening.at_address(public_id, request.user if request.user.is_authenticated else None) as opened:
            wanted = negotiation.preferred(request.headers.get("Accept", ""))
            if wanted == negotiation.PAGE:
                return _page(request, opened)
            response = machine_response(request, opened.credential.signed, wanted, PUBLIC_SECONDS)
            return cached(response, opened)
    except opening.Nothing:
        return nothing_here(request)


def _page(request: HttpRequest, opened: opening.Opened) -> HttpResponse:
    credential, report = opened.credential, report_of(opened.credential)
    response = render(request, "verification/credential.html", page_context(opened, report))
    if not opened.own:
        counting.count(credential)
    if credential.visibility != AchievementCredential.Visibility.PUBLIC:
        response["X-Robots-Tag"] = "noindex"
    return cached(response, opened)


def page_context(opened: opening.Opened, report: Report) -> dict[str, object]:
    """What the page and the embed show: the signed document, the checks in words, the evidence the holder shows."""
    credential = opened.credential
    hidden = set(credential.evidence.filter(shown=False).values_list("url", "name"))
    shown, kept = reading.without_evidence(report.document or {}, hidden)
    return {
        "opened": opened,
        "credential": credential,
        "issuer": credential.issuer,
        "badge_url": media.url(credential.version.badge_picture),
        "report": report,
        "checks": [worded(check, ZoneInfo(credential.issuer.time_zone)) for check in report.worst_first],
        "standing": standing(report),
        "shown": reading.read(shown),
        "kept": kept,
        "embed_code": sharing.embed_code(credential),
        "checked_at": clock.now(),
    }


def cached(response: HttpResponse, opened: opening.Opened) -> HttpResponse:
    """Public answers may be kept for seconds (a revocation shows within 60 everywhere), one's own never."""
    response["Cache-Control"] = "private, no-store" if opened.own else f"public, max-age={PUBLIC_SECONDS}"
    response["Vary"] = "Accept, Cookie, Accept-Language"
    if not opened.own and response.get("Content-Type", "").startswith("text/html"):
        response["ETag"] = etag(response.content)
    return response


def standing(report: Report) -> str:
    """valid, revoked, suspended, expired, failed, renewing or unsure: the worst finding first."""
    findings = {check.finding for check in report.checks if check.result is not Result.PASSED}
    failed = set(report.failed)
    if failed - {"status", "dates"}:
        return "failed"
    for word in ("revoked", "suspended", "expired"):
        if word in findings:
            return word
    if failed:
        return "failed"
    if "signing_again" in findings:
        return "renewing"
    return "unsure" if findings else "valid"
