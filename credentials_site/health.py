"""For watchers: is the process alive, can it serve, and what does it do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from credentials_site import readiness
from credentials_site.metrics import exposition

_PATHS = {"/healthz", "/readyz", "/metrics"}


class AnyHost:
    """Watchers ask a process by its address, which is no name of the site: these three pages are answered all the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in _PATHS:
            request.META["HTTP_HOST"] = settings.SITE_HOST
        return self.get_response(request)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked: a database that restarts must not kill the web server."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where it can serve (`degraded`: and something else is missing), 503 where not. Sentences are for the operator."""
    parts = readiness.parts()
    ready = all(part.ok for part in parts if part.needed)
    state = ("ready" if all(part.ok for part in parts) else "degraded") if ready else "not ready"
    body: dict[str, Any] = {"state": state} | {part.name: part.ok for part in parts}
    if _has_token(request):
        body["faults"] = {part.name: part.fault for part in parts if part.fault}
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus's text. Where METRICS_TOKEN is not set there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _has_token(request):
        return HttpResponse(
            "A bearer token is wanted.", status=401, headers={"WWW-Authenticate": "Bearer"}, content_type="text/plain"
        )
    return HttpResponse(exposition.text(), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    known = settings.METRICS_TOKEN
    return bool(known) and scheme.lower() == "bearer" and constant_time_compare(given.strip(), known)
