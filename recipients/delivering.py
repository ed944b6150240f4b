"""Stages of delivery: sign → render → send (docs/issuance-cycle.md, steps 5 to 7). Each works in chunks of leased rows.

A lease is taken in one short transaction, the work is done, and each result is written by one conditional update: a
worker that dies leaves a lease that ends, and two workers cannot both win. Attempts are counted when a row is taken, so
that a row that kills its worker stops after five.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache, partial

import structlog
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from badges.openbadges import validate
from badges.rendering import pdf as paper
from issuers import clock, keys, media
from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope
from recipients import printing
from recipients.models import AchievementCredential

log = structlog.get_logger()
ATTEMPTS = 5
SIGN_CHUNK, RENDER_CHUNK = 200, 50
# Why a whole batch was set aside, as staff read it; recipients.views.awards says it in their language.
STOPPED = "A signature of this batch was wrong when it was checked before leaving, so all of it that was not sent is set aside."
# Longer than a chunk ever takes; a worker that died gives its rows back after it.
LEASE = timedelta(seconds=settings.WORK_LEASE_SECONDS)

# Fair: the oldest row of every issuer comes before the second oldest of any. Locked rows are somebody else's.
_TAKE = """
UPDATE recipients_achievementcredential SET lease_until = now() + %(lease)s, attempts = attempts + 1
WHERE id IN (
  SELECT id FROM recipients_achievementcredential WHERE id IN (
    SELECT id FROM (
      SELECT id, row_number() OVER (PARTITION BY issuer_id ORDER BY id) AS turn
      FROM recipients_achievementcredential
      WHERE {waiting} AND failed_at IS NULL AND cancelled_at IS NULL AND (lease_until IS NULL OR lease_until < now())
    ) AS queue ORDER BY turn, id LIMIT %(limit)s
  ) AND {waiting} AND (lease_until IS NULL OR lease_until < now())
  FOR UPDATE SKIP LOCKED
) RETURNING id
"""
UNSIGNED = "signed_at IS NULL"
UNRENDERED = "signed_at IS NOT NULL AND rendered_at IS NULL AND revoked_at IS NULL"


def _take(waiting: str, limit: int) -> list[AchievementCredential]:
    with across_issuers("workers take the oldest rows of every issuer"), connection.cursor() as cursor:
        cursor.execute(_TAKE.format(waiting=waiting), {"lease": str(LEASE), "limit": limit})
        taken = [row[0] for row in cursor.fetchall()]
        found = AchievementCredential.objects.filter(pk__in=taken).order_by("issuer_id", "id")
        return list(found.select_related("issuer", "version__achievement", "recipient", "award", "status_list"))


def _by_issuer(rows: Sequence[AchievementCredential]) -> dict[Issuer, list[AchievementCredential]]:
    groups: dict[Issuer, list[AchievementCredential]] = {}
    for row in rows:
        groups.setdefault(row.issuer, []).append(row)
    return groups


def sign_chunk() -> int:
    """Sign up to 200 waiting documents; the number taken."""
    rows = _take(UNSIGNED, SIGN_CHUNK)
    for issuer, own in _by_issuer(rows).items():
        signer, stopped = _signer(issuer), set[int]()
        for row in own:
            if row.award_id not in stopped and _one(row, "sign", partial(_sign, signer=signer)) == STOPPED:
                stopped.add(row.award_id)
    return len(rows)


def _signer(issuer: Issuer) -> Callable[[], Callable[..., str]]:
    """The key of an issuer, opened once for its rows. One that does not open is each row's own failure, not its neighbours'."""

    @lru_cache(maxsize=1)
    def opened() -> Callable[..., str]:
        return keys.signer(issuer)

    return opened


def _sign(row: AchievementCredential, signer: Callable[[], Callable[..., str]]) -> None:
    """Exactly the stored document is signed; signing again gives the same bytes."""
    signed = signer()(validate.prepare_quickly(json.loads(row.document)))
    waiting = {"signed_at__isnull": True, "failed_at__isnull": True, "document": row.document}
    _done(row, waiting, signed=signed, signed_at=clock.now())


def render_chunk() -> int:
    """Print up to 50 signed credentials; the number taken."""
    rows = _take(UNRENDERED, RENDER_CHUNK)
    for row in rows:
        _one(row, "render", _render)
    return len(rows)


def _render(row: AchievementCredential) -> None:
    """The certificate of the signed text; its file is named after what is in it, so that twice is once."""
    data = printing.certificate(row)
    key = media.keep("pdf", data, "pdf")
    _done(row, {"rendered_at__isnull": True, "signed": row.signed}, pdf=key, rendered_at=clock.now())


def _done(row: AchievementCredential, unless: dict[str, object], **values: object) -> None:
    """Write a result once; the lease ends and the attempts of the next step begin at nought."""
    waiting = AchievementCredential.objects.filter(pk=row.pk, **unless)
    waiting.update(lease_until=None, attempts=0, failure="", **values)


def _one(row: AchievementCredential, step: str, work: Callable[[AchievementCredential], None]) -> str:
    """One row in its own transaction: a row that cannot be done is set aside, and its neighbours go on. Or the batch stops."""
    try:
        with scope(row.issuer):
            work(row)
    except validate.Mismatch as error:
        with scope(row.issuer):
            _stop_batch(row, error)
        return STOPPED
    except Exception as error:
        log.exception("delivery_failed", credential=row.public_id, step=step, attempt=row.attempts)
        with scope(row.issuer):
            _put_back(row, error)
    return ""


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
    """Try again in a minute, and later each time; after five attempts it waits for a person."""
    again = Now() + timedelta(minutes=row.attempts**2)
    values = {"failure": f"{type(error).__name__}: {error}"[:300], "lease_until": again}
    final = row.attempts >= ATTEMPTS or isinstance(error, printing.CannotPrint | validate.NotPrepared)
    values |= {"failed_at": clock.now()} if final else {}
    # Whoever came too late to its own lease leaves the row as it finds it.
    AchievementCredential.objects.filter(pk=row.pk, attempts=row.attempts).update(**values)


def give_up_crashed() -> int:
    """Rows whose every attempt took its worker down: set aside for a person. The number of them."""
    with across_issuers("sweep"):
        dead = AchievementCredential.objects.filter(
            attempts__gte=ATTEMPTS, lease_until__lt=Now(), failed_at__isnull=True
        )
        stuck = dead.filter(signed_at__isnull=True) | dead.filter(rendered_at__isnull=True)
        return stuck.update(failed_at=clock.now(), failure="The worker stopped while it worked on this, five times.")


def try_again(credential: AchievementCredential) -> bool:
    """Put a row that was set aside back into the queue."""
    waiting = AchievementCredential.objects.filter(pk=credential.pk, failed_at__isnull=False)
    return waiting.update(failed_at=None, attempts=0, lease_until=None, failure="") == 1


def waiting() -> dict[str, bool]:
    """Which steps have rows that could be taken now."""
    free = "(lease_until IS NULL OR lease_until < now()) AND failed_at IS NULL AND cancelled_at IS NULL"
    with across_issuers("sweep"), connection.cursor() as cursor:
        found = {}
        for step, condition in (("sign", UNSIGNED), ("render", UNRENDERED)):
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM recipients_achievementcredential WHERE {condition} AND {free})"  # noqa: S608
            )
            found[step] = cursor.fetchone()[0]
        return found


def printable() -> str | None:
    """Why certificates cannot be printed on this machine, or None."""
    return paper.available()
