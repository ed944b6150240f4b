"""One line of text as WeasyPrint writes it into a PDF: the same runs, glyphs, kerning and roundings, without Pango.

Pango asks HarfBuzz for whole units, 1,024 to a pixel, at the size of the text; WeasyPrint then tells every glyph's width
in whole thousandths of an em and cuts the kerning off to whole ones. Both roundings are seen on paper, so both are done.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

import uharfbuzz as hb

from badges.rendering import fonts, lettering
from badges.rendering.bidi import visual_runs
from badges.rendering.splicing.refusing import CannotSplice

UNITS = 1024  # Pango's, in a pixel
KEPT = 2048  # lines that a process remembers
_NO_SCRIPT = frozenset({"", "Zyyy", "Zinh"})


class Look(NamedTuple):
    """How a line is set: the first font of its chain, pixels of an em, and ems between letters."""

    font: str
    size: float
    tracking: float = 0


class Glyph(NamedTuple):
    """A glyph where Pango puts it; lengths in units."""

    number: int
    cluster: int
    width: int
    dx: int
    dy: int


class Stretch(NamedTuple):
    """Glyphs of one font, and the letters they stand for in the order in which they are read."""

    font: str
    glyphs: tuple[Glyph, ...]
    text: str


class Line(NamedTuple):
    """A shaped line from left to right; lengths in pixels, `ascent` and `descent` of its tallest fonts."""

    stretches: tuple[Stretch, ...]
    size: float
    width: float
    ascent: float
    descent: float


@functools.lru_cache(maxsize=KEPT)
def line(text: str, look: Look, language: str, *, rtl: bool) -> Line:
    """One line. Raises CannotSplice for mixed directions, emoji, invisible signs, and letters that no font has."""
    size, spacing = _sized(text, look)
    how = Shaping(size, language, rtl, spacing != 0)
    stretches = [Stretch(run.font, _glyphs(run, how), run.text) for run in _runs(text, look.font, rtl=rtl)]
    if rtl:
        stretches.reverse()
    if spacing:
        stretches = _spaced(stretches, spacing)
    heights = [metrics(stretch.font, size) for stretch in stretches]
    width = sum(glyph.width for stretch in stretches for glyph in stretch.glyphs) + spacing
    return Line(
        tuple(stretches), size / UNITS, width / UNITS, *(max(told) / UNITS for told in zip(*heights, strict=True))
    )


def _sized(text: str, look: Look) -> tuple[int, int]:
    """Size and letter spacing in units; joined and stacked letters are never spaced out."""
    spacing = look.tracking * look.size if look.tracking and lettering.bends(text) else 0
    return int(look.size * UNITS), int(spacing * UNITS)


class Run(NamedTuple):
    """Letters of one font and one script."""

    font: str
    script: str
    text: str


class Shaping(NamedTuple):
    """What HarfBuzz is told about every run of a line."""

    size: int
    language: str
    rtl: bool
    spaced: bool


def _runs(text: str, font: str, *, rtl: bool) -> list[Run]:
    """In reading order."""
    if any(unicodedata.category(character) in {"Cf", "Cc", "Co"} for character in text):
        raise CannotSplice(f"invisible signs in {text!r}")
    directions = visual_runs(text, rtl=rtl)
    if len(directions) != 1 or directions[0].rtl != rtl:
        raise CannotSplice(f"mixed directions in {text!r}")
    try:
        runs = [Run(face.name, script, piece) for face, script, piece in lettering.pieces(text, font)]
    except lettering.MissingGlyph as error:
        raise CannotSplice(str(error)) from error
    if any("emoji" in run.font for run in runs):
        raise CannotSplice(f"emoji in {text!r}")
    return _led(runs)


def _led(runs: list[Run]) -> list[Run]:
    """Digits and signs at the beginning belong to the script that follows (UAX 24)."""
    if len(runs) < 2 or runs[0].script not in _NO_SCRIPT:
        return runs
    first, second, *others = runs
    if first.font == second.font:
        return [second._replace(text=first.text + second.text), *others]
    return [first._replace(script=second.script), second, *others]


@functools.lru_cache(maxsize=256)
def _font(name: str, size: int) -> hb.Font:
    font = hb.Font(fonts.hb_face(name))
    font.scale = (size, size)
    return font


@functools.lru_cache(maxsize=1024)
def metrics(name: str, size: int) -> tuple[int, int]:
    """Ascent and descent of a font in units, where an em is `size` units."""
    extents = _font(name, size).get_font_extents("ltr")
    return extents.ascender, -extents.descender


def _glyphs(run: Run, how: Shaping) -> tuple[Glyph, ...]:
    font = _font(run.font, how.size)
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.direction = "rtl" if how.rtl else "ltr"
    buffer.script = run.script or "Zyyy"
    buffer.language = how.language
    # As browsers do: letterspaced words take no ligatures.
    hb.shape(font, buffer, {"liga": False, "clig": False} if how.spaced else {})
    if any(info.codepoint == 0 for info in buffer.glyph_infos):
        raise CannotSplice("a letter that its font lacks")
    return tuple(
        Glyph(info.codepoint, info.cluster, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


@functools.lru_cache(maxsize=16384)
def nominal(name: str, glyph: int, size: int = 0) -> int:
    """Width of a glyph in whole thousandths of an em: as it is, or as it comes out where an em is `size` units."""
    if size:
        return round(_font(name, size).get_glyph_h_advance(glyph) * 1000 / size)
    face = lettering.face(name)
    return round(face.font.get_glyph_h_advance(glyph) * 1000 / face.upem)


def _spaced(stretches: list[Stretch], spacing: int) -> list[Stretch]:
    """Pango puts half of the space before a letter with its marks and half behind it, none at the ends of a line."""
    left = int(spacing / 2)
    right = spacing - left
    marked = [(place, glyph) for place, stretch in enumerate(stretches) for glyph in stretch.glyphs]
    letters = [(place, glyph.cluster) for place, glyph in marked]
    made: list[list[Glyph]] = [[] for _ in stretches]
    for i, (place, glyph) in enumerate(marked):
        before = left if i and letters[i - 1] != letters[i] else 0
        after = right if i + 1 < len(letters) and letters[i + 1] != letters[i] else 0
        made[place].append(glyph._replace(width=glyph.width + before + after, dx=glyph.dx + before))
    return [stretch._replace(glyphs=tuple(glyphs)) for stretch, glyphs in zip(stretches, made, strict=True)]


class Widths:
    """Widths that WeasyPrint would know by now: of every glyph at the size at which the page showed it first."""

    def __init__(self) -> None:
        self.sizes: dict[tuple[str, int], int] = {}

    def see(self, sizes: Mapping[tuple[str, int], int]) -> None:
        """What everybody's texts have shown by now."""
        for key, size in sizes.items():
            self.sizes.setdefault(key, size)

    def apart(self, font: str, glyph: int, size: int) -> int:
        """By how much WeasyPrint takes a glyph for wider than it is."""
        first = self.sizes.setdefault((font, glyph), size)
        return nominal(font, glyph, first) - nominal(font, glyph)


def operators(stretch: Stretch, size: float, widths: Widths, codes: Mapping[int, int] | None = None) -> str:
    """Text-showing operators of a stretch, `size` in pixels; `codes` renames its glyphs."""
    out, shown, units = [], "", int(size * UNITS)
    for glyph in stretch.glyphs:
        code = f"{glyph.number if codes is None else codes[glyph.number]:04x}"
        shift = glyph.dx / size
        if glyph.dy:
            # A glyph above or below the line is shown by itself, as WeasyPrint does it.
            out.append(f"[{shown}]TJ " if shown else "")
            push = f"{-shift:.3f}" if glyph.dx else ""
            out.append(f"{glyph.dy / 1000:.3f} Ts [{push}<{code}>]TJ 0 Ts ")
            shown = ""
        else:
            shown += (f"{-shift:.3f}" if glyph.dx else "") + f"<{code}>"
        own, apart = nominal(stretch.font, glyph.number), widths.apart(stretch.font, glyph.number, units)
        if kerning := int(own + apart + shift - glyph.width * 1000 / UNITS / size) - apart:
            shown += f"{kerning} "
    if shown:
        out.append(f"[{shown}]TJ")
    return "".join(out).replace("><", "")
