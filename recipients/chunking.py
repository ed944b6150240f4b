"""Working on a chunk of leased rows: all together, then each that was tried before alone (docs/decisions/0028).

The results of a chunk are written by one conditional statement. A row that fails falls out of its chunk alone.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from structlog.contextvars import bound_contextvars

from badges.models import AchievementVersion
from badges.openbadges import validate
from issuers import clock
from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope
from issuers.waking import wake
from recipients import failing, taking
from recipients.models import AchievementCredential
from recipients.taking import Queue

log = structlog.get_logger()
# A chunk that takes longer gives the rest back: nobody else waits for it, and a worker that is asked to stop does soon.
SECONDS = 10.0
# What is done is written down so often: no more is lost with a worker, and no transaction is longer.
SLICE = 2.0
# So many are made between two looks at the clock.
AT_ONCE = 25
# Longer than a chunk ever takes; a worker that died gives its rows back after it.
LEASE = timedelta(seconds=settings.WORK_LEASE_SECONDS)
# `values` of a row `c` from what is `done`: its text, and the SHA-256 of the column `of` that the text was made from.
WRITING = """
UPDATE recipients_achievementcredential AS c SET {values}, lease_until = NULL, attempts = 0, failure = ''
FROM unnest(%(ids)s::bigint[], %(of)s::bytea[], %(texts)s::text[]) AS done (id, of, text)
WHERE c.id = done.id AND c.failed_at IS NULL AND {unless} AND sha256(convert_to(c.{of}, 'UTF8')) = done.of
"""


# Of some rows the text of each, or why there is none. Raises where the machine cannot, and then none of them is made.
Texts = Callable[[Sequence[AchievementCredential]], list[str | Exception]]


def each(text: Callable[[AchievementCredential], str]) -> Texts:
    """Texts of some rows, made one after the other."""

    def texts(rows: Sequence[AchievementCredential]) -> list[str | Exception]:
        return [_tried(text, row) for row in rows]

    return texts


def _tried(text: Callable[[AchievementCredential], str], row: AchievementCredential) -> str | Exception:
    try:
        return text(row)
    except DatabaseError:
        raise
    except Exception as error:
        if failing.of_the_machine(error):
            raise
        return error  # its neighbours go on


@dataclass(frozen=True)
class Step:
    """One step of delivery. `texts` makes what `writing` stores, from the column `of`, which must still be the same then.

    `alone` does it to one row, by the ORM: for what was tried before, and for all where `writing` is missing or fails.
    """

    name: str
    alone: Callable[[AchievementCredential], object]
    texts: Texts | None = None
    of: str = ""
    writing: str = ""


def take(queue: Queue[AchievementCredential], limit: int, *, alone: bool = False) -> list[AchievementCredential]:
    """Leased rows with their issuer and version, each of which is read once, however many rows have it."""
    with across_issuers("workers take the oldest rows of every issuer"):
        rows = taking.take(queue, limit, LEASE, alone=alone)
        issuers = Issuer.objects.in_bulk({row.issuer_id for row in rows})
        named = {row.version_id for row in rows} if "version_id" in queue.columns else set()
        versions = AchievementVersion.objects.select_related("achievement").in_bulk(named)
    for row in rows:
        row.issuer = issuers[row.issuer_id]
        if named:
            row.version = versions[row.version_id]
    return rows


def _by_issuer(rows: Sequence[AchievementCredential]) -> dict[Issuer, list[AchievementCredential]]:
    """Whoever has least comes first: a single award does not wait for the rest of its chunk."""
    groups: dict[Issuer, list[AchievementCredential]] = {}
    for row in rows:
        groups.setdefault(row.issuer, []).append(row)
    return dict(sorted(groups.items(), key=lambda group: len(group[1])))


def work(queue: Queue[AchievementCredential], limit: int, step_of: Callable[[Issuer], Step], *, task: str) -> int:
    """Work on up to `limit` rows. How many were taken; 0 where the machine cannot: nobody is woken for that, sweep looks.

    `task` is woken while this goes on, if more may wait: another worker need not wait for the end of it.
    """
    until, why = time.monotonic() + SECONDS, ""
    rows = take(queue, limit)
    if len(rows) > limit // 2:
        wake(task)
    for issuer, own in _by_issuer(rows).items():
        with bound_contextvars(issuer=issuer.slug):
            why = failing.give_back(own, why) if why else _together(step_of(issuer), own, until)
    count = len(rows)
    while not why and count < limit and time.monotonic() < until and (tried := take(queue, limit, alone=True)):
        count += 1
        with bound_contextvars(issuer=tried[0].issuer.slug):
            why = _one_by_one(step_of(tried[0].issuer), tried, until)
    return 0 if why else count


def _together(step: Step, rows: Sequence[AchievementCredential], until: float) -> str:
    """Rows of one institution, in slices of some seconds; why the machine cannot, or ''."""
    if step.texts is None:
        return _one_by_one(step, rows, until)
    left, why = list(rows), ""
    while left and not why and (time.monotonic() < until or len(left) == len(rows)):
        left, why = _slice(step, step.texts, left, min(until, time.monotonic() + SLICE))
    return failing.give_back(left, why)


def _slice(
    step: Step, texts: Texts, rows: Sequence[AchievementCredential], until: float
) -> tuple[list[AchievementCredential], str]:
    """What can be done in time, in one transaction: what was not begun, and why the machine cannot."""
    try:
        with scope(rows[0].issuer):
            made, faults, left = _made(texts, rows, until)
            _write(step, made)
    except (DatabaseError, InterfaceError) as error:
        log.exception("chunk_not_written", step=step.name, rows=len(rows))
        if why := failing.of_the_machine(error):
            return list(rows), why
        # Whatever it was, each row meets it alone, and doing one again changes nothing.
        return [], _one_by_one(step, rows, until)
    outcomes = [failing.failed(row, step.name, error) for row, error in faults]
    return left, next((outcome for outcome in outcomes if outcome in failing.MACHINES), "")


def _one_by_one(step: Step, rows: Sequence[AchievementCredential], until: float) -> str:
    """The same, each in its own transaction."""
    outcome, left = "", deque(rows)
    stopped: set[int] = set()
    while left and outcome not in failing.MACHINES and (time.monotonic() < until or left[0] is rows[0]):
        row, outcome = left.popleft(), ""
        try:
            with scope(row.issuer):
                if row.award_id not in stopped:
                    step.alone(row)
        except Exception as error:  # noqa: BLE001 -- `failed` says what it comes to
            outcome = failing.failed(row, step.name, error)
            stopped |= {row.award_id} if outcome == failing.STOPPED else set()
    return failing.give_back(list(left), outcome if outcome in failing.MACHINES else "")


Made = list[tuple[AchievementCredential, str]]
Faults = list[tuple[AchievementCredential, Exception]]


def _made(
    texts: Texts, rows: Sequence[AchievementCredential], until: float
) -> tuple[Made, Faults, list[AchievementCredential]]:
    """What can be written, what fell out, and what was not begun. Raises DatabaseError: the transaction is lost."""
    made: Made = []
    faults: Faults = []
    stopped: set[int] = set()
    left = deque(rows)
    while left and (time.monotonic() < until or left[0] is rows[0]):
        some = [left.popleft() for _ in range(min(AT_ONCE, len(left)))]
        some = [row for row in some if row.award_id not in stopped]
        try:
            found = texts(some)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 -- `failed` says what it comes to
            faults.append((some[0], error))
            left.extendleft(reversed(some[1:]))
            break
        made += [(row, text) for row, text in zip(some, found, strict=True) if isinstance(text, str)]
        fell = [(row, error) for row, error in zip(some, found, strict=True) if isinstance(error, Exception)]
        stopped |= {row.award_id for row, error in fell if isinstance(error, validate.Mismatch)}
        faults += fell
    return [(row, text) for row, text in made if row.award_id not in stopped], faults, list(left)


def _write(step: Step, made: Made) -> None:
    """One statement for all. Who comes late, or whose text has changed meanwhile, is passed over."""
    if not made:
        return
    of = [hashlib.sha256(getattr(row, step.of).encode()).digest() for row, _ in made]
    values: dict[str, Any] = {
        "at": clock.now(),
        "ids": [row.pk for row, _ in made],
        "of": of,
        "texts": [text for _, text in made],
    }
    with connection.cursor() as cursor:
        cursor.execute(step.writing, values)
