"""Borders of a certificate as SVG, in millimetres. `inset` is from the edge of the paper, `width` from there inwards."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from badges.rendering import guilloche
from badges.rendering.certificate_patterns import short

Json = Mapping[str, Any]


# One key of a meander, in shares of its width and height: down, along the top, in, round, and back out to the foot.
_KEY = (
    *((0, 1), (0, 0), (0.8, 0), (0.8, 0.7), (0.34, 0.7), (0.34, 0.36), (0.56, 0.36)),
    *((0.34, 0.36), (0.34, 0.7), (0.8, 0.7), (0.8, 1), (1, 1)),
)


class Frame(NamedTuple):
    """What a border is drawn with."""

    w: float
    h: float
    inset: float
    width: float
    ink: str
    second: str
    paper: str


def _rect(f: Frame, inset: float, weight: float, ink: str) -> str:
    size = f'width="{short(f.w - 2 * inset)}" height="{short(f.h - 2 * inset)}"'
    return f'<rect x="{short(inset)}" y="{short(inset)}" {size} fill="none" stroke="{ink}" stroke-width="{short(weight)}"/>'


def _rule(f: Frame, edge: Json) -> str:
    return "".join(_rect(f, inset, weight, f.ink) for inset, weight in edge["rules"])


def _double(f: Frame, edge: Json) -> str:
    """Thick and thin: the oldest of frames."""
    thick = min(1.4, f.width * 0.4)
    return _rect(f, f.inset + thick / 2, thick, f.ink) + _rect(f, f.inset + f.width, 0.25, f.second)


def _band(f: Frame, edge: Json) -> str:
    return _rect(f, f.inset + f.width / 2, f.width, f.ink) + _rect(f, f.inset + f.width + 1.6, 0.3, f.second)


def _corners(f: Frame, edge: Json) -> str:
    """Four brackets and nothing between them."""
    i, arm = f.inset, min(f.width * 3, f.w / 3, f.h / 3)
    out = []
    for sx, sy in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        x, y = i if sx > 0 else f.w - i, i if sy > 0 else f.h - i
        out.append(f"M{short(x)} {short(y + sy * arm)}V{short(y)}H{short(x + sx * arm)}")
    bent = f'<path d="{"".join(out)}" fill="none" stroke="{f.ink}" stroke-width=".7"/>'
    return bent + _squares(f, i + 3.2, 1.6)


def _squares(f: Frame, inset: float, side: float) -> str:
    places = [(x, y) for x in (inset, f.w - inset - side) for y in (inset, f.h - inset - side)]
    return "".join(
        f'<rect x="{short(x)}" y="{short(y)}" width="{short(side)}" height="{short(side)}" fill="{f.second}"/>'
        for x, y in places
    )


def _deco(f: Frame, edge: Json) -> str:
    """Three rules whose corners step back, as on the front of a cinema."""
    out = []
    for step, weight, ink in ((0, 0.8, f.ink), (1, 0.25, f.second), (2, 0.4, f.ink)):
        inset = f.inset + step * f.width / 2.6
        cut = f.width * (1.1 - 0.28 * step)
        out.append(_stepped(f, inset, cut, ink, weight))
    return "".join(out) + _squares(f, f.inset + f.width * 0.22, f.width * 0.34)


def _stepped(f: Frame, inset: float, cut: float, ink: str, weight: float) -> str:
    x0, y0, x1, y1 = inset, inset, f.w - inset, f.h - inset
    points = [
        (x0 + cut, y0),
        (x1 - cut, y0),
        (x1 - cut, y0 + cut),
        (x1, y0 + cut),
        (x1, y1 - cut),
        (x1 - cut, y1 - cut),
    ]
    points += [
        (x1 - cut, y1),
        (x0 + cut, y1),
        (x0 + cut, y1 - cut),
        (x0, y1 - cut),
        (x0, y0 + cut),
        (x0 + cut, y0 + cut),
    ]
    path = "M" + "L".join(f"{short(x)} {short(y)}" for x, y in points) + "Z"
    return f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="{short(weight)}" stroke-linejoin="miter"/>'


def _meander(f: Frame, edge: Json) -> str:
    """A Greek key between two rules; a square stands where two sides meet."""
    band, unit = f.width * 0.62, f.width * 0.75
    middle = f.inset + f.width / 2
    across, down = f.w - 2 * f.inset - 2 * f.width, f.h - 2 * f.inset - 2 * f.width
    keys = [_keys(f.inset + f.width, y, across, unit, band, flip=flip) for y, flip in ((middle, 1), (f.h - middle, -1))]
    sides = [_keys(f.inset + f.width, x, down, unit, band, flip=flip) for x, flip in ((middle, 1), (f.w - middle, -1))]
    lines = "".join(_polyline(points) for points in keys)
    lines += "".join(_polyline([(y, x) for x, y in points]) for points in sides)
    weight = f.width * 0.085
    drawn = f'<path d="{lines}" fill="none" stroke="{f.ink}" stroke-width="{short(weight)}"/>'
    rules = _rect(f, f.inset, 0.35, f.ink) + _rect(f, f.inset + f.width, 0.35, f.ink)
    return rules + drawn + _squares(f, f.inset + f.width * 0.28, f.width * 0.44)


def _keys(
    start: float, middle: float, length: float, unit: float, band: float, *, flip: int
) -> list[tuple[float, float]]:
    """One line through every key of a side: in along the top, round and back to the foot."""
    count = max(1, round(length / unit))
    u, top = length / count, middle - flip * band / 2
    return [(start + (i + a) * u, top + flip * b * band) for i in range(count) for a, b in _KEY]


def _polyline(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in points)


def _beads(f: Frame, edge: Json) -> str:
    """A string of beads between two fine rules."""
    radius, pitch = f.width * 0.2, f.width * 0.62
    middle = f.inset + f.width / 2
    across, down = f.w - 2 * middle, f.h - 2 * middle
    places = [(x, y) for x in _spread(middle, across, pitch) for y in (middle, f.h - middle)]
    places += [(x, y) for y in _spread(middle, down, pitch)[1:-1] for x in (middle, f.w - middle)]
    r = short(radius)
    dots = "".join(
        f"M{short(x - radius)} {short(y)}a{r} {r} 0 1 0 {short(2 * radius)} 0a{r} {r} 0 1 0 {short(-2 * radius)} 0z"
        for x, y in places
    )
    rules = _rect(f, f.inset, 0.6, f.ink) + _rect(f, f.inset + f.width, 0.2, f.ink)
    return f'{rules}<path d="{dots}" fill="{f.second}"/>'


def _spread(start: float, length: float, pitch: float) -> list[float]:
    count = max(1, math.floor(length / pitch))
    return [start + i * length / count for i in range(count + 1)]


def _guilloche(f: Frame, edge: Json) -> str:
    width = max(6.0, f.width)
    numbers = (int(edge.get("strands", 7)), edge.get("cell", 8.5))
    return guilloche.border(f.w, f.h, f.inset, width, f.ink, f.second, f.paper, *numbers)


_DRAWN: dict[str, Callable[[Frame, Json], str]] = {
    "rule": _rule,
    "double": _double,
    "band": _band,
    "corners": _corners,
    "deco": _deco,
    "meander": _meander,
    "beads": _beads,
    "guilloche": _guilloche,
}
WIDTHS = {"guilloche": 12.0, "meander": 7.0, "beads": 4.0, "deco": 9.0, "band": 5.0, "corners": 8.0, "double": 3.0}


def border(edge: Json, size: tuple[float, float], inks: tuple[str, str, str]) -> str:
    """The frame of a page; `inks` are its own, its second one and the paper's."""
    width = max(edge.get("width", WIDTHS.get(edge["kind"], 2.0)), 1.5)
    return _DRAWN[edge["kind"]](Frame(*size, edge.get("inset", 8), width, *inks), edge)


def inside(edge: Json | None) -> float:
    """Millimetres from the edge of the paper that a border takes."""
    if not edge:
        return 8 + 2
    if edge["kind"] == "rule":
        return float(max(inset + weight for inset, weight in edge["rules"]))
    return float(edge.get("inset", 8) + edge.get("width", WIDTHS.get(edge["kind"], 2.0)))
