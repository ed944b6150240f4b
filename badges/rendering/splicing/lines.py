"""Lines of a slot where WeasyPrint puts them (CSS 2.2, 10.8), and their drawing."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from badges.rendering.certificate_lines import Setting, in_one_line
from badges.rendering.pdf_words import hard
from badges.rendering.splicing import faces, shaping, syntax
from badges.rendering.splicing.cutting import Cut
from badges.rendering.splicing.refusing import CannotSplice
from badges.rendering.splicing.shaping import Line, Look, Stretch
from badges.rendering.splicing.slots import Slot
from badges.rendering.splicing.template import Place, Template

_PX = 96 / 25.4  # pixels in a millimetre
_PT = 96 / 72  # pixels in a point


# A font, and whether it is everybody's → the key under which a page names it, and its own numbers of glyphs.
Fonts = Mapping[tuple[str, bool], tuple[str, Mapping[int, int] | None]]


class Placed(NamedTuple):
    """One line and its baseline, in pixels of the page; `hard` where its glyphs do not tell its letters."""

    words: str
    line: Line
    x: float
    y: float
    hard: bool


class Text(NamedTuple):
    """A slot's text: how it is set, its lines, and the top of its first."""

    told: Setting
    lines: tuple[Placed, ...]
    top: float

    @property
    def words(self) -> str:
        """All of it, as it is read."""
        return in_one_line(self.told.words)


def placed(template: Template, number: int, slot: Slot) -> Text:
    """A slot's text on the page. Raises CannotSplice."""
    told, place = slot.content, template.places[number]
    if place is None or not isinstance(told, Setting):
        raise CannotSplice(f"slot {number} has no place")
    size = told.size * _PT
    look, rtl = Look(told.font, size, told.tracking), told.direction == "rtl"
    spoken = [in_one_line(line) for line in told.lines]
    shaped = [shaping.line(words, look, told.language, rtl=rtl) for words in spoken]
    spans = [_span(line, told, size) for line in shaped]
    top = place.top + (-sum(tall for tall, _ in spans) / 2 if place.middle else (slot.down + round(told.push, 3)) * _PX)
    return Text(told, tuple(_stacked(zip(spoken, shaped, spans, strict=True), told, place, top)), top)


def _stacked(
    found: Iterator[tuple[str, Line, tuple[float, float]]], told: Setting, place: Place, top: float
) -> Iterator[Placed]:
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[told.side]
    for words, line, (tall, baseline) in found:
        x = place.left + max(0.0, place.width - line.width) * share
        joined = any(len(set(each.clusters)) < len(each.clusters) for each in line.stretches)
        yield Placed(words, line, x, top + baseline, joined or hard(words))
        top += tall


def _span(line: Line, told: Setting, size: float) -> tuple[float, float]:
    """Height of a line and where its baseline is: the words and the strut of the first font, each centred on the leading."""
    leading = told.leading * size
    strut = [units / shaping.UNITS for units in shaping.metrics(told.font, int(size * shaping.UNITS))]
    above = [(leading + up - down) / 2 for up, down in (strut, (line.ascent, line.descent))]
    return leading + max(above) - min(above), max(above)


def is_plain(line: Placed) -> bool:
    """Whether a line looks the same whatever was drawn before it, in everybody's fonts."""
    return not line.hard and all(is_common(each) and shaping.is_exact(each.font) for each in line.line.stretches)


def is_common(stretch: Stretch) -> bool:
    """Whether everybody's font shows a stretch."""
    return faces.spelled(stretch)


@functools.lru_cache(maxsize=256)
def colour(ink: str) -> bytes:
    """A colour as WeasyPrint writes it. Raises CannotSplice for one that is not of six digits."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", ink):
        raise CannotSplice(f"a colour {ink}")
    return b" ".join(b"%g" % round(int(ink[i : i + 2], 16) / 255, 6) for i in (1, 3, 5))


def drawn(text: Text, cut: Cut, fonts: Fonts, widths: shaping.Widths) -> bytes:
    """Instructions of a slot: one marked content, and in it one for every line that must be told."""
    widths.see(cut.seen)
    many, told = len(text.lines) > 1, b""
    out = [cut.before, colour(text.told.ink), b" rg\n"]
    for line in text.lines:
        leftwards = text.told.direction == "rtl"
        spelled = b"/ActualText" + syntax.text(line.words) if line.hard and not leftwards else b""
        shown = b"BT 1 0 0 -1 %.6f %.6f Tm %bET\n" % (line.x, line.y, _shown(line.line, fonts, widths, told=leftwards))
        if many and spelled:
            shown = b"/Span<<%b>>BDC\n%bEMC\n" % (spelled, shown)
        else:
            told = spelled
        out.append(shown)
    return b"/Span<</MCID %d%b>>BDC\n%bEMC\n" % (cut.mark, told if not many else b"", b"".join(out))


def _shown(line: Line, fonts: Fonts, widths: shaping.Widths, *, told: bool) -> bytes:
    out = []
    for stretch in line.stretches:
        key, codes = fonts[stretch.font, is_common(stretch)]
        out.append(f"/{key} {line.size:.6f} Tf {shaping.operators(stretch, line.size, widths, codes, told=told)} ")
    return "".join(out).encode()
