"""The API as one: its operations behind the door, and an answer for every other address below /api/v1/."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.parser import Parser

from recipients.api import achievements, awards, credentials, persons
from recipients.api.admission import admitted
from recipients.api.problems import not_found

PREFIX = "api/v1"


class _Understood(Parser):
    """The body as the door has read it."""

    def parse_body(self, request: HttpRequest) -> Any:
        return request.said  # type: ignore[attr-defined]


api = NinjaAPI(
    title="Laurel",
    version="1",
    openapi_url=None,
    docs_url=None,
    urls_namespace="laurel-api",
    parser=_Understood(),
)
for part in (achievements, awards, credentials, persons):
    api.add_router("", part.router)


@api.exception_handler(Exception)
def _pass_on(request: HttpRequest, error: Any) -> HttpResponse:
    """Ninja would answer here, inside the transaction, which would then be kept: the door answers, after it is undone."""
    raise error


for _error in list(api._exception_handlers):  # noqa: SLF001 -- ninja has no other way to unset its own
    api.add_exception_handler(_error, _pass_on)


@csrf_exempt
def elsewhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """No address of the API."""
    return not_found().answer()


def operations() -> list[URLPattern]:
    """Ninja's addresses, each behind the door."""
    return [
        path(f"{PREFIX}/{pattern.pattern}", admitted(pattern.callback), name=pattern.name)
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
