"""Shapes and seals of a certificate as SVG bodies, in millimetres; a seal on the badge's grid of 600."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from badges.rendering import certificate_patterns as patterns
from badges.rendering import guilloche, lettering
from badges.rendering.badge_shapes import silhouette
from badges.rendering.certificate_patterns import bounded, short
from badges.rendering.geometry import circle, star

Json = Mapping[str, Any]
Ink = Callable[[str], str]


def shape(element: Json, w: float, h: float, ink: Ink) -> str:
    """The body of a drawing w × h."""
    kind = element["kind"]
    colours = {key: ink(value) for key, value in element.get("colours", {}).items()} or {
        "a": ink(element.get("colour", "brand"))
    }
    shades, weight = list(colours.values()), element.get("stroke", 0.5)
    if kind in _COLOURED:
        return _COLOURED[kind](element, w, h, colours)
    if kind in patterns.KINDS:
        return patterns.pattern(kind, w, h, element.get("unit", 8), shades)
    if kind == "corner":
        return patterns.corner(w, h, shades, weight)
    if kind == "laurel":
        return patterns.laurel(w, h, shades)
    return _outlined(kind, w, h, shades[0], weight)


def _outlined(kind: str, w: float, h: float, ink: str, weight: float) -> str:
    half = weight / 2
    if kind == "frame":
        size = f'width="{short(max(0, w - weight))}" height="{short(max(0, h - weight))}"'
        return f'<rect x="{half}" y="{half}" {size} fill="none" stroke="{ink}" stroke-width="{weight}"/>'
    rx, ry = (w / 2, h / 2) if kind == "disc" else (max(0, w / 2 - half), max(0, h / 2 - half))
    paint = f'fill="{ink}"' if kind == "disc" else f'fill="none" stroke="{ink}" stroke-width="{weight}"'
    return f'<ellipse cx="{short(w / 2)}" cy="{short(h / 2)}" rx="{short(rx)}" ry="{short(ry)}" {paint}/>'


def _arches(element: Json, w: float, h: float, colours: Mapping[str, str]) -> str:
    unit = bounded(element.get("unit", 22), w, h, most=24)  # each repeat is a circle of every colour
    return guilloche.arches(w, h, list(colours.values()), unit, min(element.get("step", 3.2), unit / 2 / len(colours)))


def _tiles(element: Json, w: float, h: float, colours: Mapping[str, str]) -> str:
    grid = element.get("grid") or ["a1a"]
    return guilloche.tiles(h, bounded(element.get("unit", 22), w, h), grid, dict(colours))


def _braid(element: Json, w: float, h: float, colours: Mapping[str, str]) -> str:
    shades = list(colours.values())
    return guilloche.bands(w, h, shades[0], shades[-1])


def _rosette(element: Json, w: float, h: float, colours: Mapping[str, str]) -> str:
    """Three rings of lathe work."""
    shades, radius = list(colours.values()), min(w, h) / 2
    rings = ((0.62, 1, 24, 8), (0.34, 0.7, 18, 8), (0.08, 0.42, 12, 7))
    return "".join(
        f'<path fill="none" stroke="{shades[i % len(shades)]}" stroke-width=".14"'
        f' d="{guilloche.rosette(w / 2, h / 2, radius * a, radius * b, lobes, strands)}"/>'
        for i, (a, b, lobes, strands) in enumerate(rings)
    )


def _diamond(element: Json, w: float, h: float, colours: Mapping[str, str]) -> str:
    """A rule with a diamond in its middle."""
    ink = next(iter(colours.values()))
    return (
        f'<path d="M0 {h / 2}H{w / 2 - 2.4}M{w / 2 + 2.4} {h / 2}H{w}" stroke="{ink}" stroke-width=".2"/>'
        f'<path d="M{w / 2} {h / 2 - 1.1}l1.1 1.1-1.1 1.1-1.1-1.1z" fill="{ink}"/>'
    )


_COLOURED: dict[str, Callable[[Json, float, float, Mapping[str, str]], str]] = {
    "arches": _arches,
    "tiles": _tiles,
    "braid": _braid,
    "rosette": _rosette,
    "diamond": _diamond,
}


def seal(element: Json, words: str, ink: Ink) -> str:
    """A stamped seal: its edge, lathe work, lettering round the rim."""
    colour, on, font = ink(element["colour"]), ink(element.get("ground", "paper")), element["style"]["font"]
    edge = _edge(element.get("kind", "scallop"))
    disc = (
        f'<path d="{edge}" fill="{colour}"/><g fill="none" stroke="{on}"><circle cx="300" cy="300" r="262"'
        f' stroke-width="3"/><circle cx="300" cy="300" r="166" stroke-width="3"/></g>'
    )
    ribbon = element.get("kind") == "ribbon"  # drawn smaller, and so with finer lines
    inner = _lettered(words, font, element["style"].get("size", 50), on, 1.0 if ribbon else 1.7)
    if not ribbon:
        return disc + inner
    tails = f'<path d="M176 380L120 596L206 548L262 596L300 440L338 596L394 548L480 596L424 380Z" fill="{colour}"/>'
    return f'{tails}<path d="{circle(300, 232, 236)}" fill="{on}"/><g transform="translate(78 10) scale(.74)">{disc}{inner}</g>'


def _edge(kind: str) -> str:
    if kind == "star":
        return star(40, 296, 276, 300, 300)
    return silhouette({"kind": "disc" if kind == "disc" else "scallop"})


def _lettered(words: str, font: str, size: float, on: str, weight: float) -> str:
    """Joined scripts would break on a curve: they are set straight, across the middle."""
    if words.strip() and not lettering.bends(words):
        width = lettering.measure(words.strip(" ·"), font, size)
        shaped = lettering.shape(words.strip(" ·"), font, size * min(1, 270 / max(1, width)))
        ring = guilloche.rosette(300, 300, 178, 250, 36, 4)
        line = lettering.line(shaped, 300, 300 + shaped.size * 0.25)
        return f'<path fill="none" stroke="{on}" stroke-width="{weight}" d="{ring}"/><path d="{line}" fill="{on}"/>'
    spare = 900 - lettering.measure(words, font, size, 0.1)
    tracking = 0.1 + max(0, min(0.5, spare / size / max(1, len(words))))
    ring = lettering.arc(lettering.Lettering(words, font, size, tracking), lettering.Circle(300, 300, 214), 280).path
    lathe = guilloche.rosette(300, 300, 84, 156, 20, 6) + guilloche.rosette(300, 300, 22, 92, 12, 6)
    return (
        f'<path fill="none" stroke="{on}" stroke-width="{weight}" d="{lathe}"/>'
        f'<path d="{ring}" fill="{on}"/><path d="{star(5, 20, 8.4, 300, 514)}" fill="{on}"/>'
    )
