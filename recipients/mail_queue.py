"""Which mails leave next: the order of the queues, in one statement that looks at little more than it takes.

Three queues, each with an index of its own: what somebody has just asked for, which leaves before everything else; offers,
which wait for their certificate; and the rest. In the last two the oldest mail of every institution comes before the second
oldest of any, so that a batch of 50,000 holds up nobody else's one mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from issuers import clock
from recipients.models import OutgoingEmail
from recipients.models.email import ASKED_FOR, AT_MOST_ONCE, EmailKind

# Offers of one institution that are looked at from the front: those behind them are printed later (recipients.delivering).
FRONT = 500
# Several workers begin at once: each finds some that the others have not locked.
WIDE = 4
# Five workers that died over the same mail.
CRASHES = 5

_OPEN = "e.sent_at IS NULL AND e.refused_at IS NULL AND e.failed_at IS NULL AND e.cancelled_at IS NULL"
_FREE = """e.not_before <= now() AND (e.lease_until IS NULL OR (e.lease_until < now() AND e.crashes < %(crashes)s))
  AND (e.sending_at IS NULL OR NOT (%(never_twice)s OR e.kind = ANY(%(once)s)))"""
# An offer leaves with its certificate; what was taken back is taken all the same, to be cancelled (recipients.emails).
_OFFERED = "c.rendered_at IS NOT NULL AND c.failed_at IS NULL"
_TAKEN_BACK = "(c.cancelled_at IS NOT NULL OR c.revoked_at IS NOT NULL)"
_ASKED = "e.kind IN ({})".format(", ".join(f"'{kind.value}'" for kind in ASKED_FOR))
_OFFERS, _OTHERS = "e.kind = 'offer'", "NOT (e.kind = 'offer')"
# The queue's index is skipped through from one institution to the next; no other index has its order.
_OWNERS = f"""
  SELECT (SELECT e.issuer_id FROM recipients_outgoingemail e
          WHERE {_OPEN} AND {{queue}} ORDER BY e.issuer_id, e.not_before, e.id LIMIT 1)
  UNION ALL
  SELECT (SELECT e.issuer_id FROM recipients_outgoingemail e
          WHERE {_OPEN} AND {{queue}} AND e.issuer_id > before.issuer_id
          ORDER BY e.issuer_id, e.not_before, e.id LIMIT 1)
  FROM {{name}} before WHERE before.issuer_id IS NOT NULL
"""  # noqa: S608 -- put together from our own constants
_FIRST = f"""
  SELECT e.id, e.credential_id, e.not_before FROM recipients_outgoingemail e
  WHERE {_OPEN} AND {{queue}} AND {{whose}} AND {_FREE}
  ORDER BY e.not_before, e.id LIMIT {{limit}}
"""  # noqa: S608
_TURNS = "SELECT first.id, row_number() OVER (ORDER BY first.not_before, first.id) AS turn FROM ({}) first"
_ITS, _NOBODYS = "e.issuer_id = owner.issuer_id", "e.issuer_id IS NULL"
_CANDIDATES = f"""
WITH RECURSIVE offering(issuer_id) AS ({_OWNERS.format(queue=_OFFERS, name="offering")}),
writing(issuer_id) AS ({_OWNERS.format(queue=_OTHERS, name="writing")}),
front AS MATERIALIZED (
  SELECT f.id, f.not_before, c.failed_at, count(*) OVER (PARTITION BY owner.issuer_id) AS seen, owner.issuer_id,
    (({_OFFERED}) OR {_TAKEN_BACK}) AS ready
  FROM offering owner CROSS JOIN LATERAL ({_FIRST.format(queue=_OFFERS, whose=_ITS, limit=FRONT)}) f
  JOIN recipients_achievementcredential c ON c.id = f.credential_id
),
candidates AS (
  (SELECT e.id, 0 AS turn FROM recipients_outgoingemail e WHERE {_OPEN} AND {_ASKED} AND {_FREE}
   ORDER BY e.not_before, e.id LIMIT %(wide)s)
  UNION ALL
  SELECT f.id, row_number() OVER (PARTITION BY f.issuer_id ORDER BY f.not_before, f.id) FROM front f WHERE f.ready
  UNION ALL
  SELECT f.id, f.turn FROM writing owner
  CROSS JOIN LATERAL ({_TURNS.format(_FIRST.format(queue=_OTHERS, whose=_ITS, limit="%(wide)s"))}) f
  UNION ALL
  ({_TURNS.format(_FIRST.format(queue=_OTHERS, whose=_NOBODYS, limit="%(wide)s"))})
)
"""  # noqa: S608
_TAKE = f"""
{_CANDIDATES},
chosen AS (SELECT id, min(turn) AS turn FROM candidates GROUP BY id ORDER BY turn, id LIMIT %(wide)s),
-- Where nothing else is in front, what cannot be printed steps aside for a while.
aside AS (
  UPDATE recipients_outgoingemail SET not_before = now() + interval '5 minutes'
  WHERE id IN (SELECT id FROM front WHERE seen >= {FRONT} AND failed_at IS NOT NULL AND NOT ready)
)
-- A worker that died counts once for all that it had taken. From then on each is begun alone, and only what was begun counts.
UPDATE recipients_outgoingemail SET lease_until = now() + %(lease)s, attempts = attempts + 1,
  crashes = CASE WHEN lease_until IS NULL OR (crashes > 0 AND sending_at IS NULL) THEN crashes ELSE crashes + 1 END,
  unsure_at = CASE WHEN sending_at IS NULL THEN unsure_at ELSE now() END
WHERE id = ANY (ARRAY(  -- an array is made once; IN may be asked again for each row, and finds others every time
  SELECT e.id FROM chosen JOIN recipients_outgoingemail e ON e.id = chosen.id
  WHERE {_OPEN} AND {_FREE} ORDER BY chosen.turn, e.id LIMIT %(limit)s FOR UPDATE OF e SKIP LOCKED
)) RETURNING id
"""  # noqa: S608
_UNKNOWN = f"""
UPDATE recipients_outgoingemail e SET failed_at = now(), unsure_at = now(), lease_until = NULL, response = %(response)s
WHERE {_OPEN} AND e.sending_at IS NOT NULL AND e.lease_until < now() AND (%(never_twice)s OR e.kind = ANY(%(once)s))
"""  # noqa: S608
_DEAD = f"""
UPDATE recipients_outgoingemail e SET failed_at = now(), response = %(response)s
WHERE {_OPEN} AND e.lease_until < now() AND e.crashes >= %(crashes)s
"""  # noqa: S608
# Taking counts `attempts` up, so that they tell whose lease it is: what others took meanwhile, or gave back, is left as it is.
_OURS = "e.id = ours.id AND e.attempts = ours.attempts AND e.lease_until IS NOT NULL"
# A lease that ended and that nobody took is still ours: a server may be slow. A batch may be stopped, and a credential
# revoked, after its mail was taken.
_MARK = f"""
UPDATE recipients_outgoingemail e SET sending_at = %(now)s, lease_until = now() + %(lease)s
FROM unnest(%(ids)s::bigint[], %(attempts)s::int[], %(addresses)s::text[]) AS ours (id, attempts, address)
WHERE {_OURS} AND {_OPEN} AND e."to" = ours.address
  AND (e.kind <> 'offer' OR EXISTS (
    SELECT 1 FROM recipients_achievementcredential c WHERE c.id = e.credential_id AND {_OFFERED} AND NOT {_TAKEN_BACK}))
RETURNING e.id
"""  # noqa: S608
_PUT_BACK = f"""
UPDATE recipients_outgoingemail e SET lease_until = NULL, sending_at = NULL, attempts = greatest(e.attempts - 1, 0)
FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]) AS ours (id, attempts) WHERE {_OURS} AND {_OPEN}
"""  # noqa: S608
UNKNOWN = (
    "Whether this arrived is not known: the connection or the worker ended while it was handed over. "
    "It is not sent again by itself."
)


def never_twice(kind: str) -> bool:
    """Whether a mail of this kind is rather left to a person than sent a second time."""
    return settings.MAIL_NEVER_DUPLICATE or kind in AT_MOST_ONCE


def _values() -> dict[str, Any]:
    once = [EmailKind(kind).value for kind in AT_MOST_ONCE]
    return {"never_twice": settings.MAIL_NEVER_DUPLICATE, "once": once, "crashes": CRASHES - 1}


def take(limit: int, lease: timedelta) -> list[OutgoingEmail]:
    """Lease up to `limit` mails, across institutions, and give them in the order in which they leave."""
    values = {**_values(), "limit": limit, "wide": limit * WIDE, "lease": lease}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        taken = [row[0] for row in cursor.fetchall()]
    mails = list(OutgoingEmail.objects.filter(pk__in=taken).order_by("id"))
    return sorted(mails, key=lambda mail: mail.kind not in ASKED_FOR)


def mark(mails: Sequence[OutgoingEmail], lease: timedelta) -> set[int]:
    """These are about to leave. The keys of those that may: nobody withdrew, readdressed, stopped or took them meanwhile."""
    values = {**_ours(mails), "addresses": [mail.to for mail in mails], "now": clock.now(), "lease": lease}
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        return {row[0] for row in cursor.fetchall()}


def put_back(mails: Sequence[OutgoingEmail]) -> None:
    """As they were before they were taken: it was no try."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_BACK, _ours(mails))


def _ours(mails: Sequence[OutgoingEmail]) -> dict[str, Any]:
    return {"ids": [mail.pk for mail in mails], "attempts": [mail.attempts for mail in mails]}


def waiting() -> bool:
    """Whether a mail could leave now."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_CANDIDATES} SELECT EXISTS (SELECT 1 FROM candidates)", {**_values(), "wide": 1})  # noqa: S608
        return bool(cursor.fetchone()[0])


def asked_for() -> bool:
    """Whether somebody waits for a mail that they asked for a moment ago."""
    look = f"SELECT EXISTS (SELECT 1 FROM recipients_outgoingemail e WHERE {_OPEN} AND {_ASKED} AND {_FREE})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(look, _values())
        return bool(cursor.fetchone()[0])


def give_up_crashed() -> int:
    """Mails that took five workers down, and those that nobody may send twice. The number of them."""
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, {**_values(), "response": UNKNOWN})
        unknown = cursor.rowcount
        cursor.execute(_DEAD, {**_values(), "response": "The worker stopped while it sent this, five times."})
        return unknown + cursor.rowcount
