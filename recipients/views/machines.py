"""Answers to other programs: problem details (RFC 9457), bodies of bounded size read strictly, limits. No cookie counts here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import RedisError

from issuers import limits, strict_json
from issuers.limits import Limit
from issuers.sealing import NotOpened
from issuers.wording import sentence
from recipients import receiving
from recipients.events.faults import Fault
from recipients.events.signing import NotSigned
from recipients.models import EventKey

log = structlog.get_logger()
# Of one caller; who has a key and uses it rightly is not counted here.
REFUSED = Limit("event-refused", most=60, seconds=60)
# Of one system, with whichever of its keys: calls, and what is told in them.
CALLS = Limit("event-calls", most=600, seconds=60)
TOLD = Limit("event-told", most=20_000, seconds=60)
# Whoever knows the name of a key may send with it; that does not fill its log.
NOTED = Limit("event-forged-noted", most=20, seconds=3600)
_AWAY = (OperationalError, InterfaceError, RedisError, NotOpened)
_NO_STORE = {"Cache-Control": "no-store"}


class Problem(Exception):
    """A call that is refused: its status, why, and every fault with its place."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        faults: Sequence[Fault] = (),
        more: int = 0,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.params = status, code, params
        self.faults, self.more, self.headers = tuple(faults), more, dict(headers or {})

    def answer(self) -> HttpResponse:
        """Problem details."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self._detail(),
        }
        if self.faults:
            errors = [
                {"pointer": fault.pointer, "code": fault.code, "message": sentence(fault.code, **fault.params)}
                for fault in self.faults
            ]
            body |= {"errors": errors, "more_errors": self.more}
        text = json.dumps(body, ensure_ascii=False)
        kind = "application/problem+json; charset=utf-8"
        return HttpResponse(text, status=self.status, content_type=kind, headers={**_NO_STORE, **self.headers})

    def _detail(self) -> str:
        if not self.faults:
            return sentence(self.code, **self.params)
        number = len(self.faults) + self.more
        said = ngettext(
            "%(number)s thing is wrong. Nothing was recorded.",
            "%(number)s things are wrong. Nothing was recorded.",
            number,
        )
        return said % {"number": number}


View = Callable[[HttpRequest], HttpResponse]


def for_machines(*methods: str) -> Callable[[View], View]:
    """These methods alone; every refusal and every engine that is away as problem details."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            if request.method not in methods:
                return Problem(405, "wrong_method", headers={"Allow": ", ".join(methods)}).answer()
            try:
                return view(request)
            except Problem as problem:
                return problem.answer()
            except _AWAY as error:
                log.warning("machine_call_failed", path=request.path, error=type(error).__name__)
                return Problem(503, "away", headers={"Retry-After": "5"}).answer()

        return guarded

    return decorate


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """JSON that nobody keeps."""
    return JsonResponse(body, safe=False, status=status, headers={**_NO_STORE, **(headers or {})})


def content(request: HttpRequest, *, most: int, wrong_type: int = 415) -> bytes:
    """The body: JSON in UTF-8 of bounded size, not read any further than that. Raises Problem."""
    charset = request.content_params.get("charset", "utf-8").lower() if request.content_params else "utf-8"
    coded = request.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}
    if request.content_type != "application/json" or charset not in {"utf-8", "utf8"} or coded:
        raise Problem(wrong_type, "wrong_media_type", headers={"Accept-Post": "application/json"})
    try:
        found = request.read(most + 1)
    except UnreadablePostError as error:
        raise Problem(400, "not_json", detail="it ended before its end") from error
    if len(found) > most:
        raise Problem(413, "too_large_body", most=f"{most:,}")
    return found


def parsed(found: bytes, most: int) -> Any:
    """What the body says. Raises Problem."""
    try:
        return strict_json.parse(found, most=most)
    except ValueError as error:
        raise Problem(400, "not_json", detail=str(error)[:200]) from error


def not_admitted(request: HttpRequest, key: EventKey | None, error: NotSigned, scheme: str) -> Problem:
    """401, noted with the key that was named; after many of them the caller is told to wait."""
    log.info("event_call_refused", path=request.path, code=error.code, key=key and key.key_id)
    if not _counted(REFUSED, limits.caller(request, settings.TRUSTED_PROXY_COUNT)):
        return too_often(REFUSED)
    if key is not None and _counted(NOTED, key.key_id):
        receiving.refused(key, 401, [Fault("", error.code)])
    return Problem(401, error.code, headers={"WWW-Authenticate": scheme})


def admitted(key: EventKey, body: Any) -> None:
    """Count what a system sends with a key that fits. Raises Problem."""
    receiving.used(key)
    number = len(body) if isinstance(body, list) else 1
    for limit, cost in ((CALLS, 1), (TOLD, max(1, min(number, TOLD.most)))):
        if not _counted(limit, f"{key.issuer_id}:{key.origin}", cost):
            receiving.refused(key, 429, [Fault("", "too_often")])
            raise too_often(limit)


def _counted(limit: Limit, key: str, cost: int = 1) -> bool:
    """Whether it is within the limit. Where nobody counts it is: facts must not be lost, and no secret can be guessed."""
    try:
        return limit.allows(key, cost)
    except RedisError:
        log.warning("limit_not_counted", limit=limit.name)
        return True


def noted(key: EventKey, problem: Problem, message_id: str = "") -> Problem:
    """The same refusal, written down where the key's owner sees it."""
    faults = problem.faults or [Fault("", problem.code, problem.params)]
    receiving.refused(key, problem.status, faults, more=problem.more, message_id=message_id)
    return problem


def too_often(limit: Limit) -> Problem:
    """429, and when to come back."""
    return Problem(429, "too_often", headers={"Retry-After": str(limit.seconds)})
