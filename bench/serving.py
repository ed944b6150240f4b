"""Engines for a bench of its own process, or a real server on them and a client that asks it a fixed number of times."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Measured, less_is_better
from credentials_site import embedded

ROOT = Path(__file__).resolve().parents[1]
WORKERS, THREADS = 2, 4
CLIENTS = 4
# Seconds. A busy machine may take long to start a server; nothing is measured meanwhile.
PATIENCE = 180
QUIET = ("--log-level", "error", "--no-control-socket")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Rate:
    """What one run found: requests per second, and the server's CPU milliseconds of one request."""

    per_second: float
    cpu_ms: float


@dataclass(frozen=True)
class Site:
    """A running server and the public ids that it has."""

    port: int
    pid: int
    ids: Sequence[str]

    def run(self, requests: Sequence[bytes]) -> Rate:
        """Ask all of them, over a few connections, each as soon as the one before it is answered."""
        shares = [requests[start::CLIENTS] for start in range(CLIENTS)]
        cpu, began = self._cpu(), time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(self._ask, shares))
        took = time.perf_counter() - began
        return Rate(len(requests) / took, (self._cpu() - cpu) * 1000 / len(requests))

    def _ask(self, requests: Sequence[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            for request in requests:
                connection.sendall(request)
                _answer(connection)

    def request(self, path: str, cookie: str = "", accept: str = "text/html") -> bytes:
        lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{self.port}", f"Accept: {accept}"]
        lines += [f"Cookie: {cookie}"] if cookie else []
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _cpu(self) -> float:
        """Seconds of CPU, user and system, of the server's processes."""
        return sum(_seconds(pid) for pid in [self.pid, *_children(self.pid)])


def child(module: str, **more: str) -> Iterator[Measured]:
    """What `python -m module` measures on engines of its own: each line that it prints is a result as JSON, less is better."""
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder:
        engines = embedded.start(Path(folder) / "engines", ephemeral=True)
        environment = {
            **os.environ,
            **engines.environment(),
            "DJANGO_SETTINGS_MODULE": "credentials_site.settings.test",
            "STORAGE_URL": f"file://{folder}/media",
            **more,
        }
        try:
            yield from _measured(module, environment)
        finally:
            engines.stop()


def _measured(module: str, environment: dict[str, str]) -> Iterator[Measured]:
    with subprocess.Popen(
        [sys.executable, "-m", module], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            found = json.loads(line)
            yield less_is_better(found["name"], found["ours"], found["baseline"])
    if process.returncode:
        raise RuntimeError(f"{module} ended with {process.returncode}")


def _answer(connection: socket.socket) -> None:
    """Read one answer to its end; anything but 200 ends the bench."""
    data = connection.recv(65_536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += connection.recv(65_536)
    head = data[:end].lower()
    if not head.startswith(b"http/1.1 200 "):
        raise RuntimeError(data[:400].decode(errors="replace"))
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    left = end + 4 + length - len(data)
    while left > 0:
        left -= len(connection.recv(65_536))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def site(folder: Path, credentials: int) -> Iterator[Site]:
    """Engines, credentials, and gunicorn as in the Dockerfile; all of it ends with the block."""
    engines = embedded.start(folder / "engines", ephemeral=True)
    port = _free_port()
    environment = {
        **os.environ,
        **engines.environment(),
        "DJANGO_SETTINGS_MODULE": "bench.served.settings",
        "SITE_URL": f"http://localhost:{port}",
        "SECRET_KEY": "only-for-the-bench-only-for-the-bench-only-for-the-bench",
        "KEY_ENCRYPTION_KEYS": "bench:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "STATIC_ROOT": str(folder / "static"),
        "STORAGE_URL": f"file://{folder}/media",
        "LOG_FORMAT": "console",
    }
    try:
        seeded = subprocess.run(
            [sys.executable, "-m", "bench.served.seed", str(credentials)],
            env=environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        with _server(port, environment) as pid:
            yield Site(port, pid, seeded.stdout.split())
    finally:
        engines.stop()


@contextmanager
def _server(port: int, environment: dict[str, str]) -> Iterator[int]:
    options = f"-b 127.0.0.1:{port} -k gthread --workers {WORKERS} --threads {THREADS} --timeout {PATIENCE}"
    command = [sys.executable, "-m", "gunicorn", "credentials_site.wsgi", *options.split(), *QUIET]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        _wait_for(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    """The socket takes connections before any worker has begun: wait for an answer."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=PATIENCE):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
