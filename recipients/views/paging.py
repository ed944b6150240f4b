"""Pages of long lists by the row they begin after, so that page 200 is as fast as page 1 and nothing is shown twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

SIZE = 50


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and the addresses of the pages beside; '' where there is none."""

    rows: list[Any]
    newer: str
    older: str


def page(request: HttpRequest, rows: QuerySet[Any], size: int = SIZE) -> Page:
    """The page that `?before=id` or `?after=id` asks for; the newest one for anything else."""
    before, after = _number(request, "before"), _number(request, "after")
    if after:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        more_newer, found = len(found) > size, found[:size][::-1]
        return _made(request, found, newer=more_newer, older=True)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    return _made(request, found[:size], newer=bool(before), older=len(found) > size)


def _number(request: HttpRequest, key: str) -> int:
    text = request.GET.get(key, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _made(request: HttpRequest, rows: list[Any], *, newer: bool, older: bool) -> Page:
    if not rows:
        return Page([], "", "")
    return Page(
        rows,
        _with(request, "after", rows[0].pk) if newer else "",
        _with(request, "before", rows[-1].pk) if older else "",
    )


def _with(request: HttpRequest, key: str, value: int) -> str:
    query = request.GET.copy()
    for other in ("before", "after"):
        query.pop(other, None)
    query[key] = str(value)
    return f"?{query.urlencode()}"
