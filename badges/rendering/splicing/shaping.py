"""One line of text as WeasyPrint writes it into a PDF: the same runs, glyphs, kerning and roundings, without Pango.

Pango asks HarfBuzz for whole units, 1,024 to a pixel, at the size of the text; WeasyPrint then tells every glyph's width
in whole thousandths of an em and cuts the kerning off to whole ones. Both roundings are seen on paper, so both are done.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import groupby, pairwise
from typing import NamedTuple

import uharfbuzz as hb

from badges.rendering import fonts, lettering
from badges.rendering.bidi import visual_runs
from badges.rendering.splicing.refusing import CannotSplice

UNITS = 1024  # Pango's, in a pixel
KEPT = 512  # lines that a process remembers
# Latin letters with their marks, and what is common to all scripts: one run, where one font has all of them.
_LATIN = re.compile("[\x20-\x7e\xa0-\xac\xae-\u02af\u0300-\u036f\u1e00-\u1eff\u2010-\u2027\u20a0-\u20bf]*")
_NO_SCRIPT = frozenset({"", "Zyyy", "Zinh"})


class Look(NamedTuple):
    """How a line is set: the first font of its chain, pixels of an em, and ems between letters."""

    font: str
    size: float
    tracking: float = 0


class Stretch(NamedTuple):
    """Glyphs of one font where Pango puts them, lengths in units, and the letters they stand for as they are read.

    Columns, not rows: what thousands of people's words leave behind is kept small.
    """

    font: str
    text: str
    glyphs: tuple[int, ...]
    clusters: tuple[int, ...]  # where in the text the letters of each glyph begin
    widths: tuple[int, ...]
    dx: tuple[int, ...]
    dy: tuple[int, ...]


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
    stretches = [_stretch(run, how) for run in _runs(text, look.font, rtl=rtl)]
    if rtl:
        stretches.reverse()
    if spacing:
        stretches = _spaced(stretches, spacing)
    heights = [metrics(stretch.font, size) for stretch in stretches]
    width = sum(sum(stretch.widths) for stretch in stretches) + spacing
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
    if not rtl and _LATIN.fullmatch(text) and fonts.codes(font).issuperset(map(ord, text)):
        return [Run(font, "Latn" if any(map(str.isalpha, text)) else "Zyyy", text)]
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


def _stretch(run: Run, how: Shaping) -> Stretch:
    font = _font(run.font, how.size)
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.direction = "rtl" if how.rtl else "ltr"
    buffer.script = run.script or "Zyyy"
    buffer.language = how.language
    # As browsers do: letterspaced words take no ligatures.
    hb.shape(font, buffer, {"liga": False, "clig": False} if how.spaced else {})
    glyphs, clusters = zip(*[(info.codepoint, info.cluster) for info in buffer.glyph_infos], strict=True)
    if 0 in glyphs:
        raise CannotSplice("a letter that its font lacks")
    places = [(place.x_advance, place.x_offset, place.y_offset) for place in buffer.glyph_positions]
    return Stretch(run.font, run.text, glyphs, clusters, *zip(*places, strict=True))


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
    letters = [(place, cluster) for place, stretch in enumerate(stretches) for cluster in stretch.clusters]
    before = [left * (i > 0 and letters[i - 1] != letter) for i, letter in enumerate(letters)]
    after = [right * (letter != following) for letter, following in pairwise(letters)] + [0]
    out, start = [], 0
    for stretch in stretches:
        own = slice(start, start + len(stretch.glyphs))
        widths = tuple(map(sum, zip(stretch.widths, before[own], after[own], strict=True)))
        out.append(stretch._replace(widths=widths, dx=tuple(map(sum, zip(stretch.dx, before[own], strict=True)))))
        start = own.stop
    return out


def is_exact(name: str) -> bool:
    """Whether widths of a font are whole thousandths of an em, so that no size rounds them otherwise."""
    return lettering.face(name).upem == 1000


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


def operators(
    stretch: Stretch, size: float, widths: Widths, codes: Mapping[int, int] | None = None, *, told: bool = False
) -> str:
    """Text-showing operators of a stretch, `size` in pixels; `codes` renames its glyphs.

    With `told` every letter says what it is: where text runs to the left, readers put it in order letter by letter.
    """
    if not told:
        return _shown(stretch, range(len(stretch.glyphs)), size, widths, codes)
    out = []
    for place, letters in enumerate(spelled(stretch)):
        shown = _shown(stretch, [place], size, widths, codes)
        out.append(f"/Span<</ActualText<feff{letters.encode('utf-16-be').hex()}>>>BDC {shown} EMC ")
    return "".join(out)


def spelled(stretch: Stretch) -> list[str]:
    """What each glyph stands for, where every letter is told once: by its widest glyph.

    Its dots say nothing, for a reader would take their place for the letter's.
    """
    ends = dict(pairwise([*sorted(set(stretch.clusters)), len(stretch.text)]))
    out = [""] * len(stretch.glyphs)
    for start, group in groupby(range(len(stretch.glyphs)), key=stretch.clusters.__getitem__):
        out[max(group, key=stretch.widths.__getitem__)] = stretch.text[start : ends[start]]
    return out


def _shown(
    stretch: Stretch, places: Iterable[int], size: float, widths: Widths, codes: Mapping[int, int] | None
) -> str:
    out, shown, units, exact = [], "", int(size * UNITS), is_exact(stretch.font)
    for place in places:
        number, width, dx, dy = stretch.glyphs[place], stretch.widths[place], stretch.dx[place], stretch.dy[place]
        code = f"{number if codes is None else codes[number]:04x}"
        shift = dx / size
        if dy:
            # A glyph above or below the line is shown by itself, as WeasyPrint does it.
            out.append(f"[{shown}]TJ " if shown else "")
            push = f"{-shift:.3f}" if dx else ""
            out.append(f"{dy / 1000:.3f} Ts [{push}<{code}>]TJ 0 Ts ")
            shown = ""
        else:
            shown += (f"{-shift:.3f}" if dx else "") + f"<{code}>"
        apart = 0 if exact else widths.apart(stretch.font, number, units)
        if kerning := int(nominal(stretch.font, number) + apart + shift - width * 1000 / UNITS / size) - apart:
            shown += f"{kerning} "
    if shown:
        out.append(f"[{shown}]TJ")
    return "".join(out).replace("><", "")
