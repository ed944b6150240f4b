"""Answers of strangers, read against one deadline and one bound."""

from __future__ import annotations

import http.client
import io
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from issuers.fetching.targets import Problem

MOST_BYTES, MOST_HEADERS = 1024 * 1024, 64 * 1024


class _Pipe(io.RawIOBase):
    """A socket read against one deadline and one bound for all of it: drops of a byte a second come to an end too."""

    def __init__(self, connection: socket.socket, end: float, most: int) -> None:
        self._connection, self._end, self._left = connection, end, most + MOST_HEADERS

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


@contextmanager
def answer(connection: socket.socket, method: str, end: float, most: int) -> Iterator[http.client.HTTPResponse]:
    """The answer to what was sent, its head read."""
    pipe = _Readable(_Pipe(connection, end, most))
    with http.client.HTTPResponse(pipe, method=method) as response:  # type: ignore[arg-type]
        response.begin()
        yield response


def media_type(response: http.client.HTTPResponse) -> str:
    """`application/json`, without what may stand behind it."""
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()[:100]


def body(response: http.client.HTTPResponse, most: int) -> bytes:
    """All of it, also after unpacking what was packed though nobody asked for it. Raises Problem("too_large")."""
    found = response.read(most + 1)
    if len(found) <= most and response.length:
        raise http.client.IncompleteRead(b"")
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in {"gzip", "x-gzip", "deflate"}:
        found = zlib.decompressobj(wbits=47).decompress(found, most + 1)
    elif coding not in {"", "identity"}:
        raise Problem("unreachable")
    if len(found) > most:
        raise Problem("too_large")
    return found
