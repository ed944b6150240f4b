"""Pages of long lists by the row they begin after, so that page 20,000 is as fast as page 1 and nothing is shown twice.

Every look at a list has a few seconds: a search that no index serves ends then, and the page says so (decision 0033).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from issuers.access import StaffRequest
from recipients import exporting

SIZE = 50
# Nobody needs to know whether a list has a million rows or two; counting them costs as much as all its pages.
MOST_COUNTED = 10_000
PATIENCE_MS = 3_000
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Total:
    """How many there are, counted up to a bound: `10,000+`."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.more else ''}"

    def __bool__(self) -> bool:
        return self.number > 0


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and the addresses of the pages beside, or "". `too_long`: the rows were not found in time."""

    rows: list[Any]
    newer: str
    older: str
    too_long: bool = False

    @property
    def least(self) -> Total:
        """What is known of the number of all without counting."""
        return Total(len(self.rows), bool(self.newer or self.older or self.too_long))


def page(request: HttpRequest, rows: QuerySet[Any], size: int = SIZE) -> Page:
    """The page that `?before=id` or `?after=id` asks for; the newest one for anything else, `?page=7` of old links too."""
    before, after = _number(request, "before"), _number(request, "after")
    found = in_time(lambda: _rows(rows, before, after, size + 1))
    if found is None:
        return Page([], "", "", too_long=True)
    more, shown = len(found) > size, found[:size]
    if after:
        return _made(request, shown[::-1], newer=more, older=True)
    return _made(request, shown, newer=bool(before), older=more)


def _rows(rows: QuerySet[Any], before: int, after: int, most: int) -> list[Any]:
    if after:
        return list(rows.filter(pk__gt=after).order_by("pk")[:most])
    return list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[:most])


def counted(rows: QuerySet[Any], shown: Page | None = None, most: int = MOST_COUNTED) -> Total:
    """How many rows, up to `most`; what the page knows by itself where all are on it, or where counting takes too long."""
    if shown is not None and (shown.too_long or not shown.least.more):
        return shown.least
    found = in_time(rows.order_by().values("pk")[: most + 1].count)
    if found is None:
        return shown.least if shown is not None else Total(0, more=True)
    return Total(min(found, most), found > most)


def in_time(work: Callable[[], Answer], patience: int = PATIENCE_MS) -> Answer | None:
    """What the database answers within so many milliseconds, or None."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{patience}ms"])
            answer = work()
            cursor.execute("RESET statement_timeout")  # SET LOCAL outlives a savepoint that is released
            return answer
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise


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
    for other in ("before", "after", "page"):
        query.pop(other, None)
    query[key] = str(value)
    return f"?{query.urlencode()}"


def too_many(request: StaffRequest, page: str) -> HttpResponse:
    """Instead of a file: back to the list, which says what to do."""
    said = _("A file holds %(most)s rows at most, and these are more. Narrow the search, and take them in parts.")
    messages.warning(request, said % {"most": f"{exporting.MOST:,}"})
    return redirect(f"{reverse(page, args=[request.issuer.slug])}?{request.GET.urlencode()}")
