"""The rosette of one credential: fine lines as on a banknote, drawn from its public id, so that no two are alike.

Closed waves r = R + a·cos(kθ), turned copies of each. Decoration only: what protects a credential is its signature.
"""

import hashlib
import math
from functools import lru_cache

from badges.rendering.geometry import Point, number

HALF = 240  # of the viewBox
POINTS_A_WAVE = 6


def _smooth(points: list[Point]) -> str:
    """A closed Catmull–Rom curve through the points, as Bézier path data."""
    count = len(points)
    out = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for i, (x1, y1) in enumerate(points):
        x0, y0 = points[i - 1]
        x2, y2 = points[(i + 1) % count]
        x3, y3 = points[(i + 2) % count]
        handles = (x1 + (x2 - x0) / 6, y1 + (y2 - y0) / 6, x2 - (x3 - x1) / 6, y2 - (y3 - y1) / 6, x2, y2)
        out.append("C" + " ".join(map(number, handles)))
    return "".join(out) + "Z"


def _wave(radius: float, height: float, waves: int) -> str:
    turns = (2 * math.pi * i / (waves * POINTS_A_WAVE) for i in range(waves * POINTS_A_WAVE))
    reaches = ((radius + height * math.cos(waves * t), t) for t in turns)
    return _smooth([(r * math.cos(t), r * math.sin(t)) for r, t in reaches])


def _bands(digest: bytes) -> tuple[tuple[int, int, int, int], ...]:
    """Radius, height, number of waves (from the id) and turned copies of the three bands."""
    return (150, 34, 10 + digest[0] % 6, 9), (205, 26, 16 + digest[1] % 9, 8), (98, 30, 7 + digest[2] % 5, 8)


@lru_cache(maxsize=512)
def lines(public_id: str) -> str:
    """The strokes alone, about (0, 0), for a drawing that sets the colour."""
    digest = hashlib.sha256(public_id.encode()).digest()
    # Several plates stand on one page, so the ids in them must differ.
    key = "r" + digest.hex()[:10]
    out = []
    for i, (radius, height, waves, copies) in enumerate(_bands(digest)):
        out.append(f'<path id="{key}{i}" d="{_wave(radius, height, waves)}"/>')
        step = 360 / waves / copies
        out += [f'<use href="#{key}{i}" transform="rotate({step * j:.2f})"/>' for j in range(1, copies)]
    return "".join(out)


def rosette(public_id: str) -> str:
    """Inline SVG in the colour of the text around it, hidden from readers: 9 to 11 kB, the same for ever."""
    box = f"-{HALF} -{HALF} {2 * HALF} {2 * HALF}"
    return (
        f'<svg class="rosette" viewBox="{box}" aria-hidden="true" focusable="false">'
        f'<g fill="none" stroke="currentColor" stroke-width=".8">{lines(public_id)}</g></svg>'
    )
