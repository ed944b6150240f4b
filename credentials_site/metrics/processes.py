"""What web processes count: requests and how long they took, by the name of their route and never by path.

Each process counts in files of its own, which prometheus-client adds up at a scrape. Ours are named after a *seat* rather
than a process: gunicorn ends its workers after 2,000 requests, and files of every process that ever was would fill the disk.
A seat is a file lock, which the kernel gives back also after `kill -9`; whoever takes the seat goes on counting there.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import IO, Any

import prometheus_client.values
import structlog
from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from credentials_site.logs.requests import Line

log = structlog.get_logger()
SEATS = 256
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Room for every route there is, on the disk from the beginning: to write into a mapped file that cannot grow is a SIGBUS.
_BYTES = {"counter": 512 * 1024, "histogram": 2 * 1024 * 1024}
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def folder() -> Path:
    """Where the files of this machine's processes lie; nobody else's."""
    chosen = os.environ.get(_FOLDER)
    mark = sha256(f"{settings.SITE_URL} {settings.ROOT}".encode()).hexdigest()[:10]
    path = Path(chosen or Path(tempfile.gettempdir()) / f"laurel-metrics-{os.geteuid()}-{mark}")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
        raise OSError(f"{path} belongs to somebody else")
    return path


class _Seat:
    """The number of this process among those that live, and its files made ready."""

    def __init__(self) -> None:
        self._process, self._number, self._lock = 0, 0, Lock()
        self._held: IO[bytes] | None = None

    def __call__(self) -> int:
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._number, self._process = self._sit_down(), os.getpid()
        return self._number

    def _sit_down(self) -> int:
        for number in range(SEATS):
            lock = (folder() / f"seat-{number}").open("wb")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            for kind, size in _BYTES.items():
                self._make(folder() / f"{kind}_{number}.db", size)
            self._held = lock
            return number
        raise OSError(f"{SEATS} processes count already")

    def _make(self, path: Path, size: int) -> None:
        with path.open("ab") as file:
            if file.tell() == 0:
                os.posix_fallocate(file.fileno(), 0, size)


@dataclass(frozen=True)
class Counted:
    """What is counted, in this process's files."""

    requests: Counter
    seconds: Histogram


@cache
def _counted() -> Counted:
    os.environ[_FOLDER] = str(folder())
    # For good: what is counted of a route is made when the first request for it is answered.
    prometheus_client.values.ValueClass = prometheus_client.values.MultiProcessValue(_Seat())
    registry = CollectorRegistry()  # of nobody: it is the files that are read
    return Counted(
        Counter("laurel_requests", "Requests answered.", ["route", "status"], registry=registry),
        Histogram("laurel_request_seconds", "How long they took.", ["route"], registry=registry, buckets=BUCKETS),
    )


_off: set[int] = set()


def count(line: Line) -> None:
    """One answered request. What cannot be counted is said once and disturbs nobody."""
    if not settings.METRICS_TOKEN or os.getpid() in _off:
        return
    try:
        counted = _counted()
        counted.requests.labels(line.route, str(line.status)).inc()
        counted.seconds.labels(line.route).observe(line.seconds)
    except (OSError, ValueError) as error:
        _off.add(os.getpid())
        log.warning("requests_not_counted", error=str(error))


def collected() -> list[Any]:
    """The sums over all processes of this machine, as metrics of prometheus-client."""
    try:
        return list(MultiProcessCollector(None, path=str(folder())).collect())
    except (OSError, ValueError, RuntimeError) as error:
        log.warning("requests_not_read", error=str(error))
        return []
