"""A compiled page as bytes: everything that is the same for everybody, and what a person's part has to add.

Objects that some people change stand in the prefix as nobody has them; a person who changes one writes it again behind,
and the table at the end names the last.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pikepdf

from badges.rendering import pdf
from badges.rendering.splicing import faces, syntax
from badges.rendering.splicing.cutting import Cut
from badges.rendering.splicing.refusing import CannotSplice

_MARK = "/Laurel"  # what becomes of an object, said in it until the file is written
_HEAD = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"


class Place(NamedTuple):
    """Where a slot's lines go, in pixels of the page: left edge, width, and the top, or the middle of a cell."""

    left: float
    width: float
    top: float
    middle: bool


class Changed(NamedTuple):
    """An object that a person writes: its number, and its body less what is the person's, without brackets."""

    number: int
    body: bytes


@dataclass(frozen=True, eq=False)
class Template:
    """The file of a shape up to a person's part. `digest` is SHA-256 over the prefix, to be gone on with."""

    prefix: bytes
    digest: Any
    start: syntax.Start
    height: float
    places: Sequence[Place | None]
    cuts: Mapping[int, Cut]
    changed: Mapping[str, Changed]
    fonts: Mapping[str, str]


class Drawn(NamedTuple):
    """A compiled page: its instructions in pieces, the slots between them, and what each slot is."""

    pieces: Sequence[bytes]
    cuts: Sequence[Cut]
    places: Sequence[Place | None]
    headings: Sequence[int]  # slots that stand among the bookmarks
    fonts: frozenset[str]
    nobody: str  # what stands in every slot


def frozen(document: pikepdf.Pdf, drawn: Drawn) -> Template:
    """The document with its page cut into these pieces. Raises CannotSplice where its structure is another one."""
    page = document.pages[0]
    _mark_texts(document, drawn.cuts)
    _mark_bookmarks(document, drawn)
    _mark_file(document)
    streams: list[pikepdf.Object] = [document.make_stream(drawn.pieces[0])]
    for each, piece in zip(drawn.cuts, drawn.pieces[1:], strict=True):
        streams += [_marked(document.make_stream(b""), f"slot{each.slot}"), document.make_stream(piece)]
    page.Contents = pikepdf.Array([document.make_indirect(stream) for stream in streams])
    height = float(page.MediaBox[3]) / 0.75
    with pikepdf.open(io.BytesIO(pdf.saved(document))) as clean:
        prefix, start, changed, fonts = _divided(clean, drawn)
    cuts = {each.slot: each for each in drawn.cuts}
    return Template(prefix, hashlib.sha256(prefix), start, height, tuple(drawn.places), cuts, changed, fonts)


def _marked(thing: pikepdf.Object, name: str) -> pikepdf.Object:
    thing[_MARK] = pikepdf.Name(f"/{name}")
    return thing


def _mark_file(document: pikepdf.Pdf) -> None:
    _marked(document.Root.Metadata, "xmp")
    _marked(document.Root.Names.EmbeddedFiles.Names[1].EF.F, "attachment")
    _marked(document.trailer.Info, "info")
    _marked(document.pages[0].Resources.Font, "fonts")


def _mark_texts(document: pikepdf.Pdf, cuts: Sequence[Cut]) -> None:
    """Elements of the structure that a slot's marked content belongs to (ISO 32000-2, 14.7.5.4)."""
    owners = document.Root.StructTreeRoot.ParentTree.Nums[1]
    for each in cuts:
        _marked(owners[each.mark], f"element{each.slot}")


def _mark_bookmarks(document: pikepdf.Pdf, drawn: Drawn) -> None:
    found = [] if "/Outlines" not in document.Root else list(_bookmarks(document.Root.Outlines))
    own = [each for each in found if str(each.Title) == drawn.nobody]
    if len(own) != len(drawn.headings):
        raise CannotSplice("a heading is not among the bookmarks")
    for slot, each in zip(drawn.headings, own, strict=True):
        _marked(each, f"bookmark{slot}")


def _bookmarks(parent: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """In reading order."""
    each = parent.get("/First")
    while each is not None:
        yield each
        yield from _bookmarks(each)
        each = each.get("/Next")


class _Prefix:
    """The bytes of what everybody has, written object by object."""

    def __init__(self, objects: int) -> None:
        self.data = bytearray(_HEAD)
        self.offsets = [b"0000000000 65535 f \n", *[b""] * objects]

    def put(self, number: int, body: bytes) -> None:
        self.offsets[number] = b"%010d 00000 n \n" % len(self.data)
        self.data += b"%d 0 obj\n%b\nendobj\n" % (number, body)

    def new(self, body: bytes) -> int:
        self.offsets.append(b"")
        self.put(len(self.offsets) - 1, body)
        return len(self.offsets) - 1


def _divided(clean: pikepdf.Pdf, drawn: Drawn) -> tuple[bytes, syntax.Start, dict[str, Changed], dict[str, str]]:
    """The bytes of what everybody has, and what a person changes, by its mark."""
    changed: dict[str, Changed] = {}
    prefix = _Prefix(len(clean.objects))
    for each in clean.objects:
        number, name = each.objgen[0], str(each.get(_MARK, "/"))[1:] if _is_mapping(each) else ""
        if name:
            changed[name] = Changed(number, _body(each, name, drawn.nobody))
        if not name or name.startswith("element"):
            prefix.put(number, _whole(each))
    fonts = {name: f"L{i}" for i, name in enumerate(sorted(drawn.fonts)) if faces.inverse(name)}
    dictionary = changed["fonts"]
    named = b"".join(
        b"/%b %d 0 R" % (key.encode(), faces.put(faces.common(name), prefix.new, 9)) for name, key in fonts.items()
    )
    changed["fonts"] = dictionary._replace(body=dictionary.body + named)
    prefix.put(dictionary.number, b"<<%b>>" % changed["fonts"].body)
    start = syntax.Start(len(prefix.data), tuple(prefix.offsets), clean.Root.objgen[0], clean.trailer.Info.objgen[0])
    return bytes(prefix.data), start, changed, fonts


def _is_mapping(thing: pikepdf.Object) -> bool:
    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream)


def _entries(thing: pikepdf.Object, *without: str) -> bytes:
    """What stands between the brackets of a dictionary, or of a stream's."""
    kept = pikepdf.Dictionary({key: value for key, value in thing.items() if key not in {_MARK, *without}})
    return bytes(kept.unparse()).removeprefix(b"<<").removesuffix(b">>").strip()


def _said(part: Any) -> bytes:
    return bytes(part.unparse()) if isinstance(part, pikepdf.Object) else str(part).encode()


def _whole(thing: pikepdf.Object) -> bytes:
    if isinstance(thing, pikepdf.Stream):
        return b"<<%b>>stream\n%b\nendstream" % (_entries(thing), thing.read_raw_bytes())
    return b"<<%b>>" % _entries(thing) if _is_mapping(thing) else bytes(thing.unparse(resolved=True))


def _body(thing: pikepdf.Object, name: str, nobody: str) -> bytes:
    """What of an object stays, whoever writes it. A bookmark ends where the height of its heading belongs."""
    if name == "xmp":
        before, found, after = thing.read_bytes().partition(b">%b</rdf:li>" % nobody.encode())
        if not found:
            raise CannotSplice("the title is not told")
        return b"%b>\0</rdf:li>%b" % (before, after)
    if name == "attachment":
        return _entries(thing, "/Length", "/Filter", "/Params")
    if name.startswith("bookmark"):
        page, kind, left = (_said(part) for part in list(thing.Dest)[:3])
        return b"%b/Dest[%b%b %b " % (_entries(thing, "/Title", "/Dest"), page, kind, left)
    return _entries(thing, "/Title", "/Alt")
