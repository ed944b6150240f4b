"""Stage: who has an offer open, or a credential about to end, is reminded; each time at most once.

The rows are the schedule: what is due is found by the database's clock, a window of credentials at a time, and written as mails
in one statement. (credential, kind, sequence) is unique, so that no worker can write one twice; and only the latest reminder
that is due is written, so that workers who were away for a week do not send three.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from issuers.tenancy import across_issuers

WINDOW = 5_000
_ONE_AT_A_TIME = 5004  # of advisory locks
# One person hears of one thing a day from one institution, however much waits for them.
_NOT_TODAY = """
NOT EXISTS (
  SELECT 1 FROM recipients_outgoingemail e JOIN recipients_achievementcredential o ON o.id = e.credential_id
  WHERE o.recipient_id = due.recipient_id AND e.kind IN ('reminder', 'expiring')
  AND CASE WHEN e.sent_at IS NOT NULL THEN e.sent_at > now() - interval '24 hours'
      ELSE e.cancelled_at IS NULL AND e.failed_at IS NULL AND e.refused_at IS NULL END
)
"""
_WRITE = f"""
, written AS (
  INSERT INTO recipients_outgoingemail
    (issuer_id, kind, credential_id, user_id, sequence, "to", address_key, context, message_id, not_before, attempts, response)
  SELECT DISTINCT ON (due.recipient_id) due.issuer_id, %(kind)s, due.id, due.user_id, due.step, due.address, due.address_key,
    '{{}}'::jsonb, '<' || gen_random_uuid() || '@' || %(domain)s || '>', now(), 0, ''
  FROM due
  WHERE due.step IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM recipients_outgoingemail e
      WHERE e.credential_id = due.id AND e.kind = %(kind)s AND e.sequence >= due.step)
    AND NOT EXISTS (SELECT 1 FROM recipients_mailstop s
      WHERE s.address_key = due.address_key AND (s.issuer_id IS NULL OR s.issuer_id = due.issuer_id))
    AND {_NOT_TODAY}
  ORDER BY due.recipient_id, due.ends_at, due.id
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT max(id) FROM seen), (SELECT count(*) FROM written)
"""  # noqa: S608 -- put together from our own constants
# Day 3, 10 and 24 after the newest claim mail has left, and 7 days before the offer lapses where that is not the same day.
_OFFERS = f"""
WITH seen AS (
  SELECT * FROM recipients_achievementcredential
  WHERE id > %(after)s AND offered_at IS NOT NULL AND claimed_at IS NULL AND declined_at IS NULL AND cancelled_at IS NULL
    AND revoked_at IS NULL
  ORDER BY id LIMIT %(window)s
), due AS (
  SELECT c.id, c.issuer_id, c.recipient_id, r.user_id, mail."to" AS address, mail.address_key, c.offer_expires_at AS ends_at,
    CASE
      WHEN c.offer_expires_at - interval '7 days' BETWEEN mail.sent_at + interval '1 day' AND now() THEN 4
      WHEN mail.sent_at <= now() - interval '24 days' THEN 3
      WHEN mail.sent_at <= now() - interval '10 days' THEN 2
      WHEN mail.sent_at <= now() - interval '3 days' THEN 1
    END AS step
  FROM seen c
  JOIN issuers_issuer i ON i.id = c.issuer_id AND i.reminders AND i.closed_at IS NULL
  JOIN recipients_award a ON a.id = c.award_id AND a.reminders_stopped_at IS NULL
  JOIN recipients_recipient r ON r.id = c.recipient_id AND r.erased_at IS NULL
  JOIN LATERAL (
    SELECT e.* FROM recipients_outgoingemail e WHERE e.credential_id = c.id AND e.kind = 'offer'
    ORDER BY e.sequence DESC LIMIT 1
  ) mail ON mail.sent_at IS NOT NULL AND mail.bounced_at IS NULL AND mail.complained_at IS NULL AND mail.address_key <> ''
  WHERE c.suspended_at IS NULL AND c.offer_expires_at > now()
)
{_WRITE}
"""  # noqa: S608 -- put together from our own constants
# 60, 30 and 7 days before it ends, if it was claimed before that day: nobody is told at once of what they have just read.
_ENDS = f"""
WITH seen AS (
  SELECT * FROM recipients_achievementcredential
  WHERE id > %(after)s AND claimed_at IS NOT NULL AND revoked_at IS NULL AND expires_at > now()
    AND expires_at <= now() + interval '60 days'
  ORDER BY id LIMIT %(window)s
), due AS (
  SELECT c.id, c.issuer_id, c.recipient_id, u.id AS user_id, u.email AS address, lower(u.email) AS address_key,
    c.expires_at AS ends_at,
    CASE
      WHEN c.expires_at - interval '7 days' BETWEEN c.claimed_at AND now() THEN 3
      WHEN c.expires_at - interval '30 days' BETWEEN c.claimed_at AND now() THEN 2
      WHEN c.expires_at - interval '60 days' BETWEEN c.claimed_at AND now() THEN 1
    END AS step
  FROM seen c
  JOIN issuers_issuer i ON i.id = c.issuer_id AND i.reminders AND i.closed_at IS NULL
  JOIN recipients_award a ON a.id = c.award_id AND a.reminders_stopped_at IS NULL
  JOIN issuers_user u ON u.id = c.holder_id AND u.is_active
  WHERE c.suspended_at IS NULL AND c.cancelled_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM recipients_outgoingemail e WHERE e.credential_id = c.id
      AND e.address_key = lower(u.email) AND (e.bounced_at IS NOT NULL OR e.complained_at IS NOT NULL))
)
{_WRITE}
"""  # noqa: S608 -- put together from our own constants
_KINDS = (("reminder", _OFFERS), ("expiring", _ENDS))


def write_due() -> int:
    """Go through everybody once, window by window, each in its own transaction; how many reminders were written."""
    return sum(_go_through(kind, statement) for kind, statement in _KINDS)


def _go_through(kind: str, statement: str) -> int:
    written, after = 0, 0
    while (found := _write_window(kind, statement, after)) is not None:
        after, new = found
        written += new
    return written


def _write_window(kind: str, statement: str, after: int) -> tuple[int, int] | None:
    """(the last credential that was looked at, reminders written); None after the last, or while another worker is at it."""
    with across_issuers("reminders are due at every institution"), connection.cursor() as cursor:
        # Two windows at once could write two reminders of one day to one person.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return None
        values: dict[str, str | int] = {"kind": kind, "after": after, "window": WINDOW, "domain": settings.MAIL_DOMAIN}
        cursor.execute(statement, values)
        last, new = cursor.fetchone()
        return None if last is None else (last, new)
