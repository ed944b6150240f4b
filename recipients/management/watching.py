"""How a batch comes along, in a terminal: work is done here beside the workers, if there are any, and counted for all."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.base import OutputWrapper

from issuers.models import Issuer
from issuers.tenancy import scope
from issuers.wording import people
from recipients import delivering, sending, states
from recipients.models import Award, OutgoingEmail

WIDTH = 32
# Seconds between two counts: counting ten thousand rows after each chunk would be work of its own.
EVERY = 1.0


@dataclass(frozen=True)
class Step:
    """One step of delivery: what is printed, what states.steps calls it, and the work of one chunk (rows taken)."""

    label: str
    passed: str
    work: Callable[[], int]


PRINTED = (Step("signed", "signed", delivering.sign_chunk), Step("certificates", "rendered", delivering.render_chunk))
MAILED = Step("mails", "sent", sending.send_chunk)


def watch(issuer: Issuer, award: Award, out: OutputWrapper, err: OutputWrapper) -> None:
    """Until everything that can be done now is done: signed, printed and, where nothing is to be undone any more, mailed."""
    released = award.release_at <= award.created_at
    for step in (*PRINTED, MAILED) if released else PRINTED:
        missed = _through(issuer, award, step, out)
        if missed:
            err.write(f"{people(missed)} without {step.label}: the award's page says why.")
    when = "" if released else f" Mails leave {award.release_at:%H:%M} UTC, sent by a worker."
    out.write(f"Issued to {people(award.total)}.{when}")


def _through(issuer: Issuer, award: Award, step: Step, out: OutputWrapper) -> int:
    """Work on one step until nobody waits for it; how many never came through."""
    counted = 0.0
    while True:
        taken = step.work()
        if taken and time.monotonic() - counted < EVERY:
            continue
        done, waiting = _counts(issuer, award, step)
        counted = time.monotonic()
        _bar(step.label, done, award.total, out)
        if not waiting:
            break
        if not taken:
            time.sleep(0.3)
    if sys.stdout.isatty():
        out.write("")
    return award.total - done


def _counts(issuer: Issuer, award: Award, step: Step) -> tuple[int, int]:
    """How many of the award have passed a step, and how many still can."""
    with scope(issuer):
        counts = states.steps(award.credentials.all())
        if step is MAILED:
            offers = OutgoingEmail.objects.due().filter(credential__award=award, kind=OutgoingEmail.Kind.OFFER)
            return counts["sent"], offers.filter(credential__rendered_at__isnull=False).count()
        return counts[step.passed], award.total - counts[step.passed] - counts["failed"] - counts["cancelled"]


def _bar(label: str, done: int, total: int, out: OutputWrapper) -> None:
    filled = WIDTH * done // max(total, 1)
    end = "" if sys.stdout.isatty() else "\n"
    out.write(f"\r{label:<13}[{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {total:,}", ending=end)
    out.flush()
