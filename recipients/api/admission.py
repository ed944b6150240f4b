"""The door of the API: whose token it is, what it may do, how often; then everything in the institution's scope.

One transaction a call: whatever is refused on the way has written nothing. Cookies are not looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel
from redis.exceptions import RedisError

from issuers import entrusting, limits, strict_json
from issuers.limits import Limit
from issuers.models import ApiToken, Issuer
from issuers.models.audit import through
from issuers.tenancy import scope
from recipients.api import faults, problems
from recipients.api.problems import Problem

log = structlog.get_logger()
View = Callable[..., HttpResponse]
WINDOW = 60
# Of one token, in each minute (SECURITY 6). What is answered again, or awards nobody anew, is no award.
CALLS = Limit("api-calls", most=600, seconds=2 * WINDOW)
AWARDS = Limit("api-awards", most=60, seconds=2 * WINDOW)
# Of one caller without a good token.
REFUSED = Limit("api-refused", most=60, seconds=60)
_AWAY = (OperationalError, InterfaceError, RedisError)
_CHALLENGE = 'Bearer realm="api"'


class ApiRequest(HttpRequest):
    """A request that has passed the door; `said` is its body, understood."""

    issuer: Issuer
    token: ApiToken
    said: Any
    limits: list[tuple[str, str]]


def admitted(view: View) -> View:
    """Guard one address: every refusal is problem details, and nothing else ever comes out."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        request.limits, method = [], request.method
        if method == "HEAD":  # whoever serves us leaves the body out
            request.method = "GET"
        try:
            answer = _within(request, view, args, kwargs)
        except Problem as problem:
            answer = problem.answer()
        request.method = method
        if request.limits:
            answer["RateLimit-Policy"] = ", ".join(policy for policy, _left in request.limits)
            answer["RateLimit"] = ", ".join(left for _policy, left in request.limits)
        return answer

    return guarded


def _within(request: Any, view: View, args: Any, kwargs: Any) -> HttpResponse:
    """The answer of the view; whatever it raises as a Problem, after the transaction is undone."""
    try:
        token = _token(request)
        count(request, CALLS, token)
        entrusting.used(token)
        request.token, request.issuer = token, token.issuer
        # Under the name of a token the last wall before the log would take it out.
        who = {"issuer": token.issuer.slug, "api_client": token.prefix}
        with structlog.contextvars.bound_contextvars(**who), scope(token.issuer), through(token.public_id):
            return _allowed(view(request, *args, **kwargs))
    except Http404 as error:
        raise problems.not_found() from error
    except ValidationError as error:
        raise faults.of_shape(error.errors, getattr(request, "said", {})) from error
    except HttpError as error:
        raise Problem("bad_request") from error
    except _AWAY as error:
        log.warning("api_away", path=request.path, error=type(error).__name__)
        raise Problem("away") from error


def _allowed(answer: HttpResponse) -> HttpResponse:
    if answer.status_code == 405:
        raise Problem("wrong_method", headers={"Allow": answer["Allow"]})
    return answer


def _token(request: HttpRequest) -> ApiToken:
    """Whose call it is. Raises Problem."""
    kind, _space, text = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise _refused(request, "token_missing", _CHALLENGE)
    try:
        token = entrusting.token_of(text.strip())
    except entrusting.NotAdmitted as error:
        raise _refused(request, error.code, f'{_CHALLENGE}, error="invalid_token"') from error
    if token.issuer.closed_at is not None:
        raise Problem("issuer_closed")
    if token.issuer.approved_at is None:
        raise Problem("issuer_not_approved")
    return token


def _refused(request: HttpRequest, kind: str, challenge: str) -> Problem:
    """401; after many of them the caller is told to wait, so that nobody tries tokens out."""
    log.info("api_call_refused", path=request.path, code=kind)
    try:
        waits = not REFUSED.allows(limits.caller(request, settings.TRUSTED_PROXY_COUNT))
    except RedisError:
        waits = False
    if waits:
        return Problem("too_often", headers={"Retry-After": str(REFUSED.seconds)})
    return Problem(kind, headers={"WWW-Authenticate": challenge})


def count(request: Any, limit: Limit, token: ApiToken) -> None:
    """One more of this minute, said in headers (draft-ietf-httpapi-ratelimit-headers). Raises Problem.

    Where nobody counts it goes on: a token is needed anyway, and PostgreSQL holds what was promised.
    """
    now = int(time.time())
    resets = WINDOW - now % WINDOW
    try:
        left = limit.left(f"{token.pk}:{now // WINDOW}")
    except RedisError:
        log.warning("limit_not_counted", limit=limit.name)
        return
    name = limit.name.removeprefix("api-")
    request.limits += [(f'"{name}";q={limit.most};w={WINDOW}', f'"{name}";r={max(left, 0)};t={resets}')]
    if left < 0:
        raise Problem("too_often", headers={"Retry-After": str(resets)})


class Needs:
    """What one operation asks for: a scope of the token, its parameters, whether it has a body.

    Ninja runs it before it reads anything, and writes the security of the operation from it.
    """

    openapi_security_schema = {"type": "http", "scheme": "bearer", "bearerFormat": "laurel_…"}

    def __init__(self, needed: str, *, query: type[BaseModel] | None = None, body: bool = False) -> None:
        self.needed, self.query, self.body = needed, query, body

    def __call__(self, request: Any) -> ApiToken:
        """Raises Problem."""
        if self.needed not in request.token.scopes:
            params = {"scope": self.needed, "scopes": ", ".join(request.token.scopes)}
            raise Problem("scope_missing", params=params)
        self._refuse_parameters(request)
        request.said = _said(request) if self.body else _nothing(request)
        token: ApiToken = request.token
        return token

    def _refuse_parameters(self, request: HttpRequest) -> None:
        known = set(self.query.model_fields) if self.query else set()
        for name, values in request.GET.lists():
            if name not in known:
                raise Problem("unknown_parameter", params={"value": name[:60]})
            if len(values) > 1:
                raise faults.of_parameter(name, "several")


def _nothing(request: HttpRequest) -> dict[str, Any]:
    """An operation without a body takes none, or an empty object. Raises Problem."""
    if request.method == "GET" or _is_empty(request):
        return {}
    said = _said(request)
    if said:
        raise faults.of_shape([{"type": "extra_forbidden", "loc": ("body", "", name)} for name in said], said)
    return said


def _is_empty(request: HttpRequest) -> bool:
    return not request.headers.get("Content-Length", "").strip("0") and "Transfer-Encoding" not in request.headers


def _said(request: HttpRequest) -> dict[str, Any]:
    """The body: one JSON object in UTF-8, of bounded size and depth. Raises Problem."""
    if _is_empty(request):
        raise Problem("body_missing")
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    coded = request.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}
    if request.content_type != "application/json" or charset not in {"utf-8", "utf8"} or coded:
        raise Problem("wrong_media_type", headers={"Accept-Post": "application/json"})
    if request.headers.get("Transfer-Encoding") and not request.headers.get("Content-Length"):
        raise Problem("length_required")
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        content = request.body
    except RequestDataTooBig as error:
        raise Problem("too_large_body", params={"most": f"{most:,}"}) from error
    except UnreadablePostError as error:
        raise Problem("not_json", params={"detail": "it ended before its end"}) from error
    if not content.strip():
        raise Problem("body_missing")
    try:
        said = strict_json.parse(content, most=most)
    except ValueError as error:
        raise Problem("not_json", params={"detail": str(error)[:200]}) from error
    if not isinstance(said, dict):
        raise Problem("not_an_object")
    return said
