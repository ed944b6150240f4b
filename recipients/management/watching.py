"""How a batch comes along, in a terminal: work is done here beside the workers, if there are any, and counted for all."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management.base import OutputWrapper
from django.db.models import Q, QuerySet

from issuers.models import Issuer
from issuers.tenancy import scope
from issuers.wording import people
from recipients import delivering, failing, pausing, sending, states
from recipients.models import AchievementCredential, Award, OutgoingEmail, Trouble
from recipients.views.mail_words import TROUBLES

WIDTH = 32
# Seconds between two counts: counting ten thousand rows after each chunk would be work of its own.
EVERY = 1.0


@dataclass(frozen=True)
class Step:
    """One step of delivery: what is printed, what states.steps calls it, the work of one chunk (rows taken), who waits."""

    label: str
    passed: str
    work: Callable[[], int]
    waiting: Callable[[Award], QuerySet[Any]]


# As the queues have it (recipients.delivering, recipients.mail_queue): nobody else's turn ever comes by waiting.
def _unsigned(award: Award) -> QuerySet[AchievementCredential]:
    return award.credentials.unsigned().filter(attempts__lt=delivering.ATTEMPTS)


def _unrendered(award: Award) -> QuerySet[AchievementCredential]:
    rows: QuerySet[AchievementCredential] = award.credentials.unrendered().filter(attempts__lt=delivering.ATTEMPTS)
    return rows.exclude(pk__in=AchievementCredential.objects.with_withdrawn_key().values("pk"))


def _unsent(award: Award) -> QuerySet[OutgoingEmail]:
    offers = OutgoingEmail.objects.due().filter(credential__award=award, kind=OutgoingEmail.Kind.OFFER)
    ended = Q(credential__cancelled_at__isnull=False) | Q(credential__revoked_at__isnull=False)
    return offers.filter(Q(credential__rendered_at__isnull=False) | ended)


PRINTED = (
    Step("signed", "signed", delivering.sign_chunk, _unsigned),
    Step("certificates", "rendered", delivering.render_chunk, _unrendered),
)
MAILED = Step("mails", "sent", sending.send_chunk, _unsent)


def watch(issuer: Issuer, award: Award, out: OutputWrapper, err: OutputWrapper) -> None:
    """Until everything that can be done now is done: signed, printed and, where nothing is to be undone any more, mailed."""
    released = award.release_at <= award.created_at
    for step in (*PRINTED, MAILED) if released else PRINTED:
        missed, why = _through(issuer, award, step, out)
        if why:
            err.write(f"{why} {people(missed)} wait: workers go on by themselves, and the award's page counts.")
            break
        if missed:
            err.write(f"{people(missed)} without {step.label}: the award's page says why.")
    when = "" if released else f" Mails leave {award.release_at:%H:%M} UTC, sent by a worker."
    out.write(f"Issued to {people(award.total)}.{when}")


def _through(issuer: Issuer, award: Award, step: Step, out: OutputWrapper) -> tuple[int, str]:
    """Work on one step until nobody waits for it, or nothing can be done; how many did not come through, and why not yet."""
    counted = 0.0
    while True:
        taken = step.work()
        if taken and time.monotonic() - counted < EVERY:
            continue
        with scope(issuer):
            done = states.steps(award.credentials.all())[step.passed]
            waiting = step.waiting(award).count()
            why = _held_up(award, step) if waiting and not taken else ""
        counted = time.monotonic()
        _bar(step.label, done, award.total, out)
        if not waiting or why:
            break
        if not taken:
            time.sleep(0.3)
    if sys.stdout.isatty():
        out.write("")
    return (waiting if why else award.total - done), why


def _held_up(award: Award, step: Step) -> str:
    """Why nobody can do anything now, though people wait; '' where it is a matter of seconds."""
    if step is MAILED:
        trouble = pausing.trouble() if pausing.paused() else None
        return str(TROUBLES[Trouble(trouble.why)]) if trouble else ""
    return step.waiting(award).filter(failure__in=failing.MACHINES).values_list("failure", flat=True).first() or ""


def _bar(label: str, done: int, total: int, out: OutputWrapper) -> None:
    filled = WIDTH * done // max(total, 1)
    end = "" if sys.stdout.isatty() else "\n"
    out.write(f"\r{label:<13}[{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {total:,}", ending=end)
    out.flush()
