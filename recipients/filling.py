"""Mails of a batch, written once and filled for each person: the same bytes as `emails.write`, in a tenth of the time.

The ordinary builder writes one mail with a random mark in each place that differs from person to person. It is cut at the
marks, and what stands around them is encoded once; lines and headers with a person's words in them are put together
and encoded anew, by the functions that the builder itself uses. A batch is filled only after people with everything
awkward in their names came out byte for byte as the builder makes them; the first mail of a batch and one in 500 after it
are compared again. Whatever is not certain is written by the builder: `fill` gives None (docs/decisions/0029).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields
from email import policy
from email.utils import formatdate
from html import escape
from typing import Any

import structlog
from django.core.mail.message import forbid_multi_line_headers
from django.utils.translation import get_language

from recipients import emails
from recipients.charsets import QUOTED, folded, quoted
from recipients.emails import Personal

log = structlog.get_logger()
SAMPLE = 500
KEPT = 64
# RFC 5322 asks for 78 at most; headers that fit are written as they are, all others by the email package.
_FITS = 76
_LINE_ENDS = re.compile("\r\n|\r|\n")
_FOLDED = policy.compat32.clone(linesep="\r\n")
_FIELDS = tuple(field.name for field in fields(Personal))
_SHOWN = ("name", "masked", "claim_token", "stop_token")

# What a batch is tried with: markup, quotes, accents, scripts that run the other way, what looks encoded or like a field.
TRIALS = (
    Personal(
        "Amal Student", "a•••••t@example.org", "amal@example.org", "<1@example.org>", "Ab-_9" * 8 + "xyz", "7.Ab-_9"
    ),
    Personal(
        'Zoë <i>"O\'Neil"</i> & Śō  李 محمد =?utf-8?q?=41?= {name} {{7}} %(x)s = .',
        "'•••••\"@xn--bcher-kva.example",
        "o'neil+it@xn--bcher-kva.example",
        f"<{'0' * 36}@{'long.' * 12}example.org>",
        "-" * 43,
        f"{10**17}.{'_' * 22}",
    ),
    Personal("名" * 200, "名•••••@example.org", "n@example.org", "<2@example.org>", "a" * 43, "1.b"),
)


# A person's words by field, for each place that they may stand in: header, text, html.
_Words = dict[str, dict[str, str]]
_Fill = Callable[[_Words], bytes]


class _Unclear(Exception):
    """The marks of this mail are not where they can be filled."""


@dataclass(frozen=True)
class _Piece:
    """A text with places: literal, field, literal, field … literal."""

    parts: tuple[str, ...]

    def filled(self, values: dict[str, str]) -> str:
        return "".join([values[part] if place % 2 else part for place, part in enumerate(self.parts)])


class _Marks:
    """A random text for each field, and the cutting of texts at them."""

    def __init__(self) -> None:
        self.stem = secrets.token_hex(12)
        self.of = {field: f"z{self.stem}{number}q" for number, field in enumerate(_FIELDS)}
        self.fields = {mark: field for field, mark in self.of.items()}
        self.pattern = re.compile(f"({'|'.join(self.fields)})")
        self.person = Personal(**self.of)

    def cut(self, text: str) -> _Piece:
        found = self.pattern.split(text)
        rest = "\n".join(found[::2]).casefold()
        # A filter that cut a mark short, or changed its letters, would do so to names.
        if any(self.stem[start : start + 6] in rest for start in range(len(self.stem) - 5)):
            raise _Unclear
        return _Piece(tuple(self.fields.get(part, part) for part in found))


def _header(name: str, piece: _Piece) -> _Fill:
    """A header's value, as Django encodes it and the email package folds it."""
    tidy = name == "Subject"

    def filled(words: _Words) -> bytes:
        value = piece.filled(words["header"])
        value = " ".join(value.split()) if tidy else value
        if value.isascii() and value.isprintable() and len(name) + 2 + len(value) <= _FITS:
            return value.encode()
        _name, encoded = forbid_multi_line_headers(name, value, QUOTED)  # type: ignore[arg-type]
        return _FOLDED.fold_binary(name, encoded)[len(name) + 2 : -2]

    return filled


def _body(text: str, marks: _Marks, place: str) -> _Fill:
    """A part's quoted-printable text: the encoding looks at one line at a time, so that lines without a mark are encoded now."""
    made: list[str | _Piece] = []
    for line in _LINE_ENDS.split(text):
        piece = marks.cut(line)
        if not {*piece.parts[1::2]} <= {*_SHOWN}:
            raise _Unclear
        if len(piece.parts) == 1:
            made.append(folded(quoted(line)))
        else:
            made.append(_Piece(tuple(part if n % 2 else quoted(part) for n, part in enumerate(piece.parts))))

    def filled(words: _Words) -> bytes:
        lines = [line if isinstance(line, str) else folded(line.filled(words[place])) for line in made]
        return "\r\n".join(lines).encode("ascii")

    return filled


class Sketch:
    """One batch's mail: bytes, and between them what is filled in for each person."""

    def __init__(self, kind: str, common: dict[str, Any]) -> None:
        """Raises _Unclear where the ordinary builder's mail cannot be cut."""
        self.kind, self.common, self.filled = kind, common, 0
        marks = _Marks()
        written = emails.write(kind, common, marks.person)
        message: Any = written.message()
        holes: dict[bytes, _Fill] = {}

        def hole(fill: _Fill) -> str:
            name = f"hole{len(holes):02}{marks.stem}"
            holes[name.encode()] = fill
            return name

        plain = {"Subject": written.subject, "To": written.to[0], **written.extra_headers}
        for name, value in plain.items():
            piece = marks.cut(str(value))
            if len(piece.parts) > 1:
                message.replace_header(name, hole(_header(name, piece)))
        message.replace_header("Date", hole(lambda words: words["header"]["date"].encode()))
        texts = [(str(written.body), "text"), *((str(made[0]), "html") for made in written.alternatives)]
        for part, (text, place) in zip(message.get_payload(), texts, strict=True):
            part.set_payload(hole(_body(text, marks, place)))
        self._cut(message, holes, marks)

    def _cut(self, message: Any, holes: dict[bytes, _Fill], marks: _Marks) -> None:
        whole = message.as_bytes(linesep="\r\n")
        self.boundary = message.get_boundary()
        found: list[bytes] = re.split(b"(" + b"|".join(holes) + b")", whole)
        if set(found[1::2]) != set(holes) or marks.stem.encode() in b"".join(found[::2]):
            raise _Unclear
        self.parts: list[bytes | _Fill] = [holes[part] if n % 2 else part for n, part in enumerate(found)]

    def fill(self, personal: Personal, date: str) -> bytes | None:
        """The whole message, lines ended by CRLF; None where somebody's words might end a line, or a part."""
        said = {**vars(personal), "date": date}
        together = "\n".join(said.values())
        # Templates may ask whether there is a name; a mark always is one.
        if (
            not personal.name
            or together.count("\n") >= len(said)
            or self.boundary in together
            or _ends_a_line(together)
        ):
            return None
        try:
            personal.to.encode("ascii")
            text = {field: quoted(said[field]) for field in _SHOWN}
            html = {field: quoted(escape(said[field])) for field in _SHOWN}
            words = {"header": said, "text": text, "html": html}
            return b"".join([part if isinstance(part, bytes) else part(words) for part in self.parts])
        except UnicodeEncodeError:  # half a character, an address beyond ASCII: the builder knows what to say
            return None

    def slowly(self, personal: Personal, date: str) -> bytes:
        """The same by the ordinary builder."""
        message: Any = emails.write(self.kind, self.common, personal).message()
        message.replace_header("Date", date)
        message.set_boundary(self.boundary)
        made: bytes = message.as_bytes(linesep="\r\n")
        return made

    def holds(self, *people: Personal) -> bool:
        """Whether these come out as the ordinary builder makes them."""
        date = formatdate()
        return all(self.fill(person, date) == self.slowly(person, date) for person in people)


def _ends_a_line(text: str) -> bool:
    return "\r" in text or "\0" in text


_sketches: OrderedDict[bytes, Sketch | None] = OrderedDict()


def key_of(kind: str, common: dict[str, Any]) -> bytes:
    """Batches with the same key make the same mails: it is made of everything that is not personal."""
    told = repr((kind, get_language(), sorted(common.items(), key=lambda item: item[0])))
    return hashlib.sha256(told.encode(errors="surrogatepass")).digest()


def known(key: bytes) -> bool:
    """Whether a sketch of it was made, or was found impossible."""
    return key in _sketches


def fill(key: bytes, kind: str, common: dict[str, Any], personal: Personal, date: str) -> bytes | None:
    """One person's mail from the sketch of its batch, which is made now if it is new; None: the builder has to write it."""
    if key not in _sketches:
        _sketches[key] = _drawn(kind, common)
        if len(_sketches) > KEPT:
            _sketches.popitem(last=False)
    _sketches.move_to_end(key)
    sketch = _sketches[key]
    if sketch is None:
        return None
    made = sketch.fill(personal, date)
    if made is None:
        return None
    sketch.filled += 1
    if sketch.filled % SAMPLE == 1 and made != sketch.slowly(personal, date):
        _sketches[key] = None
        log.error("mail_filled_wrongly", kind=kind, issuer=common["issuer"]["name"], after=sketch.filled)
        return None
    return made


def _drawn(kind: str, common: dict[str, Any]) -> Sketch | None:
    try:
        sketch = Sketch(kind, common)
        if sketch.holds(*TRIALS):
            return sketch
    except _Unclear:
        pass
    log.warning("mail_not_filled", kind=kind, issuer=common["issuer"]["name"])
    return None


def forget() -> None:
    """Begin anew: tests and benches."""
    _sketches.clear()
