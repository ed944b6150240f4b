"""What rules found is kept: earnings are added, come back, lapse or are doubted. Nothing is awarded or revoked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from issuers.models import Issuer
from recipients import knowing
from recipients.models import AchievementCredential, Earning

BATCH = 500


class Noticed(NamedTuple):
    """An earning that is written down."""

    pk: int
    achievement: int
    version: int
    recipient: int
    key: str
    met_at: datetime
    lapsed_at: datetime | None
    settled_at: datetime | None
    credential: int | None


# Asked for every new fact, so that it is written out.
_NOTICED = """
SELECT id, achievement_id, rule_version_id, recipient_id, award_key, met_at, lapsed_at, settled_at, credential_id
FROM recipients_earning WHERE issuer_id = %(issuer)s
  AND (%(achievement)s::bigint IS NULL OR achievement_id = %(achievement)s)
  AND (%(recipients)s::bigint[] IS NULL OR recipient_id = ANY(%(recipients)s))
"""


def noticed(
    issuer: Issuer, *, achievement: int | None = None, recipients: Iterable[int] | None = None
) -> list[Noticed]:
    """Those of an achievement, or of rows of people."""
    rows = None if recipients is None else list(recipients)
    with connection.cursor() as cursor:
        cursor.execute(_NOTICED, {"issuer": issuer.pk, "achievement": achievement, "recipients": rows})
        return [Noticed(*row) for row in cursor.fetchall()]


_CLEARED = (*("lapsed_at", "settled_at", "approved_at", "approved_by", "seconded_at", "seconded_by"),)


class Ledger:
    """Collects what is to change for some people of one institution, and writes it: each change one conditional UPDATE."""

    def __init__(self, issuer: Issuer, now: datetime, whose: Mapping[int, int] | None = None) -> None:
        """`whose`: all rows of all the people, where they are known (knowing.persons)."""
        self._issuer, self._now, self._whose = issuer, now, whose
        self._new: list[Earning] = []
        self._moved: list[Earning] = []
        self._back: list[int] = []
        self._gone: list[int] = []
        self._doubtful: list[int] = []
        self._sure: list[int] = []

    def add(self, achievement: int, version: int, *, recipient: int, key: str, met_at: datetime) -> None:
        """Something that nobody had noticed."""
        self._new.append(
            Earning(
                issuer=self._issuer,
                achievement_id=achievement,
                rule_version_id=version,
                recipient_id=recipient,
                award_key=key,
                met_at=met_at,
                noticed_at=self._now,
            )
        )

    def compare(self, earning: Noticed, met_at: datetime | None, version: int, *, stands: Callable[[], bool]) -> None:
        """What was noticed before, with what the running version says now; `stands`: its own version still says so.

        Refused stays refused, and who had it already has it.
        """
        if earning.credential is not None:
            (self._sure if met_at or stands() else self._doubtful).append(earning.pk)
        elif earning.settled_at is not None and earning.lapsed_at is None:
            return
        elif met_at is None:
            self._gone.append(earning.pk)
        else:
            if earning.lapsed_at is not None:
                self._back.append(earning.pk)
            if (earning.met_at, earning.version) != (met_at, version):
                self._moved.append(Earning(pk=earning.pk, met_at=met_at, rule_version_id=version))

    def write(self) -> bool:
        """All of it; whether there may be something to award."""
        added = self._add()
        earnings = Earning.objects.filter(issuer=self._issuer)
        if self._back:
            again = earnings.filter(pk__in=self._back, lapsed_at__isnull=False)
            # Whoever approved it looked at facts that were taken back since.
            again.update(**dict.fromkeys(_CLEARED), noticed_at=self._now)
        if self._moved:
            earnings.open().bulk_update(self._moved, ["met_at", "rule_version"], batch_size=BATCH)
        if self._gone:
            earnings.open().filter(pk__in=self._gone).update(lapsed_at=self._now, settled_at=self._now)
        # What is awarded at this very moment was waited for by the line above, and is doubted by the one below.
        if unmet := self._gone + self._doubtful:
            standing = earnings.filter(pk__in=unmet, credential__isnull=False, doubted_at__isnull=True)
            standing.update(doubted_at=self._now)
        if self._sure:
            doubted = earnings.filter(pk__in=self._sure, doubted_at__isnull=False, doubt_settled_at__isnull=True)
            doubted.update(doubted_at=None)
        return bool(added or self._back or self._moved)

    def _add(self) -> int:
        """Two workers with one verdict meet at `earned_once_a_key`. Who has it already is written down as done."""
        if not self._new:
            return 0
        whose = self._whose or knowing.persons(self._issuer, {row.recipient_id for row in self._new})
        achievements = {row.achievement_id for row in self._new}
        has: dict[tuple[int, int], list[AchievementCredential]] = {}
        for credential in knowing.awarded(self._issuer, achievements, whose):
            has.setdefault((credential.achievement_id, whose[credential.recipient_id]), []).append(credential)
        for row in self._new:
            held = has.get((row.achievement_id, row.recipient_id), [])
            if any(row.award_key in credential.answered for credential in held):
                row.settled_at = self._now
        Earning.objects.bulk_create(self._new, ignore_conflicts=True, batch_size=BATCH)
        return sum(row.settled_at is None for row in self._new)
