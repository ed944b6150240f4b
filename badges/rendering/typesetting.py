"""Short texts fitted into a box: broken where their script allows, as large as the box has room for, never cut off."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

from fontTools.unicodedata import script as script_of

from badges.rendering import lettering
from badges.rendering.bidi import is_rtl

_IDEOGRAPHS = frozenset({"Hani", "Hira", "Kana", "Bopo", "Yiii"})
# Signs that open what follows, and signs that close what came before (JIS X 4051, the common ones).
_OPENING = frozenset("（［｛〈《「『【〔“‘([{«")
_CLOSING = frozenset("、。，．・：；！？）］｝〉》」』】〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ”’)]},.:;!?»%")
# Scripts whose letters stand taller and hang lower than Latin ones.
_TALL = frozenset({"Arab", "Deva", "Thai", "Beng", "Taml", "Telu", "Khmr", "Mymr", "Tibt", "Hebr"})


class Style(NamedTuple):
    """How a stretch of text looks."""

    font: str
    colour: str


class Span(NamedTuple):
    """A stretch of text of one look."""

    text: str
    style: Style


@dataclass(frozen=True)
class Block:
    """A text as it was broken and sized; lengths in pixels."""

    lines: tuple[tuple[Span, ...], ...]
    size: float
    leading: float
    rtl: bool

    @property
    def height(self) -> float:
        """From the top of the first line to the foot of the last."""
        return len(self.lines) * self.size * self.leading


def _wide(character: str) -> bool:
    """Set on a square of its own, with a chance to break at every side; Korean words stay whole."""
    if script_of(character) in _IDEOGRAPHS:
        return True
    square = unicodedata.east_asian_width(character) in {"W", "F"}
    return square and script_of(character) != "Hang" and unicodedata.category(character) != "Sk"


def _may_break(before: str, after: str) -> bool:
    if after in _CLOSING or before in _OPENING:
        return False
    if before in " -–/" and after != " ":
        return True
    return _wide(before) and _wide(after)


def pieces(text: str) -> list[str]:
    """Where a line may end: after spaces, hyphens and slashes, and between ideographs."""
    if not text:
        return []
    out = [text[0]]
    for before, after in pairwise(text):
        if _may_break(before, after):
            out.append(after)
        else:
            out[-1] += after
    return out


def clusters(text: str) -> list[str]:
    """Letters with their marks: where a word that is wider than its box has to break."""
    out: list[str] = []
    for character in text:
        follows = unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}
        if out and (follows or out[-1].endswith("\u200d")):
            out[-1] += character
        else:
            out.append(character)
    return out


def _width(spans: list[Span]) -> float:
    """Of a line at size 1; a space at its end takes no room."""
    merged = _merged(spans)
    return sum(lettering.measure(span.text, span.style.font, 1) for span in merged)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """Neighbours of one look as one span, so that they are shaped together; no space at the end."""
    joined = [
        Span("".join(span.text for span in group), style)
        for style, group in groupby(spans, key=lambda span: span.style)
    ]
    if joined:
        joined[-1] = joined[-1]._replace(text=joined[-1].text.rstrip())
    return tuple(joined)


def _broken(items: list[Span], width: float) -> list[list[Span]]:
    """Greedy: as much on every line as it takes."""
    lines: list[list[Span]] = [[]]
    for item in items:
        if lines[-1] and _width([*lines[-1], item]) > width:
            lines.append([])
        lines[-1].append(item)
    return lines


def _even(items: list[Span], width: float) -> list[list[Span]]:
    """The same number of lines, of lengths as alike as may be."""
    lines = _broken(items, width)
    if len(lines) == 1:
        return lines
    narrow, wide = width / 2, width
    for _ in range(7):
        middle = (narrow + wide) / 2
        tried = _broken(items, middle)
        if len(tried) == len(lines) and max(map(_width, tried)) <= middle:
            lines, wide = tried, middle
        else:
            narrow = middle
    return lines


def _items(spans: list[Span], *, anywhere: bool) -> list[Span]:
    cut = clusters if anywhere else pieces
    return [Span(piece, span.style) for span in spans for piece in cut(span.text)]


def fit(
    spans: list[Span],
    width: float,
    height: float,
    *,
    most: float,
    least: float,
    leading: float = 1.12,
    rtl: bool | None = None,
) -> Block:
    """The largest size from `most` to `least` at which the text stays in the box.

    Words are broken only when they do not fit otherwise at `least`; if even that overflows, it shrinks below `least`.
    `rtl` is the direction of the sentence, else that of its first letter.
    """
    rtl = is_rtl("".join(span.text for span in spans)) if rtl is None else rtl
    if any(script_of(character) in _TALL for span in spans for character in span.text):
        leading = max(leading, 1.34)
    items = _items(spans, anywhere=False)
    for size in _sizes(most, least):
        lines = _broken(items, width / size)
        if len(lines) * size * leading <= height and max(map(_width, lines)) * size <= width:
            return Block(tuple(map(_merged, _even(items, width / size))), size, leading, rtl)
    items, size = _items(spans, anywhere=True), least
    while len(lines := _broken(items, width / size)) * size * leading > height:
        size *= 0.94
    return Block(tuple(map(_merged, lines)), size, leading, rtl)


def _sizes(most: float, least: float) -> Iterator[float]:
    size = most
    while size > least:
        yield size
        size *= 0.95
    yield least


def paint(block: Block, x: float, top: float, *, rtl: bool = False, middle: bool = False) -> str:
    """SVG outlines from the start edge `x`, or about `x`.

    `rtl` is the direction of the layout, whose start edge is the right one; a sentence keeps its own direction in it.
    """
    out = []
    for i, line in enumerate(block.lines):
        baseline = top + block.size * ((block.leading - 1) / 2 + 0.78 + i * block.leading)
        at = _start(x, _width(list(line)) * block.size, rtl=rtl, middle=middle)
        for span in reversed(line) if block.rtl else line:
            shaped = lettering.shape(span.text, span.style.font, block.size, rtl=block.rtl)
            out.append(f'<path d="{lettering.line(shaped, at, baseline, "start")}" fill="{span.style.colour}"/>')
            at += shaped.width
    return "".join(out)


def _start(x: float, width: float, *, rtl: bool, middle: bool) -> float:
    """The left end of a line."""
    if middle:
        return x - width / 2
    return x - width if rtl else x
