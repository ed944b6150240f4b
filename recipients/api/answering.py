"""What the API says, as bytes: JSON of a shape, with the tag of what it is."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from recipients.api.problems import Problem

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def json_answer(text: str, status: int = 200, **headers: str) -> HttpResponse:
    """A body that is JSON already."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(text, status=status, content_type="application/json", headers={**_HEADERS, **named})


def said(shape: BaseModel, status: int = 200, **headers: str) -> HttpResponse:
    """The shape as JSON."""
    return json_answer(shape.model_dump_json(), status, **headers)


def tag(shape: BaseModel) -> str:
    """The ETag of what is shown: it changes when anything of it does."""
    return f'"{hashlib.sha256(shape.model_dump_json().encode()).hexdigest()[:32]}"'


def _named(header: str) -> set[str]:
    return {part.strip() for part in header.split(",") if part.strip()}


def refuse_if_changed(request: HttpRequest, shape: BaseModel) -> None:
    """412 where If-Match names something else than what is here now. Raises Problem."""
    wanted = _named(request.headers.get("If-Match", ""))
    if wanted and "*" not in wanted and tag(shape) not in wanted:
        raise Problem("changed_meanwhile", headers={"ETag": tag(shape)})


def tagged(request: HttpRequest, shape: BaseModel) -> HttpResponse:
    """The shape with its ETag, or 304 for whoever has it."""
    mine = tag(shape)
    if request.method in {"GET", "HEAD"}:
        known = {one.removeprefix("W/") for one in _named(request.headers.get("If-None-Match", ""))}
        if mine in known or "*" in known:
            return HttpResponse(status=304, headers={"ETag": mine, "Cache-Control": "no-store"})
    return said(shape, ETag=mine)
