"""What a rebuilt SVG costs to draw: counted on the tree, because `use` and masks draw the same things again. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from badges.rendering.image_refused import ImageRefused

# Elements drawn, those drawn by reference included; and canvases laid over one another for masks, clips and opacity.
MOST_DRAWN, MOST_LAYERS = 20_000, 400
_LOCAL = re.compile(r"url\(#(i\d+)\)")
_LAYERED = ("mask", "clip-path", "opacity")
# References in a line, such as a gradient that continues another: counting follows them by calling itself.
_LONGEST = 12


class _Cost(NamedTuple):
    drawn: int
    layers: int

    def plus(self, other: "_Cost") -> "_Cost":
        return _Cost(self.drawn + other.drawn, self.layers + other.layers)


def refuse_costly(root: Element) -> None:
    """Raise ImageRefused for references in a circle, and for more drawing than a picture needs."""
    named = {element.get("id", ""): element for element in root.iter() if element.get("id")}
    cost = _Counting(named).of(root)
    for what, found, most in (
        ("drawn", cost.drawn, MOST_DRAWN),
        ("layers", cost.layers, MOST_LAYERS),
    ):
        if found > most:
            raise ImageRefused("svg-too-much", what=what, most=most)


class _Counting:
    """Each named element is counted once; one that is met while it is being counted refers to itself."""

    def __init__(self, named: dict[str, Element]) -> None:
        self.named = named
        self.known: dict[str, _Cost] = {}
        self.open: set[str] = set()
        self.followed = 0

    def of(self, element: Element) -> _Cost:
        own = element.get("id", "")
        if own in self.known:
            return self.known[own]
        if own and own in self.open:
            raise ImageRefused("svg-circle")
        self.open.add(own)
        cost = _Cost(1, sum(name in element.attrib for name in _LAYERED))
        for child in element:
            cost = cost.plus(self.of(child))
        for name in _meant(element):
            cost = cost.plus(self._followed(name))
        self.open.discard(own)
        if own:
            self.known[own] = cost
        return cost

    def _followed(self, name: str) -> _Cost:
        if name not in self.named:
            return _Cost(0, 0)
        self.followed += 1
        if self.followed > _LONGEST:
            raise ImageRefused("svg-too-much", what="links", most=_LONGEST)
        cost = self.of(self.named[name])
        self.followed -= 1
        return cost


def _meant(element: Element) -> Iterator[str]:
    """Ids that drawing this element draws, too."""
    for name, value in element.attrib.items():
        if name == "href":
            yield value.removeprefix("#")
        elif found := _LOCAL.fullmatch(value):
            yield found[1]
