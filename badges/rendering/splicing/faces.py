"""Fonts as a PDF takes them: the letters of the Latin world once for everybody, everything else per person.

A font of everybody keeps its glyphs' numbers and tells every glyph's letter by its number alone; a line that this does
not spell exactly (ligatures, other scripts) gets a small font of its own, whose glyphs are spelled by this very line.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import uharfbuzz as hb

from badges.rendering import fonts, lettering
from badges.rendering.splicing import syntax
from badges.rendering.splicing.shaping import Stretch, nominal

# Latin with its extensions, combining marks, and the signs of names, dates, grades and addresses.
_COMMON = frozenset(
    {
        *range(0x20, 0x7F),
        *range(0xA0, 0x180),
        0x1A0,
        0x1A1,
        0x1AF,
        0x1B0,
        *range(0x218, 0x21C),
        0x2BC,
        *range(0x1E00, 0x1F00),
    }
    | {*range(0x2010, 0x2027), 0x20AC}
)
# A letter by itself, within a word of small letters and of capitals, before a full stop, and among digits.
_AROUND = ("{}", "a{}a", "A{}A", "{}.", "0{}0")
_DROPPED = (
    "GSUB",
    "GPOS",
    "GDEF",
    "BASE",
    "DSIG",
    "JSTF",
    "LTSH",
    "PCLT",
    "name",
    "post",
    "OS/2",
    "STAT",
    "gasp",
    "meta",
)


class Font(NamedTuple):
    """A font program and its tables: widths and letters by the codes that lines are written in."""

    name: str
    program: bytes
    widths: dict[int, int]
    letters: dict[int, str]


class Own(NamedTuple):
    """A font of one person's, and the code of every glyph in it."""

    font: Font
    codes: dict[int, int]


@functools.cache
def inverse(name: str) -> dict[int, str]:
    """Glyph → the letter it stands for in everybody's font of this name: as it is, and as it comes among its like."""
    font, found = lettering.face(name).font, dict[int, str]()
    codes = sorted(_COMMON & fonts.codes(name))
    for code in codes:
        found.setdefault(font.get_nominal_glyph(code), chr(code))
    for code in codes:
        for around in _AROUND:
            text = around.format(chr(code))
            shaped = _shaped(font, text)
            for glyph, start in shaped if len(shaped) == len(text) else ():
                found.setdefault(glyph, text[start])
    return found


def _shaped(font: hb.Font, text: str) -> list[tuple[int, int]]:
    """Glyphs with the places of their letters, as Latin."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction, buffer.script, buffer.language = "ltr", "Latn", "en"
    hb.shape(font, buffer, {})
    return [(info.codepoint, info.cluster) for info in buffer.glyph_infos]


def spelled(stretch: Stretch) -> bool:
    """Whether everybody's font shows this stretch, glyph for letter."""
    letters = inverse(stretch.font)
    return "".join([letters.get(glyph, "") for glyph in stretch.glyphs]) == stretch.text


def _input(glyphs: Iterable[int], flags: hb.SubsetFlags) -> hb.SubsetInput:
    told = hb.SubsetInput()
    told.glyph_set.update(glyphs)
    told.drop_table_tag_set.update(int.from_bytes(tag.ljust(4).encode(), "big") for tag in _DROPPED)
    told.flags = flags | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    return told


@functools.lru_cache(maxsize=64)
def common(name: str) -> Font:
    """Everybody's font of this name, the glyphs under their own numbers."""
    letters = inverse(name)
    told = _input(letters, hb.SubsetFlags.RETAIN_GIDS)
    program = bytes(hb.subset(fonts.hb_face(name), told).blob.data)
    return Font(name, program, {glyph: nominal(name, glyph) for glyph in letters}, letters)


@functools.lru_cache(maxsize=8)
def _prepared(name: str) -> hb.Face:
    """Made ready once: subsets of a Japanese font are twice as quick then."""
    return hb.subset_preprocess(fonts.hb_face(name))


def own(name: str, stretches: Iterable[Stretch]) -> Own:
    """A font with the glyphs of these stretches and no more, each spelled as it was first written."""
    letters: dict[int, str] = {}
    for stretch in stretches:
        for glyph, words in _clusters(stretch):
            letters.setdefault(glyph, words)
    plan = hb.SubsetPlan(_prepared(name), _input(letters, hb.SubsetFlags.DEFAULT))
    codes = {glyph: int(code) for glyph, code in dict(plan.old_to_new_glyph_mapping).items() if glyph in letters}
    program = bytes(plan.execute().blob.data)
    widths = {codes[glyph]: nominal(name, glyph) for glyph in letters}
    return Own(Font(name, program, widths, {codes[glyph]: words for glyph, words in letters.items()}), codes)


def _clusters(stretch: Stretch) -> Iterable[tuple[int, str]]:
    """Every glyph with the letters of its cluster."""
    starts = sorted(set(stretch.clusters))
    ends = dict(zip(starts, [*starts[1:], len(stretch.text)], strict=True))
    for glyph, start in zip(stretch.glyphs, stretch.clusters, strict=True):
        yield glyph, stretch.text[start : ends[start]]


def put(font: Font, new: Callable[[bytes], int], level: int = 1) -> int:
    """Write a font's objects and return the number of the one that resources name; `new` writes an object."""
    face, raw = lettering.face(font.name), font.program
    tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(raw).digest()[:6])
    name = f"/{tag}+{font.name}".encode()
    outlines = raw.startswith(b"OTTO")
    up, down = round(face.ascent * 1000), -round(face.descent * 1000)
    about = b"/Subtype/OpenType" if outlines else b"/Length1 %d" % len(raw)
    program, letters = new(syntax.stream(raw, about, level)), new(syntax.stream(_letters(font.letters), b"", level))
    told = new(
        b"<</Type/FontDescriptor/FontName%b/Flags 4/FontBBox[0 %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d"
        b"/StemV 80/FontFile%b %d 0 R>>"
        % (name, down, max(font.widths.values()), up, up, down, up, b"3" if outlines else b"2", program)
    )
    glyphs = new(
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/CIDToGIDMap/Identity/W[%b]/FontDescriptor %d 0 R>>" % (name, _widths(font.widths), told)
    )
    return new(
        b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name, glyphs, letters)
    )


def _widths(widths: Mapping[int, int]) -> bytes:
    return b" ".join(b"%d[%d]" % (code, width) for code, width in sorted(widths.items()))


def _letters(letters: Mapping[int, str]) -> bytes:
    """A ToUnicode map (ISO 32000-2, 9.10.3)."""
    lines = [f"<{code:04x}><{words.encode('utf-16-be').hex()}>" for code, words in sorted(letters.items())]
    blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n"
        f"/CMapType 2 def\n1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n{body}\nendcmap\n"
        "CMapName currentdict/CMap defineresource pop\nend\nend"
    ).encode()
