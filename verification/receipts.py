"""Stage: many links and numbers at once. A receipt is opened, its items are checked in chunks of leased rows, and it lapses.

Files are looked at before there is a receipt: it names them and keeps none of them.
Leases and attempts go as in recipients.delivering: a worker that dies gives its rows back, and two workers cannot both win.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from issuers import clock
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients.models import AchievementCredential
from verification import desk
from verification.foreign.envelopes import envelope
from verification.foreign.outcome import Outcome
from verification.models import VerificationItem, VerificationReceipt
from verification.models.receipt import KEPT_FOR, SHOWN_MOST
from verification.picking import Entry, Listed, own_id
from verification.report import Check, Result
from verification.sandbox.client import NotExamined
from verification.standing import Standing, recognised, standing
from verification.telling import tell

log = structlog.get_logger()
ATTEMPTS = 3
CHUNK = 20
# A slow host holds one link for seconds: what was not reached by then goes back to the queue, so that lists take turns.
CHUNK_SECONDS = 20
LEASE = timedelta(seconds=settings.WORK_LEASE_SECONDS)
TASK = "verification.tasks.check_links"
# All of the answer to somebody who handed in several files; what was not reached by then is said so.
FILES_SECONDS = 20
# Why a document was not read to its end, where that is its own fault.
POISON = frozenset({"too_slow", "too_big", "crashed"})

# Fair: the first open item of every receipt comes before the second of any. Locked rows are somebody else's, so that a
# second worker finds the rows behind them.
_TAKE = """
UPDATE verification_verificationitem SET lease_until = now() + %(lease)s, attempts = attempts + 1
WHERE id = ANY (ARRAY(
  SELECT item.id FROM verification_verificationitem item JOIN (
    SELECT id, row_number() OVER (PARTITION BY receipt_id ORDER BY position) AS turn
    FROM verification_verificationitem
    WHERE finished_at IS NULL AND (lease_until IS NULL OR lease_until < now())
    ORDER BY turn, id LIMIT %(reach)s
  ) AS queue ON queue.id = item.id
  WHERE item.finished_at IS NULL AND (item.lease_until IS NULL OR item.lease_until < now())
  ORDER BY queue.turn, item.id LIMIT %(limit)s FOR UPDATE OF item SKIP LOCKED
)) RETURNING id
"""


@transaction.atomic
def open_receipt(listed: Listed) -> VerificationReceipt:
    """Keep what is to be checked, each link once, and have it checked."""
    return _open(listed.entries, listed.repeated, [list(line) for line in listed.left_out])


@transaction.atomic
def repeat(receipt: VerificationReceipt) -> VerificationReceipt:
    """The same list, checked anew: a receipt of its own, as the old one stays what was found then."""
    items = receipt.items.links().order_by("position")
    entries = [Entry(item.given, item.own_id, item.lines) for item in items]
    return _open(entries, receipt.repeated, receipt.left_out)


def _open(entries: Sequence[Entry], repeated: int, left_out: object) -> VerificationReceipt:
    receipt = VerificationReceipt.objects.create(
        created_at=clock.now(), total=len(entries), repeated=repeated, left_out=left_out
    )
    VerificationItem.objects.bulk_create(
        VerificationItem(receipt=receipt, position=place, lines=entry.lines, given=entry.given, own_id=entry.own_id)
        for place, entry in enumerate(entries, 1)
    )
    wake(TASK)
    return receipt


@dataclass(frozen=True)
class File:
    """A file by its name, as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True)
class LookedAt:
    """What was found in a file; `problem` is the code of why it was not read to its end."""

    name: str
    outcome: Outcome
    problem: str = ""


def is_poison(file: LookedAt) -> bool:
    """Whether reading it was stopped because of what it is."""
    return file.problem in POISON


def examine_files(files: Sequence[File]) -> list[LookedAt]:
    """One after the other, as the sandbox reads only a few at once for everybody."""
    deadline = time.monotonic() + FILES_SECONDS
    return [_look_at(file) if time.monotonic() < deadline else _unread(file, "not_reached") for file in files]


def _look_at(file: File) -> LookedAt:
    if not envelope(file.content):
        nothing = Check("form", Result.FAILED, "no_credential")
        return LookedAt(file.name, desk.unread("text", nothing))
    try:
        return LookedAt(file.name, desk.examine(file.content))
    except NotExamined as error:
        return _unread(file, error.code)


def _unread(file: File, code: str) -> LookedAt:
    return LookedAt(file.name, desk.unread("text", Check("form", Result.UNKNOWN, code)), code)


@transaction.atomic
def of_files(files: Sequence[LookedAt]) -> VerificationReceipt:
    """A receipt of what was found in files: finished, and without them."""
    now = clock.now()
    receipt = VerificationReceipt.objects.create(created_at=now, total=len(files))
    VerificationItem.objects.bulk_create(
        VerificationItem(
            receipt=receipt, position=place, lines=[place], given=file.name[:SHOWN_MOST], from_file=True,
            own_id=_own_id(file.outcome), finished_at=now, **_found(file.outcome, in_hand=True),
        )
        for place, file in enumerate(files, 1)
    )  # fmt: skip
    return receipt


def _own_id(outcome: Outcome) -> str:
    """Whose page it is, where it says that it is one of ours: once that is closed, the receipt names nobody either."""
    name = (outcome.report.document or {}).get("id") if outcome.report else None
    return own_id(name) if isinstance(name, str) and name.startswith(f"{settings.SITE_URL}/c/") else ""


def check_chunk() -> int:
    """Check up to 20 waiting links; the number taken."""
    taken, deadline = _take(), time.monotonic() + CHUNK_SECONDS
    for item in taken:
        if time.monotonic() < deadline:
            _one(item)
        else:
            _give_back(item)
    return len(taken)


@transaction.atomic
def _take() -> list[VerificationItem]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"lease": str(LEASE), "limit": CHUNK, "reach": 8 * CHUNK})
        ids = [row[0] for row in cursor.fetchall()]
    return list(VerificationItem.objects.filter(pk__in=ids).order_by("id"))


def _one(item: VerificationItem) -> None:
    """One link: a finding is written once; what could not be examined is tried again later, and its neighbours go on."""
    try:
        found = _found(desk.look_up(item.given))
    except Exception as error:
        log.exception("check_failed", receipt=item.receipt_id, position=item.position, error=type(error).__name__)
        _put_back(item)
        return
    mine = VerificationItem.objects.filter(pk=item.pk, finished_at__isnull=True, attempts=item.attempts)
    mine.update(finished_at=clock.now(), lease_until=None, **found)


def _found(outcome: Outcome, *, in_hand: bool = False) -> dict[str, object]:
    """What a row says of an outcome. Names stand in it only where they are signed.

    Of a link at which nothing is to be seen nothing is said; of a file in hand, why there is nothing in it.
    """
    report, stands = outcome.report, standing(outcome.report)
    if report is None or (stands is Standing.NOTHING and not in_hand):
        return {"standing": Standing.NOTHING.value}
    checks = {**outcome.as_json()["report"], "document": None}
    values: dict[str, object] = {"standing": stands.value, "report": checks}
    if recognised(report):
        told = tell(report.document)
        values |= {"name": told.name, "achievement": told.achievement, "issuer_name": told.issuer}
    host = outcome.issuer.host if outcome.issuer else ""
    return {"issuer_name": host[:SHOWN_MOST], **values}


def _put_back(item: VerificationItem) -> None:
    """Again in a while; after three attempts it could not be told."""
    mine = VerificationItem.objects.filter(pk=item.pk, finished_at__isnull=True, attempts=item.attempts)
    if item.attempts < ATTEMPTS:
        mine.update(lease_until=Now() + timedelta(seconds=10 * item.attempts))
    else:
        mine.update(finished_at=clock.now(), lease_until=None, standing=Standing.UNSURE.value)


def _give_back(item: VerificationItem) -> None:
    """Not reached in time: as if it had never been taken."""
    mine = VerificationItem.objects.filter(pk=item.pk, finished_at__isnull=True, attempts=item.attempts)
    mine.update(lease_until=None, attempts=F("attempts") - 1)


def waiting() -> bool:
    """Whether any link could be taken now."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    return VerificationItem.objects.filter(free, finished_at__isnull=True).exists()


def give_up_crashed() -> int:
    """Links whose every attempt took its worker down could not be told. The number of them."""
    dead = VerificationItem.objects.filter(finished_at__isnull=True, attempts__gte=ATTEMPTS, lease_until__lt=Now())
    return dead.update(finished_at=clock.now(), lease_until=None, standing=Standing.UNSURE.value)


def forget_lapsed() -> int:
    """Receipts end after 90 days; the number of rows that went."""
    return VerificationReceipt.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]


def forget_hidden() -> int:
    """What a holder has since closed or erased leaves the receipts as well; the number of rows that lost their names."""
    named = VerificationItem.objects.exclude(own_id="").exclude(name="", achievement="", report=None)
    ids = set(named.values_list("own_id", flat=True).distinct())
    return named.filter(own_id__in=ids - visible(ids)).update(name="", achievement="", report=None)


def visible(public_ids: Iterable[str]) -> set[str]:
    """Which of these any stranger may see now."""
    with across_issuers("receipts name what a stranger may see"):
        shown = AchievementCredential.objects.shown().filter(public_id__in=list(public_ids)).exclude(signed="")
        return set(shown.values_list("public_id", flat=True))
