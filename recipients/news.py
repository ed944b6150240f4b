"""What rules have not seen yet of people: facts, places in groups, credentials that they hold or hold no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from badges.criteria.facts import HELD, MEMBER, Fact
from issuers import clock
from issuers.models import Issuer
from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential, Activity, GroupMember, Recipient
from recipients.models.activity import ActivityQuerySet

CHUNK, ATTEMPTS = 200, 5

# Fair: the oldest row of every institution comes before the second oldest of any. Locked rows are somebody else's.
# Attempts are counted before the work, so that a row that takes its worker down stops after five.
_TAKE_FACTS = """
UPDATE recipients_activity SET attempts = 1 WHERE id IN (
  SELECT id FROM recipients_activity WHERE id IN (
    SELECT id FROM (
      SELECT id, row_number() OVER (PARTITION BY issuer_id ORDER BY id) AS turn FROM recipients_activity
      WHERE evaluated_at IS NULL AND confirmed_at IS NOT NULL AND attempts = 0
    ) AS queue ORDER BY turn, id LIMIT %(limit)s
  ) AND evaluated_at IS NULL AND attempts = 0 FOR UPDATE SKIP LOCKED
) RETURNING issuer_id, recipient_id
"""
_OTHERS = """
SELECT issuer_id, recipient_id FROM (
  SELECT issuer_id, recipient_id, row_number() OVER (PARTITION BY issuer_id ORDER BY id) AS turn FROM ({rows}) AS new
) AS queue ORDER BY turn LIMIT %(limit)s
"""
_PLACES = "SELECT id, issuer_id, recipient_id FROM recipients_groupmember WHERE evaluated_at IS NULL"
_ENDED = "revoked_at IS NOT NULL OR cancelled_at IS NOT NULL OR declined_at IS NOT NULL OR suspended_at IS NOT NULL"
_STANDS = "revoked_at IS NULL AND cancelled_at IS NULL AND declined_at IS NULL AND suspended_at IS NULL"
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


def people() -> dict[int, set[int]]:
    """Of each institution, rows of people of whom something is new; the facts among it count as tried."""
    found: dict[int, set[int]] = defaultdict(set)
    values: dict[str, Any] = {"limit": CHUNK, "now": clock.now()}
    with across_issuers("workers look at what is new everywhere"), connection.cursor() as cursor:
        for text in (_TAKE_FACTS, _OTHERS.format(rows=_PLACES), _OTHERS.format(rows=_CREDENTIALS)):
            cursor.execute(text, values)
            for issuer, recipient in cursor.fetchall():
                found[issuer].add(recipient)
    return found


def tried() -> list[tuple[int, int]]:
    """(fact, its institution) of facts that were tried and not finished, oldest first: an error, or a worker that ended."""
    with across_issuers("sweep"):
        stopped = _untold().filter(attempts__gt=0, attempts__lt=ATTEMPTS).order_by("id")
        return list(stopped.values_list("pk", "issuer_id")[:CHUNK])


def take_again(fact: int) -> int | None:
    """Count one more attempt in the scope's institution; whose fact it is, or None where another worker has it or is done."""
    free = _untold().filter(pk=fact, attempts__lt=ATTEMPTS).select_for_update(skip_locked=True, of=("self",))
    row = free.first()
    if row is None:
        return None
    Activity.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    return row.recipient_id


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
    return Activity.objects.filter(evaluated_at__isnull=True, confirmed_at__isnull=False)


class News:
    """All that is new of some people of one institution, in rows that are locked until they are marked as seen.

    `whose` is every row of these people → the person; rows of people who were erased are nobody's, and only marked.
    """

    def __init__(self, issuer: Issuer, rows: set[int], whose: Mapping[int, Recipient], now: datetime) -> None:
        self.facts: dict[int, list[Fact]] = defaultdict(list)
        every = rows | whose.keys()
        free = partial(QuerySet.select_for_update, skip_locked=True, of=("self",))
        self._deeds: list[Activity] = list(free(_untold().filter(issuer=issuer, recipient__in=every)))
        places = GroupMember.objects.filter(issuer=issuer, recipient__in=every, evaluated_at__isnull=True)
        self._places: list[GroupMember] = list(free(places.select_related("group")))
        held = AchievementCredential.objects.unseen(now).filter(issuer=issuer, recipient__in=every)
        self._held: list[Any] = list(free(held.select_related("achievement").defer("document", "signed")))
        self._whose, self._now = whose, now
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
        deeds, places = [row.pk for row in self._deeds], [row.pk for row in self._places]
        if deeds:
            Activity.objects.filter(pk__in=deeds).update(evaluated_at=self._now, attempts=0)
        if places:
            GroupMember.objects.filter(pk__in=places).update(evaluated_at=self._now)
        for stands in (True, False):
            if some := [row.pk for row in self._held if row.stands is stands]:
                AchievementCredential.objects.filter(pk__in=some).update(seen_standing=stands)
        return len(deeds) + len(places) + len(self._held)
