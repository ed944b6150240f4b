"""Text as outlines: shaped by HarfBuzz, set on a line or an arc, so that a drawing needs no font.

Sizes are those of the drawing (units or pixels a em); tracking is in ems.
"""

import functools
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import uharfbuzz as hb
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.unicodedata import script

from badges.rendering import fonts
from badges.rendering.bidi import visual_runs
from badges.rendering.geometry import number

Anchor = Literal["start", "middle", "end"]
Matrix = tuple[float, float, float, float, float, float]

# Joined and stacked scripts break on a curve and when spaced out.
_UNBENDABLE = frozenset(
    {
        "Arab",
        "Syrc",
        "Mong",
        "Nkoo",
        "Deva",
        "Beng",
        "Guru",
        "Gujr",
        "Orya",
        "Taml",
        "Telu",
        "Knda",
        "Mlym",
        "Sinh",
        "Thai",
        "Laoo",
        "Khmr",
        "Mymr",
        "Tibt",
    }
)
_NO_SCRIPT = frozenset({"Zyyy", "Zinh"})  # common to all, and inherited
_PLAIN = re.compile("[\x20-\x7e\xa0-\xac\xae-\u058f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u214f]*")
# Letters crowd at their heads when they are set below a circle.
_EXTRA_TRACKING_BELOW = 0.03


class MissingGlyph(LookupError):
    """No bundled font has the character."""

    def __init__(self, character: str) -> None:
        super().__init__(f"no bundled font has {character!r}")
        self.character = character


@dataclass(frozen=True, eq=False)
class Face:
    """One font; heights are in ems."""

    name: str
    font: hb.Font
    codes: frozenset[int]
    cap: float
    ascent: float
    descent: float

    @property
    def upem(self) -> int:
        """Units of the font's own grid in one em."""
        return int(self.font.face.upem)


class Glyph(NamedTuple):
    """One glyph where it stands; offsets and advance in ems."""

    face: Face
    number: int
    dx: float
    dy: float
    advance: float


class Shaped(NamedTuple):
    """A shaped line, glyphs from left to right; `width` in the drawing's units."""

    width: float
    glyphs: tuple[Glyph, ...]
    size: float
    tracking: float


class Lettering(NamedTuple):
    """A text as it was asked for."""

    text: str
    font: str
    size: float
    tracking: float = 0


class Circle(NamedTuple):
    """Where letters stand: `radius` is the middle of the capitals; `below` reads anticlockwise at six o'clock."""

    x: float
    y: float
    radius: float
    below: bool = False


class Arc(NamedTuple):
    """What became of a text on an arc: its outline, the degrees it spans, the size it shrank to."""

    path: str
    degrees: float
    size: float


# What Unicode says of a character: asked of every letter of every text, several times.
script_of = functools.lru_cache(maxsize=8192)(script)


@functools.cache
def face(name: str) -> Face:
    """A bundled font by its file name."""
    raw = fonts.hb_face(name)
    font = hb.Font(raw)
    cap = font.get_metric_position(hb.OTMetricsTag.CAP_HEIGHT) or 0
    extents = font.get_font_extents("ltr")
    upem = raw.upem
    return Face(
        name, font, frozenset(raw.unicodes), cap / upem or 0.7, extents.ascender / upem, -extents.descender / upem
    )


def plain(text: str) -> bool:
    """Whether every letter stands by itself and is read from the left: Latin, Greek, Cyrillic, Armenian and their signs."""
    return _PLAIN.fullmatch(text) is not None


@functools.lru_cache(maxsize=4096)
def bends(text: str) -> bool:
    """Whether the text may be set on a curve and be letterspaced."""
    return plain(text) or not any(script_of(character) in _UNBENDABLE for character in text)


@functools.lru_cache(maxsize=8192)
def _follows(character: str) -> bool:
    """Marks, joiners and variation selectors stay in the font of the letter before them."""
    return unicodedata.combining(character) != 0 or unicodedata.category(character) in {"Mn", "Me", "Cf"}


def _face_for(character: str, name: str, before: Face | None) -> Face:
    # Spaces stay with the word before them, but for emoji, whose fonts space as wide as a picture.
    if before and (_follows(character) or (character == " " and 0x20 in before.codes and "emoji" not in before.name)):
        return before
    for each in fonts.chain(name):
        if ord(character) in face(each).codes:
            return face(each)
    if _follows(character):
        return face(name)
    raise MissingGlyph(character)


def pieces(text: str, name: str) -> Iterator[tuple[Face, str, str]]:
    """Stretches of one font and one script, in reading order: font, script and letters."""
    chosen: Face | None = None
    before, start = "", 0
    for place, character in enumerate(text):
        found, own = _face_for(character, name, chosen), script_of(character)
        script = before if own in _NO_SCRIPT and before else own
        if chosen is not None and (found is not chosen or script != before):
            yield chosen, before, text[start:place]
            start = place
        chosen, before = found, script
    if chosen is not None:
        yield chosen, before, text[start:]


def _shaped(each: Face, text: str, *, rtl: bool, tracked: bool) -> hb.Buffer:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    # As browsers do: letterspaced words take no ligatures.
    hb.shape(each.font, buffer, {"liga": False, "clig": False} if tracked else {})
    return buffer


def _shape_piece(each: Face, text: str, *, rtl: bool, tracked: bool) -> Iterator[Glyph]:
    buffer = _shaped(each, text, rtl=rtl, tracked=tracked)
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        dx, dy, advance = (v / each.upem for v in (position.x_offset, position.y_offset, position.x_advance))
        yield Glyph(each, info.codepoint, dx, dy, advance)


@functools.lru_cache(maxsize=512)
def shape(text: str, font: str, size: float, tracking: float = 0, *, rtl: bool | None = None) -> Shaped:
    """The line in visual order. MissingGlyph when no bundled font has one of its letters."""
    tracking = tracking if bends(text) else 0
    glyphs: list[Glyph] = []
    for run in visual_runs(text, rtl=rtl):
        stretches = list(pieces(run.text, font))
        for each, _script, piece in reversed(stretches) if run.rtl else stretches:
            glyphs += _shape_piece(each, piece, rtl=run.rtl, tracked=tracking != 0)
    width = size * (sum(g.advance + tracking for g in glyphs) - tracking) if glyphs else 0
    return Shaped(width, tuple(glyphs), size, tracking)


@functools.lru_cache(maxsize=4096)
def measure(text: str, font_name: str, size: float, tracking: float = 0) -> float:
    """Width of one line, in the unit of `size`: that of `shape`, without its glyphs."""
    tracking = tracking if bends(text) else 0
    width, count = 0.0, 0
    for run in visual_runs(text):
        for each, _script, piece in pieces(run.text, font_name):
            advances = [
                place.x_advance for place in _shaped(each, piece, rtl=run.rtl, tracked=tracking != 0).glyph_positions
            ]
            width, count = width + sum(advances) / each.upem, count + len(advances)
    return size * (width + tracking * max(0, count - 1))


def missing(text: str, font: str) -> str:
    """The characters that no bundled font has, each once."""
    chain = [face(each) for each in fonts.chain(font)]
    lost = (c for c in text if not _follows(c) and not any(ord(c) in each.codes for each in chain))
    return "".join(dict.fromkeys(lost))


def _outline(glyph: Glyph, matrix: Matrix) -> str:
    pen = SVGPathPen(None, ntos=number)
    glyph.face.font.draw_glyph_with_pen(glyph.number, TransformPen(pen, matrix))
    commands: str = pen.getCommands()
    return commands


def line(shaped: Shaped, x: float, y: float, anchor: Anchor = "middle") -> str:
    """Outlines on the baseline `y`."""
    x -= {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * shaped.width
    out = []
    for glyph in shaped.glyphs:
        scale = shaped.size / glyph.face.upem
        out.append(_outline(glyph, (scale, 0, 0, -scale, x + glyph.dx * shaped.size, y - glyph.dy * shaped.size)))
        x += (glyph.advance + shaped.tracking) * shaped.size
    return "".join(out)


def _on_arc(shaped: Shaped, circle: Circle, base: float) -> str:
    """Each glyph upright on the circle at its middle."""
    turn = -1 if circle.below else 1
    walked, out = -shaped.width / 2, []
    for glyph in shaped.glyphs:
        half = glyph.advance * shaped.size / 2
        angle = turn * (walked + half) / base
        x, y = circle.x + turn * base * math.sin(angle), circle.y - turn * base * math.cos(angle)
        scale, cos, sin = shaped.size / glyph.face.upem, math.cos(angle), math.sin(angle)
        dx, dy = glyph.dx * shaped.size - half, -glyph.dy * shaped.size
        place = (x + dx * cos - dy * sin, y + dx * sin + dy * cos)
        out.append(_outline(glyph, (scale * cos, scale * sin, scale * sin, -scale * cos, *place)))
        walked += (glyph.advance + shaped.tracking) * shaped.size
    return "".join(out)


def arc(text: Lettering, circle: Circle, most: float) -> Arc:
    """Centred above or below. Letters shrink, never the tracking, until they span at most `most` degrees."""
    tracking = text.tracking + (_EXTRA_TRACKING_BELOW if circle.below else 0)
    reach = face(text.font).cap / 2 * (1 if circle.below else -1)
    size, span = text.size, math.radians(most)
    # A line of width k·size on a base of radius + reach·size: both grow with the letters, so that the size is solved for.
    beyond = measure(text.text, text.font, size, tracking) / size - span * reach
    if beyond > 0:
        size = min(size, span * circle.radius / beyond)
    shaped, base = shape(text.text, text.font, size, tracking), circle.radius + reach * size
    return Arc(_on_arc(shaped, circle, base), math.degrees(shaped.width / base), size)
