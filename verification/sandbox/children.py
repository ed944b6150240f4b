"""Servers and children as the product sees them: a child for a document, asked over a channel, ended in time.

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
from pathlib import Path
from typing import Any, Self

from verification.sandbox import wire

ROOT = Path(__file__).resolve().parents[2]
_PIECE = 256 * 1024
MOST_SECONDS = 3.0
# At once in one process; two more may wait for a place, so that the other threads go on serving pages.
PLACES, QUEUE, PATIENCE = 4, 2, 0.5
_START, _GRACE = 20.0, 1.0
# glibc: memory in large pages, whose tables are short to copy. A fork costs half as much.
_LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1", "PYTHONMALLOC": "malloc"}
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

    @contextmanager
    def child(self, within: float = MOST_SECONDS) -> Iterator[Child]:
        """A child for one document, for so many seconds. Raises NotExamined, here and wherever it is asked."""
        with self._places.one(min(PATIENCE, within)):
            self.start(wait=True)
            with Child(within) as child:
                self._hand_over(child, within)
                try:
                    yield child
                except Lost as error:  # nobody has kept the time: begin again with a new server
                    self.close()
                    raise NotExamined("too_slow") from error

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
            environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **_LARGE_PAGES}
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

    def _hand_over(self, child: Child, seconds: float) -> None:
        """Give the descriptors to the server; one that has died meanwhile is replaced, once."""
        for _again in range(2):
            with self._lock:
                try:
                    assert self._control is not None
                    socket.send_fds(self._control, [wire.ORDER.pack(int(seconds * 1000))], child.theirs)
                except (AssertionError, OSError):
                    self._drop()
                else:
                    child.give_away()
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


class Lost(Exception):
    """Neither the child nor the server has said anything in time."""


class Child:
    """The ends of one document: a channel for orders and answers, and a pipe on which the server says how the child ended."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds + _GRACE
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

    def ask(self, job: str, options: Mapping[str, Any], parts: Sequence[bytes]) -> Any:
        """Its answer, as JSON. Raises NotExamined, or Lost."""
        try:
            for piece in wire.Order(job, options, parts).packed():
                self._channel.settimeout(self._left())
                self._channel.sendall(piece)
            (length,) = wire.HEAD.unpack(self._exactly(wire.HEAD.size))
            if length > wire.MOST_ANSWER:
                raise NotExamined("crashed")
            return wire.understood(self._exactly(length))
        except (OSError, EOFError) as error:  # ended: its verdict says why
            raise self._ended() from error
        except ValueError as error:
            raise NotExamined("crashed") from error

    def _left(self) -> float:
        return max(0.01, self._end - time.monotonic())

    def _exactly(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            self._channel.settimeout(self._left())
            piece = self._channel.recv(min(_PIECE, size - len(found)))
            if not piece:
                raise EOFError
            found += piece
        return bytes(found)

    def _ended(self) -> Exception:
        ready, _, _ = select.select([self._verdict], [], [], self._left())
        if not ready:
            return Lost()
        return NotExamined(_CODES.get(os.read(self._verdict, 1), "crashed"))
