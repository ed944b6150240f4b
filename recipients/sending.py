"""Stage: rows of OutgoingEmail leave by SMTP (docs/issuance-cycle.md, step 7).

`sending_at` is committed before SMTP starts. Exactly-once does not exist there (RFC 1047): a worker that dies between the
server's 250 and our commit leaves `sending_at` set, the mail goes again with the same Message-ID, and `unsure_at` says so.
"""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import override

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import emails
from recipients.models import AchievementCredential, Award, MailStop, Notice, OutgoingEmail

log = structlog.get_logger()
CHUNK = 50
ATTEMPTS = 5
LEASE = timedelta(seconds=settings.MAIL_LEASE_SECONDS)
# Minutes until the next try after a temporary refusal (RFC 5321 4.5.4.1 asks for patience).
PAUSES = (1, 5, 15, 60, 240)
# Asked for by the reader a moment ago: these leave even to an address that wants no other mail.
ASKED_FOR = {OutgoingEmail.Kind.LINKS, OutgoingEmail.Kind.ADDRESS_CODE, OutgoingEmail.Kind.APPLICATION}
# A code is good for minutes, and how far somebody is concerns nobody later: what is in these stands in a row until it has left.
SPENT = {OutgoingEmail.Kind.ADDRESS_CODE, OutgoingEmail.Kind.APPLICATION, OutgoingEmail.Kind.DIGEST}

_WAITING = """
  e.sent_at IS NULL AND e.refused_at IS NULL AND e.failed_at IS NULL AND e.cancelled_at IS NULL
  AND e.not_before <= now() AND (e.lease_until IS NULL OR e.lease_until < now())
  AND (e.kind <> 'offer' OR EXISTS (SELECT 1 FROM recipients_achievementcredential c WHERE c.id = e.credential_id
       AND (c.rendered_at IS NOT NULL OR c.cancelled_at IS NOT NULL OR c.revoked_at IS NOT NULL)))
"""
_TAKE = f"""
UPDATE recipients_outgoingemail SET lease_until = now() + %(lease)s, attempts = attempts + 1,
  unsure_at = CASE WHEN sending_at IS NULL THEN unsure_at ELSE now() END
WHERE id IN (
  SELECT e.id FROM recipients_outgoingemail e WHERE e.id IN (
    SELECT id FROM (
      SELECT e.id, row_number() OVER (PARTITION BY e.issuer_id ORDER BY e.id) AS turn
      FROM recipients_outgoingemail e WHERE {_WAITING}
    ) AS queue ORDER BY turn, id LIMIT %(limit)s
  ) AND {_WAITING} FOR UPDATE SKIP LOCKED
) RETURNING id
"""  # noqa: S608 -- put together from our own constants


def _take() -> list[OutgoingEmail]:
    with across_issuers("workers take the oldest mails of every issuer"), connection.cursor() as cursor:
        cursor.execute(_TAKE, {"lease": str(LEASE), "limit": CHUNK})
        taken = [row[0] for row in cursor.fetchall()]
        found = OutgoingEmail.objects.filter(pk__in=taken).order_by("id")
        return list(
            found.select_related(
                "issuer__kit",
                "application__form__achievement",
                "application__issuer",
                "credential__issuer__kit",
                "credential__recipient",
                "credential__version",
                "credential__holder",
                "user",
            )
        )


def send_chunk() -> int:
    """Send up to 50 mails over one connection; the number taken."""
    taken = _take()
    if not taken:
        return 0
    server = get_connection()
    try:
        for email in taken:
            _one(email, server)
    finally:
        server.close()
    return len(taken)


def _one(email: OutgoingEmail, server: Any) -> None:
    try:
        # Where nobody answers nothing was sent: sending_at stays as it is, and the next try is no repeat.
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        _later(email, f"{type(error).__name__}: {error}")
        return
    try:
        with across_issuers("one mail"), override("en"):
            if _stopped(email):
                raise emails.Unsendable("stopped")
            message = emails.compose(email)
            _update(email, sending_at=clock.now())
        server.send_messages([message])
    except emails.Unsendable as reason:
        _finish(email, cancelled_at=clock.now(), response=str(reason))
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        _refused(email, code, said)
    except smtplib.SMTPSenderRefused as refused:
        # About us, not about the reader: it is tried again, and a person is told after five times.
        _later(email, f"{refused.smtp_code} {_text(refused.smtp_error)}", sending_at=None)
    except smtplib.SMTPResponseException as refused:
        _refused(email, refused.smtp_code, refused.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        # No answer: it may have arrived. sending_at stays, so that the next try is marked as a possible repeat.
        server.close()
        _later(email, f"{type(error).__name__}: {error}")
    except Exception as error:
        log.exception("mail_failed", email=email.pk, kind=email.kind)
        _finish(email, failed_at=clock.now(), response=f"{type(error).__name__}: {error}"[:300])
    else:
        _sent(email)


def _stopped(email: OutgoingEmail) -> bool:
    if email.kind in ASKED_FOR:
        return False
    stops = MailStop.objects.filter(address_key=email.address_key)
    return stops.filter(Q(issuer=None) | Q(issuer_id=email.issuer_id)).exists()


def _update(email: OutgoingEmail, **values: Any) -> int:
    return OutgoingEmail.objects.filter(pk=email.pk).update(**values)


def _finish(email: OutgoingEmail, **values: Any) -> None:
    with across_issuers("one mail's outcome"):
        _update(email, lease_until=None, **values)


def _refused(email: OutgoingEmail, code: int, said: bytes | str) -> None:
    """The server answered no: for good with 5xx, for now with 4xx. Either way it did not take the mail."""
    response = f"{code} {_text(said)}"[:300]
    if code >= 500:
        _finish(email, refused_at=clock.now(), response=response, sending_at=None)
    else:
        _later(email, response, sending_at=None)


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _later(email: OutgoingEmail, response: str, **values: Any) -> None:
    if email.attempts >= ATTEMPTS:
        _finish(email, failed_at=clock.now(), response=response[:300], **values)
        return
    pause = timedelta(minutes=PAUSES[min(email.attempts, len(PAUSES)) - 1])
    _finish(email, not_before=clock.now() + pause, response=response[:300], **values)


def _sent(email: OutgoingEmail) -> None:
    with across_issuers("one mail's outcome"):
        spent: dict[str, Any] = {"context": {}} if email.kind in SPENT else {}
        _update(email, sent_at=clock.now(), lease_until=None, response="250", **spent)
        if email.kind == OutgoingEmail.Kind.OFFER and email.credential is not None:
            offered = AchievementCredential.objects.filter(pk=email.credential.pk)
            offered.update(offered_at=Coalesce(F("offered_at"), clock.now()))
            _notice(email.credential)


def _notice(credential: AchievementCredential) -> None:
    """Somebody whom we know finds the offer in the wallet too; what a rule gave is told there once (recipients.telling)."""
    user = credential.recipient.user
    told = Notice.objects.filter(credential=credential, kind__in=[Notice.Kind.OFFERED, Notice.Kind.EARNED])
    if user is None or told.exists():
        return
    kind = Notice.Kind.EARNED if credential.award.source == Award.Source.RULE else Notice.Kind.OFFERED
    notice = Notice(issuer=credential.issuer, user=user, credential=credential, kind=kind)
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def waiting() -> bool:
    """Whether a mail could leave now."""
    with across_issuers("sweep"), connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM recipients_outgoingemail e WHERE {_WAITING})")  # noqa: S608
        return bool(cursor.fetchone()[0])


def give_up_crashed() -> int:
    """Mails whose every attempt took its worker down. The number of them."""
    with across_issuers("sweep"):
        dead = OutgoingEmail.objects.waiting().filter(attempts__gte=ATTEMPTS, lease_until__lt=Now())
        return dead.update(failed_at=clock.now(), response="The worker stopped while it sent this, five times.")
