"""The outlines a badge may have, on the grid of 600 × 600."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from badges.rendering.geometry import Point, circle, number, polar, polygon, rectangle

CENTRE = 300


def rounded(points: Sequence[Point], radius: float) -> str:
    """A polygon with every corner rounded by the same radius."""
    out: list[str] = []
    for i, (x, y) in enumerate(points):
        (before_x, before_y), (after_x, after_y) = points[i - 1], points[(i + 1) % len(points)]
        back, on = math.atan2(before_y - y, before_x - x), math.atan2(after_y - y, after_x - x)
        half_angle = abs((back - on + math.pi) % (2 * math.pi) - math.pi) / 2
        cut = radius / math.tan(half_angle)
        sweep = int(math.sin(on - back) < 0)
        start = f"{number(x + cut * math.cos(back))} {number(y + cut * math.sin(back))}"
        end = f"{number(x + cut * math.cos(on))} {number(y + cut * math.sin(on))}"
        out.append(f"{'L' if out else 'M'}{start}A{number(radius)} {number(radius)} 0 0 {sweep} {end}")
    return "".join(out) + "Z"


def _hexagon(corner: float = 44) -> str:
    return rounded([polar(296, angle, CENTRE, CENTRE) for angle in range(0, 360, 60)], corner)


def _scallop(scallops: int = 24, radius: float = 276, bulge: float = 1.04) -> str:
    """Arcs between points on a circle; `bulge` 1 makes half circles, more makes them flatter."""
    chord = 2 * radius * math.sin(math.pi / scallops)
    points = [polar(radius, (i + 0.5) * 360 / scallops, CENTRE, CENTRE) for i in range(scallops)]
    r = number(chord / 2 * bulge)
    last_x, last_y = points[-1]
    arcs = "".join(f"A{r} {r} 0 0 1 {number(x)} {number(y)}" for x, y in points)
    return f"M{number(last_x)} {number(last_y)}{arcs}Z"


def _stamp() -> str:
    """Half holes bitten out of a rectangle, whole teeth in the corners."""
    x, y, width, height, hole, pitch = 54, 12, 492, 576, 10.5, 30
    gap = pitch - 2 * hole
    out = [f"M{x} {y}"]
    for length, dx, dy in ((width, 1, 0), (height, 0, 1), (width, -1, 0), (height, 0, -1)):
        holes = round((length - pitch) / pitch)
        lead = (length - holes * pitch + gap) / 2
        bite = f"a{hole} {hole} 0 0 0 {number(2 * hole * dx)} {number(2 * hole * dy)}"
        margin, tooth = (f"l{number(dx * d)} {number(dy * d)}" for d in (lead, gap))
        out.append(margin + tooth.join([bite] * holes) + margin)
    return "".join(out) + "Z"


def _plate(notch: float = 40) -> str:
    """A bookplate: an upright sheet with hollow corners."""
    left, top, right, bottom = 92, 12, 508, 588
    hollow = f"A{number(notch)} {number(notch)} 0 0 0"
    return (
        f"M{number(left + notch)} {top}H{number(right - notch)}{hollow} {right} {number(top + notch)}"
        f"V{number(bottom - notch)}{hollow} {number(right - notch)} {bottom}"
        f"H{number(left + notch)}{hollow} {left} {number(bottom - notch)}"
        f"V{number(top + notch)}{hollow} {number(left + notch)} {top}Z"
    )


def _shield() -> str:
    return (
        "M300 14C352 46 436 62 532 56C540 56 546 62 546 70L546 268C546 418 444 524 308 584Q300 588 292 584"
        "C156 524 54 418 54 268L54 70C54 62 60 56 68 56C164 62 248 46 300 14Z"
    )


def _pleats(points: int = 36, radius: float = 246, y: float = 258) -> str:
    """The folded paper fan of a rosette."""
    return polygon(*(polar(radius - (12 if i % 2 else 0), i * 180 / points, CENTRE, y) for i in range(2 * points)))


def _arch(left: float = 74, top: float = 12) -> str:
    """A window with a round head and softened feet."""
    right, foot, soft = 600 - left, 588, 26
    head = number((right - left) / 2)
    spring = number(top + (right - left) / 2)
    return (
        f"M{number(left)} {spring}A{head} {head} 0 0 1 {number(right)} {spring}V{foot - soft}"
        f"A{soft} {soft} 0 0 1 {number(right - soft)} {foot}H{number(left + soft)}"
        f"A{soft} {soft} 0 0 1 {number(left)} {foot - soft}Z"
    )


def _tile(corner: float = 56) -> str:
    """A square with round corners."""
    return rectangle(26, 26, 548, 548, corner)


def _octagon(corner: float = 20) -> str:
    return rounded([polar(300, angle + 22.5, CENTRE, CENTRE) for angle in range(0, 360, 45)], corner)


def _disc(radius: float = 288, y: float = CENTRE) -> str:
    return circle(CENTRE, y, radius)


_OUTLINES: dict[str, Callable[..., str]] = {
    "disc": _disc,
    "scallop": _scallop,
    "hexagon": _hexagon,
    "shield": _shield,
    "plate": _plate,
    "stamp": _stamp,
    "pleats": _pleats,
    "arch": _arch,
    "tile": _tile,
    "octagon": _octagon,
}


def silhouette(shape: dict[str, Any]) -> str:
    """Path data of a spec's `shape`: a kind, and its own few measures."""
    measures = {key: value for key, value in shape.items() if key != "kind"}
    return _OUTLINES[shape["kind"]](**measures)
