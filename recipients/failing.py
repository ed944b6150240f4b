"""What becomes of a row that could not be signed or printed: another try, a wait for the machine, or a person's look.

Why it waits stands in `failure`; recipients.views.awards says the sentences of this module in the reader's language.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import F
from django.db.models.functions import Now

from badges.openbadges import validate
from issuers import clock, keys
from issuers.models import AuditEvent, Issuer
from issuers.tenancy import scope
from recipients import printing
from recipients.models import AchievementCredential

log = structlog.get_logger()
ATTEMPTS = 5
# Why a whole batch was set aside.
STOPPED = "A signature of this batch was wrong when it was checked before leaving, so all of it that was not sent is set aside."
NO_ROOM = "The disk is full, so no certificate can be stored. It goes on by itself when there is room again."
NO_STORAGE = "The storage of files does not answer. It goes on by itself when it does."
MACHINES = (NO_ROOM, NO_STORAGE)
CRASHED = "The worker stopped while it worked on this, five times."
# Until a row that waits for the machine is looked at again.
MACHINE = timedelta(minutes=1)
_FULL = {errno.ENOSPC, errno.EDQUOT}
# The same as PostgreSQL says it, be it for its tables or for what it sorts.
_DISK_FULL = "53100"
# What a file system says that went away or turned read-only, and a network on the way to it.
_AWAY = {errno.EROFS, errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT, errno.ECONNREFUSED, errno.EHOSTUNREACH}


def of_the_machine(error: Exception) -> str:
    """NO_ROOM or NO_STORAGE where no row is to blame, else ''. Object storage answers 503 or 507, or not at all."""
    if getattr(error.__cause__, "sqlstate", "") == _DISK_FULL or (isinstance(error, OSError) and error.errno in _FULL):
        return NO_ROOM
    told = getattr(error, "response", None)
    status = told.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(told, dict) else 0
    if status == 507:
        return NO_ROOM
    # Of botocore, by name: it is imported only where files lie in object storage.
    away = type(error).__name__ in {"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError"}
    return NO_STORAGE if away or status >= 500 or (isinstance(error, OSError) and error.errno in _AWAY) else ""


def failed(row: AchievementCredential, step: str, error: Exception) -> str:
    """Write down what one row's step came to: STOPPED for its whole batch, NO_ROOM or NO_STORAGE, or ''."""
    if why := of_the_machine(error):
        log.error("storage_takes_no_files", step=step, why=str(error))
        return give_back([row], why)
    return _noted(row.issuer, partial(_write_down, row, step, error))


def _noted(issuer: Issuer, write: Callable[[], str]) -> str:
    """What `write` says, or NO_ROOM where the disk is too full even for that: then the leases end by themselves."""
    try:
        with scope(issuer):
            return write()
    except DatabaseError as error:
        if why := of_the_machine(error):
            log.exception("database_takes_no_rows")
            return why
        raise


def _write_down(row: AchievementCredential, step: str, error: Exception) -> str:
    if isinstance(error, validate.Mismatch):
        _stop_batch(row, error)
        return STOPPED
    log.error("delivery_failed", credential=row.public_id, step=step, attempt=row.attempts, exc_info=error)
    _put_back(row, error)
    if isinstance(error, keys.SigningRefused) and row.attempts == 1:  # once, however often it is tried again
        AuditEvent.objects.record(row.issuer, None, "credential.not_signed", row)
    return ""


def give_back(rows: Sequence[AchievementCredential], why: str = "") -> str:
    """Rows of one institution that were taken and not worked on, through no fault of theirs: the attempt does not count.

    With a reason they wait a minute, and say it. Whoever came too late to its own lease leaves the row as it finds it.
    """
    return _noted(rows[0].issuer, partial(_give_back, rows, why)) if rows else why


def _give_back(rows: Sequence[AchievementCredential], why: str) -> str:
    values = {"failure": why, "lease_until": Now() + MACHINE} if why else {"lease_until": None}
    for attempts in {row.attempts for row in rows}:
        own = [row.pk for row in rows if row.attempts == attempts]
        taken = AchievementCredential.objects.filter(pk__in=own, attempts=attempts)
        taken.update(attempts=F("attempts") - 1, **values)
    return why


def _stop_batch(row: AchievementCredential, error: Exception) -> None:
    """A wrong signature is never one row's own: whatever of the batch was not sent waits for a person, signed or not.

    Signing again gives the same bytes where they were right, so that taking an unsent signature back costs nothing.
    """
    batch = AchievementCredential.objects.filter(award=row.award_id)
    unsent = batch.filter(offered_at=None, claimed_at=None, cancelled_at=None, revoked_at=None)
    again = {"signed": "", "signed_at": None, "rendered_at": None, "pdf": "", "attempts": 0, "lease_until": None}
    stopped = unsent.update(failed_at=clock.now(), failure=STOPPED, **again)
    left = batch.filter(offered_at__isnull=False).count()
    log.error("batch_stopped", award=row.award.public_id, stopped=stopped, already_sent=left, why=str(error))


def _put_back(row: AchievementCredential, error: Exception) -> None:
    """Try again in a minute, and later each time; after five attempts it waits for a person.

    Where the database went away the row is hardly to blame: it does not wait for minutes.
    """
    pause = timedelta(seconds=5) if isinstance(error, OperationalError | InterfaceError) else timedelta(minutes=1)
    again = Now() + pause * row.attempts**2
    values = {"failure": f"{type(error).__name__}: {error}"[:300], "lease_until": again}
    final = row.attempts >= ATTEMPTS or isinstance(error, printing.CannotPrint | validate.NotPrepared)
    values |= {"failed_at": clock.now()} if final else {}
    # Whoever came too late to its own lease leaves the row as it finds it.
    AchievementCredential.objects.filter(pk=row.pk, attempts=row.attempts).update(**values)
