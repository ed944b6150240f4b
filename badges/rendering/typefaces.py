"""The bundled typefaces as families, and pairs of a serif and a sans that a design can be set in instead of its own. Pure."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from badges.rendering import fonts, lettering
from badges.rendering.badge_spec import Spec, every_part

_FILE = re.compile(r"(?P<family>[a-z-]+?)-(?P<weight>\d{3})(?P<italic>-italic)?")
# Families for reading. Others are a design's own character (a condensed, a display, a typewriter face) and stay.
SERIFS = {
    "cormorant-garamond": "Cormorant Garamond",
    "eb-garamond": "EB Garamond",
    "fraunces": "Fraunces",
    "newsreader": "Newsreader",
    "source-serif": "Source Serif",
}
SANSES = {
    "hanken-grotesk": "Hanken Grotesk",
    "inter": "Inter",
    "inter-tight": "Inter Tight",
    "jost": "Jost",
    "source-sans": "Source Sans",
}
# Letters that are cut into a badge are heavy: thinner ones fill in or break off at 90 pixels.
HEAVY = 600
# Words that hold all shapes of letters: by their width one family is scaled to take the room of another.
_SAMPLE = "Hamburgefonstiv Ängström 0123456789"
_SMALLEST = 7.5


class Pair(NamedTuple):
    """Two families that go together."""

    id: str
    serif: str
    sans: str

    @property
    def title(self) -> str:
        return f"{SERIFS[self.serif]} · {SANSES[self.sans]}"


PAIRS = {
    pair.id: pair
    for pair in (
        Pair("classical", "cormorant-garamond", "inter"),
        Pair("bookish", "eb-garamond", "source-sans"),
        Pair("warm", "fraunces", "inter-tight"),
        Pair("editorial", "newsreader", "hanken-grotesk"),
        Pair("plain", "source-serif", "source-sans"),
        Pair("geometric", "eb-garamond", "jost"),
    )
}


class Style(NamedTuple):
    """One font file, by what it is."""

    family: str
    weight: int
    italic: bool


@functools.cache
def style_of(font: str) -> Style | None:
    """Family, weight and slant of a bundled font; None for one that is named otherwise."""
    found = _FILE.fullmatch(font)
    return Style(found["family"], int(found["weight"]), bool(found["italic"])) if found else None


@functools.cache
def _family(name: str) -> tuple[tuple[str, Style], ...]:
    styles = ((font, style_of(font)) for font in fonts.names())
    return tuple((font, style) for font, style in styles if style and style.family == name)


@functools.cache
def stand_in(font: str, pair: str, least: int = 0) -> str:
    """The font of a pair that says what `font` says: same kind, nearest slant and weight, at least `least`; or itself."""
    style = style_of(font)
    if style is None or style.family not in {**SERIFS, **SANSES}:
        return font
    family = PAIRS[pair].serif if style.family in SERIFS else PAIRS[pair].sans
    if family == style.family:
        return font
    usable = [(name, each) for name, each in _family(family) if each.weight >= least]
    if not usable:
        return font
    return min(usable, key=lambda one: (one[1].italic != style.italic, abs(one[1].weight - style.weight)))[0]


@functools.cache
def narrowing(font: str, other: str) -> float:
    """By how much `other` is set smaller to take no more room than `font`; never larger."""
    return min(1.0, lettering.measure(_SAMPLE, font, 1) / lettering.measure(_SAMPLE, other, 1))


@functools.cache
def specimen(pair: str) -> str:
    """Both families of a pair as an SVG in the colour of the page's text: a heading above a line of small print."""
    serif, sans = _nearest(PAIRS[pair].serif, 500), _nearest(PAIRS[pair].sans, 500)
    above = lettering.line(lettering.shape("Certificate of Merit", serif, 34), 2, 36, "start")
    below = lettering.line(lettering.shape("Awarded for 40 hours of study", sans, 17), 2, 66, "start")
    return (
        f'<svg class="face-look" viewBox="0 0 330 76" aria-hidden="true" focusable="false">'
        f'<path fill="currentColor" d="{above}{below}"/></svg>'
    )


def _nearest(family: str, weight: int) -> str:
    """The upright font of a family that is nearest to a weight."""
    upright = [(font, style) for font, style in _family(family) if not style.italic]
    return min(upright, key=lambda one: abs(one[1].weight - weight))[0]


def on_certificate(layout: Mapping[str, Any], pair: str) -> dict[str, Any]:
    """A copy of a layout in the faces of a pair; '' or a pair that there is no more leaves its own."""
    made = copy.deepcopy(dict(layout))
    if pair in PAIRS:
        for element in made["elements"]:
            for style in (element.get("style"), element.get("second")):
                if style:
                    _reset(style, pair)
    return made


def _reset(style: dict[str, Any], pair: str) -> None:
    for key in ("font", "headfont"):
        if key in style:
            style[key] = stand_in(own := style[key], pair)
            if key == "font":
                _resize(style, narrowing(own, style[key]))


def _resize(style: dict[str, Any], factor: float) -> None:
    """Sizes in points, to a quarter; nothing becomes smaller than small print."""
    for key in ("size", "min"):
        if key in style and factor < 1:
            style[key] = max(min(style[key], _SMALLEST), int(style[key] * factor * 4) / 4)


def on_badge(spec: Spec, pair: str) -> Spec:
    """A copy of a badge in the faces of a pair, where the pair has letters heavy enough to be cut."""
    made = copy.deepcopy(spec)
    if pair in PAIRS:
        for part in every_part(made["parts"]):
            if "font" in part:
                part["font"] = stand_in(part["font"], pair, HEAVY)
    return made
