"""Marks of public answers on Valkey: an answer that is kept for seconds is shown only while its marks are unchanged.

Two marks stand behind every public page: its credential's own, and one of the whole site. A stage that changes what a page
says calls `changed` (or `all_changed`), and after the commit nobody is shown what was kept before (docs/decisions/0011).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger()
SITE, VIEWS = "laurel:front:site", "laurel:front:views"
COUNTING = "laurel:front:views:counting"
# Longer than an answer is kept and a page takes to be made: a mark that has lapsed says nothing about a younger answer.
MARK_SECONDS = 600
# A page waits for Valkey no longer than it would take to be made without it.
PATIENCE = 0.3
# One round trip: both marks, and one more look at the page where the caller has an answer under exactly these marks.
# A site without a mark (a new or emptied Valkey) gets a new one, so that nothing kept before it is shown.
_READ = """
local site = redis.call('GET', KEYS[1])
if not site then
  site = ARGV[1]
  redis.call('SET', KEYS[1], site)
end
local both = site .. ':' .. (redis.call('GET', KEYS[2]) or '')
if ARGV[2] == both and ARGV[3] ~= '' then
  redis.call('HINCRBY', KEYS[3], ARGV[3], 1)
end
return both
"""


def _own(public_id: str) -> str:
    return f"laurel:front:credential:{public_id}"


def _new() -> str:
    return secrets.token_hex(8)


@lru_cache
def _client(address: str) -> Redis:
    """One pool a process; a child of fork makes connections of its own."""
    return Redis.from_url(
        address,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


@lru_cache
def _read_script(address: str) -> Any:
    return _client(address).register_script(_READ)


def _address() -> str:
    """The same database as that of the cache."""
    return str(settings.CACHES["default"]["LOCATION"])


def read(public_id: str, known: str, look: str) -> str:
    """Both marks of a page as they are now. `look` is counted where they are still `known`. Raises RedisError."""
    keys = [SITE, _own(public_id), VIEWS]
    return str(_read_script(_address())(keys=keys, args=[_new(), known, look]))


def changed(*public_ids: str) -> None:
    """What these pages say has changed: after the commit nothing kept of them is shown again."""
    names = [_own(public_id) for public_id in public_ids]
    _after_commit(lambda client: _renew(client, names))


def all_changed() -> None:
    """What many pages say has changed: an institution's name or colour, a key."""
    _after_commit(lambda client: client.set(SITE, _new()))


def _renew(client: Redis, names: Iterable[str]) -> None:
    with client.pipeline(transaction=False) as together:
        for name in names:
            together.set(name, _new(), ex=MARK_SECONDS)
        together.execute()


def _after_commit(work: Callable[[Redis], Any]) -> None:
    transaction.on_commit(partial(_try, work), robust=True)


def _try(work: Callable[[Redis], Any]) -> None:
    """Where Valkey is away nothing kept is shown either; should it be away for us alone, an answer ends by its age."""
    try:
        work(_client(_address()))
    except RedisError as error:
        log.warning("mark_not_set", error=type(error).__name__)


def look(public_id: str, day: str) -> str:
    """The name under which looks at one page on one day are counted."""
    return f"{day} {public_id}"


def looked_at(name: str) -> tuple[str, str]:
    """Page and day of such a name."""
    day, _, public_id = name.partition(" ")
    return public_id, day


def count(name: str) -> bool:
    """One more look. False when nobody counts."""
    try:
        _client(_address()).hincrby(VIEWS, name, 1)
    except RedisError:
        return False
    return True


def looks() -> dict[str, int]:
    """Looks counted since they were last taken, and set apart until `looks_taken`: who dies in between takes them again."""
    client: Any = _client(_address())
    if not client.exists(COUNTING) and client.exists(VIEWS):
        client.renamenx(VIEWS, COUNTING)
    return {name: int(number) for name, number in client.hgetall(COUNTING).items()}


def looks_taken() -> None:
    """They stand in the database now."""
    _client(_address()).delete(COUNTING)
