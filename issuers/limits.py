"""Limits counted on Valkey, shared by all processes. Where it is away, what sends mail or guesses is refused (503)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.core.cache import cache
from django.http import HttpRequest

# What one household or office is given of IPv6: whoever has an address has this many, and may use another for each try.
_ONE_LINE = 64


@dataclass(frozen=True)
class Limit:
    """`most` times in `seconds` for each key."""

    name: str
    most: int
    seconds: int

    def allows(self, key: str, cost: int = 1) -> bool:
        """Count one more try of this key, or a dearer one; False once there were too many.

        A try that is refused takes nothing: a smaller one may still fit. Raises redis.RedisError when nobody counts.
        """
        return self.left(key, cost) >= 0

    def left(self, key: str, cost: int = 1) -> int:
        """Count one more try of this key; how many are left after it, -1 where it is refused and takes nothing."""
        count = self._count(key, cost)
        if count <= self.most:
            return self.most - count
        with contextlib.suppress(ValueError):  # it lapsed between the two
            cache.decr(self._entry(key), cost)
        return -1

    def spent(self, key: str) -> bool:
        """Whether nothing is left of it; asking takes nothing. Raises redis.RedisError when nobody counts."""
        return int(cache.get(self._entry(key), 0)) >= self.most

    def add(self, key: str, cost: int) -> None:
        """Count what turned out to be dearer than it looked, whatever was allowed."""
        self._count(key, cost)

    def _count(self, key: str, cost: int) -> int:
        entry = self._entry(key)
        if cache.add(entry, cost, self.seconds):
            return cost
        try:
            count: int = cache.incr(entry, cost)
        except ValueError:  # it lapsed between the two
            return self._count(key, cost)
        if count == cost:  # it lapsed within, and would now stand for ever
            cache.touch(entry, self.seconds)
        return count

    def _entry(self, key: str) -> str:
        return f"limit:{self.name}:{key}"


def client_address(request: HttpRequest, proxies: int) -> str:
    """The caller's address; X-Forwarded-For counts only as many hops as there are proxies of ours (SECURITY T23)."""
    direct = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    return hops[-proxies] if proxies and len(hops) >= proxies else direct


def caller(request: HttpRequest, proxies: int) -> str:
    """Whom a limit by address counts: one IPv4 address, or the /64 that an IPv6 line has of its own.

    Some proxies add the port. What is no address at all is counted together, as our own proxy wrote it.
    """
    written = client_address(request, proxies)
    bare = written[1:].partition("]")[0] if written.startswith("[") else written
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((found, _ONE_LINE), strict=False))
