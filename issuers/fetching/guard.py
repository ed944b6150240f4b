"""The client: what it resolves it checks, and where it goes is what it checked."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urljoin

from issuers.fetched import Answer, Resource
from issuers.fetching import answers
from issuers.fetching.answers import MOST_BYTES
from issuers.fetching.targets import Problem, Target, is_public, target

SECONDS = 3.0
PER_HOST, MOST_RESOLVING = 2, 16
# A link that a person pasted may be a short one; documents name their addresses themselves, and are not led elsewhere.
LINK_REDIRECTS = 3
# Machine formats first: a public page of a credential then answers with the credential.
ACCEPT = "application/vc+ld+json, application/vc, application/did+json, application/ld+json, application/json;q=0.9, image/*;q=0.8, */*;q=0.1"  # noqa: E501
AGENT = "Laurel (checks a credential)"
# What somebody says to something posted is read for a log: some lines of it.
MOST_SAID = 64 * 1024

Found = TypeVar("Found")
Ask = Callable[[socket.socket, Target, float], Found]
_FAULTS = (Problem, OSError, http.client.HTTPException, ValueError, zlib.error)


def resolve(host: str, port: int) -> list[str]:
    """Every IP address of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _problem(error: Exception) -> str:
    if isinstance(error, Problem):
        return str(error)
    return "timeout" if isinstance(error, TimeoutError) else "unreachable"


class Guard:
    """The client. Its parameters are seams: `GUARD` has none of them changed, and recipients.destinations says what it needs."""

    def __init__(
        self,
        *,
        resolver: Callable[[str, int], list[str]] = resolve,
        permits: Callable[[str], bool] = is_public,
        ports: Container[int] = frozenset({80, 443}),
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
        per_host: int = PER_HOST,
    ) -> None:
        self._resolver, self._permits, self._ports = resolver, permits, ports
        self._seconds, self._per_host, self._made_tls = seconds, per_host, tls
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
                found = self._one(target(url), end, _get)
                if isinstance(found, Resource):
                    return found
                url = urljoin(url, found)  # guarded anew, like the first
            raise Problem("refused")
        except _FAULTS as error:
            return Resource(problem=_problem(error))

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """What a server says to a body. A redirect is an answer like others, and nobody follows it. Never raises."""
        end = time.monotonic() + self._seconds

        def send(connection: socket.socket, at: Target, end: float) -> Answer:
            return _post(connection, at, end, content, headers)

        try:
            return self._one(target(url), end, send)
        except _FAULTS as error:
            return Answer(problem=_problem(error))

    def look(self, url: str) -> str:
        """Why nothing would be sent to an address, or ''. Its name is resolved, and nobody is asked anything."""
        try:
            at = target(url)
            self._refuse_port(at)
            self._addresses(at, time.monotonic() + self._seconds)
        except _FAULTS as error:
            return _problem(error)
        return ""

    def _refuse_port(self, at: Target) -> None:
        if at.port not in self._ports:
            raise Problem("refused")

    def _one(self, at: Target, end: float, ask: Ask[Found]) -> Found:
        """One request, at an address that was checked."""
        self._refuse_port(at)
        with self._turn_of(at.host, end):
            connection = self._connect(at, self._addresses(at, end), end)
            try:
                return ask(connection, at, end)
            finally:
                connection.close()

    @contextmanager
    def _turn_of(self, host: str, end: float) -> Iterator[None]:
        """No host is asked more than a little at once, whatever documents say."""
        with self._turn:
            if not self._turn.wait_for(lambda: self._busy[host] < self._per_host, max(0.0, end - time.monotonic())):
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


def _send(connection: socket.socket, at: Target, end: float, first: list[str], content: bytes = b"") -> None:
    lines = [*first, f"Host: {at.url.split('/')[2]}", "Accept-Encoding: identity", "Connection: close"]
    connection.settimeout(max(0.01, end - time.monotonic()))
    connection.sendall("".join(f"{line}\r\n" for line in lines).encode("ascii") + b"\r\n" + content)


def _get(connection: socket.socket, at: Target, end: float) -> Resource | str:
    """What it brought, or where it sends."""
    _send(connection, at, end, [f"GET {at.path} HTTP/1.1", f"Accept: {ACCEPT}", f"User-Agent: {AGENT}"])
    with answers.answer(connection, "GET", end, MOST_BYTES) as response:
        if response.status in {301, 302, 303, 307, 308}:
            return response.headers.get("Location") or "/"
        if response.status != 200:
            raise Problem({404: "not_found", 410: "gone"}.get(response.status, "unreachable"))
        return Resource(answers.body(response, MOST_BYTES), answers.media_type(response))


def _post(connection: socket.socket, at: Target, end: float, content: bytes, headers: Mapping[str, str]) -> Answer:
    """What it answered; where that had no end, its status and why the rest is not there."""
    said = [f"{name}: {value}" for name, value in headers.items()]
    if any("\r" in line or "\n" in line for line in said):
        raise ValueError("a header has one line")
    _send(connection, at, end, [f"POST {at.path} HTTP/1.1", *said, f"Content-Length: {len(content)}"], content)
    with answers.answer(connection, "POST", end, MOST_SAID) as response:
        later = response.headers.get("Retry-After", "")[:100]
        try:
            return Answer(response.status, answers.body(response, MOST_SAID), later)
        except _FAULTS as error:
            return Answer(response.status, b"", later, _problem(error))


GUARD = Guard()
