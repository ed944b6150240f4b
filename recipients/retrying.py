"""When something that another system did not take is sent again: soon at first, then ever later, for up to three days."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# After each try that failed. Together 71 hours and a half: with the last of them a receiver has had three days to come back.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=18),
    timedelta(hours=22),
)
TRIES = len(PAUSES) + 1
LONGEST = timedelta(hours=72)
# Up to a fifth is taken off, so that what failed together does not come back together.
JITTER = 0.2
# Who asks for more patience than this is not waited for.
MOST_PATIENCE = timedelta(hours=6)
_SECONDS = re.compile(r"[0-9]{1,9}")


def pause(tries: int, dice: float, patience: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many tries, or None where there are none left.

    `dice` is a number from 0 to 1. `patience` is what the receiver asked for: it makes a pause longer, never shorter.
    """
    if tries >= TRIES:
        return None
    planned = PAUSES[max(tries, 1) - 1] * (1 - JITTER * dice)
    return max(planned, min(patience, MOST_PATIENCE)) if patience else planned


def patience(retry_after: str, now: datetime) -> timedelta | None:
    """What `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3). None where it says neither, or a past one."""
    text = retry_after.strip()
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text)) or None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment - now if moment > now else None
