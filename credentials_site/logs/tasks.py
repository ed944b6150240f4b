"""Lines of workers: each bears its task and the number of the request that woke it, and says at the end how it went."""

from __future__ import annotations

import time
from contextlib import suppress
from logging.config import dictConfig
from typing import Any

import structlog
from celery import signals
from django.conf import settings
from redis.exceptions import RedisError

from credentials_site import heartbeat

log = structlog.get_logger()
# A header of our own: messages carry nothing else (issuers.waking).
_HEADER = "laurel_request"
_began: dict[str, float] = {}


@signals.setup_logging.connect
def _same_lines(**_options: Any) -> None:
    """Where this is connected Celery sets up nothing of its own."""
    dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def _take_along(headers: dict[str, Any], **_options: Any) -> None:
    number = structlog.contextvars.get_contextvars().get("request")
    if number:
        headers[_HEADER] = number


@signals.task_prerun.connect
def _begin(task_id: str, task: Any, **_options: Any) -> None:
    structlog.contextvars.clear_contextvars()
    number = task.request.get(_HEADER)
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id, **({"request": number} if number else {}))
    _began[task_id] = time.perf_counter()


@signals.task_postrun.connect
def _end(task_id: str, task: Any = None, state: str | None = None, **_options: Any) -> None:
    seconds = time.perf_counter() - _began.pop(task_id, time.perf_counter())
    log.info("task", state=(state or "").lower(), ms=round(seconds * 1000))
    structlog.contextvars.clear_contextvars()
    if state == "SUCCESS" and getattr(task, "name", "") == heartbeat.SWEEP:
        with suppress(RedisError, OSError):
            heartbeat.beat()
