"""Stages of delivery: sign → render → send (docs/issuance-cycle.md, steps 5 to 7). Each works in chunks of leased rows.
After a key was compromised, what it signed is signed again and printed again (docs/decisions/0007).

A lease is taken in one short transaction, the work is done, and each result is written by one conditional update: a
worker that dies leaves a lease that ends, and two workers cannot both win. Attempts are counted when a row is taken, so
that a row that kills its worker stops after five.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from badges.openbadges import documents, validate
from badges.rendering import pdf as paper
from issuers import clock, keys, marks
from issuers.models import AuditEvent, Issuer
from issuers.tenancy import across_issuers, scope
from issuers.waking import wake
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
# Signed with a key that others may know. A row says so itself, so that nothing needs to be remembered and none is missed.
WITHDRAWN = (
    "(issuer_id, signed_with) IN (SELECT issuer_id, multibase FROM issuers_signingkey WHERE compromised_at IS NOT NULL)"
)
UNRENDERED = f"signed_at IS NOT NULL AND rendered_at IS NULL AND revoked_at IS NULL AND ({WITHDRAWN}) IS NOT TRUE"


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


def sign_again_chunk() -> int:
    """Sign up to 200 credentials again whose key was compromised; the number taken."""
    rows = _take(WITHDRAWN, SIGN_CHUNK)
    for issuer, own in _by_issuer(rows).items():
        signer = _signer(issuer)
        for row in own:
            _one(row, "sign again", partial(_sign_again, signer=signer))
    return len(rows)


def _sign_again(row: AchievementCredential, signer: Callable[[], Callable[..., str]]) -> None:
    """The stored document under the new key: a later validFrom makes it replace the old one (Open Badges 3.0, re-issue).

    Text, signature and date change in one statement, so that a worker may die at any moment.
    """
    begins = _begins_again(row)
    document = {**json.loads(row.document), "validFrom": documents.moment(begins)}
    prepared = validate.prepare_quickly(document)
    values = {"document": prepared.text, "signed": signer()(prepared), "valid_from": begins}
    # The certificate carries the signed text. What was revoked is printed no more and keeps its old one.
    values |= {} if row.revoked_at else {"rendered_at": None, "pdf": ""}
    unless = {"document": row.document, "signed_with": row.signed_with, "revoked_at": row.revoked_at}
    done = _done(row, unless, signed_again_at=clock.now(), **values)
    marks.changed(row.public_id)
    if done and row.pdf and not row.revoked_at:
        transaction.on_commit(partial(printing.forget, row.pdf), robust=True)


def _begins_again(row: AchievementCredential) -> datetime:
    """Now, and in any case later than before. What has run out keeps its dates: they were true, and have no later ones."""
    second = timedelta(seconds=1)
    begins = max(clock.database_now(), row.valid_from + second)
    return row.valid_from if row.expires_at is not None and row.expires_at <= begins + second else begins


def take_up_withdrawn() -> int:
    """What was set aside before its key was withdrawn (its certificate cannot be printed, say) is signed again too."""
    with across_issuers("sweep"), connection.cursor() as cursor:
        cursor.execute(_TAKE_UP)
        return cursor.rowcount


_TAKE_UP = """
UPDATE recipients_achievementcredential AS c SET failed_at = NULL, attempts = 0, failure = '', lease_until = NULL
FROM issuers_signingkey AS k WHERE k.issuer_id = c.issuer_id AND k.multibase = c.signed_with
  AND k.compromised_at IS NOT NULL AND c.failed_at < k.compromised_at
"""


def render_chunk() -> int:
    """Print up to 50 signed credentials; the number taken."""
    rows = _take(UNRENDERED, RENDER_CHUNK)
    for row in rows:
        _one(row, "render", _render)
    return len(rows)


def _render(row: AchievementCredential) -> None:
    """The certificate of the signed text."""
    _done(row, {"rendered_at__isnull": True, "signed": row.signed}, pdf=printing.keep(row), rendered_at=clock.now())


def _done(row: AchievementCredential, unless: dict[str, object], **values: object) -> bool:
    """Write a result once; the lease ends and the attempts of the next step begin at nought. False for whoever came late."""
    waiting = AchievementCredential.objects.filter(pk=row.pk, **unless)
    return waiting.update(lease_until=None, attempts=0, failure="", **values) == 1


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
            if isinstance(error, keys.SigningRefused) and row.attempts == 1:  # once, however often it is tried again
                AuditEvent.objects.record(row.issuer, None, "credential.not_signed", row)
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


def give_up_crashed() -> int:
    """Rows whose every attempt took its worker down: set aside for a person. The number of them."""
    with across_issuers("sweep"):
        dead = AchievementCredential.objects.filter(
            attempts__gte=ATTEMPTS, lease_until__lt=Now(), failed_at__isnull=True
        )
        unsigned = Q(signed_at__isnull=True, cancelled_at__isnull=True)
        unrendered = Q(signed_at__isnull=False, rendered_at__isnull=True)
        again = Q(pk__in=AchievementCredential.objects.with_withdrawn_key().values("pk"))
        failed = {"failed_at": clock.now(), "failure": "The worker stopped while it worked on this, five times."}
        # One after the other, each by its index: together they would be looked for in every row.
        return sum(dead.filter(stuck).update(**failed) for stuck in (unsigned, unrendered, again))


def try_again(credential: AchievementCredential) -> bool:
    """Put a row that was set aside back into the queue."""
    waiting = AchievementCredential.objects.filter(pk=credential.pk, failed_at__isnull=False)
    return waiting.update(failed_at=None, attempts=0, lease_until=None, failure="") == 1


def try_withdrawn_again() -> int:
    """Put back what could not be signed again after its key was withdrawn, in the scope's institution. The number of them."""
    stuck = AchievementCredential.objects.with_withdrawn_key().filter(failed_at__isnull=False)
    wake("recipients.tasks.sign_again")
    return stuck.update(failed_at=None, attempts=0, lease_until=None, failure="")


def waiting() -> dict[str, bool]:
    """Which steps have rows that could be taken now."""
    free = "(lease_until IS NULL OR lease_until < now()) AND failed_at IS NULL AND cancelled_at IS NULL"
    with across_issuers("sweep"), connection.cursor() as cursor:
        found = {}
        for step, condition in (("sign", UNSIGNED), ("sign_again", WITHDRAWN), ("render", UNRENDERED)):
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM recipients_achievementcredential WHERE {condition} AND {free})"  # noqa: S608
            )
            found[step] = cursor.fetchone()[0]
        return found


def printable() -> str | None:
    """Why certificates cannot be printed on this machine, or None."""
    return paper.available()
