"""One text of a certificate: how it is set in its box, and that as HTML. The splicer asks for the first alone."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from badges.rendering import lettering
from badges.rendering.certificate_page import Json, Page, Trouble
from badges.rendering.certificate_text import MM, DoesNotFit, Fitted, fit, script, smallest

# Points, and lines beside those of the design: nobody is called too long.
_LEAST, _MORE_LINES = 7, 2
_BLANK = re.compile(r"[ \t\n\f\r]+")


class Setting(NamedTuple):
    """A text as it is set: points of an em, millimetres for the rest; `foot` is how far below its box's top it ends."""

    tag: str
    words: str
    lines: tuple[str, ...]
    font: str
    size: float
    leading: float
    tracking: float
    push: float
    foot: float
    ink: str
    side: str
    language: str
    direction: str


def setting(
    page: Page, element: Json, words: str, size: tuple[float, float], style: Json, *, personal: bool = False
) -> Setting | None:
    """How the words stand in a box of this width and height, or None without words. Raises DoesNotFit."""
    words = printable(page, element["id"], words.upper() if style.get("case") == "upper" else words, style["font"])
    if not words.strip():
        return None
    points, lines = _fitted(page, element["id"], words, size, style, personal=personal)
    leading = style.get("leading", 1.2)
    tall = len(lines) * points * leading * MM
    top = push = _push(style.get("valign", "top"), size[1], tall)
    if personal and len(lines) == 1:
        push = _baseline(style, points, size[1], leading)
    return Setting(
        element.get("tag", "p") if element["type"] == "text" else "p",
        words,
        lines,
        style["font"],
        points,
        leading,
        style["tracking"] if style.get("tracking") and lettering.bends(words) else 0,
        push,
        top + tall,
        page.ink(style.get("colour", "ink"), style.get("on", "paper"), 4.5 if points < 18 else 3),
        page.side(style.get("align", "start")),
        *script(words, page.locale),
    )


def written(page: Page, told: Setting) -> str:
    """A text as HTML."""
    css = (
        f"margin:{told.push:.3f}mm 0 0;font:{told.size}pt/{told.leading} {page.family(told.font, ' '.join(told.lines))};"
        f"color:{told.ink};text-align:{told.side};white-space:nowrap;"
    )
    if told.tracking:
        css += f"letter-spacing:{told.tracking}em;"
    if told.tag != "p" and len(told.lines) > 1:  # else the words are joined where a line ends
        css += f"bookmark-label:{_quoted(in_one_line(told.words))};"
    text = "<br>".join(map(escape, told.lines))
    return f'<{told.tag} lang="{escape(told.language)}" dir="{told.direction}" style="{css}">{text}</{told.tag}>'


def in_one_line(words: str) -> str:
    """As HTML collapses blanks."""
    return _BLANK.sub(" ", words).strip(" ")


def _quoted(words: str) -> str:
    """A string of CSS that ends neither itself nor the attribute it stands in."""
    return "'" + "".join(char if char.isalnum() else f"\\{ord(char):x} " for char in words) + "'"


def printable(page: Page, name: str, words: str, font: str) -> str:
    """The words less what no font has, on a page that is drawn whatever it holds."""
    if page.troubles is None or not (lost := lettering.missing(words, font)):
        return words
    page.troubles.append(Trouble(name, "no-glyph", lost))
    return "".join(char for char in words if char not in lost)


def _fitted(page: Page, name: str, words: str, size: tuple[float, float], style: Json, *, personal: bool) -> Fitted:
    """As large as the design allows; what a person is called is set as small print and in more lines before it is refused."""
    try:
        return fit(name, words, *size, style)
    except DoesNotFit:
        if page.troubles is not None:
            page.troubles.append(Trouble(name, "does-not-fit", words))
            return smallest(words, size[0], style)
        if not personal:
            raise
    least = {"min": min(_LEAST, style["size"]), "lines": int(style.get("lines", 1)) + _MORE_LINES}
    return fit(name, words, *size, {**style, **least})


def _push(valign: str, height: float, tall: float) -> float:
    """Millimetres above the first line."""
    return {"top": 0.0, "middle": (height - tall) / 2, "bottom": height - tall}[valign]


def _baseline(style: Json, size: float, height: float, leading: float) -> float:
    """A smaller name keeps the baseline of the full size."""
    face, full = lettering.face(style["font"]), style["size"] * leading * MM
    shift = (style["size"] - size) * MM * (leading + face.ascent - face.descent) / 2
    return _push(style.get("valign", "top"), height, full) + shift
