"""The 14 symbols drawn for Laurel: name → areas in a square of -100..100.

An area has a role (main, lit, shade, accent, ground, tint) and not a colour: a badge says which colour each role is,
so that a change of brand recolours light and shadow together.
"""

from collections.abc import Callable

from badges.rendering.geometry import circle, polar, polygon, rectangle

Area = tuple[str, str]
ROLES = ("main", "lit", "shade", "accent", "ground", "tint", "accent-shade", "accent-deep")


def _compass() -> list[Area]:
    areas = []
    for reach, start, waist in ((66, 45, 26), (100, 0, 25)):
        for quarter in range(4):
            angle = start + 90 * quarter
            areas += [
                ("lit", polygon((0, 0), polar(waist, angle - 45), polar(reach, angle))),
                ("shade", polygon((0, 0), polar(reach, angle), polar(waist, angle + 45))),
            ]
    return [*areas, ("ground", circle(0, 0, 11)), ("main", circle(0, 0, 6))]


def _peaks() -> list[Area]:
    return [
        ("accent", circle(58, -58, 25)),
        ("lit", polygon((46, -28), (-24, 74), (112, 74))),
        ("shade", polygon((46, -28), (52, 4), (42, 26), (56, 50), (50, 74), (112, 74))),
        ("main", polygon((-30, -84), (-118, 74), (66, 74))),
        ("shade", polygon((-30, -84), (-40, -28), (-22, 2), (-38, 38), (-20, 74), (66, 74))),
        ("white", polygon((-30, -84), (-59, -32), (-50, -38), (-40, -22), (-34, -60))),
        ("tint", polygon((-30, -84), (-36, -46), (-40, -22), (-28, -38), (-16, -26), (-4, -38), (-1.5, -37))),
    ]


def _nib() -> list[Area]:
    return [
        ("main", "M0 100C-13 62-45 34-45-2C-45-28-31-42-26-58L26-58C31-42 45-28 45-2C45 34 13 62 0 100Z"),
        ("shade", "M0 100C13 62 45 34 45-2C45-28 31-42 26-58L0-58Z"),
        ("ground", "M-2.6 96L-2.6 14A11.5 11.5 0 1 1 2.6 14L2.6 96L0 100Z"),
        ("accent", rectangle(-30, -78, 60, 13, 3)),
        ("accent", rectangle(-25, -100, 50, 15, 3)),
    ]


def _book() -> list[Area]:
    rules = "".join(
        f"M{side * 18} {y}C{side * 36} {y - 12} {side * 60} {y - 14} {side * 80} {y - 9}"
        f"L{side * 80} {y - 2}C{side * 60} {y - 7} {side * 36} {y - 5} {side * 18} {y + 7}Z"
        for side in (-1, 1)
        for y in (-22, 0, 22)
    )
    cover = (
        "M0 78C-26 54-66 50-108 62L-108-40L-98-43L-98 44C-66 32-28 38 0 62"
        "C28 38 66 32 98 44L98-43L108-40L108 62C66 50 26 54 0 78Z"
    )
    return [
        ("shade", cover),
        ("main", "M-4-40C-28-62-66-66-98-54L-98 44C-66 32-28 38-4 60Z"),
        ("lit", "M4-40C28-62 66-66 98-54L98 44C66 32 28 38 4 60Z"),
        ("ground", rules),
    ]


def _flask() -> list[Area]:
    body = "M-20-86L-20-28L-74 62C-82 77-74 90-58 90L58 90C74 90 82 77 74 62L20-28L20-86Z"
    liquid = "M-45 28C-24 16-8 40 14 30C26 24 36 24 46 28L64 60C70 70 66 78 56 78L-56 78C-66 78-70 70-64 60Z"
    return [
        ("main", body),
        ("accent", liquid),
        ("main", rectangle(-32, -100, 64, 18, 6)),
        ("ground", circle(-20, 56, 9)),
        ("ground", circle(12, 50, 6)),
        ("ground", circle(22, 64, 4)),
    ]


def _sprout() -> list[Area]:
    def leaf(side: int) -> str:
        return f"M0 34C{side * 4}-10 {side * 34}-40 {side * 94}-44C{side * 96} 8 {side * 60} 42 0 34Z"

    def upper_half(side: int) -> str:
        return f"M0 34C{side * 4}-10 {side * 34}-40 {side * 94}-44C{side * 62}-16 {side * 30} 8 0 34Z"

    return [
        ("shade", leaf(-1)),
        ("main", upper_half(-1)),
        ("main", leaf(1)),
        ("lit", upper_half(1)),
        ("accent", "M0 6C-26-30-26-66 0-100C26-66 26-30 0 6Z"),
        ("lit", "M0 6C-26-30-26-66 0-100Z"),
        ("main", rectangle(-5, 0, 10, 100, 4)),
    ]


def _torch() -> list[Area]:
    flame = (
        "M4-104C10-74 44-62 44-22C44 6 24 20 0 20C-24 20-44 6-44-22"
        "C-44-42-32-52-28-68C-18-62-14-54-13-46C-2-60 4-80 4-104Z"
    )
    core = "M4-50C8-34 24-26 24-6C24 10 12 18 0 18C-14 18-24 8-24-6C-24-16-18-22-15-30C-10-26-8-22-7-18C0-26 4-38 4-50Z"
    return [
        ("accent", flame),
        ("lit", core),
        ("main", "M-52 22L52 22L44 40L-44 40Z"),
        ("shade", "M0 22L52 22L44 40L0 40Z"),
        ("main", "M-30 44L30 44L12 104L-12 104Z"),
        ("shade", "M4 44L30 44L12 104L4 104Z"),
        ("ground", polygon((-26, 58), (26, 58), (24, 65), (-24, 65))),
    ]


def _layers() -> list[Area]:
    areas: list[Area] = []
    sheets = (
        (52, "main", "shade", "shade"),
        (2, "lit", "main", "shade"),
        (-48, "accent", "accent-shade", "accent-deep"),
    )
    for y, top, left, right in sheets:
        areas += [
            (left, polygon((-92, y), (0, y + 46), (0, y + 66), (-92, y + 20))),
            (right, polygon((92, y), (0, y + 46), (0, y + 66), (92, y + 20))),
            (top, polygon((0, y - 46), (92, y), (0, y + 46), (-92, y))),
        ]
    return areas


def _heart() -> list[Area]:
    whole = (
        "M0 88C-40 58-96 18-96-32C-96-64-72-86-46-86C-24-86-8-74 0-56"
        "C8-74 24-86 46-86C72-86 96-64 96-32C96 18 40 58 0 88Z"
    )
    return [
        ("main", whole),
        ("shade", "M0 88L0-56C8-74 24-86 46-86C72-86 96-64 96-32C96 18 40 58 0 88Z"),
        ("lit", "M-72-34C-72-52-58-64-44-64C-56-56-62-46-62-32C-62-26-72-26-72-34Z"),
    ]


def _mentor() -> list[Area]:
    """Two speech bubbles that share one ground: a conversation."""
    behind = (
        "M-78-84L22-84A20 20 0 0 1 42-64L42 8A20 20 0 0 1 22 28L-38 28L-72 60L-72 28L-78 28"
        "A20 20 0 0 1-98 8L-98-64A20 20 0 0 1-78-84Z"
    )
    gap = (
        "M-20-36L78-36A26 26 0 0 1 104-10L104 48A26 26 0 0 1 86 72L82 73L82 108L38 74L-20 74"
        "A26 26 0 0 1-46 48L-46-10A26 26 0 0 1-20-36Z"
    )
    before = (
        "M-18-26L76-26A18 18 0 0 1 94-8L94 46A18 18 0 0 1 76 64L72 64L72 92L40 64L-18 64"
        "A18 18 0 0 1-36 46L-36-8A18 18 0 0 1-18-26Z"
    )
    dots = circle(-1, 19, 9) + circle(29, 19, 9) + circle(59, 19, 9)
    return [("main", behind), ("ground", gap), ("accent", before), ("ground", dots)]


def _lighthouse() -> list[Area]:
    def stripe(top: float, foot: float) -> str:
        wide, wider = 18 + top * 0.14, 18 + foot * 0.14
        return polygon((-wide, top), (wide, top), (wider, foot), (-wider, foot))

    return [
        ("accent", polygon((0, -62), (96, -86), (96, -48.4))),
        ("lit", stripe(-40, 92)),
        ("main", stripe(-14, 14)),
        ("main", stripe(40, 66)),
        ("main", rectangle(-24, -46, 48, 9, 2)),
        ("accent", rectangle(-12, -74, 24, 28)),
        ("main", "M-17-74C-17-92-8-98 0-102C8-98 17-92 17-74Z"),
        ("main", rectangle(-1.6, -114, 3.2, 16)),
        ("ground", "M-6 92L-6 80A6 6 0 0 1 6 80L6 92Z"),
    ]


def _quarters() -> list[Area]:
    """Four quarter discs and their remainders: a flower, a lens and a wave out of one module."""
    side = 96

    def tile(corner: tuple[int, int], centre: tuple[int, int], role: str, sweep: int) -> list[Area]:
        (x, y), (cx, cy) = corner, centre
        across, down = (x + side if cx == x else x), (y + side if cy == y else y)
        quarter = f"M{cx} {cy}L{across} {cy}A{side} {side} 0 0 {sweep} {cx} {down}Z"
        return [("tint", rectangle(x, y, side, side)), (role, quarter)]

    return [
        *tile((-100, -100), (-100, -4), "main", 0),
        *tile((4, -100), (4, -100), "accent", 1),
        *tile((-100, 4), (-4, 4), "accent", 0),
        *tile((4, 4), (4, 100), "main", 0),
    ]


def _sun() -> list[Area]:
    rays = (
        polygon(polar(46, a - 5.2), polar(100, a - 2.2), polar(100, a + 2.2), polar(46, a + 5.2))
        for a in range(0, 360, 20)
    )
    return [("accent", circle(0, 0, 36)), ("main", "".join(rays))]


def _columns() -> list[Area]:
    places = (-70, -23.5, 23.5, 70)
    return [
        ("main", polygon((-100, -46), (0, -98), (100, -46))),
        ("ground", circle(0, -64, 10)),
        ("main", rectangle(-92, -42, 184, 10)),
        ("main", "".join(rectangle(x - 8, -28, 16, 84) for x in places)),
        ("shade", "".join(rectangle(x + 1, -28, 7, 84) for x in places)),
        ("main", rectangle(-92, 60, 184, 10)),
        ("shade", rectangle(-102, 74, 204, 14)),
    ]


SYMBOLS: dict[str, Callable[[], list[Area]]] = {
    "compass": _compass,
    "peaks": _peaks,
    "nib": _nib,
    "book": _book,
    "flask": _flask,
    "sprout": _sprout,
    "torch": _torch,
    "layers": _layers,
    "heart": _heart,
    "mentor": _mentor,
    "lighthouse": _lighthouse,
    "quarters": _quarters,
    "sun": _sun,
    "columns": _columns,
}
