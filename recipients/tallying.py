"""How many were issued, claimed, looked at: from tallies, which are written in the transaction of each deed (decision 0033).

Triggers leave a slip for what a statement changed, so that no way of writing can forget it and no two claims wait for each
other; a worker folds slips into one row an achievement and day. Sums are right at any moment, folded or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet, Sum

from issuers.models import Issuer
from issuers.tenancy import across_issuers
from recipients.models import Tally

# What became of those issued on a day, and what happened on a day.
COHORT = ("issued", "undone", "reached", "opened", "taken", "passed_on", "seen")
NUMBERS = (*COHORT, "claimed", "declined", "revoked", "shares", "looks")
MOST = 20_000

_COLUMNS = ", ".join(NUMBERS)
# One at a time folds; in the order of the unique constraint, though nobody else writes there.
_FOLD = f"""
WITH slips AS (
  DELETE FROM recipients_tally WHERE id IN (
    SELECT id FROM recipients_tally WHERE NOT folded ORDER BY id LIMIT %s) RETURNING *
), folded AS (
  INSERT INTO recipients_tally AS t (issuer_id, achievement_id, day, folded, {_COLUMNS})
  SELECT issuer_id, achievement_id, day, true, {", ".join(f"sum({name})" for name in NUMBERS)}
  FROM slips GROUP BY issuer_id, achievement_id, day ORDER BY issuer_id, achievement_id, day
  ON CONFLICT (issuer_id, achievement_id, day) WHERE folded
  DO UPDATE SET {", ".join(f"{name} = t.{name} + excluded.{name}" for name in NUMBERS)}
)
SELECT count(*) FROM slips
"""  # noqa: S608 -- put together from our own names
_DIFFERENCES = f"""
SELECT coalesce(l.achievement_id, t.achievement_id), coalesce(l.day, t.day), {
    ", ".join(f"coalesce(l.{name}, 0), coalesce(t.{name}, 0)" for name in NUMBERS)
}
FROM tally_counted(%(issuer)s) l FULL JOIN (
  SELECT achievement_id, day, {", ".join(f"sum({name}) AS {name}" for name in NUMBERS)}
  FROM recipients_tally WHERE issuer_id = %(issuer)s GROUP BY achievement_id, day
) t ON t.achievement_id = l.achievement_id AND t.day = l.day
WHERE {" OR ".join(f"coalesce(l.{name}, 0) <> coalesce(t.{name}, 0)" for name in NUMBERS)}
ORDER BY 2, 1
"""  # noqa: S608 -- put together from our own names
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('recipients_tally'))"


def fold() -> int:
    """Up to MOST slips become part of their days; the number of them. Nought where another worker folds."""
    with across_issuers("slips of every institution are folded"), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_FOLD, [MOST])
        return int(cursor.fetchone()[0])


class Difference(NamedTuple):
    """A number that the rows do not come to."""

    achievement: int
    day: date
    name: str
    live: int
    tallied: int


def differences(issuer: Issuer) -> Iterator[Difference]:
    """Where tallies and rows disagree: nowhere. Both are of one moment, so that it may be asked while people claim."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"issuer": issuer.pk})
        for achievement, day, *pairs in cursor.fetchall():
            for name, live, tallied in zip(NUMBERS, pairs[::2], pairs[1::2], strict=True):
                if live != tallied:
                    yield Difference(achievement, day, name, live, tallied)


@transaction.atomic
def rebuild(issuer: Issuer) -> None:
    """Count this institution's rows anew. Deeds go on meanwhile, and are counted once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tally_rebuild(%s)", [issuer.pk])


def between(first: date, last: date, achievements: Sequence[int] | None = None) -> QuerySet[Tally]:
    """The tallies of these days, of the scope's institution."""
    found: QuerySet[Tally] = Tally.objects.filter(day__range=(first, last))
    return found if achievements is None else found.filter(achievement__in=achievements)


def summed(rows: QuerySet[Any], *by: str) -> Any:
    """Every number, by achievement or day; an empty `by` gives one row in all."""
    sums: dict[str, Any] = {f"sum_{name}": Sum(name, default=0) for name in NUMBERS}
    if not by:
        return rows.aggregate(**sums)
    return rows.order_by(*by).values(*by).annotate(**sums)
