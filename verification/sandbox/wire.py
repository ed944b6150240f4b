"""What client and child say to each other: orders and answers, JSON and bytes. Nothing is unpickled. Pure."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# On the control socket, with the descriptors of channel and verdict: how long the child may take, in milliseconds.
ORDER = struct.Struct("!I")
# On the channel, ahead of a header or an answer: its length. A header (JSON) is followed by the parts that it measures.
HEAD = struct.Struct("!I")
# On the verdict pipe, by the server alone: how the child ended.
DONE, TOO_SLOW, TOO_BIG, CRASHED = b".", b"s", b"b", b"c"
OUT_OF_MEMORY = 3
MOST_ANSWER = 4 * 1024 * 1024
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Order:
    """A job by name, its options, and the bytes it is about."""

    job: str
    options: Mapping[str, Any]
    parts: Sequence[bytes]

    def packed(self) -> list[bytes]:
        """In the order in which `receive` reads it."""
        sizes = [len(part) for part in self.parts]
        header = json.dumps({"job": self.job, "options": self.options, "sizes": sizes}).encode()
        return [HEAD.pack(len(header)) + header, *self.parts]


def receive(channel: int) -> Order:
    """Read one order; plain descriptors, for sockets are refused where this runs. Raises EOFError after the last one."""
    (length,) = HEAD.unpack(_exactly(channel, HEAD.size))
    header = json.loads(_exactly(channel, length))
    return Order(header["job"], header["options"], [_exactly(channel, size) for size in header["sizes"]])


def _exactly(channel: int, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        piece = os.read(channel, min(_CHUNK, size - len(found)))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)


def answer(channel: int, value: Any) -> None:
    """Write one answer, its length first; one that is too long is none."""
    text = json.dumps(value).encode()
    if len(text) > MOST_ANSWER:
        raise MemoryError
    view = memoryview(HEAD.pack(len(text)) + text)
    while view:
        view = view[os.write(channel, view) :]


def understood(text: bytes) -> Any:
    """An answer, as untrusted as the document it is about. Raises ValueError."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
