"""Addresses taken apart, and which of them belong to the public internet (SECURITY §4 U). Nothing is asked here."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote

import idna

LONGEST = 2048

_URL = re.compile(
    r"(https?)://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]\\%]+)(?::([0-9]{1,5}))?(/[^\s#\\]*|\?[^\s#\\]*)?(?:#\S*)?",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# Names that mean something only inside a network.
_INSIDE = (
    ".localhost",
    ".local",
    ".internal",
    ".intranet",
    ".lan",
    ".home.arpa",
    ".onion",
    ".arpa",
    ".invalid",
    ".test",
)
_REFUSED = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24", "192.88.99.0/24", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
    )
]  # fmt: skip
_V6_IN_USE = ipaddress.ip_network("2000::/3")


class Problem(Exception):
    """Why there is nothing: refused, unreachable, timeout, too_large, not_found or gone."""


@dataclass(frozen=True)
class Target:
    """An address taken apart and found harmless so far; its host is still to be resolved."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


_PORTS = {"http": 80, "https": 443}


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; forms that carry another address inside never do."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not found.is_global or found.is_multicast or found.is_reserved or any(found in net for net in _REFUSED):
        return False
    return found.version == 4 or found in _V6_IN_USE


def target(url: str) -> Target:
    """Take an address apart; raises Problem("refused") for whatever is not plainly a public web address."""
    found = _URL.fullmatch(url) if len(url) <= LONGEST and not _CONTROL.search(url) else None
    if found is None:
        raise Problem("refused")
    scheme, path = found[1].lower(), found[4] or "/"
    port = int(found[3]) if found[3] else _PORTS[scheme]
    path = quote(path if path.startswith("/") else f"/{path}", safe="/?:@!$&'()*+,;=-._~%")
    return Target(scheme, _host(found[2]), port, path)


def _host(written: str) -> str:
    """ASCII name or address of a host, without the dot at its end."""
    if written.startswith("["):
        return _literal(written[1:-1])
    try:
        host = idna.encode(written.removesuffix("."), uts46=True).decode() if not written.isascii() else written.lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise Problem("refused") from error
    host = host.removesuffix(".")
    labels = host.split(".")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):  # an IPv4 address in one of its many spellings
        return _literal(host)
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Problem("refused")
    if host.endswith(_INSIDE):
        raise Problem("refused")
    return host


def _literal(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise Problem("refused") from error
