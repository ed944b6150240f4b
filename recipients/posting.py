"""Mails of a chunk over few connections: one while the server is quick, more beside it when a mail is held up.

The thread of the worker has the database and waits; conversations run in threads of their own, which know of no row. Where
one takes much longer than those before it did, the mails behind it go on over another connection, so that a mailbox that
does not answer holds up itself alone.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Self

import structlog
from django.conf import settings

from recipients.conversing import Fate, Letter, Line, Outcome, Unreachable

log = structlog.get_logger()
# Seconds until what has left is written down although a mail behind it has not; until the others go another way.
SOON, PATIENCE = 0.05, 1.0
# Where the server was quick until now nobody waits a second: ten times as long as usual is long, from a tenth of a second on.
TIMES, LEAST = 10, 0.1

Done = list[tuple[Letter, Outcome]]


class Post:
    """Use as a context: connections are opened as they are needed, and closed at the end."""

    def __init__(self) -> None:
        self.most = settings.MAIL_CONNECTIONS
        self.threads = ThreadPoolExecutor(max_workers=self.most, thread_name_prefix="mail")
        self.free: list[Line] = []
        self.busy: dict[Future[None], Line] = {}
        self.done: deque[tuple[Letter, Outcome]] = deque()
        self.returned: deque[Letter] = deque()
        self.trouble: Unreachable | None = None
        # Seconds that a group takes where nothing holds it up; not known yet.
        self.usual = math.inf
        # The moment (time.monotonic) from which on nothing waits for a connection any more.
        self.ends = math.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.threads.shutdown()
        for line in (*self.free, *self.busy.values()):
            line.close()

    def hand_over(self, letters: Sequence[Letter], meanwhile: Callable[[Done], None]) -> tuple[Done, list[Letter]]:
        """What became of these, and of earlier ones that were held up; and those that could not be handed over.

        A letter that is held up is in neither list: it comes later, at the latest from `rest`. What has left before it goes
        to `meanwhile`, which writes it down. Where all connections are held up until `ends`, what waits for one is given back.
        """
        waiting = deque(letters)
        while (waiting or self.returned) and self.trouble is None:
            waiting.extendleft(_emptied(self.returned))
            if (line := self._line()) is None:
                if time.monotonic() >= self.ends:
                    break
                continue
            task = self.threads.submit(self._carry, line, waiting)
            self.busy[task] = line
            self._wait(task, meanwhile)
            self._collect()
        return _emptied(self.done), [*_emptied(self.returned), *_emptied(waiting)]

    def _wait(self, task: Future[None], meanwhile: Callable[[Done], None]) -> None:
        """Until it is done, or has taken so long that the others go another way."""
        began, patience = time.monotonic(), min(PATIENCE, max(LEAST, TIMES * self.usual))
        if not wait([task], timeout=min(SOON, patience)).done:
            if self.done:
                meanwhile(_emptied(self.done))
            wait([task], timeout=max(0.0, patience - SOON))
        if task.done():
            took = time.monotonic() - began
            self.usual = took if self.usual == math.inf else (3 * self.usual + took) / 4

    def rest(self) -> tuple[Done, list[Letter]]:
        """Wait for all that is held up: what became of it, and what could not be handed over after all."""
        wait(self.busy)
        self._collect()
        return _emptied(self.done), _emptied(self.returned)

    def _line(self) -> Line | None:
        """A connection that is free, a new one while there may be more, or None after one has become free or the time is over."""
        if self.free:
            return self.free.pop()
        if len(self.busy) < self.most:
            return Line()
        left = None if self.ends == math.inf else max(0.0, self.ends - time.monotonic())
        wait(self.busy, timeout=left, return_when=FIRST_COMPLETED)
        self._collect()
        return None

    def _carry(self, line: Line, waiting: deque[Letter]) -> None:
        """In a thread: as many as are left. A letter that could not be handed over is returned, for another connection."""
        while True:
            try:
                letter = waiting.popleft()
            except IndexError:
                return
            try:
                self.done.append((letter, line.send(letter)))
            except Unreachable:
                self.returned.append(letter)
                raise
            except Exception as error:
                log.exception("mail_failed", email=letter.pk)
                line.close()
                self.done.append((letter, Outcome(Fate.BROKEN, f"{type(error).__name__}: {error}")))

    def _collect(self) -> None:
        """Take back what is free again. One connection too many is no trouble while another one stands."""
        for task in [task for task in self.busy if task.done()]:
            line, error = self.busy.pop(task), task.exception()
            if error is None:
                self.free.append(line)
            elif not isinstance(error, Unreachable):
                raise error
            elif self.busy or self.free:
                self.most = len(self.busy) + len(self.free)
            else:
                self.trouble = error


def _emptied(queue: deque[Any]) -> list[Any]:
    """Whatever is there: threads may add to it, or take from it, at the same time."""
    found = []
    while queue:
        try:
            found.append(queue.popleft())
        except IndexError:
            break
    return found
