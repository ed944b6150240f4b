"""Limits counted on Valkey, shared by all processes. Where it is away, what sends mail or guesses is refused (503)."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """`most` times in `seconds` for each key."""

    name: str
    most: int
    seconds: int

    def allows(self, key: str) -> bool:
        """Count one more try of this key; False once there were too many. Raises redis.RedisError when nobody counts."""
        entry = f"limit:{self.name}:{key}"
        if cache.add(entry, 1, self.seconds):
            return True
        try:
            return cache.incr(entry) <= self.most
        except ValueError:  # it lapsed between the two
            return cache.add(entry, 1, self.seconds) or self.most > 1


def client_address(request: HttpRequest, proxies: int) -> str:
    """The caller's address; X-Forwarded-For counts only as many hops as there are proxies of ours (SECURITY T23)."""
    direct = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    return hops[-proxies] if proxies and len(hops) >= proxies else direct
