"""The processes of one terminal: forked from what is imported already, their lines prefixed, none of them outliving us.

Forking saves each of them the seconds that importing takes. It is safe because the parent runs no thread and holds no
connection when it forks.
"""

from __future__ import annotations

import multiprocessing
import os
import selectors
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable

from credentials_site import embedded

COLOURS = {"web": "36", "worker": "35", "beat": "33", "seed": "32", "webhook": "34"}
GRACE = 25.0
_fork = multiprocessing.get_context("fork")


class Child:
    """One process of ours. `main` runs in it; `may_end` says that it is no fault when it ends well."""

    def __init__(self, name: str, main: Callable[[], None], *, may_end: bool = False) -> None:
        self.name, self.may_end = name, may_end
        self.output, write = os.pipe()
        self._rest = b""
        sys.stdout.flush()
        sys.stderr.flush()
        self.process = _fork.Process(target=_become, args=(name, write, main), name=name)
        self.process.start()
        os.close(write)

    @property
    def dead(self) -> bool:
        """Ended, though it should live."""
        code = self.process.exitcode
        return code is not None and not (self.may_end and code == 0)

    def stop(self) -> None:
        """TERM to the main process only: Celery then finishes what it is doing."""
        if self.process.is_alive():
            self.process.terminate()

    def kill(self) -> None:
        """After the grace the whole group goes."""
        if self.process.is_alive() and self.process.pid:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.join()

    def show(self) -> bool:
        """Write what it has said since; False once it says nothing more."""
        said = os.read(self.output, 65536)
        *lines, self._rest = (self._rest + said).split(b"\n")
        mark = f"{self.name:<7}|"
        if sys.stdout.isatty():
            mark = f"\033[{COLOURS[self.name]}m{mark}\033[0m"
        for line in lines if said else filter(None, [*lines, self._rest]):
            sys.stdout.write(f"{mark} {line.decode(errors='replace')}\n")
        sys.stdout.flush()
        return bool(said)


def _become(name: str, write: int, main: Callable[[], None]) -> None:
    # A session of its own: Ctrl-C reaches the parent alone, which then stops the children in order.
    os.setsid()
    embedded.die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    for descriptor in (1, 2):
        os.dup2(write, descriptor)
    os.close(write)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    embedded.name_process(f"laurel-{name}")
    if engines := embedded.running():
        engines.let_go()
        os.environ["TMPDIR"] = tempfile.tempdir = str(engines.scratch())
    main()


class Family:
    """All of them, and what they say."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._selector = selectors.DefaultSelector()

    def add(self, name: str, main: Callable[[], None], *, may_end: bool = False) -> None:
        child = Child(name, main, may_end=may_end)
        self.children.append(child)
        self._selector.register(child.output, selectors.EVENT_READ, child)

    @property
    def dead(self) -> Child | None:
        """One that should live and does not."""
        return next((child for child in self.children if child.dead), None)

    def listen(self, seconds: float) -> None:
        """Show what is said, for as long as this or until something was."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            if not key.data.show():
                self._selector.unregister(key.fd)
                os.close(key.fd)

    def stop(self) -> None:
        """All at once, each with a grace; what they say meanwhile is still shown."""
        for child in self.children:
            child.stop()
        deadline = time.monotonic() + GRACE
        while _alive(self.children) and time.monotonic() < deadline:
            self.listen(0.1)
        for child in self.children:
            child.kill()
        self.listen(0)


def _alive(children: Iterable[Child]) -> bool:
    return any(child.process.is_alive() for child in children)
