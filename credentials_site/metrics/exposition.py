"""Everything as Prometheus reads it, asked at most every five seconds however often somebody scrapes."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from redis import Redis
from redis.exceptions import RedisError

from credentials_site import heartbeat
from credentials_site.metrics import processes, rows
from credentials_site.version import VERSION
from issuers import media

SECONDS = 5.0
_UNACKED = "unacked"
_lock = Lock()
_kept: tuple[float, bytes] = (0.0, b"")


class Laurel:
    """What is asked anew at a scrape."""

    def collect(self) -> Iterator[Metric]:
        began = time.perf_counter()
        yield InfoMetricFamily(
            "laurel_build", "Which Laurel this is.", {"version": VERSION, "python": platform.python_version()}
        )
        found = rows.look()
        yield from _work(found)
        yield from _numbers(found)
        yield from _queues()
        yield from _machine()
        yield from processes.collected()
        missing = GaugeMetricFamily(
            "laurel_figures_missing", "What could not be asked at this scrape.", labels=["figure"]
        )
        for name in found.missing:
            missing.add_metric([name], 1)
        yield missing
        yield GaugeMetricFamily("laurel_scrape_seconds", "How long asking took.", time.perf_counter() - began)


def _work(found: rows.Found) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("laurel_waiting_rows", "Rows that wait for a step, up to 2,000.", labels=["step"])
    leased = GaugeMetricFamily("laurel_leased_rows", "Of these, rows that a worker has now.", labels=["step"])
    oldest = GaugeMetricFamily(
        "laurel_oldest_waiting_seconds", "How long the oldest of these has waited.", labels=["step"]
    )
    failed = GaugeMetricFamily("laurel_failed_rows", "Rows set aside for a person, up to 2,000.", labels=["step"])
    for step, one in found.waiting.items():
        waiting.add_metric([step], one.rows)
        leased.add_metric([step], one.leased)
        oldest.add_metric([step], one.oldest)
    for step, count in found.failed.items():
        failed.add_metric([step], count)
    yield from (waiting, leased, oldest, failed)


def _numbers(found: rows.Found) -> Iterator[Metric]:
    mails = GaugeMetricFamily(
        "laurel_mails_last_hour", "Mails written in the last hour (the newest 5,000).", labels=["state"]
    )
    for state, number in found.mails.items():
        mails.add_metric([state], number)
    growth = GaugeMetricFamily(
        "laurel_rows", "Rows of the tables that grow, as the planner estimates.", labels=["table"]
    )
    for table, estimate in found.growth.items():
        growth.add_metric([table], estimate)
    yield from (mails, growth)
    if found.awards is not None:
        yield GaugeMetricFamily(
            "laurel_awards_in_progress", "Batches that are not all signed and printed.", found.awards
        )


def _queues() -> Iterator[Metric]:
    """Messages on the broker. They only wake workers: a long queue with few waiting rows is no loss and no work."""
    age = heartbeat.age()
    if age is not None:
        yield GaugeMetricFamily("laurel_sweep_age_seconds", "Seconds since a worker last swept.", age)
    queues = GaugeMetricFamily("laurel_queue_messages", "Messages that wait on the broker.", labels=["queue"])
    try:
        lengths = _lengths()
    except (RedisError, OSError, ValueError):
        yield GaugeMetricFamily("laurel_broker_up", "Whether the broker answers.", 0)
        return
    for name, length in lengths.items():
        queues.add_metric([name], length)
    yield GaugeMetricFamily("laurel_broker_up", "Whether the broker answers.", 1)
    yield queues


def _lengths() -> dict[str, int]:
    routes = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    names = sorted(routes | {settings.CELERY_TASK_DEFAULT_QUEUE})
    address = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://")
    broker = Redis.from_url(address, socket_timeout=2, socket_connect_timeout=2)
    try:
        with broker.pipeline(transaction=False) as together:
            for name in names:
                together.llen(name)
            together.hlen(_UNACKED)
            return dict(zip([*names, _UNACKED], together.execute(), strict=True))
    finally:
        broker.close()


def _machine() -> Iterator[Metric]:
    sandboxes = _sandboxes()
    if sandboxes is not None:
        yield GaugeMetricFamily("laurel_sandbox_servers", "Sandboxes that live beside web processes here.", sandboxes)
    free = media.free_bytes()
    if free is not None:
        yield GaugeMetricFamily("laurel_media_free_bytes", "Free space where the media files lie.", free)


def _sandboxes() -> int | None:
    """Servers of sandboxes of this user (each leads a session of its own); None where there is no /proc."""
    if not Path("/proc/self/cmdline").exists():
        return None
    return sum(_is_sandbox(Path("/proc") / name) for name in os.listdir("/proc") if name.isdecimal())  # noqa: PTH208


def _is_sandbox(process: Path) -> bool:
    try:
        named = b"verification.sandbox.server" in (process / "cmdline").read_bytes()
        return named and process.stat().st_uid == os.geteuid() and os.getsid(int(process.name)) == int(process.name)
    except OSError:  # it has ended meanwhile
        return False


def text() -> bytes:
    """The exposition. Who asks within five seconds gets the same."""
    global _kept  # noqa: PLW0603 -- one a process
    with _lock:
        made, kept = _kept
        if kept and time.monotonic() - made < SECONDS:
            return kept
        registry = CollectorRegistry()
        registry.register(Laurel())  # type: ignore[arg-type]
        _kept = (time.monotonic(), generate_latest(registry))
        return _kept[1]
