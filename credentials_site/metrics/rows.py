"""What the rows say: what waits at each step and since when. Every statement walks a partial index and counts to 2,000."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import Error, connection, transaction

from issuers.tenancy import across_issuers

log = structlog.get_logger()
MOST = 2_000
MOST_MAILS = 5_000
# Longer than any of them takes; a watcher must not become the load.
_PATIENCE_MS = 1_000
_OPEN_MAIL = "sent_at IS NULL AND refused_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL"


@dataclass(frozen=True)
class Step:
    """One kind of work. `waiting` are its rows; `since` is the column that says from when on; `failed` were set aside."""

    name: str
    table: str
    waiting: str
    since: str
    failed: str


STEPS = (
    Step(
        "sign",
        "recipients_achievementcredential",
        "signed_at IS NULL AND cancelled_at IS NULL AND failed_at IS NULL",
        "created_at",
        "failed_at IS NOT NULL AND cancelled_at IS NULL AND signed_at IS NULL",
    ),
    Step(
        "render",
        "recipients_achievementcredential",
        "signed_at IS NOT NULL AND rendered_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL AND revoked_at IS NULL",
        "signed_at",
        "failed_at IS NOT NULL AND cancelled_at IS NULL AND signed_at IS NOT NULL",
    ),
    Step(
        "mail",
        "recipients_outgoingemail",
        f"{_OPEN_MAIL} AND not_before <= now()",
        "not_before",
        "kind = 'offer' AND failed_at IS NOT NULL",
    ),
    Step(
        "webhook",
        "recipients_webhookdelivery",
        "delivered_at IS NULL AND failed_at IS NULL AND not_before <= now()",
        "not_before",
        "failed_at IS NOT NULL",
    ),
)
_WAITING = """
SELECT count(*), count(*) FILTER (WHERE lease_until > now()), coalesce(extract(epoch FROM now() - min({since})), 0)
FROM (SELECT lease_until, {since} FROM {table} WHERE {waiting} LIMIT {most}) AS counted
"""
_FAILED = "SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {failed} LIMIT {most}) AS counted"
# The newest by number, so that a scan of an hour is never one of all mails.
_MAILS = """
SELECT CASE WHEN refused_at IS NOT NULL THEN 'refused' WHEN failed_at IS NOT NULL THEN 'failed'
  WHEN cancelled_at IS NOT NULL THEN 'cancelled' WHEN sent_at IS NULL THEN 'waiting'
  WHEN unsure_at IS NOT NULL THEN 'sent_perhaps_twice' ELSE 'sent' END AS state, count(*)
FROM (SELECT * FROM recipients_outgoingemail ORDER BY id DESC LIMIT {most}) AS newest
WHERE created_at > now() - interval '1 hour' GROUP BY 1
"""
MAIL_STATES = ("waiting", "sent", "sent_perhaps_twice", "refused", "failed", "cancelled")
_AWARDS = """
SELECT count(DISTINCT award_id) FROM (
  (SELECT award_id FROM recipients_achievementcredential WHERE {sign} LIMIT {most})
  UNION ALL (SELECT award_id FROM recipients_achievementcredential WHERE {render} LIMIT {most})) AS counted
"""
# The planner's own estimates: for curves of growth they are near enough, and they cost nothing.
_GROWTH = """
SELECT relname, greatest(reltuples, 0) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND relname = ANY(%s)
"""
GROWING = (
    "recipients_achievementcredential",
    "recipients_outgoingemail",
    "recipients_recipient",
    "recipients_activity",
    "issuers_auditevent",
)


@dataclass(frozen=True)
class Waiting:
    """Of one step: rows (2,000 at most), how many of them a worker has now, and the seconds that the oldest has waited at least."""

    rows: int
    leased: int
    oldest: float


@dataclass
class Found:
    """What could be asked; `missing` names what could not."""

    waiting: dict[str, Waiting]
    failed: dict[str, int]
    mails: dict[str, int]
    growth: dict[str, float]
    awards: int | None
    missing: list[str]


def look() -> Found:
    """Ask everything. One question that takes too long, or whose table is not there, leaves the others as they are."""
    found = Found({}, {}, {}, {}, None, [])
    try:
        with across_issuers("figures about everybody's work"), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {_PATIENCE_MS}")
            for step in STEPS:
                _look_at(step, cursor, found)
            _look_at_the_rest(cursor, found)
    except Error as error:
        log.warning("figures_missing", error=type(error).__name__)
        found.missing.append("database")
    return found


def _look_at(step: Step, cursor: Any, found: Found) -> None:
    with _one(step.name, found):
        cursor.execute("SELECT to_regclass(%s)", [step.table])
        if cursor.fetchone()[0] is None:
            return
        words = {"table": step.table, "since": step.since, "waiting": step.waiting, "failed": step.failed, "most": MOST}
        cursor.execute(_WAITING.format(**words))
        rows, leased, oldest = cursor.fetchone()
        found.waiting[step.name] = Waiting(rows, leased, max(0.0, float(oldest)))
        cursor.execute(_FAILED.format(**words))
        found.failed[step.name] = cursor.fetchone()[0]


def _look_at_the_rest(cursor: Any, found: Found) -> None:
    sign, render = STEPS[0].waiting, STEPS[1].waiting
    with _one("mails", found):
        cursor.execute(_MAILS.format(most=MOST_MAILS))
        found.mails = dict.fromkeys(MAIL_STATES, 0) | dict(cursor.fetchall())
    with _one("awards", found):
        cursor.execute(_AWARDS.format(sign=sign, render=render, most=MOST))
        found.awards = cursor.fetchone()[0]
    with _one("growth", found):
        cursor.execute(_GROWTH, [list(GROWING)])
        growth: Mapping[str, float] = dict(cursor.fetchall())
        found.growth = dict(growth)


@contextmanager
def _one(name: str, found: Found) -> Iterator[None]:
    """A question in a savepoint of its own."""
    try:
        with transaction.atomic():
            yield
    except Error as error:
        log.warning("figure_missing", figure=name, error=type(error).__name__)
        found.missing.append(name)
