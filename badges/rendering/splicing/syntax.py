"""PDF syntax as far as a person's part needs it (ISO 32000-2, 7.3): strings, streams, and the end of a file."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import NamedTuple

_PLAIN = frozenset(range(32, 127))
_ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
_WORTH = 500  # bytes; shorter streams do not get shorter


class Start(NamedTuple):
    """A file without its end: its bytes' number, where its objects begin, how many numbers are taken, and its root."""

    length: int
    offsets: tuple[bytes, ...]
    root: int
    info: int


def text(words: str) -> bytes:
    """A text string: plain ASCII as it is, everything else in UTF-16."""
    if all(map(_PLAIN.__contains__, map(ord, words))):
        return b"(%b)" % words.translate(_ESCAPED).encode()
    return b"<feff%b>" % words.encode("utf-16-be").hex().encode()


def stream(data: bytes, about: bytes = b"", level: int = 1) -> bytes:
    """A stream, packed where that pays."""
    if len(data) < _WORTH:
        return b"<<%b/Length %d>>stream\n%b\nendstream" % (about, len(data), data)
    packed = zlib.compress(data, level)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (about, len(packed), packed)


@dataclass
class Tail:
    """The objects after a start, each once, and the table that ends the file."""

    start: Start
    parts: list[bytes] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    put_so_far: list[tuple[int, bytes]] = field(default_factory=list)
    length: int = 0

    def bodies(self) -> tuple[tuple[int, bytes], ...]:
        """What was put, to be put somewhere else."""
        return tuple(self.put_so_far)

    def put(self, number: int, body: bytes) -> None:
        """An object under a number of the start's, or of its own."""
        self.put_so_far.append((number, body))
        written = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        self.places[number] = self.start.length + self.length
        self.parts.append(written)
        self.length += len(written)

    def new(self, body: bytes) -> int:
        """An object of its own; its number."""
        number = max(len(self.start.offsets), max(self.places, default=0) + 1)
        self.put(number, body)
        return number

    def finished(self, identity: bytes) -> bytes:
        """All of it, with the cross-reference table; `identity` is 16 bytes that name the file."""
        lines = list(self.start.offsets)
        lines += [b""] * (max(self.places, default=0) + 1 - len(lines))
        for number, place in self.places.items():
            lines[number] = b"%010d 00000 n \n" % place
        table = b"xref\n0 %d\n%b" % (len(lines), b"".join(lines))
        named = identity.hex().encode()
        end = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
        where = self.start.length + self.length
        return b"".join((*self.parts, table, end % (len(lines), self.start.root, self.start.info, named, named, where)))
