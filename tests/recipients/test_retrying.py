"""When something is sent again: soon at first, then ever later, never beyond three days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipients import retrying

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_tries_are_spread_over_almost_three_days():
    total = sum(retrying.PAUSES, timedelta())

    assert timedelta(hours=70) < total < retrying.LONGEST
    assert list(retrying.PAUSES) == sorted(retrying.PAUSES)
    assert retrying.pause(retrying.TRIES - 1, 0) == timedelta(hours=22)
    assert retrying.pause(retrying.TRIES, 0) is None


@given(st.integers(1, 9), st.floats(0, 1), st.timedeltas(timedelta(seconds=1), timedelta(days=400)))
def test_patience_makes_a_pause_longer_within_bounds_and_never_shorter(tries, dice, asked):
    alone, pause = retrying.pause(tries, dice), retrying.pause(tries, dice, asked)

    assert retrying.PAUSES[tries - 1] * 0.8 <= alone <= retrying.PAUSES[tries - 1]
    assert pause == max(alone, min(asked, retrying.MOST_PATIENCE))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("120", timedelta(minutes=2)),
        (" 7 ", timedelta(seconds=7)),
        ("Thu, 26 Nov 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Thu, 26 Nov 2026 11:00:00 GMT", None),
        ("0", None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9999999999", None),
        ("Thu, 99 Nov 2026", None),
        ("\ud800", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(said, asked):
    assert retrying.patience(said, NOW) == asked


@given(st.text(max_size=60))
def test_any_text_is_patience_or_none(text):
    found = retrying.patience(text, NOW)

    assert found is None or found > timedelta()
