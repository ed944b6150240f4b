"""Pairs of an institution's colours that meet on paper, on badges and on pages: do they read, and what helps. Pure.

The limits are WCAG 2.2's: 4.5 : 1 for text (1.4.3), 3 : 1 for large letters, lines and symbols (1.4.3, 1.4.11).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from badges.rendering.palette import accent_of, palette
from issuers import brand as interface
from issuers.colour import BLACK, contrast, displayable, readable, to_oklch

TEXT, LARGE = 4.5, 3.0
# Black on it must read so well that a QR code and a stamp of a paler colour do, too.
LIGHTEST_PAPER = 12.0


@dataclass(frozen=True)
class Colours:
    """What an institution chose, or what follows where it chose nothing ('')."""

    brand: str
    accent: str = ""
    paper: str = ""
    ink: str = ""

    @property
    def settled(self) -> Colours:
        """All four as they are drawn."""
        made = palette(self.brand)
        return Colours(
            self.brand, self.accent or accent_of(self.brand), self.paper or made["paper"], self.ink or made["ink"]
        )


@dataclass(frozen=True)
class Pair:
    """One colour over another. `moves` names the colour of the kit that `remedy` ('' for none) would replace."""

    code: str
    over: str
    under: str
    least: float
    moves: str = ""
    remedy: str = ""

    @property
    def ratio(self) -> float:
        """As it is shown: never more than it is."""
        return math.floor(contrast(self.over, self.under) * 10) / 10

    @property
    def good(self) -> bool:
        return contrast(self.over, self.under) >= self.least


def pairs(chosen: Colours) -> list[Pair]:
    """Every pair that designs and pages make of these colours, each with its remedy where it is short of contrast."""
    told = chosen.settled
    found = [
        Pair("ink-paper", told.ink, told.paper, TEXT, "ink"),
        Pair("brand-paper", told.brand, told.paper, TEXT, "brand"),
        _on_button(told.brand),
    ]
    if chosen.accent:  # without one each design brings its own, which is fitted to the brand where it is drawn
        found += [
            Pair("accent-paper", told.accent, told.paper, LARGE, "accent"),
            Pair("accent-brand", told.accent, told.brand, LARGE, "accent"),
        ]
    return [_with_remedy(pair, found) for pair in found]


def _on_button(brand: str) -> Pair:
    """What is written on a button is chosen so that it reads (issuers.brand)."""
    made = interface.roles(brand)
    return Pair("button", made["on-brand"][0].hex, made["brand"][0].hex, TEXT)


def _with_remedy(pair: Pair, all_pairs: Iterable[Pair]) -> Pair:
    if pair.good or not pair.moves:
        return pair
    grounds = [(pair.under, pair.least)]
    grounds += [(other.under, other.least) for other in all_pairs if other.moves == pair.moves and other != pair]
    remedy = _nearest(pair.over, grounds) or readable(pair.over, pair.under, pair.least)
    return Pair(pair.code, pair.over, pair.under, pair.least, pair.moves, remedy)


def _nearest(colour: str, grounds: list[tuple[str, float]]) -> str:
    """`colour` with its lightness moved the shorter way until it stands off all these grounds; '' if none does."""
    lightness, chroma, hue = to_oklch(colour)
    for percent in range(1, 101):
        for moved in (lightness - percent / 100, lightness + percent / 100):
            if 0 <= moved <= 1:
                found = displayable(moved, chroma, hue).hex
                if all(contrast(found, ground) >= least for ground, least in grounds):
                    return found
    return ""


def lighter_paper(paper: str) -> str:
    """The same hue, light enough to print on; `paper` itself where it is."""
    if is_paper(paper):
        return paper
    _lightness, chroma, hue = to_oklch(paper)
    for percent in range(85, 101):
        found = displayable(percent / 100, min(chroma, 0.05), hue).hex
        if is_paper(found):
            return found
    return "#ffffff"


def is_paper(colour: str) -> bool:
    """Light enough to be printed on."""
    return contrast(BLACK, colour) >= LIGHTEST_PAPER
