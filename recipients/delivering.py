"""Stages of delivery: sign → render → send (docs/issuance-cycle.md, steps 5 to 7). Each works in chunks of leased rows.
After a key was compromised, what it signed is signed again and printed again (docs/decisions/0007).

A lease is taken in one short transaction, the work of a whole chunk is done, and its results are written by one conditional
update: a worker that dies leaves a lease that ends, and two workers cannot both win. A row that fails falls out of its chunk
alone. What was tried before is worked on alone from the beginning, so that whatever takes its worker down stops after five
attempts, and costs its neighbours one (docs/decisions/0028).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from badges.openbadges import documents, validate
from badges.rendering import pdf as paper
from issuers import clock, keys, marks
from issuers.models import Issuer
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients import failing, printing, taking
from recipients.chunking import WRITING, Step, each, work
from recipients.failing import ATTEMPTS, STOPPED
from recipients.models import AchievementCredential
from recipients.taking import Queue

__all__ = ["ATTEMPTS", "STOPPED"]

Signer = Callable[[], Callable[..., str]]
SIGN_CHUNK, RENDER_CHUNK = 200, 200

# Signed with a key that others may know. A row says so itself, so that nothing needs to be remembered and none is missed.
_WITHDRAWN = (
    "(q.issuer_id, q.signed_with) IN"
    " (SELECT issuer_id, multibase FROM issuers_signingkey WHERE compromised_at IS NOT NULL)"
)
# What took its worker down as often as may be is left to `give_up_crashed`.
_OPEN = f"q.failed_at IS NULL AND q.cancelled_at IS NULL AND q.attempts < {ATTEMPTS}"
_NAMES = ("issuer_id", "award_id", "public_id", "attempts")
UNSIGNED = Queue(AchievementCredential, f"q.signed_at IS NULL AND {_OPEN}", (*_NAMES, "document"))
UNRENDERED = Queue(
    AchievementCredential,
    f"q.signed_at IS NOT NULL AND q.rendered_at IS NULL AND q.revoked_at IS NULL AND {_OPEN} AND ({_WITHDRAWN}) IS NOT TRUE",
    (*_NAMES, "version_id", "name", "values", "awarded_on", "expires_at", "signed"),
)
WITHDRAWN = Queue(
    AchievementCredential,
    f"{_WITHDRAWN} AND {_OPEN}",
    # By their keys: an index of all rows would be read to its end for nothing.
    issuers="""SELECT DISTINCT k.issuer_id AS owner FROM issuers_signingkey AS k WHERE k.compromised_at IS NOT NULL AND EXISTS (
      SELECT FROM {table} AS q WHERE q.issuer_id = k.issuer_id AND q.signed_with = k.multibase AND {waiting} AND {free})""",
)
_SIGNED = WRITING.format(values="signed = done.text, signed_at = %(at)s", unless="c.signed_at IS NULL", of="document")
_PRINTED = WRITING.format(values="pdf = done.text, rendered_at = %(at)s", unless="c.rendered_at IS NULL", of="signed")


def sign_chunk() -> int:
    """Sign up to 200 waiting documents; the number taken."""
    return work(UNSIGNED, SIGN_CHUNK, _signing, task="recipients.tasks.sign")


def _signing(issuer: Issuer) -> Step:
    signer = _signer(issuer)
    return Step("sign", partial(_sign, signer=signer), each(partial(_signed, signer=signer)), "document", _SIGNED)


def _signer(issuer: Issuer) -> Signer:
    """The key of an issuer, opened once for its rows. One that does not open is each row's own failure, not its neighbours'."""

    @lru_cache(maxsize=1)
    def opened() -> Callable[..., str]:
        return keys.signer(issuer)

    return opened


def _signed(row: AchievementCredential, signer: Signer) -> str:
    """Exactly the stored document is signed; signing again gives the same bytes."""
    return signer()(validate.prepare_quickly(json.loads(row.document)))


def _sign(row: AchievementCredential, signer: Signer) -> None:
    waiting = {"signed_at__isnull": True, "failed_at__isnull": True, "document": row.document}
    _done(row, waiting, signed=_signed(row, signer), signed_at=clock.now())


def sign_again_chunk() -> int:
    """Sign up to 200 credentials again whose key was compromised; the number taken."""
    return work(WITHDRAWN, SIGN_CHUNK, _signing_again, task="recipients.tasks.sign_again")


def _signing_again(issuer: Issuer) -> Step:
    return Step("sign again", partial(_sign_again, signer=_signer(issuer)))


def _sign_again(row: AchievementCredential, signer: Signer) -> None:
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
    """Print up to 200 signed credentials, as many as ten seconds allow; the number taken."""
    return work(UNRENDERED, RENDER_CHUNK, _rendering, task="recipients.tasks.render")


def _rendering(_issuer: Issuer) -> Step:
    return Step("render", _render, printing.keep_many, "signed", _PRINTED)


def _render(row: AchievementCredential) -> None:
    """The certificate of the signed text."""
    _done(row, {"rendered_at__isnull": True, "signed": row.signed}, pdf=printing.keep(row), rendered_at=clock.now())


def _done(row: AchievementCredential, unless: dict[str, object], **values: object) -> bool:
    """Write a result once; the lease ends and the attempts of the next step begin at nought. False for whoever came late."""
    waiting = AchievementCredential.objects.filter(pk=row.pk, **unless)
    return waiting.update(lease_until=None, attempts=0, failure="", **values) == 1


def give_up_crashed() -> int:
    """Rows whose every attempt took its worker down: set aside for a person. The number of them."""
    with across_issuers("sweep"):
        dead = AchievementCredential.objects.filter(
            attempts__gte=ATTEMPTS, lease_until__lt=Now(), failed_at__isnull=True
        )
        unsigned = Q(signed_at__isnull=True, cancelled_at__isnull=True)
        unrendered = Q(signed_at__isnull=False, rendered_at__isnull=True)
        again = Q(pk__in=AchievementCredential.objects.with_withdrawn_key().values("pk"))
        failed = {"failed_at": clock.now(), "failure": failing.CRASHED}
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
    with across_issuers("sweep"):
        found = taking.some([UNSIGNED, WITHDRAWN, UNRENDERED])
    return dict(zip(("sign", "sign_again", "render"), found, strict=True))


def printable() -> str | None:
    """Why certificates cannot be printed on this machine, or None."""
    return paper.available()
