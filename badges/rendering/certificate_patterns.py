"""Patterns and flat ornaments of a certificate as SVG, in millimetres. Every one is bounded, however fine it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import cycle, islice

from badges.rendering import guilloche
from badges.rendering.geometry import Point, polar

# Repeats across the longer side: beyond it a pattern is a grey, and a page of megabytes.
MOST_REPEATS = 60


def short(value: float) -> str:
    """Hundredths of a millimetre are enough."""
    digits = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _stroked(path: str, ink: str, weight: float, more: str = "") -> str:
    return f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="{short(weight)}"{more}/>'


def _steps(length: float, unit: float) -> list[float]:
    """Places a whole number of units apart, spread evenly, half a unit from both ends."""
    count = max(1, round(length / unit))
    return [(i + 0.5) * length / count for i in range(count)]


def _waves(w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    """Water: sines that drift, one under the other, the first whole."""
    swell, gap = min(unit * 0.16, h / 4), unit * 0.11
    count = max(1, math.ceil((h - swell) / gap))
    out = []
    for i, ink in zip(range(count), cycle(shades), strict=False):
        y, phase = swell + 0.2 + i * gap, (i * 0.13) % 2
        out.append(_stroked(guilloche.wave(-unit, y, w + 2 * unit, unit, swell, phase), ink, 0.18))
    return "".join(out)


def _guilloche(w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    """Bands of braid, each turned over against its neighbour."""
    half = unit * 0.7
    out = []
    for row, y in enumerate(_steps(h, unit * 0.86)):
        inks = list(islice(cycle(shades), row % len(shades), row % len(shades) + 1))
        lines = (guilloche.wave(-unit, y, w + 2 * unit, half, unit * 0.5, row % 2 + 0.7 * k / 5) for k in range(5))
        out.append(_stroked("".join(lines), inks[0], 0.13))
    return "".join(out)


def _rays(w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    """From the middle outwards; as many as there are units in half a turn."""
    count = max(8, min(180, round(math.pi * max(w, h) / unit)))
    x, y, far = w / 2, h / 2, math.hypot(w, h) / 2
    wedges = (_wedge((x, y), far, i * 360 / count, 90 / count) for i in range(count))
    return f'<path d="{"".join(wedges)}" fill="{shades[0]}"/>'


def _wedge(middle: Point, far: float, turn: float, half: float) -> str:
    points = (polar(far, turn - half, *middle), polar(far, turn + half, *middle))
    return f"M{short(middle[0])} {short(middle[1])}" + "".join(f"L{short(a)} {short(b)}" for a, b in points) + "Z"


def _dots(w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    """A brick bond of dots."""
    out, radius = [], unit * 0.11
    for row, y in enumerate(_steps(h, unit * 0.866)):
        dots = (_dot(x + (row % 2) * unit / 2, y, radius) for x in [-unit / 2, *_steps(w, unit)])
        out.append(f'<path d="{"".join(dots)}" fill="{shades[row % len(shades)]}"/>')
    return "".join(out)


def _dot(x: float, y: float, r: float) -> str:
    return f"M{short(x - r)} {short(y)}a{short(r)} {short(r)} 0 1 0 {short(2 * r)} 0a{short(r)} {short(r)} 0 1 0 {short(-2 * r)} 0z"


def _lines(w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    """An engraver's hatching, falling to the left."""
    places = [i * unit - h for i in range(math.ceil((w + h) / unit) + 1)]
    return _stroked("".join(f"M{short(x + h)} 0L{short(x)} {short(h)}" for x in places), shades[0], 0.2)


def _grid(w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    across = "".join(f"M{short(x)} 0V{short(h)}" for x in _steps(w, unit))
    return _stroked(across + "".join(f"M0 {short(y)}H{short(w)}" for y in _steps(h, unit)), shades[0], 0.15)


def _arches(w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    """Scales, drawn in one line: the quiet sister of the arches in colours."""
    out = []
    for row, y in enumerate([i * unit / 2 for i in range(math.ceil(2 * h / unit) + 2)]):
        for i in range(-1, math.ceil(w / unit) + 1):
            x = (i + 0.5 + row % 2 / 2) * unit
            out += [
                f"M{short(x - r)} {short(y)}a{short(r)} {short(r)} 0 0 1 {short(2 * r)} 0"
                for r in (unit / 2, unit / 3, unit / 6)
            ]
    return _stroked("".join(out), shades[0], 0.18)


def _rosettes(w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    """Lathe work in a brick bond; one drawing, used again."""
    one = guilloche.rosette(0, 0, unit * 0.16, unit * 0.5, 10, 4)
    places = [
        (x + (row % 2) * unit / 2, y)
        for row, y in enumerate(_steps(h, unit * 0.9))
        for x in [-unit / 2, *_steps(w, unit)]
    ]
    # The name carries the size, for several patterns share a page when it is shown in a browser.
    name = f"r{short(unit).replace('.', '-')}"
    uses = "".join(f'<use href="#{name}" x="{short(x)}" y="{short(y)}"/>' for x, y in places)
    return f'<defs><g id="{name}">{_stroked(one, shades[0], 0.14)}</g></defs>{uses}'


_DRAWN: dict[str, Callable[[float, float, float, Sequence[str]], str]] = {
    "waves": _waves,
    "guilloche": _guilloche,
    "rays": _rays,
    "dots": _dots,
    "lines": _lines,
    "grid": _grid,
    "arches": _arches,
    "rosettes": _rosettes,
}
KINDS = frozenset(_DRAWN)


def bounded(unit: float, w: float, h: float, most: int = MOST_REPEATS) -> float:
    """No finer than `most` repeats across the longer side."""
    return max(unit, max(w, h) / most)


def pattern(kind: str, w: float, h: float, unit: float, shades: Sequence[str]) -> str:
    """Fills w × h with repeats of `unit` millimetres."""
    return _DRAWN[kind](w, h, bounded(unit, w, h), shades)


def corner(w: float, h: float, shades: Sequence[str], weight: float) -> str:
    """Two rules that meet in a quarter turn, upper left; rotate it for the others."""
    r = min(w, h) * 0.22
    outer = f"M0 {short(h)}V{short(r)}a{short(r)} {short(r)} 0 0 0 {short(r)} {short(-r)}H{short(w)}"
    d = max(1.2, 3 * weight)
    inner = f"M{short(d)} {short(h)}V{short(r + d)}H{short(r + d)}V{short(d)}H{short(w)}"
    return _stroked(outer, shades[0], weight) + _stroked(inner, shades[-1], weight / 2)


def laurel(w: float, h: float, shades: Sequence[str]) -> str:
    """Two branches that rise round the middle; every leaf a lit and a shaded half."""
    x, y, radius = w / 2, h / 2, min(w, h) * 0.42
    leaf, lit, shade = radius * 0.3, [], []
    for side in (1, -1):
        for i in range(11):
            turn = 172 - i * 14.2
            for lean in (-34, 34):
                foot = polar(radius, turn * side, x, y)
                tip = polar(leaf * (1 - 0.03 * i), (turn - 90 + lean) * side, *foot)
                lit.append(_half_leaf(foot, tip, 0.3))
                shade.append(_half_leaf(foot, tip, -0.3))
    stems = "".join(_stem(radius, side, x, y) for side in (1, -1))
    return (
        _stroked(stems, shades[-1], radius * 0.022, ' stroke-linecap="round"')
        + f'<path d="{"".join(lit)}" fill="{shades[0]}"/><path d="{"".join(shade)}" fill="{shades[-1]}"/>'
    )


def _stem(radius: float, side: int, x: float, y: float) -> str:
    (ax, ay), (bx, by) = polar(radius, 176 * side, x, y), polar(radius, 26 * side, x, y)
    return f"M{short(ax)} {short(ay)}A{short(radius)} {short(radius)} 0 0 {int(side < 0)} {short(bx)} {short(by)}"


def _half_leaf(foot: Point, tip: Point, bulge: float) -> str:
    (ax, ay), (bx, by) = foot, tip
    dx, dy = (bx - ax), (by - ay)
    mx, my = ax + dx * 0.45 - dy * bulge, ay + dy * 0.45 + dx * bulge
    return f"M{short(ax)} {short(ay)}Q{short(mx)} {short(my)} {short(bx)} {short(by)}Z"
