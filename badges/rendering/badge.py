"""A badge: a design as data (a spec, `badge/1`) → SVG. Pure and deterministic; the drawing needs no font.

`check` first: `draw` and `notes` take what it found no fault with.
"""

import functools
import hashlib
import json
from html import escape

from badges.rendering.badge_adjusting import adjust, suggest
from badges.rendering.badge_canvas import Canvas, Note
from badges.rendering.badge_checking import Problem, check
from badges.rendering.badge_composing import composed
from badges.rendering.badge_parts import paint
from badges.rendering.badge_spec import Spec, reduced, settled
from badges.rendering.badge_starters import Slot, Starter, slots, starter, starters
from badges.rendering.palette import palette, resolve

__all__ = [
    "Note",
    "Problem",
    "Slot",
    "Spec",
    "Starter",
    "adjust",
    "check",
    "composed",
    "draw",
    "notes",
    "palette",
    "slots",
    "starter",
    "starters",
    "suggest",
]

SMALL = 120  # pixels; at this size and below the small drawing is used
EDITION = "1"  # part of the ids: raise it when the drawing of an unchanged spec changes


def _colours(spec: Spec) -> dict[str, str]:
    colours = palette(spec["brand"], spec.get("accent", "auto"))
    return colours | {name: resolve(value, colours) for name, value in spec.get("colours", {}).items()}


def _canvas(spec: Spec, size: int) -> Canvas:
    """The painted badge, for a size in pixels."""
    spec = settled(spec)
    if size <= SMALL:
        spec = reduced(spec)
    # Several badges stand on one page: their ids must differ, and stay the same from one drawing to the next.
    return _painted(json.dumps(spec, sort_keys=True), size)


@functools.lru_cache(maxsize=64)
def _painted(source: str, size: int) -> Canvas:
    """Kept, because an editor draws a badge, asks for its notes and draws it again. Nobody may paint over it."""
    spec = json.loads(source)
    key = "b" + hashlib.sha256((source + EDITION).encode()).hexdigest()[:10]
    words = {word["key"]: word["text"] for word in spec["words"]}
    canvas = Canvas(key, size, _colours(spec), words)
    paint(canvas, spec)
    return canvas


def draw(spec: Spec, *, size: int = 600) -> str:
    """SVG text. `size` is where it will be shown, in pixels: at 120 and below the small drawing, without lettering."""
    canvas = _canvas(spec, size)
    definitions = f"<defs>{''.join(canvas.definitions)}</defs>" if canvas.definitions else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" role="img" aria-labelledby="{canvas.key}-t">'
        f'<title id="{canvas.key}-t">{escape(spec["alt"])}</title>{definitions}{"".join(canvas.out)}</svg>\n'
    )


def notes(spec: Spec) -> list[Note]:
    """What the author should know about the full drawing: colours that were moved, words too long to be read."""
    return list(_canvas(spec, 600).notes)
