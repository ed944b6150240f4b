"""Limits count on Valkey, by key, and say no after the last one."""

import pytest
from django.core.cache import cache

from issuers.limits import Limit, client_address

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
