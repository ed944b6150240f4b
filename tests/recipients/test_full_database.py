"""PostgreSQL's own disk is full: nobody's row is to blame, and it goes on by itself when there is room."""

from contextlib import contextmanager

import pytest
from django.db import connection

from recipients import delivering, failing
from tests.factories import IssuerFactory
from tests.published import intend, people, publish
from tests.recipients.test_chunking import end_leases, rows, set_all

pytestmark = pytest.mark.django_db
# What it answers.
NO_SPACE = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
SIGNATURES = ("signed = done.text", '"signed" = %s')


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


@contextmanager
def full_database(*told):
    """Statements that say any of these find no room; how many there were."""
    refused = []

    def refuse(execute, sql, params, many, context):
        if not any(words in sql for words in told):
            return execute(sql, params, many, context)
        refused.append(sql)
        return execute(NO_SPACE, None, many, context)

    with connection.execute_wrapper(refuse):
        yield refused


@pytest.mark.parametrize("tried", [0, 1])
def test_full_disk_of_the_database_makes_rows_wait_and_costs_no_attempt(version, tried):
    intend(version, *people(4))
    set_all(attempts=tried)
    with full_database(*SIGNATURES) as refused:
        for _again in range(8):
            assert delivering.sign_chunk() == 0
            end_leases()

    assert len(refused) == 8
    assert {(row.attempts, row.failed_at) for row in rows()} == {(tried, None)}
    assert failing.NO_ROOM in {row.failure for row in rows()}
    delivering.sign_chunk()
    assert {(bool(row.signed_at), row.failure) for row in rows()} == {(True, "")}


@pytest.mark.parametrize("tried", [0, 1])
def test_database_without_room_for_the_reason_ends_the_chunk(version, tried):
    intend(version, *people(4))
    set_all(attempts=tried)
    with full_database(*SIGNATURES, '"failure" = %s') as refused:
        assert delivering.sign_chunk() == 0

    assert len(refused) == 2
    end_leases()
    delivering.sign_chunk()
    assert all(row.signed_at for row in rows())


def test_row_whose_failure_finds_no_room_ends_the_chunk(version):
    intend(version, *people(2))
    set_all(document="no document")
    with full_database('"failure" = %s'):
        assert delivering.sign_chunk() == 0

    assert {(row.failure, row.failed_at) for row in rows()} == {("", None)}
