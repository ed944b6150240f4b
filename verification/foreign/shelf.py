"""What has been fetched so far, and what is still wanted: an examination asks here and never goes out itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from verification.foreign.outcome import Resource

# All that one document may make us fetch. An honest one needs three: its key, its status list, its picture.
MOST_ADDRESSES = 12
LONGEST_ADDRESS = 2048
_ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f<>\"{}|\\^`]+", re.ASCII)
_REFUSED = Resource(problem="refused")


class Missing(Exception):
    """Something must be fetched before this can be told."""


class Shelf:
    """Resources by address. An address that is not there yet is noted as wanted, once, and within bounds."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._resources = resources
        self._wants: dict[str, None] = {}

    @property
    def wants(self) -> tuple[str, ...]:
        return tuple(self._wants)

    def want(self, address: str) -> None:
        """Ask for an address without needing it yet."""
        with suppress(Missing):
            self.get(address)

    def get(self, address: str) -> Resource:
        """What stands at an address. Raises Missing; an address that nobody should go to is a resource with a problem."""
        plain = fetchable(address)
        if plain is None:
            return _REFUSED
        if plain in self._resources:
            return self._resources[plain]
        if plain not in self._wants and len(self._resources) + len(self._wants) >= MOST_ADDRESSES:
            return _REFUSED
        self._wants[plain] = None
        raise Missing(plain)


def fetchable(address: str) -> str | None:
    """The address without its fragment, if it is absolute, http or https, and holds no name and no password."""
    plain = address.partition("#")[0]
    if len(plain) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(plain):
        return None
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError:
        return None
    return plain if parts.hostname and "@" not in parts.netloc and port != 0 else None


def host(address: str) -> str:
    """The host of an address, in small letters, or ''."""
    plain = fetchable(address)
    return (urlsplit(plain).hostname or "") if plain else ""


def origin(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port: what two addresses of one site have in common."""
    plain = fetchable(address)
    if plain is None:
        return None
    parts = urlsplit(plain)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
