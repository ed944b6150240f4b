"""xsd:dateTimeStamp (XML Schema 1.1 part 2, section 3.4.28) as the data models write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_STAMP = re.compile(
    r"(?P<day>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))T"
    r"(?:(?P<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(?P<part>\d+))?|(?P<midnight>24:00:00(?:\.0+)?))"
    r"(?P<zone>Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?",
    re.ASCII,
)


def moment(value: Any, *, zone_may_lack: bool = False) -> datetime:
    """The moment; a proof's without a zone is in UTC (Data Integrity 1.0 section 2.1). Raises ValueError."""
    found = _STAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found["zone"] is None and not zone_may_lack):
        raise ValueError(f"{str(value)[:60]!r} is no dateTimeStamp")
    zone = found["zone"] or "Z"
    if found["midnight"]:
        return datetime.fromisoformat(f"{found['day']}T00:00:00{zone}").astimezone(UTC) + timedelta(days=1)
    part = (found["part"] or "")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{found['day']}T{found['time']}.{part}{zone}").astimezone(UTC)
    except OverflowError as error:  # the first or last hours that a calendar has
        raise ValueError(f"{value} is outside the calendar") from error
