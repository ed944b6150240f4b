"""When a worker swept for the last time: without it nothing that was forgotten is found again."""

from __future__ import annotations

import time

from django.core.cache import cache
from redis.exceptions import RedisError

SWEEP = "recipients.tasks.sweep"
_KEY = "heartbeat:sweep"
_KEPT = 7 * 24 * 3600


def beat() -> None:
    """A sweep is done."""
    cache.set(_KEY, time.time(), _KEPT)


def age() -> float | None:
    """Seconds since then; None where nobody ever swept, or nobody can be asked."""
    try:
        last = cache.get(_KEY)
    except (RedisError, OSError):
        return None
    return None if last is None else max(0.0, time.time() - float(last))
