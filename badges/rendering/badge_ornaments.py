"""The parts of a badge that carry no words: patterns, rims, wreaths, ribbons, levels."""

import math

from badges.rendering.badge_canvas import Canvas
from badges.rendering.badge_shapes import CENTRE
from badges.rendering.badge_spec import Spec
from badges.rendering.geometry import Point, circle, number, polar, polygon, rectangle, star

FAR = 620  # beyond the grid in every direction


def _rays(part: Spec, x: float, y: float) -> str:
    count = part.get("count", 48)
    half = part.get("share", 0.5) * 180 / count
    turns = (a * 360 / count for a in range(count))
    return "".join(polygon((x, y), polar(FAR, a - half, x, y), polar(FAR, a + half, x, y)) for a in turns)


def _engraved(part: Spec) -> str:
    """An engraver's rules, thicker towards the bottom."""
    gap, top, bottom = part.get("gap", 9), part.get("from", 0), part.get("to", 600)
    rows = max(1, int((bottom - top) / gap))
    weight, swell = part.get("weight", 2), part.get("swell", 0)
    rules = (rectangle(0, top + i * gap, 600, weight * (1 + swell * i / rows)) for i in range(rows + 1))
    return "".join(rules)


def _rings(part: Spec, x: float, y: float) -> str:
    weight, gap = part.get("weight", 2), part.get("gap", 14)
    radii = (20 + i * gap for i in range(int(FAR / gap) + 1))
    return "".join(circle(x, y, r) + circle(x, y, r - weight) for r in radii)


def _pleats(part: Spec, x: float, y: float) -> str:
    """The shaded side of every fold."""
    radius, count = part.get("radius", 246), part.get("count", 48)
    folds = (i * 360 / count for i in range(count))
    half = 180 / count
    return "".join(polygon((x, y), polar(radius, a, x, y), polar(radius - 12, a + half, x, y)) for a in folds)


def _dotted_lines(gap: float) -> str:
    step = gap * 0.866
    return "".join(f"M{number(-(j % 2) * gap / 2)} {number(j * step)}H{FAR}" for j in range(int(FAR / step)))


def pattern(canvas: Canvas, part: Spec) -> None:
    """A texture; `inside` clips it to the badge's outline."""
    ink, (x, y), kind = canvas.colour(part["colour"]), part.get("at", [CENTRE, CENTRE]), part["kind"]
    clip = canvas.clipped(canvas.outline) if part.get("inside") else ""
    opacity = f' opacity="{part.get("opacity", 1):g}"'
    if kind == "dots":
        # Dashes of no length with round ends: 2 kB where circles would take 60.
        gap, width = part.get("gap", 24), number(2 * part.get("weight", 2))
        body = f'stroke="{ink}" stroke-width="{width}" stroke-dasharray="0 {number(gap)}" stroke-linecap="round"'
        canvas.add(f'<g{clip}><path d="{_dotted_lines(gap)}" {body}{opacity}/></g>')
        return
    if kind == "lines":
        outline = _engraved(part)
    else:
        outline = {"rays": _rays, "rings": _rings, "pleats": _pleats}[kind](part, x, y)
    rule = ' fill-rule="evenodd"' if kind == "rings" else ""
    canvas.add(f'<g{clip}><path d="{outline}" fill="{ink}"{rule}{opacity}/></g>')


def _reed(radius: float, angle: float, y: float, length: float, half: float) -> str:
    """A short stroke across the rim, its sides parallel."""

    def corner(r: float, offset: float) -> Point:
        px, py = polar(r, angle, CENTRE, y)
        return px + offset * math.cos(math.radians(angle)), py + offset * math.sin(math.radians(angle))

    inner = radius - length
    return polygon(corner(inner, -half), corner(radius, -half), corner(radius, half), corner(inner, half))


def ornament(canvas: Canvas, part: Spec) -> None:
    """A ring, beads on a circle, or reeds across the rim."""
    ink, radius, size, y = canvas.colour(part["colour"]), part["radius"], part["size"], part.get("y", CENTRE)
    if part["kind"] == "ring":
        place = f'cx="{CENTRE}" cy="{number(y)}" r="{number(radius)}"'
        canvas.add(f'<circle {place} fill="none" stroke="{ink}" stroke-width="{number(size)}"/>')
        return
    count = part.get("count", 0)
    angles = [i * 360 / count for i in range(count)]
    if part["kind"] == "beads":
        outline = "".join(circle(*polar(radius, a, CENTRE, y), size) for a in angles)
    else:
        outline = "".join(_reed(radius, a, y, size, part.get("weight", 2) / 2) for a in angles)
    canvas.path(outline, ink)


def _leaf(foot: Point, direction: Point, length: float, bulge: float) -> tuple[Point, Point, Point]:
    """The curve from the foot of a leaf along one of its sides to the tip."""

    def along(share: float, offset: float) -> Point:
        dx, dy = direction
        return foot[0] + (dx * share - dy * offset) * length, foot[1] + (dy * share + dx * offset) * length

    return along(0.26, bulge), along(0.7, bulge * 0.8), along(1, 0)


def _half_leaves(part: Spec, bulge: float) -> str:
    """One half of every leaf of both branches; leaves in pairs, smaller towards the tip."""
    radius, leaves, (x, y) = part["radius"], part["leaves"], part.get("at", [CENTRE, CENTRE])
    start, end = part.get("from", 176), part.get("to", 32)
    out = []
    for i in range(leaves):
        angle = start + (end - start) * (i + 0.6) / leaves
        foot = polar(radius, angle)
        for lean, reach in ((40, 1.0), (-32, 0.9)):
            length = part["size"] * (1 - 0.36 * i / leaves) * reach
            curve = _leaf(foot, polar(1, angle - 90 + lean), length, bulge)
            for side in (1, -1):
                here, *rest = (f"{number(x + side * px)} {number(y + py)}" for px, py in (foot, *curve))
                out.append(f"M{here}C{' '.join(rest)}Z")
    return "".join(out)


def wreath(canvas: Canvas, part: Spec) -> None:
    """Two laurel branches; each leaf a lit and a shaded half."""
    radius, (x, y) = part["radius"], part.get("at", [CENTRE, CENTRE])
    start, end = part.get("from", 176), part.get("to", 32) + 4
    stem = f' stroke="{canvas.colour(part["stem"])}" stroke-width="3" stroke-linecap="round"'
    for side in (1, -1):
        foot, tip = (" ".join(map(number, polar(radius, angle * side, x, y))) for angle in (start, end))
        canvas.path(f"M{foot}A{number(radius)} {number(radius)} 0 0 {int(side < 0)} {tip}", "none", stem)
    canvas.path(_half_leaves(part, -0.25), canvas.colour(part["lit"]))
    canvas.path(_half_leaves(part, 0.25), canvas.colour(part["shade"]))


def banner(canvas: Canvas, part: Spec) -> None:
    """A ribbon with folded tails; `bow` lifts its middle."""
    (x, y), width, height = part.get("at", [CENTRE, 430]), part["width"], part["height"]
    bow, tail = part.get("bow", 0), part.get("tail", 46)
    left, right, top, drop = x - width / 2, x + width / 2, y - height / 2, part.get("drop", height * 0.32)
    foot = top + height
    for side, edge in ((-1, left), (1, right)):
        inner, outer = edge - side * tail * 0.9, edge + side * tail
        notch = (edge + side * tail * 0.45, top + drop + height / 2)
        ribbon = polygon((inner, top + drop), (outer, top + drop), notch, (outer, foot + drop), (inner, foot + drop))
        canvas.path(ribbon, canvas.colour(part.get("back", "shade")))
        canvas.path(polygon((inner, foot), (edge, foot), (inner, foot + drop)), canvas.colour(part.get("fold", "deep")))
    a, b, middle = number(left), number(right), number(x)
    canvas.path(
        f"M{a} {number(top)}Q{middle} {number(top - 2 * bow)} {b} {number(top)}L{b} {number(foot)}"
        f"Q{middle} {number(foot - 2 * bow)} {a} {number(foot)}Z",
        canvas.colour(part["colour"]),
    )


def _level_place(part: Spec, i: int, count: int) -> Point:
    (x, y), size, gap = part.get("at", [CENTRE, 500]), part["size"], part.get("gap", 10)
    offset = i - (count - 1) / 2
    if part.get("radius"):  # on an arc about the centre, read from the left, below the centre too
        turn = part.get("turn", 180)
        return polar(part["radius"], turn + offset * part["step"] * (-1 if turn == 180 else 1), x, y)
    return (x, y + offset * (size + gap)) if part["mark"] == "chevron" else (x + offset * (size + gap), y)


def _chevron(x: float, y: float, s: float) -> str:
    upper = ((x - s * 1.6, y - s * 0.5), (x, y + s * 0.35), (x + s * 1.6, y - s * 0.5))
    return polygon(*upper, (x + s * 1.6, y + s * 0.1), (x, y + s * 0.95), (x - s * 1.6, y + s * 0.1))


def level(canvas: Canvas, part: Spec) -> None:
    """`value` of `of` marks: a level is counted, never only coloured. `earned` leaves out the marks still to come."""
    size, thick = part["size"], part.get("thick", 12)
    count = part["value"] if part.get("earned") else part["of"]
    for i in range(count):
        x, y = _level_place(part, i, count)
        outline = {
            "star": star(5, size / 2, size * 0.21, x, y + size * 0.02),
            "dot": circle(x, y, size / 2),
            "bar": rectangle(x - size / 2, y - thick / 2, size, thick, thick / 2),
            "chevron": _chevron(x, y, size),
        }[part["mark"]]
        canvas.path(outline, canvas.colour(part["colour"] if i < part["value"] else part["off"]))


def marks(canvas: Canvas, part: Spec) -> None:
    """Small separators between two arcs of text."""
    size, ink = part["size"], canvas.colour(part["colour"])
    for angle in part["angles"]:
        x, y = polar(part["radius"], angle, CENTRE, part.get("y", CENTRE))
        canvas.path(star(part.get("points", 5), size / 2, size * part.get("waist", 0.21), x, y), ink)


def _tail(x: float, half: float) -> str:
    """One stripe of a ribbon with a swallowtail: the edges hang lower than the middle."""

    def tip(at: float) -> float:
        return 342 - 34 * (1 - abs(at) / 50)

    left, right = x - half, x + half
    middle = [] if x else [(0.0, 308.0)]
    return polygon((left, 120), (right, 120), (right, tip(right)), *middle, (left, tip(left)))


def tails(canvas: Canvas, part: Spec) -> None:
    """The two ribbons of a rosette."""
    stripes = "".join(
        f'<path d="{_tail(x, half)}" fill="{canvas.colour(name)}"/>'
        for x, half, name in ((0, 50, part["colour"]), (-32, 5, part["stripe"]), (32, 5, part["stripe"]))
    )
    for turn in (16, -16):
        canvas.add(f'<g transform="translate(300 {number(part.get("y", 256))}) rotate({turn})">{stripes}</g>')


def draw(canvas: Canvas, part: Spec) -> None:
    """One free path."""
    canvas.path(part["d"], canvas.colour(part["colour"]))
