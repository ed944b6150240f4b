"""Slips to cut out, eight to a page: a name, what was earned, a code to scan and to type. Pure: HTML and pictures for a PDF."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from badges.rendering import fonts, qr
from badges.rendering.certificate_text import DoesNotFit, Fitted, fit, script, smallest

COLUMNS, ROWS = 2, 4
PAPERS = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
_SERIF, _SANS, _BOLD, _MONO = "source-serif-600", "source-sans-400", "source-sans-600", "ibm-plex-mono-400"
_EDGE, _QR = 7.0, 33.0
_DOTS = 10  # pixels a module


@dataclass(frozen=True)
class SlipText:
    """What one slip says. `address` is what the code holds; `typed` and `code` are for hands."""

    issuer: str
    colour: str
    name: str
    achievement: str
    lead: str
    how: str
    code: str
    until: str
    address: str
    language: str = "en"


def sheet(slips: Sequence[SlipText], *, paper: str, title: str) -> str:
    """HTML of all pages. KeyError for a paper that is none of PAPERS."""
    width, height = PAPERS[paper]
    each = COLUMNS * ROWS
    pages = [_page(slips[first : first + each], width, height) for first in range(0, len(slips), each)]
    faces = "".join(f"@font-face{{font-family:'{face}';src:url(laurel:font/{face})}}" for face in _used(slips))
    return (
        f'<!doctype html><html lang="{escape(slips[0].language if slips else "en")}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{faces}{_css(width, height)}</style></head><body>{''.join(pages)}</body></html>"
    )


def _css(width: float, height: float) -> str:
    cell = f"width:{width / COLUMNS:.3f}mm;height:{height / ROWS:.3f}mm"
    return (
        f"@page{{size:{width}mm {height}mm;margin:0}}html,body{{margin:0;color:#141c18}}p{{margin:0}}"
        f".page{{position:relative;width:{width}mm;height:{height}mm;overflow:hidden;break-after:page}}"
        f".page:last-child{{break-after:auto}}.marks{{position:absolute;left:0;top:0;width:{width}mm;height:{height}mm}}"
        f".slip{{position:absolute;{cell};overflow:hidden}}.slip>*{{position:absolute}}.t{{white-space:nowrap}}"
        f".bar{{left:0;right:0;top:0;height:1.6mm;margin:2.4mm {_EDGE}mm 0}}"
        f".qr{{right:{_EDGE - 2}mm;top:{_EDGE - 1}mm;width:{_QR}mm;height:{_QR}mm}}"
    )


def _page(slips: Iterable[SlipText], width: float, height: float) -> str:
    across, down = width / COLUMNS, height / ROWS
    drawn = [
        f'<section class="slip" style="left:{(i % COLUMNS) * across:.3f}mm;top:{(i // COLUMNS) * down:.3f}mm">'
        f"{_slip(slip, across, down)}</section>"
        for i, slip in enumerate(slips)
    ]
    return f'<div class="page">{_marks(width, height)}{"".join(drawn)}</div>'


def _marks(width: float, height: float) -> str:
    """Where to cut: a cross at each meeting of four slips, and ticks at the edges of the paper."""
    lines = []
    for column in range(COLUMNS + 1):
        for row in range(ROWS + 1):
            x, y, arm = width * column / COLUMNS, height * row / ROWS, 3
            lines.append(f"M{x - arm:.2f} {y:.2f}h{2 * arm}M{x:.2f} {y - arm:.2f}v{2 * arm}")
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<path d="{"".join(lines)}" stroke="#8b958f" stroke-width=".2" fill="none"/></svg>'
    )
    return f'<img class="marks" alt="" src="{_inline(drawing)}">'


def _inline(drawing: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


def _slip(slip: SlipText, width: float, height: float) -> str:
    beside, whole = width - 3 * _EDGE - _QR, width - 2 * _EDGE
    return "".join(
        (
            f'<div class="bar" style="background:{escape(slip.colour)}"></div>',
            _text(slip.issuer, _BOLD, (_EDGE, beside, 7.0, 5.0), size=9, low=6, language=slip.language),
            _text(slip.name, _SERIF, (_EDGE, beside, 12.6, 13.0), size=16, low=5, lines=6, language=slip.language),
            _text(slip.lead, _SANS, (_EDGE, beside, 26.2, 4.2), size=8.5, low=6, language=slip.language),
            _text(slip.achievement, _BOLD, (_EDGE, beside, 30.4, 8.6), size=11, low=6, lines=2, language=slip.language),
            f'<img class="qr" alt="{escape(slip.address)}" src="laurel:asset/{escape(slip.code)}">',
            _text(slip.how, _SANS, (_EDGE, whole, 41.0, 12.6), size=8.5, low=6, lines=3, language=slip.language),
            _text(slip.code, _MONO, (_EDGE, whole, 54.0, 5.4), size=13, low=9, language=slip.language),
            _text(slip.until, _SANS, (_EDGE, whole, 60.0, 4.2), size=8, low=6, language=slip.language),
        )
    )


def pictures(slips: Sequence[SlipText]) -> dict[str, bytes]:
    """The codes to scan, as `pdf.plain` takes them: as pixels, which print in a tenth of the time that squares take."""
    return {slip.code: qr.png(slip.address, _DOTS) for slip in slips}


def _text(
    words: str,
    font: str,
    box: tuple[float, float, float, float],
    *,
    size: float,
    low: float,
    language: str,
    lines: int = 1,
) -> str:
    """A text at its place: (left, width, top, height) in mm, as large as fits. What is too long for paper is cut by the edge."""
    left, width, top, height = box
    fitted = _fitted(words, font, (width, height), size=size, low=low, lines=lines)
    spoken, direction = script(words, language)
    faces = ",".join(f"'{face}'" for face in _faces(words, font))
    style = f"left:{left}mm;width:{width:.2f}mm;top:{top}mm;font:{fitted.size}pt/1.2 {faces};"
    side = "left" if direction == "ltr" else "right"
    inner = "<br>".join(escape(line) for line in fitted.lines)
    return f'<p class="t" lang="{escape(spoken)}" dir="{direction}" style="{style}text-align:{side}">{inner}</p>'


# What stands on every slip of a sheet is measured once.
@lru_cache(maxsize=256)
def _fitted(words: str, font: str, room: tuple[float, float], *, size: float, low: float, lines: int) -> Fitted:
    style = {"size": size, "min": low, "font": font, "lines": lines, "leading": 1.2}
    try:
        return fit("slip", words, *room, style)
    except DoesNotFit:
        return smallest(words, room[0], style)


@lru_cache(maxsize=256)
def _faces(words: str, font: str) -> tuple[str, ...]:
    """The font, and those that lend it letters."""
    missing = {ord(letter) for letter in words} - fonts.codes(font)
    found = [font]
    for other in fonts.chain(font)[1:]:
        lent = missing & fonts.codes(other)
        if lent:
            found.append(other)
            missing -= lent
    return tuple(found)


def _used(slips: Sequence[SlipText]) -> list[str]:
    used: dict[str, None] = {}
    for slip in slips:
        for words, font in (
            (slip.issuer + slip.achievement, _BOLD),
            (slip.name, _SERIF),
            (slip.lead + slip.how + slip.until, _SANS),
            (slip.code, _MONO),
        ):
            used |= dict.fromkeys(_faces(words, font))
    return list(used)
