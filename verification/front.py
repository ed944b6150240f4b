"""Ahead of Django: the whole answer of a public page, kept for seconds and shown while its marks are unchanged.

Only what every stranger is shown alike is kept: 200 answers to GET at the site's own host, without a session, a query or an
unknown cookie, that Django itself has called public. Each process keeps its own; `issuers.marks` ends them everywhere at
once. Whatever is unusual, Valkey's absence included, goes to Django as if this module were not there (docs/decisions/0011).
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, parse_cookie
from django.utils.translation import get_language_from_request
from redis.exceptions import RedisError

from issuers import clock, marks
from verification import negotiation

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

SECONDS = 20
MOST_BYTES = 32 * 1024 * 1024
LONGEST_HEADER = 1000
# After a fault of Valkey nothing is asked of it for a moment: no page waits twice.
PAUSE = 1.0
_PATH = re.compile(r"/c/([1-9A-HJ-NP-Za-km-z]{20,24})(|/|\.json|/embed/)", re.ASCII)
# Cookies that the pages read, and no others: whoever brings another one is not a mere reader.
_COOKIES = {"theme", "zone"}
# What answers may depend on: all of it is in `Asked`. An answer that depends on more is not kept.
_VARIES = {"accept", "accept-language", "cookie"}
_NOT_IN_304 = {"content-type", "content-length", "content-language"}


class Asked(NamedTuple):
    """Everything that a public answer depends on, besides the rows."""

    path: str
    public_id: str
    kind: str
    theme: str
    zone: str
    language: str


@dataclass(frozen=True)
class Answer:
    """A complete answer, and the marks that were read before its rows were."""

    marks: str
    until: float
    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + 2048


class Shelf:
    """Answers of this process, the longest unused first to go when there are too many bytes."""

    def __init__(self, most: int) -> None:
        self.most, self.bytes = most, 0
        self._answers: OrderedDict[Asked, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, asked: Asked) -> Answer | None:
        with self._lock:
            answer = self._answers.get(asked)
            if answer is None or answer.until < time.monotonic():
                return None
            self._answers.move_to_end(asked)
            return answer

    def put(self, asked: Asked, answer: Answer) -> None:
        with self._lock:
            before = self._answers.pop(asked, None)
            self.bytes += answer.size - (before.size if before else 0)
            self._answers[asked] = answer
            while self.bytes > self.most:
                _, oldest = self._answers.popitem(last=False)
                self.bytes -= oldest.size


def asked(environ: Environ) -> Asked | None:
    """What is asked for, if it is the plain question of a stranger; None leaves it to Django."""
    found = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    if found is None or not _is_plain(environ):
        return None
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    if not cookies.keys() <= _COOKIES:
        return None
    theme, zone = cookies.get("theme", ""), cookies.get("zone", "")
    return Asked(
        path=found[0],
        public_id=found[1],
        kind=_kind(found[2], environ.get("HTTP_ACCEPT", "")),
        theme=theme if theme in {"light", "dark"} else "",
        zone=zone if zone in clock.zones() else "",
        language=_language(environ.get("HTTP_ACCEPT_LANGUAGE", "")),
    )


def _is_plain(environ: Environ) -> bool:
    site = urlsplit(settings.SITE_URL)
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and not environ.get("QUERY_STRING")
        and not environ.get("SCRIPT_NAME")
        and environ.get("HTTP_HOST") == site.netloc
        and _scheme(environ) == site.scheme
        and "HTTP_AUTHORIZATION" not in environ
        and all(
            len(environ.get(name, "")) <= LONGEST_HEADER
            for name in ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_IF_NONE_MATCH")
        )
    )


def _scheme(environ: Environ) -> str:
    """As Django's `request.scheme`: what a proxy of ours says counts, where there is one."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if name in environ:
            return "https" if environ[name].split(",", 1)[0].strip() == secure else "http"
    return str(environ.get("wsgi.url_scheme"))


def _kind(suffix: str, accept: str) -> str:
    if suffix == ".json":
        return negotiation.of_file(accept)
    return negotiation.PAGE if suffix == "/embed/" else negotiation.preferred(accept)


def _language(accept: str) -> str:
    """One of ours, as the middleware finds it for a reader who has chosen none."""
    if len(settings.LANGUAGES) == 1:
        return settings.LANGUAGE_CODE
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accept
    return get_language_from_request(request)


def _look(question: Asked) -> str:
    """The name under which this counts as a look: whole pages do, files and frames do not."""
    is_page = question.kind == negotiation.PAGE and not question.path.endswith("/embed/")
    return marks.look(question.public_id, clock.now().date().isoformat()) if is_page else ""


class Front:
    """The WSGI application around Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.shelf = Shelf(MOST_BYTES)
        self._closed_until = 0.0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        question = asked(environ)
        if question is None or time.monotonic() < self._closed_until:
            return self.application(environ, start_response)
        kept = self.shelf.get(question)
        try:
            now = marks.read(question.public_id, kept.marks if kept else "", _look(question))
        except RedisError:
            self._closed_until = time.monotonic() + PAUSE
            return self.application(environ, start_response)
        if kept is not None and kept.marks == now:
            return _given(kept, environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            return self.application(environ, start_response)
        return self._made(question, now, environ, start_response)

    def _made(self, question: Asked, now: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Django's answer. The marks were read before its rows: a change in between leaves it with marks of the past."""
        began: dict[str, Any] = {}

        def started(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            began.update(status=status, headers=headers, exc_info=exc_info)

        # Without the reader's own condition: a 304 could not be kept for anybody else.
        whole = {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}
        response = self.application(whole, started)
        try:
            body = b"".join(response)
        finally:
            if hasattr(response, "close"):
                response.close()
        answer = Answer(now, time.monotonic() + SECONDS, began["status"], began["headers"], body)
        if began["exc_info"] is None and is_for_everybody(answer):
            self.shelf.put(question, answer)
            return _given(answer, environ, start_response)
        start_response(began["status"], began["headers"], began["exc_info"])
        return [body]


def is_for_everybody(answer: Answer) -> bool:
    """Whether Django has called it public, gave nobody a cookie, and let it depend on nothing that `Asked` does not hold."""
    headers = {name.lower(): value for name, value in answer.headers}
    varies = {name.strip().lower() for name in headers.get("vary", "").split(",")} - {""}
    return (
        answer.status.startswith("200 ")
        and "public" in {part.strip() for part in headers.get("cache-control", "").split(",")}
        and "set-cookie" not in headers
        and "etag" in headers
        and varies <= _VARIES
    )


def _given(answer: Answer, environ: Environ, start_response: StartResponse) -> list[bytes]:
    """The kept answer; 304 for whoever has it already, no body for HEAD."""
    known = [tag.strip().removeprefix("W/") for tag in environ.get("HTTP_IF_NONE_MATCH", "").split(",")]
    if any(name.lower() == "etag" and value.removeprefix("W/") in known for name, value in answer.headers):
        left = [(name, value) for name, value in answer.headers if name.lower() not in _NOT_IN_304]
        start_response("304 Not Modified", left)
        return []
    start_response(answer.status, list(answer.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
