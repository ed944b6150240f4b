"""Stage: rows of OutgoingEmail leave (docs/issuance-cycle.md, step 7; docs/decisions/0029).

`sending_at` is committed before SMTP starts. Exactly-once does not exist there (RFC 1047): a worker that dies between the
server's 250 and our commit leaves `sending_at` set, the mail goes again with the same Message-ID, and `unsure_at` says so.
So mails leave in groups of eight at most, or of as many as take 20 ms: what a group did is committed with what the next is
about to do. A slow server's groups are of one mail, and a commit costs nothing beside it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import override

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import emails, mail_queue, noting, pausing, readying
from recipients.conversing import Letter
from recipients.models import OutgoingEmail
from recipients.posting import Done, Post

log = structlog.get_logger()
CHUNK = 200
GROUP, WINDOW = 8, 0.02
# Seconds that one chunk may take: then others are let in, and a worker that is to stop has stopped.
BUDGET = 10.0
# Seconds between looks whether somebody waits for a code.
LOOK = 1.0
# While a mail is handed over it belongs to its worker; those that have not begun come back sooner if that one dies. A chunk
# ends well before that, however slow the server (Post.ends): its worker lives, and nobody else may take them.
LEASE = timedelta(seconds=settings.MAIL_LEASE_SECONDS)
FIRST_LEASE = min(LEASE, timedelta(seconds=60))
# A database that restarts is waited for: what has left and is not written down would leave again.
RETRIES = (0.1, 0.5, 1, 2, 4, 8)
Made = TypeVar("Made")


def send_chunk() -> int:
    """Send up to 200 mails; the number taken. None while the mail server is away."""
    with across_issuers("workers take the oldest mails of every issuer"):
        if pausing.paused():
            return 0
        taken = mail_queue.take(CHUNK, FIRST_LEASE)
        ready = readying.Ready(taken)
    if taken:
        with Post() as post:
            _Chunk(taken, ready, post).send()
    return len(taken)


class _Chunk:
    """The mails that one worker has taken, group by group."""

    def __init__(self, mails: Sequence[OutgoingEmail], ready: readying.Ready, post: Post) -> None:
        self.mails = {mail.pk: mail for mail in mails}
        self.queue = deque(mails)
        self.ready, self.post = ready, post
        self.ends = self.post.ends = time.monotonic() + BUDGET
        self.looks = time.monotonic() + LOOK

    def send(self) -> None:
        """Until all have left, the time is over, or nothing can leave; what has not begun goes back first of all."""
        size, done, left = 1, Done(), list[Letter]()
        while self.queue and not self.post.trouble and not self._is_over():
            letters = self._next(size, done)
            began = time.monotonic()
            done, left = self.post.hand_over(letters, self._write)
            size = self._size(size, time.monotonic() - began)
        self._write(done)
        self._put_back([mail.pk for mail in self.queue] + [letter.pk for letter in left])
        done, left = self.post.rest()
        self._write(done)
        self._put_back([letter.pk for letter in left])

    def _size(self, size: int, seconds: float) -> int:
        """How many go together next: as many as take 20 ms."""
        return max(1, int(size * WINDOW / seconds)) if seconds > WINDOW else min(GROUP, size * 2)

    def _group(self, size: int) -> list[OutgoingEmail]:
        """The next that go together. What nobody may send twice goes alone: a worker that dies sets aside what it had begun.

        So does what a worker died with: it may have been this one.
        """
        group: list[OutgoingEmail] = []
        while self.queue and len(group) < size:
            alone = self.queue[0].crashes > 0 or mail_queue.never_twice(self.queue[0].kind)
            if alone and group:
                break
            group.append(self.queue.popleft())
            if alone:
                break
        return group

    def _is_over(self) -> bool:
        """Also as soon as somebody waits for a code or a link while a batch leaves."""
        now = time.monotonic()
        if now >= self.ends or now < self.looks:
            return now >= self.ends
        self.looks = now + LOOK
        return self.queue[0].kind not in mail_queue.ASKED_FOR and _somebody_waits()

    def _next(self, size: int, done: Done) -> list[Letter]:
        """What the last group did, and that the next one is about to: one commit, before any of it leaves."""
        group = self._group(size)
        if group[0].crashes:
            return self._suspect(group, done)

        def commit() -> list[Letter]:
            with across_issuers("mails that left, and those that leave next"), override("en"):
                self._note(done)
                letters = self._letters(group)
                marked = _mark([self.mails[letter.pk] for letter in letters])
                return [letter for letter in letters if letter.pk in marked]

        return _patiently(commit)

    def _suspect(self, alone: list[OutgoingEmail], done: Done) -> list[Letter]:
        """The same with one that a worker died with: it is begun before it is even built, so that only its own deaths count."""

        def begin() -> set[int]:
            with across_issuers("mails that left, and one that leaves next"):
                self._note(done)
                return _mark(alone)

        def build() -> list[Letter]:
            with across_issuers("a mail that leaves next"), override("en"):
                return self._letters(alone)

        begun = _patiently(begin)
        return [letter for letter in _patiently(build) if letter.pk in begun]

    def _letters(self, mails: Sequence[OutgoingEmail]) -> list[Letter]:
        return [letter for mail in mails if (letter := self._letter(mail))]

    def _letter(self, mail: OutgoingEmail) -> Letter | None:
        try:
            return self.ready.letter(mail)
        except emails.Unsendable as reason:
            noting.cancel(mail, str(reason))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("mail_failed", email=mail.pk, kind=mail.kind)
            noting.finish(mail, failed_at=clock.now(), response=f"{type(error).__name__}: {error}"[:300])
        return None

    def _write(self, done: Done) -> None:
        def commit() -> None:
            with across_issuers("mails that left"):
                self._note(done)

        if done:
            _patiently(commit)

    def _note(self, done: Done) -> None:
        noting.note([(self.mails[letter.pk], outcome) for letter, outcome in done])
        if done and self.ready.was_down:
            pausing.resume()

    def _put_back(self, unsent: list[int]) -> None:
        """As they were: it was no try. Where the server is away the row of all says why (recipients.pausing)."""
        trouble, self.post.trouble = self.post.trouble, None

        def commit() -> None:
            with across_issuers("mails that were not handed over"):
                if trouble:
                    pausing.pause(trouble.why, trouble.response)
                mail_queue.put_back([self.mails[pk] for pk in unsent])

        if unsent or trouble:
            _patiently(commit)


def _mark(mails: Sequence[OutgoingEmail]) -> set[int]:
    """The keys of those that may leave now; whatever may not goes back to its queue, if it is still ours."""
    if not mails:
        return set()
    marked = mail_queue.mark(mails, LEASE)
    if fallen := [mail for mail in mails if mail.pk not in marked]:
        mail_queue.put_back(fallen)
    return marked


def _somebody_waits() -> bool:
    """For a mail that they asked for. Where the database is away the chunk ends too: what has left is written down first."""
    try:
        with across_issuers("whoever asked for a mail waits for no batch"):
            return mail_queue.asked_for()
    except (OperationalError, InterfaceError) as error:
        log.warning("mail_database_away", error=type(error).__name__)
        return True


def _patiently(work: Callable[[], Made]) -> Made:
    """Once more while the database is away."""
    for pause in RETRIES:
        try:
            return work()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            log.warning("mail_database_away", again_in=pause)
            connection.close()
            time.sleep(pause)
    return work()


def waiting() -> bool:
    """Whether a mail could leave now."""
    with across_issuers("sweep"):
        return not pausing.paused() and mail_queue.waiting()


def give_up_crashed() -> int:
    """Mails whose every attempt took its worker down, or that nobody may send twice. The number of them."""
    with across_issuers("sweep"):
        return mail_queue.give_up_crashed()
