"""What rules have not seen yet of people: facts, places in groups, credentials that they hold or hold no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from badges.criteria.facts import HELD, MEMBER, Fact
from issuers import clock
from issuers.models import Issuer
from issuers.tenancy import across_issuers
from recipients import announcing
from recipients.models import AchievementCredential, Activity, GroupMember, WebhookType
from recipients.models.activity import FACT_FIELDS, ActivityQuerySet, fact_of

CHUNK, ATTEMPTS = 200, 5

FACT, PLACE, CREDENTIAL = "fact", "place", "credential"
_ENDED = "revoked_at IS NOT NULL OR cancelled_at IS NOT NULL OR declined_at IS NOT NULL OR suspended_at IS NOT NULL"
_STANDS = "revoked_at IS NULL AND cancelled_at IS NULL AND declined_at IS NULL AND suspended_at IS NULL"
# One SELECT for each of the indexes: new; ended; run out; standing again. As CredentialQuerySet.unseen says it.
_UNSEEN = (
    "seen_standing IS NULL",
    f"seen_standing AND ({_ENDED})",
    "seen_standing AND expires_at <= %(now)s",
    # Two SELECTs: with OR the index would be read from end to end.
    f"NOT seen_standing AND {_STANDS} AND expires_at IS NULL",
    f"NOT seen_standing AND {_STANDS} AND expires_at > %(now)s",
)
_STATES = " UNION ALL ".join(
    f"SELECT '{what}' AS what, id, issuer_id, recipient_id FROM {table} WHERE {unseen}"  # noqa: S608
    for what, table, unseen in [
        (PLACE, "recipients_groupmember", "evaluated_at IS NULL"),
        *((CREDENTIAL, "recipients_achievementcredential", unseen) for unseen in _UNSEEN),
    ]
)
# What lies in the future (clocks of senders differ) has not happened yet, and is new once it has.
# Fair: the oldest row of every institution comes before the second oldest of any. Locked rows are somebody else's.
# Attempts are counted before the work, so that a row that takes its worker down stops after five.
_PEOPLE = f"""
WITH facts AS (
  UPDATE recipients_activity SET attempts = 1 WHERE id = ANY (ARRAY(
    SELECT id FROM recipients_activity WHERE id = ANY (ARRAY(
      SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY issuer_id ORDER BY id) AS turn FROM recipients_activity
        WHERE evaluated_at IS NULL AND confirmed_at IS NOT NULL AND at <= %(now)s AND attempts = 0
      ) AS queue ORDER BY turn, id LIMIT %(limit)s
    )) AND evaluated_at IS NULL AND attempts = 0 FOR UPDATE SKIP LOCKED
  )) RETURNING issuer_id, recipient_id
)
SELECT '{FACT}' AS what, issuer_id, recipient_id FROM facts
UNION ALL (
  SELECT what, issuer_id, recipient_id FROM (
    SELECT *, row_number() OVER (PARTITION BY issuer_id ORDER BY what, id) AS turn FROM ({_STATES}) AS states
  ) AS queue ORDER BY turn LIMIT %(limit)s
)
"""  # noqa: S608
# These two are asked for every new fact.
_DEEDS = f"""
SELECT id, recipient_id, withdrawn_at, {", ".join(FACT_FIELDS)} FROM recipients_activity
WHERE issuer_id = %(issuer)s AND recipient_id = ANY(%(rows)s)
  AND evaluated_at IS NULL AND confirmed_at IS NOT NULL AND at <= %(now)s
"""  # noqa: S608
_SEEN = """
UPDATE recipients_activity SET evaluated_at = %(now)s, attempts = 0
WHERE id = ANY(%(deeds)s) AND evaluated_at IS NULL AND (withdrawn_at IS NOT NULL) = %(gone)s
"""
Rows = Mapping[str, set[int]]


def people() -> dict[int, Rows]:
    """Of each institution, rows of people by what is new of them; the facts among it count as tried."""
    found: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    with across_issuers("workers look at what is new everywhere"), connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"limit": CHUNK, "now": clock.now()})
        for what, issuer, recipient in cursor.fetchall():
            found[issuer][what].add(recipient)
    return {issuer: dict(rows) for issuer, rows in found.items()}


def tried() -> list[tuple[int, int]]:
    """(fact, its institution) of facts that were tried and not finished, oldest first: an error, or a worker that ended."""
    with across_issuers("sweep"):
        stopped = _untold().filter(attempts__gt=0, attempts__lt=ATTEMPTS).order_by("id")
        return list(stopped.values_list("pk", "issuer_id")[:CHUNK])


def take_again(fact: int) -> int | None:
    """Count one more attempt in the scope's institution; whose fact it is, or None where another worker was done."""
    stopped = _untold().filter(pk=fact, attempts__lt=ATTEMPTS)
    if not stopped.update(attempts=F("attempts") + 1):
        return None
    return Activity.objects.values_list("recipient_id", flat=True).get(pk=fact)


def waiting() -> bool:
    """Whether anything could be looked at."""
    with across_issuers("sweep"), connection.cursor() as cursor:
        if _untold().filter(attempts__lt=ATTEMPTS).exists():
            return True
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM ({_STATES}) AS states)", {"now": clock.now()})  # noqa: S608
        return bool(cursor.fetchone()[0])


def set_aside(issuer: Issuer) -> ActivityQuerySet:
    """Facts that no attempt could finish: they wait for a person."""
    return _untold().filter(issuer=issuer, attempts__gte=ATTEMPTS)


def _untold() -> ActivityQuerySet:
    return Activity.objects.filter(evaluated_at__isnull=True, confirmed_at__isnull=False, at__lte=clock.now())


class News:
    """What is new of some people of the scope's institution. No row is locked: what changes meanwhile is new again.

    `whose` is every row of these people → the person; rows of people who were erased are nobody's, and only marked.
    """

    def __init__(self, issuer: Issuer, rows: Rows, whose: Mapping[int, int], now: datetime) -> None:
        self.facts: dict[int, list[Fact]] = defaultdict(list)
        self._issuer, self._whose, self._now = issuer, whose, now
        every = set().union(whose, *rows.values())
        own = {"issuer": issuer, "recipient__in": every}
        self._deeds: list[tuple[Any, ...]] = []
        self._places: list[GroupMember] = []
        self._held: list[Any] = []
        if FACT in rows:
            self._deeds = self._new_deeds(every)
        if PLACE in rows:
            places = GroupMember.objects.filter(evaluated_at__isnull=True, **own)
            self._places += places.select_related("group")
        if CREDENTIAL in rows:
            held = AchievementCredential.objects.unseen(now).filter(**own).select_related("achievement")
            self._held += held.only("recipient_id", "created_at", "expires_at", "achievement__public_id")
        for _pk, row, _withdrawn, *said in self._deeds:
            self._tell(row, fact_of(said))
        for place in self._places:
            self._tell(place.recipient_id, Fact(MEMBER, place.group.key, place.joined_at))
        for credential in self._held:
            self._tell(credential.recipient_id, Fact(HELD, credential.achievement.public_id, credential.created_at))

    def _new_deeds(self, rows: set[int]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(_DEEDS, {"now": self._now, "issuer": self._issuer.pk, "rows": list(rows)})
            return cursor.fetchall()

    def _run_out(self) -> list[int]:
        """Credentials that stand no more because their time is over; what was taken back before was told then."""
        over = AchievementCredential.objects.live().filter(declined_at__isnull=True, suspended_at__isnull=True)
        ended = [row.pk for row in self._held if row.expires_at is not None and row.expires_at <= self._now]
        return list(over.filter(pk__in=ended).values_list("pk", flat=True)) if ended else []

    def _tell(self, row: int, fact: Fact) -> None:
        if row in self._whose:
            self.facts[self._whose[row]].append(fact)

    @property
    def kinds(self) -> set[str]:
        return {fact.kind for facts in self.facts.values() for fact in facts}

    def seen(self) -> int:
        """Mark all of it; how many rows."""
        with connection.cursor() as cursor:
            for gone in (True, False):
                if deeds := [pk for pk, _row, withdrawn_at, *_ in self._deeds if bool(withdrawn_at) is gone]:
                    cursor.execute(_SEEN, {"now": self._now, "deeds": deeds, "gone": gone})
        if places := [row.pk for row in self._places]:
            GroupMember.objects.filter(pk__in=places).update(evaluated_at=self._now)
        for stands in (True, False):
            if some := [row.pk for row in self._held if row.stands is stands]:
                AchievementCredential.objects.filter(pk__in=some).update(seen_standing=stands)
        announcing.tell(WebhookType.EXPIRED, self._issuer, self._run_out())
        return len(self._deeds) + len(self._places) + len(self._held)
