"""The server of child processes: loads once what reading needs, then forks a child for each document.

    python -m verification.sandbox.server JOBS DESCRIPTOR

It is started by `client` with an empty environment. It never reads a document: it takes descriptors from the control
socket, forks, keeps the time, and tells how each child ended. End of file on the control socket is its own end.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from types import ModuleType
from typing import NoReturn

from verification.sandbox import cage, wire

MOST_SECONDS = 5.0
MOST_DESCRIPTORS = 128
# After those to nowhere.
CONTROL = 3


@dataclass
class Child:
    """One document being read: when its time is over, and where to say how it ended."""

    verdict: int
    deadline: float
    overdue: bool = False


def main(jobs: str, descriptor: int) -> NoReturn:
    """Serve until the other end of the control socket closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = _first_and_only(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_DESCRIPTORS, MOST_DESCRIPTORS))
    if cage.leave_the_world() and (inside := os.fork()):
        control.close()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(inside, 0)[1]) & 0xFF)
    cage.die_with_parent()
    loaded = importlib.import_module(jobs)
    gc.collect()
    gc.freeze()  # what is loaded stays as it is: children share its pages
    with contextlib.suppress(OSError):  # closed already: the loop sees it
        control.send(b"\n")
    Server(control, loaded).serve()
    os._exit(0)


def _first_and_only(descriptor: int) -> socket.socket:
    """The control socket under the lowest number: what lies above the limit of descriptors, no child would close."""
    os.dup2(descriptor, CONTROL)
    os.closerange(CONTROL + 1, max(descriptor + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0]))
    return socket.socket(fileno=CONTROL)


class Server:
    """The loop. One thread: nothing here waits but `select`."""

    def __init__(self, control: socket.socket, jobs: ModuleType) -> None:
        self.control, self.jobs = control, jobs
        self.children: dict[int, Child] = {}
        self.in_use = cage.address_space()

    def serve(self) -> None:
        """Take, reap, end what is overdue."""
        woken, waker = os.pipe()
        for end in (woken, waker):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker)
        with selectors.DefaultSelector() as selector:
            selector.register(woken, selectors.EVENT_READ)
            selector.register(self.control, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(self._until_next_deadline())}
                if woken in ready:
                    with contextlib.suppress(BlockingIOError):
                        os.read(woken, 512)
                self._reap()
                self._end_overdue()
                if self.control in ready and not self._take():
                    break
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)

    def _until_next_deadline(self) -> float | None:
        running = [child.deadline for child in self.children.values() if not child.overdue]
        return max(0.0, min(running) - time.monotonic()) if running else None

    def _take(self) -> bool:
        """One document's descriptors; False at the end of file."""
        try:
            message, descriptors, _flags, _address = socket.recv_fds(self.control, wire.ORDER.size, 2)
        except OSError:
            return False
        if len(message) < wire.ORDER.size or len(descriptors) < 2:
            return False
        (milliseconds,) = wire.ORDER.unpack(message)
        channel, verdict = descriptors
        self._fork(channel, verdict, min(MOST_SECONDS, milliseconds / 1000))
        os.close(channel)
        return True

    def _fork(self, channel: int, verdict: int, seconds: float) -> None:
        try:
            pid = os.fork()
        except OSError:  # no process to be had: the client reads that nothing was examined
            os.close(verdict)
            return
        if pid == 0:
            _read_one(self.jobs, channel, self.in_use, seconds)
        self.children[pid] = Child(verdict, time.monotonic() + seconds)

    def _reap(self) -> None:
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if child := self.children.pop(pid, None):
                with contextlib.suppress(OSError):  # nobody waits for it any more
                    os.write(child.verdict, _ended(child, status))
                os.close(child.verdict)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for pid, child in self.children.items():
            if not child.overdue and child.deadline <= now:
                child.overdue = True
                os.kill(pid, signal.SIGKILL)


def _ended(child: Child, status: int) -> bytes:
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return wire.DONE
    if child.overdue or code in {-signal.SIGXCPU, -signal.SIGALRM}:
        return wire.TOO_SLOW
    return wire.TOO_BIG if code == wire.OUT_OF_MEMORY else wire.CRASHED


def _read_one(jobs: ModuleType, channel: int, in_use: int, seconds: float) -> NoReturn:
    """The child's whole life: orders about one document, until there are no more."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        cage.close(channel, in_use, seconds)
        while True:
            order = wire.receive(channel)
            wire.answer(channel, jobs.JOBS[order.job](order.options, order.parts))
    except EOFError:  # the client has what it wanted
        code = 0
    except MemoryError:
        code = wire.OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 -- whatever a document does, this process ends here
        code = 1
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
