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
from recipients.models import AchievementCredential, Activity, GroupMember, Recipient
from recipients.models.activity import FACT_FIELDS, ActivityQuerySet

CHUNK, ATTEMPTS = 200, 5

FACT, PLACE, CREDENTIAL = "fact", "place", "credential"
_ENDED = "revoked_at IS NOT NULL OR cancelled_at IS NOT NULL OR declined_at IS NOT NULL OR suspended_at IS NOT NULL"
_STANDS = "revoked_at IS NULL AND cancelled_at IS NULL AND declined_at IS NULL AND suspended_at IS NULL"
_PLACES = "SELECT id, issuer_id, recipient_id FROM recipients_groupmember WHERE evaluated_at IS NULL"
# One SELECT for each of the indexes: new; ended; run out; standing again. As CredentialQuerySet.unseen says it.
_CREDENTIALS = " UNION ALL ".join(
    f"SELECT id, issuer_id, recipient_id FROM recipients_achievementcredential WHERE {unseen}"  # noqa: S608
    for unseen in (
        "seen_standing IS NULL",
        f"seen_standing AND ({_ENDED})",
        "seen_standing AND expires_at <= %(now)s",
        f"NOT seen_standing AND {_STANDS} AND (expires_at IS NULL OR expires_at > %(now)s)",
    )
)
_OLDEST = """(
  SELECT issuer_id, recipient_id FROM (
    SELECT issuer_id, recipient_id, row_number() OVER (PARTITION BY issuer_id ORDER BY id) AS turn FROM ({rows}) AS new
  ) AS queue ORDER BY turn LIMIT %(limit)s
)"""
# What lies in the future (clocks of senders differ) has not happened yet, and is new once it has.
# Fair: the oldest row of every institution comes before the second oldest of any. Locked rows are somebody else's.
# Attempts are counted before the work, so that a row that takes its worker down stops after five.
_PEOPLE = f"""
WITH facts AS (
  UPDATE recipients_activity SET attempts = 1 WHERE id IN (
    SELECT id FROM recipients_activity WHERE id IN (
      SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY issuer_id ORDER BY id) AS turn FROM recipients_activity
        WHERE evaluated_at IS NULL AND confirmed_at IS NOT NULL AND at <= %(now)s AND attempts = 0
      ) AS queue ORDER BY turn, id LIMIT %(limit)s
    ) AND evaluated_at IS NULL AND attempts = 0 FOR UPDATE SKIP LOCKED
  ) RETURNING issuer_id, recipient_id
)
SELECT issuer_id, 'fact', recipient_id FROM facts
UNION SELECT issuer_id, 'place', recipient_id FROM {_OLDEST.format(rows=_PLACES)} AS places
UNION SELECT issuer_id, 'credential', recipient_id FROM {_OLDEST.format(rows=_CREDENTIALS)} AS credentials
"""  # noqa: S608
Rows = Mapping[str, set[int]]


def people() -> dict[int, Rows]:
    """Of each institution, rows of people by what is new of them; the facts among it count as tried."""
    found: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    with across_issuers("workers look at what is new everywhere"), connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"limit": CHUNK, "now": clock.now()})
        for issuer, what, recipient in cursor.fetchall():
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
        fresh = _untold().filter(attempts__lt=ATTEMPTS).exists()
        for rows in () if fresh else (_PLACES, _CREDENTIALS):
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM ({rows}) AS new)", {"now": clock.now()})  # noqa: S608
            fresh = fresh or cursor.fetchone()[0]
        return fresh


def set_aside(issuer: Issuer) -> ActivityQuerySet:
    """Facts that no attempt could finish: they wait for a person."""
    return _untold().filter(issuer=issuer, attempts__gte=ATTEMPTS)


def _untold() -> ActivityQuerySet:
    return Activity.objects.filter(evaluated_at__isnull=True, confirmed_at__isnull=False, at__lte=clock.now())


class News:
    """What is new of some people of one institution. No row is locked: what changes meanwhile is not marked as seen, and new.

    `whose` is every row of these people → the person; rows of people who were erased are nobody's, and only marked.
    """

    def __init__(self, issuer: Issuer, rows: Rows, whose: Mapping[int, Recipient], now: datetime) -> None:
        self.facts: dict[int, list[Fact]] = defaultdict(list)
        self._whose, self._now = whose, now
        own = {"issuer": issuer, "recipient__in": set().union(whose, *rows.values())}
        self._deeds: list[Activity] = []
        self._places: list[GroupMember] = []
        self._held: list[Any] = []
        if FACT in rows:
            self._deeds += _untold().filter(**own).only(*FACT_FIELDS, "recipient_id", "withdrawn_at")
        if PLACE in rows:
            places = GroupMember.objects.filter(evaluated_at__isnull=True, **own)
            self._places += places.select_related("group")
        if CREDENTIAL in rows:
            held = AchievementCredential.objects.unseen(now).filter(**own).select_related("achievement")
            self._held += held.defer("document", "signed")
        for deed in self._deeds:
            self._tell(deed.recipient_id, deed.fact())
        for place in self._places:
            self._tell(place.recipient_id, Fact(MEMBER, place.group.key, place.joined_at))
        for credential in self._held:
            self._tell(credential.recipient_id, Fact(HELD, credential.achievement.public_id, credential.created_at))

    def _tell(self, row: int, fact: Fact) -> None:
        if row in self._whose:
            self.facts[self._whose[row].pk].append(fact)

    @property
    def kinds(self) -> set[str]:
        return {fact.kind for facts in self.facts.values() for fact in facts}

    def seen(self) -> int:
        """Mark all of it; how many rows."""
        for gone in (True, False):
            if deeds := [row.pk for row in self._deeds if bool(row.withdrawn_at) is gone]:
                seen = _untold().filter(pk__in=deeds, withdrawn_at__isnull=not gone)
                seen.update(evaluated_at=self._now, attempts=0)
        if places := [row.pk for row in self._places]:
            GroupMember.objects.filter(pk__in=places).update(evaluated_at=self._now)
        for stands in (True, False):
            if some := [row.pk for row in self._held if row.stands is stands]:
                AchievementCredential.objects.filter(pk__in=some).update(seen_standing=stands)
        return len(self._deeds) + len(self._places) + len(self._held)
