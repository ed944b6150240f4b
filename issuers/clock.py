"""The one clock that stages read. Only the demo's seed and the tests may set it."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache

from django.db import connection
from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The time, in UTC."""
    return _set_to.get() or timezone.now()


def database_now() -> datetime:
    """The database's time (one clock for all machines): what `validFrom` is made of."""
    if moment := _set_to.get():
        return moment
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Run stages as if it were `moment`."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)


@cache
def zones() -> frozenset[str]:
    """Names of all time zones. Looking for them reads hundreds of files (25 ms), so it is done once."""
    return frozenset(zoneinfo.available_timezones())
