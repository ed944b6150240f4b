"""What became of mails is written down: many in one statement where they left, each by its own answer where they did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection
from django.db.models import Case, Value, When

from issuers import clock
from recipients.conversing import Fate, Outcome
from recipients.mail_queue import UNKNOWN, never_twice
from recipients.models import OutgoingEmail

log = structlog.get_logger()
# Minutes until the next try after "not now" (RFC 5321 4.5.4.1 asks for patience), the last for ever; and when it is over.
PAUSES = (1, 5, 15, 60, 240)
PATIENCE = timedelta(hours=72)
# A code is good for minutes, and how far somebody is concerns nobody later: what is in these stands in a row until it has left.
SPENT = [OutgoingEmail.Kind.ADDRESS_CODE, OutgoingEmail.Kind.APPLICATION, OutgoingEmail.Kind.DIGEST]


def note(done: Sequence[tuple[OutgoingEmail, Outcome]]) -> None:
    """Write outcomes; twice is as once. Inside across_issuers."""
    sent = [mail for mail, outcome in done if outcome.fate is Fate.SENT]
    if sent:
        _sent(sent)
    for mail, outcome in done:
        match outcome.fate:
            case Fate.REFUSED:
                finish(mail, refused_at=clock.now(), response=outcome.response, sending_at=None)
            case Fate.DEFERRED:
                _later(mail, outcome.response, sending_at=None)
            case Fate.UNKNOWN if never_twice(mail.kind):
                finish(mail, failed_at=clock.now(), unsure_at=clock.now(), response=UNKNOWN)
            case Fate.UNKNOWN:
                # It may have arrived: sending_at stays, so that the next try is marked as a possible repeat.
                _later(mail, outcome.response)
            case Fate.BROKEN:
                finish(mail, failed_at=clock.now(), response=outcome.response, sending_at=None)


def finish(mail: OutgoingEmail, **values: Any) -> None:
    """The lease ends; the worker lives. A server's answer may name whom we wrote to, who may have been erased meanwhile."""
    _end(mail, **{**values, "response": unless_erased(values["response"][:300])})


def cancel(mail: OutgoingEmail, reason: str) -> None:
    """It has lost its reason, which we say in a word of our own: it names nobody."""
    _end(mail, cancelled_at=clock.now(), response=reason[:300])


def _end(mail: OutgoingEmail, **values: Any) -> None:
    OutgoingEmail.objects.filter(pk=mail.pk).update(lease_until=None, crashes=0, **values)


def unless_erased(said: str) -> Case:
    """What others say of a mail, for an UPDATE: nothing where its person was erased, even a moment before."""
    return Case(When(to="", then=Value("")), default=Value(said))


def _later(mail: OutgoingEmail, response: str, **values: Any) -> None:
    now = clock.now()
    pause = timedelta(minutes=PAUSES[min(mail.attempts, len(PAUSES)) - 1])
    since = mail.deferred_since or now
    if now + pause > since + PATIENCE:
        finish(mail, failed_at=now, response=response, **values)
    else:
        finish(mail, not_before=now + pause, deferred_since=since, response=response, **values)


def _sent(mails: Sequence[OutgoingEmail]) -> None:
    values: dict[str, Any] = {
        "now": clock.now(),
        "mails": [mail.pk for mail in mails],
        "spent": [kind.value for kind in SPENT],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SENT, values)


# Somebody whom we know finds the offer in the wallet too; what a rule gave is told there once (recipients.telling).
_SENT = """
WITH sent AS (
  UPDATE recipients_outgoingemail SET sent_at = %(now)s, lease_until = NULL, response = '250',
    context = CASE WHEN kind = ANY(%(spent)s) THEN '{}' ELSE context END
  WHERE id = ANY(%(mails)s) RETURNING credential_id, kind
), offered AS (
  UPDATE recipients_achievementcredential c SET offered_at = %(now)s FROM sent
  WHERE c.id = sent.credential_id AND sent.kind = 'offer' AND c.offered_at IS NULL
)
INSERT INTO recipients_notice (issuer_id, user_id, credential_id, kind)
SELECT c.issuer_id, r.user_id, c.id, CASE a.source WHEN 'rule' THEN 'earned' ELSE 'offered' END
FROM sent JOIN recipients_achievementcredential c ON c.id = sent.credential_id AND sent.kind = 'offer'
JOIN recipients_recipient r ON r.id = c.recipient_id JOIN recipients_award a ON a.id = c.award_id
WHERE r.user_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM recipients_notice n WHERE n.credential_id = c.id AND n.kind IN ('offered', 'earned'))
ON CONFLICT DO NOTHING
"""
