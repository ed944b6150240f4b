"""Engraver's work as SVG: braided borders, rosettes, quiet grounds. Pure, in millimetres, reproducible from its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

Points = list[tuple[float, float]]
# A quarter of a sine as one cubic: error below 0.1 %.
_Q1, _Q2, _Q3 = 0.5122866, 1.0023137, math.pi / 2


def _f(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _pair(u: float, v: float, *, vertical: bool) -> str:
    return f"{_f(v)} {_f(u)}" if vertical else f"{_f(u)} {_f(v)}"


def wave(
    x: float, y: float, length: float, half: float, amplitude: float, phase: float, *, vertical: bool = False
) -> str:
    """A sine of the given half-wave, quarter by quarter. It begins early by `phase` half-waves, less than one, so that
    no wisps show outside a corner; the whole part of `phase` only turns it over.
    """
    k, sign = half / math.pi, -1 if phase >= 1 else 1
    start = x - phase % 1 * half
    out = [f"M{_pair(start, y, vertical=vertical)}"]
    for _ in range(math.ceil((x + length - start) / half)):
        a = sign * amplitude
        up = ((_Q1 * k, a * _Q1), (_Q2 * k, a), (_Q3 * k, a))
        down = (((_Q3 - _Q2) * k, 0), ((_Q3 - _Q1) * k, a * (_Q1 - 1)), (_Q3 * k, -a))
        for curve in (up, down):
            out.append("c" + " ".join(_pair(u, v, vertical=vertical) for u, v in curve))
        sign = -sign
    return "".join(out)


def _closed(points: Points) -> str:
    """A smooth closed curve (Catmull-Rom as cubics, written relatively: half the bytes)."""
    count = len(points)
    x, y = round(points[0][0], 2), round(points[0][1], 2)
    out = [f"M{_f(x)} {_f(y)}"]
    for i in range(count):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = (points[(i + j) % count] for j in (-1, 0, 1, 2))
        to = [
            bx + (cx - ax) / 6 - x,
            by + (cy - ay) / 6 - y,
            cx - (dx - bx) / 6 - x,
            cy - (dy - by) / 6 - y,
            cx - x,
            cy - y,
        ]
        to = [round(value, 2) for value in to]
        out.append("c" + " ".join(map(_f, to)).replace(" -", "-"))
        x, y = round(x + to[4], 2), round(y + to[5], 2)
    return "".join(out) + "Z"


def rosette(cx: float, cy: float, inner: float, outer: float, lobes: int = 12, strands: int = 6) -> str:
    """Strands that swing between two radii, each turned a little: the moiré of a lathe."""
    middle, swing, steps = (inner + outer) / 2, (outer - inner) / 2, lobes * 4
    out = []
    for strand in range(strands):
        turn = 2 * math.pi * strand / strands / lobes
        points: Points = []
        for i in range(steps):
            t = 2 * math.pi * i / steps
            radius = middle + swing * math.cos(lobes * t)
            points.append((cx + radius * math.cos(t + turn), cy + radius * math.sin(t + turn)))
        out.append(_closed(points))
    return "".join(out)


def border(
    w: float,
    h: float,
    inset: float,
    width: float,
    ink: str,
    second: str,
    paper: str,
    strands: int = 7,
    cell: float = 8.5,
) -> str:
    """Two braids between double rules; four rosettes hide where the sides meet."""
    x0, y0, x1, y1 = inset, inset, w - inset, h - inset
    m = width / 2
    across, down = x1 - x0 - width, y1 - y0 - width
    sides = [(x0 + m, y0 + m, across, False), (x0 + m, y1 - m, across, False)]
    sides += [(y0 + m, x0 + m, down, True), (y0 + m, x1 - m, down, True)]
    braid, core = [], []
    for start, at, length, vertical in sides:
        one, two = _braid(start, at, length, m - 1.5, strands, cell, vertical=vertical)
        braid.append(one)
        core.append(two)
    rules = "".join(
        f'<rect x="{_f(x0 + d)}" y="{_f(y0 + d)}" width="{_f(x1 - x0 - 2 * d)}" height="{_f(y1 - y0 - 2 * d)}"'
        f' fill="none" stroke="{ink}" stroke-width="{s}"/>'
        for d, s in ((0, 0.7), (1, 0.2), (width - 0.6, 0.2), (width + 0.4, 0.5))
    )
    lines = (
        f'<g fill="none" stroke-width=".16"><path stroke="{ink}" d="{"".join(braid)}"/>'
        f'<path stroke="{second}" d="{"".join(core)}"/></g>'
    )
    return rules + lines + _corners((x0 + m, x1 - m), (y0 + m, y1 - m), width * 0.86, ink, second, paper)


def _braid(
    start: float, at: float, length: float, amplitude: float, strands: int, cell: float, *, vertical: bool
) -> tuple[str, str]:
    """Two ribbons in antiphase: a braid, not a mesh."""
    half = length / max(1, round(length / cell))
    outer = [
        wave(start, at, length, half, amplitude, twist + 0.6 * k / strands, vertical=vertical)
        for twist in (0, 1)
        for k in range(strands)
    ]
    inner = [
        wave(start, at, length, half / 2, amplitude * 0.44, twist + 0.7 * k / (strands - 2), vertical=vertical)
        for twist in (0, 1)
        for k in range(strands - 2)
    ]
    return "".join(outer), "".join(inner)


def _corners(xs: Sequence[float], ys: Sequence[float], radius: float, ink: str, second: str, paper: str) -> str:
    one = (
        f'<circle r="{_f(radius + 1.1)}" fill="{paper}"/>'
        f'<circle r="{_f(radius + 0.7)}" fill="none" stroke="{ink}" stroke-width=".5"/>'
        f'<g fill="none" stroke-width=".16"><path stroke="{ink}" d="{rosette(0, 0, radius * 0.5, radius, 16, 6)}"/>'
        f'<path stroke="{second}" d="{rosette(0, 0, radius * 0.22, radius * 0.62, 10, 6)}"/>'
        f'<path stroke="{ink}" d="{rosette(0, 0, radius * 0.06, radius * 0.3, 8, 5)}"/></g>'
    )
    uses = "".join(f'<use href="#corner" x="{_f(x)}" y="{_f(y)}"/>' for x in xs for y in ys)
    return f'<defs><g id="corner">{one}</g></defs>{uses}'


def bands(w: float, h: float, ink: str, second: str, strands: int = 7, cell: float = 13) -> str:
    """A single horizontal braid: the head of a transcript."""
    half = w / max(1, round(w / cell))
    waves = [(twist, k) for twist in (0, 1) for k in range(strands)]
    one = "".join(wave(0, h / 2, w, half, h / 2, twist + 0.6 * k / strands) for twist, k in waves)
    two = "".join(wave(0, h / 2, w, half / 2, h / 4.4, twist + 0.7 * k / strands) for twist, k in waves)
    return f'<g fill="none" stroke-width=".13"><path stroke="{ink}" d="{one}"/><path stroke="{second}" d="{two}"/></g>'


def ground(cx: float, cy: float, radius: float, ink: str) -> str:
    """A large pale rosette to lie under the text."""
    rings = ((0.62, 1, 24, 8), (0.34, 0.7, 18, 8), (0.08, 0.42, 12, 7))
    paths = "".join(f'<path d="{rosette(cx, cy, radius * i, radius * o, n, s)}"/>' for i, o, n, s in rings)
    return f'<g fill="none" stroke="{ink}" stroke-width=".14">{paths}</g>'


def arches(w: float, h: float, colours: Sequence[str], unit: float = 22, step: float = 3.2) -> str:
    """Nested round arches in a brick bond."""
    out = []
    for j in range(math.ceil(h / (unit / 2)) + 2):
        for i in range(-1, math.ceil(w / unit) + 1):
            cx, cy = i * unit + (j % 2) * unit / 2 + unit / 2, j * unit / 2
            for k, colour in enumerate(colours):
                out.append(f'<circle cx="{_f(cx)}" cy="{_f(cy)}" r="{_f(unit / 2 - k * step)}" fill="{colour}"/>')
    return "".join(out)


def tiles(h: float, unit: float, grid: Sequence[str], colours: dict[str, str]) -> str:
    """Quarter discs on squares, the rows repeated down to `h`. A cell is ground, corner 0–3 or 4 for a whole disc, ink:
    `a1b`; `..` is empty.
    """
    out = []
    for j in range(math.ceil(round(h / unit, 3))):
        for i, cell in enumerate(grid[j % len(grid)].split()):
            if cell != "..":
                out.append(_tile(i * unit, j * unit, unit, int(cell[1]), colours[cell[0]], colours[cell[2]]))
    return "".join(out)


def _tile(x: float, y: float, unit: float, corner: int, under: str, ink: str) -> str:
    square = f'<rect x="{_f(x)}" y="{_f(y)}" width="{_f(unit + 0.05)}" height="{_f(unit + 0.05)}" fill="{under}"/>'
    if corner == 4:
        return square + f'<circle cx="{_f(x + unit / 2)}" cy="{_f(y + unit / 2)}" r="{_f(unit / 2)}" fill="{ink}"/>'
    px, py = x + unit * (corner in (1, 2)), y + unit * (corner in (2, 3))
    sx, sy = (1 if corner in (0, 3) else -1), (1 if corner in (0, 1) else -1)
    arc = f"a{_f(unit)} {_f(unit)} 0 0 {int(sx * sy > 0)} {_f(-sx * unit)} {_f(sy * unit)}Z"
    return square + f'<path d="M{_f(px)} {_f(py)}h{_f(sx * unit)}{arc}" fill="{ink}"/>'
