"""The parts of a badge that say something (text, symbol) and the panel that holds parts; and the order of painting."""

import math
from collections.abc import Callable
from html import escape

from badges.rendering import badge_ornaments as ornaments
from badges.rendering import lettering
from badges.rendering.badge_canvas import LARGE, SMALL_TEXT, Canvas
from badges.rendering.badge_shapes import CENTRE, silhouette
from badges.rendering.badge_spec import Spec
from badges.rendering.badge_symbol_set import areas, placed
from badges.rendering.geometry import arch, circle, number, rectangle

SMALLEST_CAPITALS = 5.6  # pixels; smaller lettering is left out
READABLE_CAPITALS = 14  # units: 7 pixels when the badge is shown at 300
SHRUNK = 0.7  # of its size: a word that lost more no longer holds its place in the composition
BETWEEN = " · "

_GREEK_ACCENTED = dict(zip("ΆΈΉΊΌΎΏ", "ΑΕΗΙΟΥΩ", strict=True))


def wording(canvas: Canvas, part: Spec) -> str:
    """The words of a text part, those that are there, in its case."""
    text = BETWEEN.join(word for key in part["words"] if (word := canvas.words.get(key, "")))
    return capitals(text) if part.get("case") == "upper" else text


def capitals(text: str) -> str:
    """Greek drops its accents on the way up: Μέντορας becomes ΜΕΝΤΟΡΑΣ."""
    return "".join(_GREEK_ACCENTED.get(character, character) for character in text.upper())


def text(canvas: Canvas, part: Spec) -> None:
    """An arc above, an arc below, or a straight line; shrunk to the room it has."""
    words, size, cap = wording(canvas, part), part["size"], lettering.face(part["font"]).cap
    hidden = canvas.small and not part.get("keep")
    if not words or hidden or cap * size * canvas.pixels / 600 < SMALLEST_CAPITALS:
        return
    ink = canvas.colour(part["colour"], part["on"], SMALL_TEXT if cap * size < 40 else LARGE)
    if part["place"] == "line":
        outline, size = _straight(part, words, part.get("at", [CENTRE, CENTRE]), part.get("max", 480))
    elif lettering.bends(words):
        outline, size = _bent(part, words)
    else:
        outline, size = _chord(part, words, cap)
    if cap * size < READABLE_CAPITALS:
        canvas.note("text-small", text=words, capitals=f"{cap * size:.0f}")
    elif size < part["size"] * SHRUNK:
        canvas.note("text-shrunk", text=words, share=f"{100 * size / part['size']:.0f}")
    canvas.path(outline, ink)


def _bent(part: Spec, words: str) -> tuple[str, float]:
    x, y = part.get("at", [CENTRE, CENTRE])
    bent = lettering.arc(
        lettering.Lettering(words, part["font"], part["size"], part.get("tracking", 0.06)),
        lettering.Circle(x, y, part["radius"], part["place"] == "bottom"),
        part.get("most", 150),
    )
    return bent.path, bent.size


def _straight(part: Spec, words: str, at: list[float], most: float) -> tuple[str, float]:
    font, size, tracking = part["font"], part["size"], part.get("tracking", 0.06)
    wide = lettering.measure(words, font, size, tracking)
    size *= min(1, most / wide) if wide else 1
    shaped = lettering.shape(words, font, size, tracking)
    baseline = at[1] + lettering.face(font).cap * size / 2
    return lettering.line(shaped, at[0], baseline, part.get("anchor", "middle")), size


def _chord(part: Spec, words: str, cap: float) -> tuple[str, float]:
    """A script that must not bend stands straight across the ring, as wide as the ring is there."""
    x, y = part.get("at", [CENTRE, CENTRE])
    height, radius = cap * part["size"], part["radius"]
    away = radius * 0.93
    reach = radius + height * 0.8
    half = math.sqrt(max(reach**2 - (away + height / 2) ** 2, (radius / 4) ** 2))
    return _straight(part, words, [x, y + (away if part["place"] == "bottom" else -away)], 2 * half)


def symbol(canvas: Canvas, part: Spec) -> None:
    """A drawn symbol, a monogram, or an uploaded logo."""
    {"drawn": _drawn, "monogram": _monogram, "logo": _logo}[part.get("kind", "drawn")](canvas, part)


def _drawn(canvas: Canvas, part: Spec) -> None:
    (x, y), tones, body = part.get("at", [CENTRE, CENTRE]), part["tones"], []
    for role, outline in areas(part["name"]):
        ground = part.get("on") if role == "main" else None
        body.append(f'<path d="{outline}" fill="{canvas.colour(tones.get(role, role), ground, LARGE)}"/>')
    place = f"translate({number(x)} {number(y)}) {placed(part['name'], part['size'])}"
    canvas.add(f'<g transform="{place}">{"".join(body)}</g>')


def _monogram(canvas: Canvas, part: Spec) -> None:
    """Two or three letters, their capitals as tall as they fit into the symbol's square."""
    font, (x, y) = part["font"], part.get("at", [CENTRE, CENTRE])
    cap = lettering.face(font).cap
    wide = lettering.measure(part["text"], font, 1, 0.02)
    size = part["size"] * min(0.62 / cap, 0.96 / wide)
    ink = canvas.colour(part["tones"]["main"], part.get("on"), LARGE)
    shaped = lettering.shape(part["text"], font, size, 0.02)
    canvas.path(lettering.line(shaped, x, y + cap * size / 2), ink)


def _logo(canvas: Canvas, part: Spec) -> None:
    """An uploaded picture (PNG data, never an address) on paper, since nobody knows its colours."""
    (x, y), size = part.get("at", [CENTRE, CENTRE]), part["size"]
    if part.get("on") != "paper":
        canvas.path(circle(x, y, size * 0.52), canvas.colour("paper"))
    side = size * (0.92 if part.get("on") == "paper" else 0.7)
    place = f'x="{number(x - side / 2)}" y="{number(y - side / 2)}" width="{number(side)}" height="{number(side)}"'
    canvas.add(f'<image href="{escape(part["href"])}" {place} preserveAspectRatio="xMidYMid meet"/>')


def panel(canvas: Canvas, part: Spec) -> None:
    """A window inside the shape, with bands of its own; it clips its own parts."""
    x, y, width, height = part["box"]
    centre, bands = (x + width / 2, y + height / 2), part["bands"]
    if part["kind"] == "disc":
        outline = circle(*centre, width / 2)
        canvas.rings(*centre, width / 2, bands)
    else:
        arched = part["kind"] == "arch"
        outline = arch(x, y, width, height) if arched else rectangle(x, y, width, height, part.get("round", 0))
        canvas.bands(outline, bands)
    if inner := [each for each in part.get("parts", []) if shown(canvas, each)]:
        canvas.add(f"<g{canvas.clipped(outline)}>")
        for each in inner:
            paint_part(canvas, each)
        canvas.add("</g>")


PAINTERS: dict[str, Callable[[Canvas, Spec], None]] = {
    "panel": panel,
    "pattern": ornaments.pattern,
    "ornament": ornaments.ornament,
    "wreath": ornaments.wreath,
    "symbol": symbol,
    "banner": ornaments.banner,
    "text": text,
    "level": ornaments.level,
    "marks": ornaments.marks,
    "tails": ornaments.tails,
    "draw": ornaments.draw,
}


def shown(canvas: Canvas, part: Spec) -> bool:
    """Fine work goes from the small drawing; what frames a word goes with the word."""
    if canvas.small and part.get("fine"):
        return False
    needed = part.get("with")
    return needed is None or any(canvas.words.get(k) for k in needed)


def paint_part(canvas: Canvas, part: Spec) -> None:
    """Paint one part of any kind."""
    PAINTERS[part["part"]](canvas, part)


def _field(canvas: Canvas, spec: Spec, under: list[Spec]) -> None:
    """The silhouette: its field, what lies on the field below the rim, the rim."""
    shape, bands = spec["shape"], spec["bands"]
    if shape["kind"] == "disc":
        canvas.rings(CENTRE, shape.get("y", CENTRE), shape.get("radius", 288), bands)
        for part in under:
            paint_part(canvas, part)
        return
    canvas.path(canvas.outline, canvas.colour(bands[-1][1]))
    if len(bands) > 1 or under:
        canvas.add(f"<g{canvas.clipped(canvas.outline)}>")
        for part in under:
            paint_part(canvas, part)
        canvas.rim(canvas.outline, bands)
        canvas.add("</g>")


def paint(canvas: Canvas, spec: Spec) -> None:
    """Back to front: parts behind → silhouette → parts under the rim → rim → parts in their order."""
    canvas.outline = silhouette(spec["shape"])
    parts = [part for part in spec["parts"] if shown(canvas, part)]
    for part in parts:
        if part.get("behind"):
            paint_part(canvas, part)
    _field(canvas, spec, [part for part in parts if part.get("under")])
    for part in parts:
        if not part.get("behind") and not part.get("under"):
            paint_part(canvas, part)
