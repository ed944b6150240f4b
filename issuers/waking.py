"""Telling workers to look. The work stands in rows, so that a lost or unsent message only delays it (sweep finds it).

One message of a kind waits at a time, however often somebody is woken: whoever hears it sees all rows there are. So queues
stay as short as there are kinds of tasks, be it for one row or for fifty thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from celery import current_app, signals
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

log = structlog.get_logger()
# A message that got lost keeps others away for as long.
SILENCE = 30


def wake(*tasks: str, args: Sequence[object] = ()) -> None:
    """Send each named task after the commit. A broker that is away is logged and does not disturb the page.

    `args` are for work that stands in no row, and may be lost with its message.
    """
    for name in tasks:
        transaction.on_commit(partial(_send, name, args), robust=True)


def _send(name: str, args: Sequence[object]) -> None:
    if not args and not _nobody_called(name):
        return
    try:
        current_app.send_task(name, args=args)
    except Exception as error:  # noqa: BLE001 -- whatever libraries of brokers raise
        log.warning("wake_not_sent", task=name, error=f"{type(error).__name__}: {error}"[:300])
        _heard(name)


def _key(name: str) -> str:
    return f"woken:{name}"


def _nobody_called(name: str) -> bool:
    """Whether no such message waits. Where Valkey is away nobody knows, and one too many does no harm."""
    try:
        return cache.add(_key(name), 1, SILENCE)
    except (RedisError, OSError):
        return True


def _heard(name: str) -> None:
    try:
        cache.delete(_key(name))
    except (RedisError, OSError) as error:
        log.warning("wake_not_noted", task=name, error=type(error).__name__)


@signals.task_prerun.connect
def _begins(sender: Any = None, **_told: Any) -> None:
    """Before a task looks at rows: whoever writes one from now on must send another message."""
    _heard(sender.name)
