"""A number for each request: it stands in every line that the request causes, workers' lines too, and in the answer.

The number is made ahead of everything, so that answers which Django never sees have one as well, and none is kept with an
answer for the next reader (verification.front).
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from issuers import limits

HEADER = "X-Request-ID"
KEY = "laurel.line"
FRONT = "front"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


@dataclass
class Line:
    """What is known of one request by the time it is answered."""

    id: str
    began: float = field(default_factory=time.perf_counter)
    status: int = 0
    route: str = ""
    issuer: int | None = None
    user: int | None = None
    client: str = ""

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def facts(self) -> dict[str, Any]:
        """For the log: what is known of it."""
        known = {"route": self.route, "issuer": self.issuer, "user": self.user, "client": self.client}
        return {name: value for name, value in known.items() if value}


def begun(environ: Environ) -> Line:
    """The line of a request that begins. Another's number is taken where a proxy of ours stands in front, if it is sane."""
    given = environ.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXY_COUNT else ""
    return Line(given if _SANE.fullmatch(given) else uuid.uuid4().hex)


class Numbered:
    """The WSGI application around all others. `done` is told of every answer (credentials_site.metrics)."""

    def __init__(self, application: Application, done: Callable[[Line], None] | None = None) -> None:
        self.application, self.done = application, done

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        line = environ[KEY] = begun(environ)

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            line.status = int(status[:3])
            return start_response(status, [*headers, (HEADER, line.id)], *rest)

        with structlog.contextvars.bound_contextvars(request=line.id):
            answer = self.application(environ, started)
        line.route = line.route or FRONT
        if self.done is not None:
            self.done(line)
        return answer


class RequestLines:
    """The first of the middleware: who asked for what is noted for the access log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ahead = request.META.get(KEY)
        line: Line = ahead or begun(request.META)
        line.client = limits.client_address(request, settings.TRUSTED_PROXY_COUNT)
        if ahead is not None:
            response = self.get_response(request)
            self._note(line, request)
            return response
        # No `Numbered` around: a test's client, `runserver`.
        with structlog.contextvars.bound_contextvars(request=line.id):
            response = self.get_response(request)
        self._note(line, request)
        response[HEADER] = line.id
        return response

    def _note(self, line: Line, request: HttpRequest) -> None:
        found = request.resolver_match
        line.route = (found.view_name or found._func_path) if found else "none"  # noqa: SLF001 -- a view without a name
        line.issuer = getattr(getattr(request, "issuer", None), "pk", None)
        # Only if somebody has asked who it is: for a line nobody's session is read.
        line.user = getattr(getattr(request, "_cached_user", None), "pk", None)
