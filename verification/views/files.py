"""Files of a public credential: downloads, the card that networks show, the embed."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from issuers import keys, media
from recipients import sharing
from recipients.composing import absolute
from verification import negotiation, opening, verdicts
from verification.standing import Standing
from verification.views import often
from verification.views.credential import PUBLIC_SECONDS, cached, nothing_here, page_context, report_of
from verification.views.machine import machine_response


def _person(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


@require_safe
def credential_file(request: HttpRequest, public_id: str, suffix: str) -> HttpResponse:
    """`.json .jwt .png .svg .pdf` of a credential that the reader may see; else the page that says nothing."""
    try:
        if suffix == "json":
            return _signed(request, public_id)
        with opening.at_address(public_id, _person(request)) as opened:
            if suffix == "jwt":
                token = keys.sign_jwt(opened.credential.issuer, opening.prepared(opened.credential))
                response = machine_response(request, token, "text/plain", PUBLIC_SECONDS)
            else:
                response = _download(opened, suffix)
            return cached(response, own=opened.own)
    except (opening.Nothing, KeyError, media.MissingFile):
        return nothing_here(request)


def _signed(request: HttpRequest, public_id: str) -> HttpResponse:
    """The stored bytes."""
    with opening.page(public_id, _person(request)) as page:
        wanted = negotiation.of_file(request.headers.get("Accept", ""))
        return cached(machine_response(request, page.signed, wanted, PUBLIC_SECONDS), own=page.own)


def _download(opened: opening.Opened, suffix: str) -> HttpResponse:
    try:
        made = sharing.download(opened.credential, suffix)
    except sharing.NotReady:
        response = HttpResponse(
            "The certificate is being made. Try again in a minute.", status=503, content_type="text/plain"
        )
        response["Retry-After"] = "30"
        return response
    response = HttpResponse(made.data, content_type=made.media_type)
    kind = "inline" if suffix in {"png", "pdf"} else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{made.file_name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


@require_safe
def card(request: HttpRequest, public_id: str) -> HttpResponse:
    """1200 × 627 for previews in networks."""
    try:
        with opening.at_address(public_id, _person(request)) as opened:
            response = HttpResponse(sharing.card(opened.credential, "og"), content_type="image/png")
            return cached(response, own=opened.own)
    except (opening.Nothing, media.MissingFile):
        return nothing_here(request)


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"], "script-src": ["'none'"]})  # type: ignore[arg-type]
def embed(request: HttpRequest, public_id: str) -> HttpResponse:
    """A small frame for other sites: badge, names, and whether it is valid now. No scripts, no cookies."""
    try:
        with opening.page(public_id, None) as page:
            context = page_context(page, report_of(page))
            small = absolute(media.url(page.work.badge_small))
            context |= {"small_badge_url": small, "standing_pill": verdicts.PILLS[Standing(str(context["standing"]))]}
            return cached(render(request, "verification/embed.html", context), own=False)
    except opening.Nothing as error:
        if not often.may_look(request, often.MISSES):
            return often.too_often(request, often.MISSES)
        raise Http404 from error
