"""What every request passes: strict text, the reader's time zone, answers while an engine is away."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from redis.exceptions import RedisError

from issuers import clock
from recipients.api import problems

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger()

_QUERY_LIMIT = 8_000
_UNSAFE = ("\x00",)


def _text_or_refuse(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("not UTF-8") from error
    if any(mark in text for mark in _UNSAFE):
        raise BadRequest("NUL")
    return text


class StrictInput:
    """NUL and broken UTF-8 in the path, and NUL in the query or a form, are a 400 before anything reads them (SECURITY 4 Q).

    A form of more text than any form has is a 413 (SECURITY 4 A15, V22).

    A broken query string merely finds nothing: links get mangled on the way, and the page behind them still works.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > _QUERY_LIMIT:
            return HttpResponse("Request-URI Too Long", status=414, content_type="text/plain")
        try:
            _text_or_refuse(request.path_info.encode("utf-8", "surrogateescape"))
            if b"\x00" in unquote_to_bytes(query):
                raise BadRequest("NUL")
            return self.get_response(request)
        except BadRequest:
            return HttpResponse("Bad Request", status=400, content_type="text/plain")

    def process_view(self, request: HttpRequest, *_args: object) -> HttpResponse | None:
        if request.method != "POST":
            return None
        try:
            unsafe = any("\x00" in v for _, values in request.POST.lists() for v in values)
        except RequestDataTooBig:  # Django would say 400
            return render(request, "413.html", status=413)
        return render(request, "400.html", status=400) if unsafe else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """PostgreSQL or Valkey is restarting or full: say so and when to come back, not 500 (SECURITY R3, R4, R21)."""
        if not isinstance(error, OperationalError | InterfaceError | RedisError):
            return None
        log.warning("database_away", path=request.path, error=type(error).__name__)
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "5"
        return response


class ForPrograms:
    """Below /api/v1/ no cookie is looked at, and what goes wrong before the API is reached is problem details too."""

    _PAGES = ("/api/v1/", "/api/v1/docs")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/v1/") or request.path_info in self._PAGES:
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        if response.status_code < 400 or "json" in response.get("Content-Type", ""):
            return response
        said = problems.unlisted(response.status_code).answer()
        for name in ("Allow", "Retry-After"):
            if name in response:
                said[name] = response[name]
        return said


class ReaderZone:
    """Dates in the reader's zone: the signed-in person's, else the one a cookie names, else UTC."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = getattr(request.user, "time_zone", "") or request.COOKIES.get("zone", "")
        if name in clock.zones():
            with timezone.override(name):
                return self.get_response(request)
        return self.get_response(request)


class WordsForButtons:
    """Somebody who opens the address of a button gets a page that says so, not an empty one: still a 405, still no effect."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            response.status_code != 405
            or request.method != "GET"
            or "text/html" not in request.headers.get("Accept", "")
        ):
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page
