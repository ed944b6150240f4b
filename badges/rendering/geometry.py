"""SVG path data of simple figures. Angles are clock degrees: 0 is twelve o'clock, 90 three."""

import math

Point = tuple[float, float]


def number(value: float) -> str:
    """One decimal is enough on a grid of 600; shorter files, and the same bytes on every machine."""
    short = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def polar(radius: float, degrees: float, x: float = 0, y: float = 0) -> Point:
    """The point `radius` from (x, y) in a clock direction."""
    turn = math.radians(degrees)
    return x + radius * math.sin(turn), y - radius * math.cos(turn)


def polygon(*points: Point) -> str:
    """A closed outline through the points."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def circle(x: float, y: float, radius: float) -> str:
    """Two half arcs, so that it can stand in any path."""
    r, diameter = number(radius), number(2 * radius)
    return f"M{number(x - radius)} {number(y)}a{r} {r} 0 1 1 {diameter} 0a{r} {r} 0 1 1 {number(-2 * radius)} 0Z"


def rectangle(x: float, y: float, width: float, height: float, corner: float = 0) -> str:
    """Corners are quarter circles of radius `corner`."""
    if not corner:
        return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}Z"
    r = number(corner)

    def turn(dx: float, dy: float) -> str:
        return f"a{r} {r} 0 0 1 {number(dx)} {number(dy)}"

    return (
        f"M{number(x + corner)} {number(y)}h{number(width - 2 * corner)}{turn(corner, corner)}"
        f"v{number(height - 2 * corner)}{turn(-corner, corner)}h{number(2 * corner - width)}{turn(-corner, -corner)}"
        f"v{number(2 * corner - height)}{turn(corner, -corner)}Z"
    )


def star(points: int, outer: float, inner: float, x: float = 0, y: float = 0) -> str:
    """Points on `outer`, hollows on `inner`, the first point up."""
    corners = (polar(inner if i % 2 else outer, i * 180 / points, x, y) for i in range(2 * points))
    return polygon(*corners)


def arch(x: float, y: float, width: float, height: float) -> str:
    """A rectangle under a half circle."""
    r = number(width / 2)
    left, right, spring = number(x), number(x + width), number(y + width / 2)
    return f"M{left} {number(y + height)}V{spring}A{r} {r} 0 0 1 {right} {spring}V{number(y + height)}Z"
