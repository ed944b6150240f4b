"""Pictures that anybody may see: badges and logos, under names made of their content."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from issuers.media import PUBLIC, MissingFile, fetch

_TYPES = {"png": "image/png", "svg": "image/svg+xml", "jpg": "image/jpeg", "webp": "image/webp"}


@require_safe
@csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "sandbox": [""]})  # type: ignore[arg-type]
def media(request: HttpRequest, key: str) -> HttpResponse:
    """One picture. Whatever else is in the storage is served by its own checked view, never here (SECURITY T12)."""
    media_type = _TYPES.get(key.rpartition(".")[2])
    if media_type is None:
        raise Http404
    try:
        answer = HttpResponse(fetch(f"{PUBLIC}/{key}"), content_type=media_type)
    except MissingFile as missing:
        raise Http404 from missing
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
