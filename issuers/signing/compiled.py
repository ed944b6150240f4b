"""The canonical form of one shape of document, worked out once and filled per person (docs/decisions/0006).

A document is a *shape* (its structure, its constant values) and the texts in its *slots*, the places that differ from
person to person. A shape goes through the slow path once, with a sentinel in each slot; its N-Quads are cut where the
sentinels stand. Whatever this cannot do for certain it declines, and the slow path answers: it never guesses, and it
never refuses a document itself.

Slots are texts alone: numbers, true and false, types, what is present and how long a list is belong to the shape.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, TypeAlias

from issuers.signing.canonical import ContextLoader, canonicalize


class Kind(Enum):
    """What a slot may hold."""

    TEXT = "text"
    IRI = "iri"
    MOMENT = "moment"


# Where slots are: keys as in the document, "*" for each item of a list, and the kind at the end.
Places: TypeAlias = "Mapping[str, Places | Kind]"
EACH = "*"

# As the pinned contexts have it: Open Badges says xsd:dateTime before it says what xsd is, and misspells xsd's address.
_DATES = re.compile(
    r"\^\^<(?:http://www\.w3\.org/2001/XMLSchema#dateTime|xsd:dateTime|https://www\.w3\.org/2001/XMLSchema#date)>"
)
_PCHAR = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*"
# Narrower than the slow path's rule (RFC 3987), so that nothing passes here that is refused there. Only `//` and the
# sentinels' own scheme: JSON-LD would expand `ex:1` by a context's prefix `ex`.
_IRI = re.compile(
    rf"(?:https?://[A-Za-z0-9\-.]+(?::[0-9]{{1,5}})?(?=[/?#]|\Z)|urn:[a-z][a-z0-9\-]{{1,30}}:){_PCHAR}"
    rf"(?:\?(?:{_PCHAR}|\?)*)?(?:\#(?:{_PCHAR}|\?)*)?"
)
_MOMENT = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
)
# Refused before signing (badges.openbadges.validate): implementations do not write these alike. And halves of characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Canonical N-Quads (RDFC-1.0, section 5); of the characters with an escape only these can come.
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# Both at one look, for most texts have neither.
_SPECIAL = re.compile(rf'[{_FORBIDDEN.pattern[1:-1]}\\"\n\r\t]')
_LITERAL = r"\"(?:[^\"\\]|\\.)*\"(?:\^\^<[^<>\s]*>|@[A-Za-z0-9\-]+)?"
_LINE = re.compile(rf"(<[^<>\s]*>|_:\S+) (<[^<>\s]*>) (<[^<>\s]*>|_:\S+|{_LITERAL}) \.")


class NotCompiled(ValueError):
    """The shape has something that cannot be cut for certain; the message says what."""


class _Declined(ValueError):
    """These values are not for the fast path."""


# Cutting a document into shape and values.

# Stands for a slot's text in the JSON of a shape; nobody outside this process can put it into a document.
_MARK = f"slot {secrets.token_hex(16)}"
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Cut:
    """The digest of a document's shape, the texts of its slots in their order, and the JSON around them."""

    digest: bytes
    values: tuple[str, ...]
    kinds: tuple[Kind, ...]
    around: str

    def text(self) -> str:
        """The JSON of the whole document: what json.dumps writes, without writing it all once more."""
        pieces = self.around.split(f'"{_MARK}"')
        between = [*map(encode_basestring, self.values), ""]
        return "".join(part for pair in zip(pieces, between, strict=True) for part in pair)


def cut(document: Mapping[str, Any], places: Places) -> Cut:
    """Separate what differs from person to person. Two documents of one digest differ in their slots alone.

    A text at a slot's place always is a slot, so that the mark there is nothing else's.
    """
    found: list[tuple[str, Kind]] = []

    def mark(text: str, kind: Kind) -> str:
        found.append((text, kind))
        return _MARK

    around = _as_json(_with_slots(document, places, mark))
    values, kinds = zip(*found, strict=True) if found else ((), ())
    return Cut(hashlib.sha256(around.encode("utf-8", "surrogatepass")).digest(), values, kinds, around)


def _with_slots(value: Any, places: Places | Kind, put: Callable[[str, Kind], str]) -> Any:
    """The document with each slot's text replaced by what `put` says."""
    if isinstance(places, Kind):
        return put(value, places) if isinstance(value, str) else value
    if isinstance(value, dict):
        return {k: _with_slots(item, places[k], put) if k in places else item for k, item in value.items()}
    if isinstance(value, list) and EACH in places:
        return [_with_slots(item, places[EACH], put) for item in value]
    return value


# One shape.

_Filled: TypeAlias = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class _Line:
    """One quad: its text with %s for each hole, and the number of what stands there. Slots come first, then blank nodes."""

    template: str
    holes: tuple[int, ...]

    def filled(self) -> _Filled:
        """A function from what stands in the holes to the line."""
        if not self.holes:
            line = self.template % ()
            return lambda _terms: line
        template, pick = self.template, itemgetter(*self.holes)
        return lambda terms: template % pick(terms)

    def seen_from(self, node: int, slots: int) -> _Line:
        """As the first-degree hash of a blank node sees it: itself is _:a, every other _:z (RDFC-1.0, section 4.6)."""
        names = ["%s" if hole < slots else "_:a" if hole == node else "_:z" for hole in self.holes]
        # A name is put in once more as a template, and it has no % of its own.
        template = self.template.replace("%%", "%%%%") % tuple(names) if self.holes else self.template
        return _Line(template, tuple(hole for hole in self.holes if hole < slots))


class Shape:
    """A compiled shape. `fill` gives the canonical form for a document's values, or None where that is not certain."""

    def __init__(self, lines: Sequence[_Line], kinds: Sequence[Kind]) -> None:
        self._kinds, slots = tuple(kinds), len(kinds)
        self._constant = {line.template % () for line in lines if not line.holes}
        self._plain = [line.filled() for line in lines if line.holes and max(line.holes) < slots]
        labelled = [line for line in lines if line.holes and max(line.holes) >= slots]
        self._labelled = [line.filled() for line in labelled]
        nodes = sorted({hole for line in labelled for hole in line.holes if hole >= slots})
        self._nodes = [self._hashing([line for line in labelled if node in line.holes], node) for node in nodes]

    def _hashing(self, lines: Sequence[_Line], node: int) -> _Filled:
        """The first-degree hash of a blank node; worked out now where no slot touches it."""
        seen = [line.seen_from(node, len(self._kinds)) for line in lines]
        fills = [line.filled() for line in seen]

        def hashed(terms: Sequence[str]) -> str:
            return hashlib.sha256("".join(sorted(fill(terms) for fill in fills)).encode()).hexdigest()

        if any(line.holes for line in seen):
            return hashed
        fixed = hashed(())
        return lambda _terms: fixed

    def fill(self, values: Sequence[str]) -> str | None:
        """Canonical N-Quads with these texts in the slots."""
        try:
            terms = [_term(value, kind) for value, kind in zip(values, self._kinds, strict=True)]
        except _Declined:
            return None
        hashes = [node(terms) for node in self._nodes]
        order = {found: f"_:c14n{place}" for place, found in enumerate(sorted(hashes))}
        if len(order) < len(hashes):  # alike at first sight: only the whole algorithm tells them apart
            return None
        terms += [order[found] for found in hashes]
        labelled = {fill(terms) for fill in self._labelled}
        if len(labelled) < len(self._labelled):  # two quads became one: the hashes above saw it twice
            return None
        return "".join(sorted({*self._constant, *labelled, *(fill(terms) for fill in self._plain)}))


def _term(value: str, kind: Kind) -> str:
    """A slot's text as it stands in N-Quads."""
    if kind is Kind.TEXT:
        if not _SPECIAL.search(value):
            return value
        if _FORBIDDEN.search(value):
            raise _Declined
        return value.translate(_ESCAPED)
    if not (_IRI if kind is Kind.IRI else _MOMENT).fullmatch(value):
        raise _Declined
    return value


def compile_shape(document: Mapping[str, Any], places: Places, load_context: ContextLoader) -> Shape:
    """The shape of this document, through the slow path and all its refusals. Raises NotCanonical and NotCompiled."""
    token = secrets.token_hex(12)
    kinds: list[Kind] = []

    def sentinel(_text: str, kind: Kind) -> str:
        kinds.append(kind)
        return f"urn:slot:{token}:{len(kinds) - 1}"

    text = canonicalize(_with_slots(document, places, sentinel), load_context)
    cutter = _Cutter(token, kinds)
    # Not splitlines: a text may hold U+2028 and its like as they are.
    lines = [cutter.line(line) for line in text.split("\n")[:-1]]
    cutter.finish()
    return Shape(lines, kinds)


class _Cutter:
    """Cuts lines at the sentinels, and sees to it that each stands where it should and nowhere else."""

    def __init__(self, token: str, kinds: Sequence[Kind]) -> None:
        self._token, self._kinds = token, kinds
        self._slots = {f"urn:slot:{token}:{number}": number for number in range(len(kinds))}
        self._found = [0] * len(kinds)
        self._nodes: dict[str, int] = {}

    def line(self, text: str) -> _Line:
        """One line of N-Quads as a template. Quads of a named graph are not read."""
        parts = _LINE.fullmatch(text)
        if parts is None:
            raise NotCompiled(f"a quad that is no plain triple: {text[:120]!r}")
        subject, predicate, target = parts.groups()
        holes: list[int] = []
        pieces = [self._piece(subject, holes), _constant(predicate), self._piece(target, holes)]
        if text.count(self._token) != sum(hole < len(self._kinds) for hole in holes):
            raise NotCompiled(f"a slot is not a whole term in {text[:120]!r}")
        return _Line(" ".join(pieces) + " .\n", tuple(holes))

    def _piece(self, term: str, holes: list[int]) -> str:
        if term.startswith("_:"):
            holes.append(len(self._kinds) + self._nodes.setdefault(term, len(self._nodes)))
            return "%s"
        opening, closing = ("<", ">") if term.startswith("<") else ('"', '"')
        inner, _, suffix = term[1:].rpartition(closing)
        slot = self._slots.get(inner)
        if slot is None:
            return _constant(term)
        if self._kinds[slot] is not _kind(opening, suffix, self._kinds[slot]):
            raise NotCompiled(f"slot {slot} should be {self._kinds[slot].value}, and stands in {term!r}")
        holes.append(slot)
        self._found[slot] += 1
        return f"{opening}%s{closing}{_constant(suffix)}"

    def finish(self) -> None:
        """Every slot was found: a text once, an address at least once."""
        for slot, (kind, count) in enumerate(zip(self._kinds, self._found, strict=True)):
            if count == 0 or (count > 1 and kind is not Kind.IRI):
                raise NotCompiled(f"slot {slot} ({kind.value}) stands {count} times in the canonical form")


def _constant(text: str) -> str:
    return text.replace("%", "%%")


def _kind(opening: str, suffix: str, wanted: Kind) -> Kind:
    """What stands in the quad. A text may have a type of its own, which the shape fixes; a moment has exactly one."""
    if opening == "<":
        return Kind.IRI
    return Kind.MOMENT if _DATES.fullmatch(suffix) else Kind.TEXT
