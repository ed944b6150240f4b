"""Limits count on Valkey, by key, and say no after the last one."""

import pytest
from django.core.cache import cache

from issuers.limits import Limit, caller, client_address

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty():
    cache.clear()


def test_limit_allows_so_many_and_no_more():
    limit = Limit("test", most=3, seconds=60)

    assert [limit.allows("a") for _ in range(5)] == [True, True, True, False, False]
    assert limit.allows("b")
    assert Limit("other", most=3, seconds=60).allows("a")


def test_limit_begins_anew_when_its_time_is_over():
    limit = Limit("test", most=1, seconds=60)
    assert [limit.allows("a"), limit.allows("a")] == [True, False]

    cache.delete("limit:test:a")
    assert limit.allows("a")


def test_refused_try_takes_nothing_so_that_a_smaller_one_fits():
    limit = Limit("test", most=10, seconds=60)

    assert [limit.allows("a", 8), limit.allows("a", 8), limit.allows("a", 2), limit.allows("a")] == [
        True,
        False,
        True,
        False,
    ]


def test_what_was_dearer_counts_even_past_the_limit():
    limit = Limit("test", most=3, seconds=60)
    limit.add("a", 6)

    assert not limit.allows("a")
    assert limit.allows("b")


def test_count_that_lapsed_while_counting_does_not_stand_for_ever(monkeypatch):
    limit = Limit("test", most=3, seconds=60)
    monkeypatch.setattr(cache, "add", lambda *args: False)  # another process was first, and its count lapses now
    cache.set("limit:test:a", 0, None)

    assert limit.allows("a")
    assert 0 < cache._cache.get_client().ttl(cache.make_key("limit:test:a")) <= 60


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:41234", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("6" * 5000, "unknown"),
    ],
)
def test_limit_counts_one_address_or_the_line_it_stands_for(rf, written, counted):
    assert caller(rf.get("/", REMOTE_ADDR=written), 0) == counted
    assert caller(rf.get("/", headers={"X-Forwarded-For": written}, REMOTE_ADDR="10.0.0.1"), 1) == (
        counted if written else "10.0.0.1"
    )


@pytest.mark.parametrize(
    ("header", "proxies", "wanted"),
    [
        ("", 0, "10.0.0.1"),
        ("203.0.113.7", 0, "10.0.0.1"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7, 10.0.0.2", 2, "203.0.113.7"),
        ("", 1, "10.0.0.1"),
        ("203.0.113.7", 2, "10.0.0.1"),
        (" , ,", 1, "10.0.0.1"),
    ],
)
def test_caller_is_named_by_as_many_hops_as_there_are_proxies(rf, header, proxies, wanted):
    headers = {"X-Forwarded-For": header} if header else {}

    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR="10.0.0.1"), proxies) == wanted
