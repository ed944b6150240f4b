"""Formats for machines: DID documents and status lists. Readable from everywhere, cacheable, with an ETag."""

from __future__ import annotations

import hashlib
import json

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from issuers import keys
from issuers.models import Issuer, StatusList
from issuers.tenancy import across_issuers
from verification import listing


def etag(content: bytes) -> str:
    """The name of exactly these bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def machine_response(request: HttpRequest, body: str, media_type: str, max_age: int) -> HttpResponse:
    """Text for machines, verbatim: open to every origin, cacheable, answered with 304 where the reader has it."""
    tag = etag(body.encode())
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "")[:2000].split(",")]
    response: HttpResponse = HttpResponseNotModified() if tag in known else HttpResponse(body, content_type=media_type)
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={max_age}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def did(request: HttpRequest, slug: str) -> HttpResponse:
    """The issuer's DID document with every published key, retired ones too."""
    issuer = get_object_or_404(Issuer, slug=slug)
    with across_issuers("a public DID document"):
        body = json.dumps(keys.document(issuer), ensure_ascii=False, indent=1)
    return machine_response(request, body, "application/did+json", 300)


@require_safe
def status_list(request: HttpRequest, slug: str, purpose: str, number: int) -> HttpResponse:
    """One signed Bitstring Status List."""
    if number > 10**6:
        raise Http404
    with across_issuers("a public status list"):
        found = StatusList.objects.select_related("issuer").filter(issuer__slug=slug, purpose=purpose, number=number)
        published = listing.signed_list(get_object_or_404(found))
    return machine_response(request, published.signed, "application/vc", int(listing.TTL.total_seconds()))
