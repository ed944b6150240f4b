"""Who may ask, and what a request must be: a token, JSON of bounded size, one object. Off, every address answers 404."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from badges.openbadges import validate
from verification.vc_api import checking
from verification.vc_api.problems import Problem, malformed

Body = Mapping[str, Any]
_MEDIA_TYPES = {"application/json", "application/ld+json", "application/vc", "application/vc+ld+json"}


def is_on() -> bool:
    """Whether the operator has turned the profile on."""
    return bool(settings.VC_API_TOKENS) or settings.VC_API_WITHOUT_TOKEN


def for_machines(view: Callable[[HttpRequest, Body], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A POST of one JSON object by somebody with a token. No cookie counts here, so that no CSRF token is needed."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not is_on():
            raise Http404
        if request.method != "POST":
            return _refusal(405, "only POST", {"Allow": "POST"})
        if not _may_ask(request):
            return _refusal(401, "a token of this service is needed", {"WWW-Authenticate": 'Bearer realm="vc-api"'})
        if request.content_type not in _MEDIA_TYPES:
            return _refusal(415, f"one of {', '.join(sorted(_MEDIA_TYPES))}", {"Accept-Post": "application/json"})
        content = _content(request)
        if content is None:
            return _refusal(413, f"at most {validate.MOST_BYTES} bytes", {})
        try:
            body = read(content)
        except Problem as problem:
            return JsonResponse({"errors": [problem.json()]}, status=400)
        return view(request, body)

    return guarded


def _refusal(status: int, detail: str, headers: Mapping[str, str]) -> JsonResponse:
    problem = {"type": "about:blank", "status": status, "detail": detail}
    return JsonResponse(
        {"errors": [problem]}, status=status, headers=dict(headers), content_type="application/problem+json"
    )


def _may_ask(request: HttpRequest) -> bool:
    """Compared with every token and in constant time, so that neither which nor how much of one fits can be timed."""
    if settings.VC_API_WITHOUT_TOKEN:
        return True
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    fits = [hmac.compare_digest(given.strip().encode(), token.encode()) for token in settings.VC_API_TOKENS]
    return scheme.lower() == "bearer" and any(fits)


def _content(request: HttpRequest) -> bytes | None:
    """The body, or None if it is more than a document may be: it is not read to its end then."""
    content = request.read(validate.MOST_BYTES + 1)
    return None if len(content) > validate.MOST_BYTES else content


def read(content: bytes) -> Body:
    """One JSON object, read strictly, of bounded depth and breadth. Raises Problem."""
    try:
        body = validate.parse_strict(content)
    except ValueError as error:
        raise Problem("PARSING_ERROR", str(error)) from error
    checking.bounded(body)
    return body


def object_in(body: Body, name: str, *, optional: bool = False) -> Mapping[str, Any]:
    """A member of the body that must be an object. Raises Problem."""
    value = body.get(name)
    if value is None and optional:
        return {}
    if not isinstance(value, Mapping):
        raise malformed(f"/{name}", "must be an object")
    return value
