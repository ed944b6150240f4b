"""Taking rows that wait: fair between institutions, in time that depends on how many are taken and not on how many wait.

A table that is a queue has `lease_until` and `attempts`, and a partial index on (issuer_id, id) with what makes a row wait.
One probe of that index finds the next institution: fifty thousand rows of one cost no more than one of another.

What has been tried before is taken alone (`alone=True`): it may be what took its worker down, and its neighbours must not
pay for it. So a worker that dies with two hundred rows costs each of them one attempt, and the next one only its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
_FREE = "(q.lease_until IS NULL OR q.lease_until < now())"

# Institutions with something to take: a loose index scan (wiki.postgresql.org/wiki/Loose_indexscan), a probe for each.
_ISSUERS = """
  (SELECT {owner} AS owner FROM {table} AS q WHERE {waiting} AND {free} ORDER BY {owner}, q.{order} LIMIT 1)
  UNION ALL
  SELECT next.owner FROM issuers CROSS JOIN LATERAL (
    SELECT {owner} AS owner FROM {table} AS q WHERE {waiting} AND {free} AND {owner} > issuers.owner
    ORDER BY {owner}, q.{order} LIMIT 1) AS next
"""
# Each gets the same share. Where there are more than places, the lot decides: nobody is always the last.
_TAKE = """
WITH RECURSIVE issuers AS ({issuers}),
chosen AS (SELECT owner, count(*) OVER () AS many FROM issuers ORDER BY random() LIMIT %(limit)s),
turn AS MATERIALIZED (
  SELECT oldest.id FROM chosen CROSS JOIN LATERAL (
    SELECT q.id, q.attempts FROM {table} AS q WHERE {owner} = chosen.owner AND {waiting} AND {free}
    ORDER BY q.{order} LIMIT greatest(1, %(limit)s / chosen.many) FOR UPDATE SKIP LOCKED
  ) AS oldest WHERE {which}
)
UPDATE {table} AS q SET lease_until = now() + %(lease)s, attempts = q.attempts + 1{also}
WHERE q.id = ANY (ARRAY(SELECT turn.id FROM turn)) RETURNING {columns}
"""  # an array, not a join: the planner, who cannot know how few they are, would read the whole table
_FRESH, _ALONE = "oldest.attempts = 0", "oldest.attempts > 0 ORDER BY oldest.id LIMIT 1"


@dataclass(frozen=True)
class Queue(Generic[Row]):
    """Rows of one model that wait for one step.

    `waiting` is SQL about a row `q`, and implies the condition of the index on (`owner`, `order`). `columns` are read with the
    row (empty: all), the others when somebody asks. `also` is set as a row is taken. `owner` is never null; `issuers` finds
    owners by another road, where there is no such index.
    """

    model: type[Row]
    waiting: str
    columns: tuple[str, ...] = ()
    order: str = "id"
    also: str = ""
    owner: str = "q.issuer_id"
    issuers: str = ""

    def sql(self, statement: str, **parts: str) -> str:
        """A statement of this module about this queue."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        parts |= {"table": table, "waiting": self.waiting, "free": _FREE, "order": self.order, "owner": self.owner}
        return statement.format(issuers=(self.issuers or _ISSUERS).format(**parts), **parts)


def take(queue: Queue[Row], limit: int, lease: timedelta, *, alone: bool = False) -> list[Row]:
    """Lease up to `limit` rows that nobody has tried, or one that somebody has; oldest first within each institution.

    Attempts are counted now. Rows that another worker is about to take are passed over. Inside across_issuers.
    """
    columns = ", ".join(f"q.{name}" for name in ("id", *queue.columns)) if queue.columns else "q.*"
    also = f", {queue.also}" if queue.also else ""
    statement = queue.sql(_TAKE, which=_ALONE if alone else _FRESH, columns=columns, also=also)
    found = queue.model._default_manager.raw(statement, {"limit": limit, "lease": str(lease)})
    return sorted(found, key=lambda row: (row.issuer_id, row.pk))  # type: ignore[attr-defined]


def some(queues: Sequence[Queue[Row]]) -> list[bool]:
    """Of each queue whether something could be taken now. Inside across_issuers."""
    parts = [queue.sql("EXISTS (WITH RECURSIVE issuers AS ({issuers}) SELECT FROM issuers)") for queue in queues]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}")
        return list(cursor.fetchone())
