"""Taking rows: fair between institutions, in constant time, each by one worker."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models.functions import Now

from issuers.tenancy import across_issuers
from recipients import chunking, delivering, taking
from recipients.models import AchievementCredential
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import intend, issuer_with_keys, people, person, publish
from tests.recipients.waiting import copies, waiting

MANY = 50_000


def take(limit=200, **options):
    with across_issuers("a test takes"):
        return taking.take(delivering.UNSIGNED, limit, chunking.LEASE, **options)


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


@pytest.fixture
def other(db):
    return publish(issuer_with_keys())


def _read(limit=200):
    """Rows of the table that one take looks at, counted by PostgreSQL, and the milliseconds that it takes."""
    statement = delivering.UNSIGNED.sql(taking._TAKE, which=taking._FRESH, columns="q.id", also="")
    with across_issuers("a test measures"), connection.cursor() as cursor:
        values = {"limit": limit, "lease": str(chunking.LEASE)}
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
        found = cursor.fetchone()[0]
    (plan,) = found if isinstance(found, list) else json.loads(found)
    return sum(_looked_at(plan["Plan"])), plan["Execution Time"]


def _looked_at(node):
    if node.get("Relation Name") == "recipients_achievementcredential" and "Scan" in node["Node Type"]:
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        yield node["Actual Loops"] * (node["Actual Rows"] + removed)
    for child in node.get("Plans", []):
        yield from _looked_at(child)


def test_chunk_costs_the_same_however_many_rows_wait(version, other):
    """A seven-figure queue is read as a short one is: this is what keeps a large institution from slowing all."""
    waiting(version, MANY)
    intend(other, person(), key="small")

    looked_at, milliseconds = _read()

    print(f"{looked_at:.0f} rows looked at for 200 of {MANY + 1:,}, {milliseconds:.1f} ms")
    assert looked_at < 1000


def test_single_award_is_in_the_next_chunk_behind_fifty_thousand(version, other):
    waiting(version, MANY)
    intend(other, person(), key="small")

    began = time.monotonic()
    taken = take()

    print(f"taken after {(time.monotonic() - began) * 1000:.0f} ms, {len(taken)} rows")
    assert other.issuer_id in {row.issuer_id for row in taken}
    assert {row.issuer_id for row in taken} == {version.issuer_id, other.issuer_id}


def test_single_award_is_signed_and_printed_within_seconds_behind_fifty_thousand(version, other, monkeypatch):
    """It waits for the chunk that a worker has in its hands, and comes first in the next one of each step."""
    monkeypatch.setattr(chunking, "SECONDS", 2.0)  # ten in production: so much longer it may wait at worst
    waiting(version, MANY)
    delivering.sign_chunk()
    began = time.monotonic()
    award = intend(other, person(), key="small")
    delivering.render_chunk()  # what every worker is busy with
    delivering.sign_chunk()
    delivering.render_chunk()

    with across_issuers("a test looks"):
        row = award.credentials.get()
        large = AchievementCredential.objects.filter(issuer=version.issuer_id)
        signed, printed = (large.filter(**{f"{step}__isnull": False}).count() for step in ("signed_at", "rendered_at"))
    worst = time.monotonic() - began + 2 * (10.0 - chunking.SECONDS)
    print(f"printed, with {signed} signed and {printed} printed of the {MANY:,}; at worst after {worst:.0f} s")
    assert row.rendered_at is not None
    assert printed <= signed < MANY / 100
    assert worst < 60


def test_each_institution_gets_the_same_share_and_its_oldest_rows(version, other):
    waiting(version, 30, key="one")
    waiting(other, 30, key="two")

    taken = take(20)

    for mine in (version, other):
        own = [row.pk for row in taken if row.issuer_id == mine.issuer_id]
        with across_issuers("a test looks"):
            oldest = AchievementCredential.objects.filter(issuer=mine.issuer_id).order_by("pk")[:10]
            assert own == list(oldest.values_list("pk", flat=True))


def test_more_institutions_than_places_take_turns_by_lot(version):
    versions = [version, *(publish(issuer_with_keys()) for _ in range(3))]
    for mine in versions:
        waiting(mine, 12, key=f"of {mine.pk}")

    served = set()
    for _ in range(12):
        taken = take(2)
        assert len({row.issuer_id for row in taken}) == len(taken) == 2
        served |= {row.issuer_id for row in taken}

    assert served == {mine.issuer_id for mine in versions}


def test_what_was_tried_before_is_taken_alone_and_by_nobody_else(version):
    waiting(version, 6)
    dead = take(4)
    with across_issuers("their lease ends"):
        AchievementCredential.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(hours=1))

    fresh = take()
    assert {row.pk for row in fresh}.isdisjoint(row.pk for row in dead)
    assert len(fresh) == 2
    alone = [take(alone=True) for _ in range(5)]
    assert [len(rows) for rows in alone] == [1, 1, 1, 1, 0]
    assert sorted(row.pk for rows in alone for row in rows) == sorted(row.pk for row in dead)
    assert {row.attempts for rows in alone for row in rows} == {2}


def test_queue_says_whether_something_waits(version):
    with across_issuers("a test looks"):
        assert taking.some([delivering.UNSIGNED, delivering.WITHDRAWN, delivering.UNRENDERED]) == [False] * 3
        row = waiting(version, 2)
        assert taking.some([delivering.UNSIGNED, delivering.UNRENDERED]) == [True, False]
        AchievementCredential.objects.filter(issuer=row.issuer).update(failed_at=Now())
        assert taking.some([delivering.UNSIGNED]) == [False]


def test_row_without_its_columns_is_read_when_somebody_asks(version):
    waiting(version, 1)
    (row,) = take()

    assert {"signed", "values", "name"} <= row.get_deferred_fields()
    with across_issuers("a test looks"):
        assert row.name == "Amal Student"


@COMMITTED
def test_workers_at_the_same_time_take_different_rows():
    version = publish(IssuerFactory())
    intend(version, *people(2), key="two more")
    with across_issuers("a test looks"):
        copies(AchievementCredential.objects.select_related("issuer").first(), 398)
    gate, taken = threading.Barrier(4), []

    def run():
        try:
            gate.wait(10)
            taken.append([row.pk for row in take(100)])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    every = [pk for rows in taken for pk in rows]
    assert len(every) == len(set(every)) > 0
