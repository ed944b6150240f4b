"""The product's side of the sandbox: hand a document over, get an outcome or the reason why there is none.

The server belongs to the process that started it: after a fork the child starts one of its own. It ends with its
process, for it reads the end of the control socket; nothing has to be told.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from verification.foreign.outcome import Outcome, Resource
from verification.sandbox import wire
from verification.sandbox.found import Paper

ROOT = Path(__file__).resolve().parents[2]
KIB, MIB = 1024, 1024 * 1024
MOST_TEXT, MOST_PICTURE, MOST_PDF, MOST_RESOURCE = 256 * KIB, 1536 * KIB, 10 * MIB, MIB
MOST_SECONDS = 3.0
# At once in one process; two more may wait for a place, so that the other threads go on serving pages.
PLACES, QUEUE, PATIENCE = 4, 2, 0.5
_START, _GRACE = 20.0, 1.0
_CODES = {wire.TOO_SLOW: "too_slow", wire.TOO_BIG: "too_big"}


class NotExamined(Exception):
    """There is no outcome. `code`: too_slow, too_big, crashed or busy."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Places:
    """A few seats, and a short queue that nobody joins when it is full."""

    def __init__(self, places: int, queue: int) -> None:
        self._free, self._door = threading.Semaphore(places), threading.Semaphore(places + queue)

    @contextmanager
    def one(self, patience: float) -> Iterator[None]:
        """Sit down, or raise NotExamined("busy")."""
        if not self._door.acquire(blocking=False):
            raise NotExamined("busy")
        try:
            if not self._free.acquire(timeout=max(0.0, patience)):
                raise NotExamined("busy")
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._door.release()


class Sandbox:
    """One server of child processes, started when it is first needed and started again when it is gone."""

    def __init__(self, jobs: str = "verification.sandbox.jobs", *, places: int = PLACES, queue: int = QUEUE) -> None:
        self._jobs, self._seats = jobs, (places, queue)
        self._forget()
        forget = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (call := forget()) and call())
        atexit.register(self.close)

    def _forget(self) -> None:
        """In a forked child: its parent's server is not its own, and holding the socket would keep it alive."""
        if control := getattr(self, "_control", None):
            control.close()
        self._lock, self._places = threading.Lock(), Places(*self._seats)
        self._control: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._ready = False

    def run(self, job: str, options: Mapping[str, Any], parts: Sequence[bytes], within: float = MOST_SECONDS) -> Any:
        """One job in a child of its own; its answer as JSON. Raises NotExamined."""
        with self._places.one(min(PATIENCE, within)):
            self.start(wait=True)
            with _Exchange() as exchange:
                self._hand_over(exchange, within)
                answer, verdict = exchange.talk(wire.Order(job, options, parts), within + _GRACE)
        if verdict is None:
            self.close()  # neither child nor server has kept the time: begin again with a new one
            raise NotExamined("too_slow")
        if verdict != wire.DONE:
            raise NotExamined(_CODES.get(verdict, "crashed"))
        try:
            return wire.understood(answer)
        except ValueError as error:
            raise NotExamined("crashed") from error

    def start(self, *, wait: bool = False) -> None:
        """Have a living server: at once with `wait`, else soon (for a page from which somebody will hand something in)."""
        with self._lock:
            if self._server is None or self._server.poll() is not None:
                self._launch()
            if wait and not self._ready:
                self._ready = self._wait_until_ready()
        if wait and not self._ready:
            self.close()
            raise NotExamined("crashed")

    def _launch(self) -> None:
        self._drop()
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "verification.sandbox.server", self._jobs, str(theirs.fileno())]
            # Nothing of this process's environment: secrets and the database's address stay here.
            environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
            self._server = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._control, self._ready = ours, False

    def _wait_until_ready(self) -> bool:
        assert self._control is not None
        self._control.settimeout(_START)
        with contextlib.suppress(OSError):
            return self._control.recv(1) == b"\n"
        return False

    def _hand_over(self, exchange: _Exchange, seconds: float) -> None:
        """Give the descriptors to the server; one that has died meanwhile is replaced, once."""
        for _again in range(2):
            with self._lock:
                try:
                    assert self._control is not None
                    socket.send_fds(self._control, [wire.ORDER.pack(int(seconds * 1000))], exchange.theirs)
                except (AssertionError, OSError):
                    self._drop()
                else:
                    exchange.give_away()
                    return
            self.start(wait=True)
        raise NotExamined("crashed")

    def close(self) -> None:
        """End the server and whatever it is reading; the next job starts a new one."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._control:
            self._control.close()
        if self._server:
            try:
                self._server.wait(_GRACE)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._control = self._server = None


class _Exchange:
    """The two ends of one job: a channel for order and answer, and a pipe on which the server says how it ended."""

    def __init__(self) -> None:
        self._channel, self._their_channel = socket.socketpair()
        self._verdict, self._their_verdict = os.pipe()

    @property
    def theirs(self) -> list[int]:
        return [self._their_channel.fileno(), self._their_verdict]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.give_away()
        self._channel.close()
        os.close(self._verdict)

    def give_away(self) -> None:
        """Their ends are in the server now; ours of them would hide the end of file."""
        self._their_channel.close()
        if self._their_verdict >= 0:
            os.close(self._their_verdict)
            self._their_verdict = -1

    def talk(self, order: wire.Order, seconds: float) -> tuple[bytes, bytes | None]:
        """The answer, and how the child ended (None: nobody has said so in time)."""
        end, answer = time.monotonic() + seconds, bytearray()
        # A child that has been ended reads no further and writes no more: its verdict says why.
        with contextlib.suppress(OSError):
            for piece in order.packed():
                self._channel.settimeout(max(0.01, end - time.monotonic()))
                self._channel.sendall(piece)
            while len(answer) <= wire.MOST_ANSWER:
                self._channel.settimeout(max(0.01, end - time.monotonic()))
                if not (piece := self._channel.recv(256 * KIB)):
                    break
                answer += piece
        self._channel.close()
        ready, _, _ = select.select([self._verdict], [], [], max(0.01, end - time.monotonic()))
        return bytes(answer), (os.read(self._verdict, 1) or wire.CRASHED) if ready else None


# The server of this process.
SANDBOX = Sandbox()


def examine(
    content: bytes, resources: Mapping[str, Resource], now: datetime, address: str = "", *, within: float = MOST_SECONDS
) -> Outcome:
    """`judging.examine` in the sandbox. Raises NotExamined."""
    _refuse_large(content, resources)
    listed = [[url, found.media_type, found.problem] for url, found in resources.items()]
    options = {"now": now.isoformat(), "address": address, "resources": listed}
    found = SANDBOX.run("examine", options, [content, *(item.body for item in resources.values())], within)
    try:
        return Outcome.from_json(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotExamined("crashed") from error


def attached(pdf: bytes, *, within: float = MOST_SECONDS) -> tuple[str, str]:
    """The text attached to a PDF, and '' or the code of why there is none (`papers.NotReadable`). Raises NotExamined."""
    found = _about_pdf("attached", {}, pdf, within=within)
    return _text(found, "text"), _text(found, "problem")


def mentioned(pdf: bytes, *, within: float = MOST_SECONDS) -> list[str]:
    """Ids of credentials that a PDF names. Raises NotExamined."""
    found = _about_pdf("mentioned", {}, pdf, within=within)
    return [item for item in found.get("ids") or [] if isinstance(item, str)]


def compare(pdf: bytes, reference: bytes | None, signed: Sequence[str], *, within: float = MOST_SECONDS) -> Paper:
    """A PDF beside the one that was issued, or beside signed values alone. Raises NotExamined."""
    others = [reference] if reference is not None else []
    found = _about_pdf("compare", {"signed": list(signed)}, pdf, *others, within=within)
    try:
        return Paper.from_json(found)
    except (KeyError, TypeError, ValueError) as error:
        raise NotExamined("crashed") from error


def _about_pdf(job: str, options: Mapping[str, Any], *pdfs: bytes, within: float) -> dict[str, Any]:
    if any(len(pdf) > MOST_PDF for pdf in pdfs):
        raise NotExamined("too_big")
    found = SANDBOX.run(job, options, pdfs, within)
    if not isinstance(found, dict):
        raise NotExamined("crashed")
    return found


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        raise NotExamined("crashed")
    return value


def _refuse_large(content: bytes, resources: Mapping[str, Resource]) -> None:
    picture = content.startswith(b"\x89PNG") or content.lstrip()[:1] == b"<"
    if len(content) > (MOST_PICTURE if picture else MOST_TEXT):
        raise NotExamined("too_big")
    if any(len(found.body) > MOST_RESOURCE for found in resources.values()):
        raise NotExamined("too_big")
