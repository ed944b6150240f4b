"""Dates of a credential: begun, and not ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from verification.foreign.plain import plain
from verification.report import Check, Result

# Clocks of issuers and verifiers differ a little (SECURITY R7).
LEEWAY = timedelta(minutes=5)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# XML Schema 1.1 dateTimeStamp: without its zone it is no moment.
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def moment(text: Any) -> datetime:
    """A moment with its zone. Raises ValueError."""
    if not isinstance(text, str) or not _STAMP.fullmatch(text):
        raise ValueError(f"“{plain(text, 60)}” is not a moment with its time zone")
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))


def check(begins: Any, ends: Any, now: datetime) -> Check:
    """Of two texts, either of which may be absent (None)."""
    try:
        first = None if begins is None else moment(begins)
        last = None if ends is None else moment(ends)
    except (ValueError, OverflowError) as error:
        return Check("dates", Result.FAILED, "dates_unreadable", {"why": str(error)})
    facts = {"begins": first, "ends": last}
    given = {key: value for key, value in facts.items() if value is not None}
    if first is not None and first > now + LEEWAY:
        return Check("dates", Result.FAILED, "not_yet", given)
    if last is not None and last < now:
        return Check("dates", Result.FAILED, "ended" if first is None else "expired", given)
    return Check("dates", Result.PASSED, _standing(first, last), given)


def _standing(first: datetime | None, last: datetime | None) -> str:
    if first is None:
        return "no_dates" if last is None else "until_end"
    return "no_end" if last is None else "within_dates"


def of_credential(document: Mapping[str, Any], version: int, now: datetime) -> Check:
    """ValidFrom and validUntil; issuanceDate and expirationDate in VC 1.1."""
    first, last = ("issuanceDate", "expirationDate") if version == 1 else ("validFrom", "validUntil")
    if first in document or version == 2:
        return check(document.get(first), document.get(last), now)
    return Check("dates", Result.FAILED, "dates_unreadable", {"why": f"{first} is missing"})
