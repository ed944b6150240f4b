"""One certificate while it is drawn: its paper, colours, fonts and words. What stands on it is drawn by certificate_elements."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, NamedTuple

from badges.rendering import lettering
from badges.rendering.certificate_text import merged, result_key, spoken
from badges.rendering.palette import palette
from issuers.colour import contrast, readable

PAGES = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
RTL = frozenset({"ar", "he", "fa", "ur"})
Json = Mapping[str, Any]
Box = tuple[float, float, float, float]


def size_of(page: Json) -> tuple[float, float]:
    """Width and height in millimetres."""
    w, h = PAGES[page["size"]]
    return (h, w) if page["orientation"] == "landscape" else (w, h)


class Sources(NamedTuple):
    """Where a page finds fonts and pictures, by their names."""

    font: Callable[[str], str]
    picture: Callable[[str], str]


class Trouble(NamedTuple):
    """What would keep this person's certificate from being printed; `what` is the text, or the letters no font has."""

    element: str
    code: str
    what: str


# Names that nothing outside the printer's own fetcher can resolve.
PRINTED = Sources("laurel:font/{}".format, "laurel:asset/{}".format)


class Page:
    """One certificate. `pictures` are by asset name: `badge` (SVG or PNG), `logo`, `signature.1`, or a media key.

    A lenient page is drawn whatever it holds, and notes its `troubles`; else they are raised as they are met.
    """

    def __init__(
        self,
        layout: Json,
        values: Mapping[str, str],
        rows: list[tuple[str, str]],
        pictures: Mapping[str, Any],
        *,
        sources: Sources = PRINTED,
        lenient: bool = False,
    ) -> None:
        self.layout, self.rows, self.pictures, self.sources = layout, rows, pictures, sources
        self.values = {**values, **{result_key(label): value for label, value in rows}}
        self.w, self.h = size_of(layout["page"])
        theme = layout["theme"]
        self.colours = palette(theme["brand"], theme.get("accent", "auto")) | theme.get("colours", {})
        self.locale = layout.get("locale", "en")
        self.rtl = self.locale.split("-")[0] in RTL
        self._inks: dict[tuple[str, str | None, float], str] = {}
        self.settings: dict[tuple[object, ...], Any] = {}  # what texts came to before, shared by all pages of a design
        self.fonts: dict[str, None] = {}
        self.bottoms: dict[str, float] = {}
        self.troubles: list[Trouble] | None = [] if lenient else None
        self.write: Callable[[Page, Any], str] | None = (
            None  # who writes its texts, where that is not certificate_lines
        )

    def ink(self, name: str, on: str | None = None, ratio: float = 4.5) -> str:
        """A colour of the theme; a text's lightness moves until it can be read on its ground."""
        key = (name, on, ratio)
        if key not in self._inks:
            value = self.colours.get(name.removeprefix("metal:"), name)
            ground = value if on is None else self.colours.get(on, on)
            seen = on is None or contrast(value, ground) >= ratio
            self._inks[key] = value if seen else readable(value, ground, ratio)
        return self._inks[key]

    def of(self, values: Mapping[str, str], rows: list[tuple[str, str]]) -> Page:
        """The same page for somebody else, with the places of what it holds already."""
        other = copy.copy(self)
        other.values = {**values, **{result_key(label): value for label, value in rows}}
        other.rows, other.bottoms, other.fonts = rows, dict(self.bottoms), {}
        return other

    def family(self, name: str, words: str = "") -> str:
        """The faces these words need, no more: listing one Japanese face costs more than the whole page."""
        shaped = lettering.shape(words, name, 1) if words else None
        faces = dict.fromkeys([name, *(glyph.face.name for glyph in shaped.glyphs)] if shaped else [name])
        self.fonts.update(faces)
        return ",".join(f"'{face}'" for face in faces)

    def words(self, text: Any) -> str:
        """A text in the language of the page, its fields filled in."""
        return " ".join(merged(spoken(text, self.locale), self.values).split(" "))

    def drawn(self, element: Json) -> bool:
        """An element whose value is missing (no hours, no second signature) is left out with its label; so is a hidden one."""
        if element.get("hidden"):
            return False
        when = element.get("when")
        if not when or when == "results":
            return not when or bool(self.rows)
        return bool(self.values.get(result_key(when[7:]) if when.startswith("result.") else when))

    def side(self, align: str) -> str:
        """Of the page, not of the name."""
        sides = {"center": "center", "start": "right" if self.rtl else "left", "end": "left" if self.rtl else "right"}
        return sides.get(align, align)

    def box(self, element: Json) -> Box:
        """Where it stands: closed up under a text that took fewer lines; not mirrored yet."""
        x, y, w, h = element["box"]
        if "below" in element:
            above, gap = element["below"]
            y = min(y, self.bottoms.get(above, y) + gap)
        return x, y, w, h

    def left(self, x: float, w: float) -> float:
        """A right-to-left page is the mirror of its layout."""
        return self.w - x - w if self.rtl else x

    def picture(self, source: str, alt: str, how: str = "100% 100%", opacity: float = 1) -> str:
        """Without words it is decoration: a CSS background, which the PDF marks as an artifact."""
        thin = f";opacity:{opacity}" if opacity < 1 else ""
        if not alt:
            return f'<div style="width:100%;height:100%;background:url({source}) center/{how} no-repeat{thin}"></div>'
        how = how if how in {"cover", "contain"} else "contain"
        return f'<img src="{escape(source)}" alt="{escape(alt)}" style="width:100%;height:100%;object-fit:{how}{thin}">'

    def svg(self, body: str, w: float, h: float) -> str:
        """A drawing of our own as an address of its own."""
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}mm" height="{h}mm">'
        return "data:image/svg+xml;base64," + base64.b64encode(f"{head}{body}</svg>".encode()).decode()
