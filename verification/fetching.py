"""The one guarded door to the outside (SECURITY T10): one address, looked at first, asked once, kept short.

http and https, ports 80 and 443, hosts with public addresses only. A host is resolved once, every address that it has is
checked, and the connection goes to exactly the address that was checked. No proxy, no cookie, no second try. What could
not be had is a `problem`; nothing of an answer ever stands in one.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urljoin

import idna

from verification.foreign.outcome import Resource

SECONDS, MOST_BYTES, LONGEST = 3.0, 1024 * 1024, 2048
MOST_HEADERS = 64 * 1024
PER_HOST, MOST_RESOLVING = 2, 16
# A link that a person pasted may be a short one; documents name their addresses themselves, and are not led elsewhere.
LINK_REDIRECTS = 3
# Machine formats first: a public page of a credential then answers with the credential.
ACCEPT = "application/vc+ld+json, application/vc, application/did+json, application/ld+json, application/json;q=0.9, image/*;q=0.8, */*;q=0.1"  # noqa: E501
AGENT = "Laurel (checks a credential)"

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


def resolve(host: str, port: int) -> list[str]:
    """Every IP address of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """The client. Its parameters are seams for tests; the product uses `GUARD` below, which has none of them changed."""

    def __init__(
        self,
        *,
        resolver: Callable[[str, int], list[str]] = resolve,
        permits: Callable[[str], bool] = is_public,
        ports: Iterable[int] = (80, 443),
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._resolver, self._permits, self._ports = resolver, permits, frozenset(ports)
        self._seconds, self._made_tls = seconds, tls
        self._turn, self._busy = threading.Condition(), Counter[str]()
        self._resolving = threading.BoundedSemaphore(MOST_RESOLVING)

    @property
    def tls(self) -> ssl.SSLContext:
        """Made when it is first needed: reading all authorities takes its time."""
        if self._made_tls is None:
            self._made_tls = ssl.create_default_context()
        return self._made_tls

    def fetch(self, url: str, *, redirects: int = 0, within: float = SECONDS) -> Resource:
        """What stands at an address, or why nothing does. Never raises."""
        end = time.monotonic() + min(within, self._seconds)
        try:
            for _hop in range(redirects + 1):
                found = self._one(target(url), end)
                if isinstance(found, Resource):
                    return found
                url = urljoin(url, found)  # guarded anew, like the first
            raise Problem("refused")
        except Problem as problem:
            return Resource(problem=str(problem))
        except TimeoutError:
            return Resource(problem="timeout")
        except (OSError, http.client.HTTPException, ValueError, zlib.error):
            return Resource(problem="unreachable")

    def _one(self, at: Target, end: float) -> Resource | str:
        """One request: what it brought, or where it sends."""
        if at.port not in self._ports:
            raise Problem("refused")
        with self._turn_of(at.host, end):
            connection = self._connect(at, self._addresses(at, end), end)
            try:
                return _ask(connection, at, end)
            finally:
                connection.close()

    @contextmanager
    def _turn_of(self, host: str, end: float) -> Iterator[None]:
        """No host is asked more than a little at once, whatever documents say."""
        with self._turn:
            if not self._turn.wait_for(lambda: self._busy[host] < PER_HOST, max(0.0, end - time.monotonic())):
                raise TimeoutError
            self._busy[host] += 1
        try:
            yield
        finally:
            with self._turn:
                self._busy[host] -= 1
                if not self._busy[host]:
                    del self._busy[host]
                self._turn.notify_all()

    def _addresses(self, at: Target, end: float) -> list[str]:
        """Resolved once, in a thread of its own, for a resolver keeps no deadline. One bad address spoils all."""
        found: list[str] = []
        done = threading.Event()

        def ask() -> None:
            try:
                found.extend(self._resolver(at.host, at.port))
            except (OSError, UnicodeError):  # a resolver's error refuses; it is never a reason to try otherwise
                found.clear()
            finally:
                self._resolving.release()
                done.set()

        if not self._resolving.acquire(timeout=max(0.0, end - time.monotonic())):
            raise TimeoutError
        threading.Thread(target=ask, name="resolve", daemon=True).start()
        if not done.wait(max(0.0, end - time.monotonic())):
            raise TimeoutError
        if not found:
            raise Problem("unreachable")
        if not all(self._permits(address) for address in found):
            raise Problem("refused")
        return found

    def _connect(self, at: Target, addresses: list[str], end: float) -> socket.socket:
        """A connection to an address that was checked: no name is resolved again."""
        for place, address in enumerate(addresses[:3], 1):
            left = max(0.01, end - time.monotonic())
            try:
                plain = socket.create_connection((address, at.port), left if place == len(addresses[:3]) else left / 2)
            except OSError:
                if place == len(addresses[:3]):
                    raise
                continue
            break
        if at.scheme == "http":
            return plain
        try:
            plain.settimeout(max(0.01, end - time.monotonic()))
            return self.tls.wrap_socket(plain, server_hostname=at.host)
        except BaseException:
            plain.close()
            raise


class _Pipe(io.RawIOBase):
    """A socket read against one deadline and one bound for all of it: drops of a byte a second come to an end too."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        self._connection, self._end, self._left = connection, end, MOST_BYTES + MOST_HEADERS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if self._left <= 0:
            raise Problem("too_large")
        self._connection.settimeout(left)
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count


class _Readable:
    """What http.client asks of a socket."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._pipe)


def _ask(connection: socket.socket, at: Target, end: float) -> Resource | str:
    host = at.url.split("/")[2]
    lines = [f"GET {at.path} HTTP/1.1", f"Host: {host}", f"Accept: {ACCEPT}", f"User-Agent: {AGENT}"]
    lines += ["Accept-Encoding: identity", "Connection: close", "", ""]
    connection.settimeout(max(0.01, end - time.monotonic()))
    connection.sendall("\r\n".join(lines).encode("ascii"))
    response = http.client.HTTPResponse(_Readable(_Pipe(connection, end)), method="GET")  # type: ignore[arg-type]
    with response:
        response.begin()
        if response.status in {301, 302, 303, 307, 308}:
            return response.headers.get("Location") or "/"
        if response.status != 200:
            raise Problem({404: "not_found", 410: "gone"}.get(response.status, "unreachable"))
        return Resource(_body(response), _media_type(response))


def _media_type(response: http.client.HTTPResponse) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()[:100]


def _body(response: http.client.HTTPResponse) -> bytes:
    """At most 1 MB, also after unpacking what was packed though nobody asked for it."""
    body = response.read(MOST_BYTES + 1)
    if len(body) <= MOST_BYTES and response.length:
        raise http.client.IncompleteRead(b"")
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in {"gzip", "x-gzip", "deflate"}:
        body = zlib.decompressobj(wbits=47).decompress(body, MOST_BYTES + 1)
    elif coding not in {"", "identity"}:
        raise Problem("unreachable")
    if len(body) > MOST_BYTES:
        raise Problem("too_large")
    return body


GUARD = Guard()
