"""What a designer would say about a badge before it goes out: what is well, what was mended, what its author should change."""

from dataclasses import dataclass
from typing import Literal

from badges.rendering import lettering
from badges.rendering.badge import notes
from badges.rendering.badge_canvas import LARGE, SMALL_TEXT
from badges.rendering.badge_parts import BETWEEN, SMALLEST_CAPITALS
from badges.rendering.badge_spec import Spec, every_part, reduced, settled
from badges.rendering.palette import DROWNED, METALS, PALE, different, palette, resolve
from issuers.colour import WHITE, contrast, readable

Level = Literal["ok", "info", "warn"]

LIST_PIXELS = 90
DARK_PAGE = "#23252b"
# Below this a colour had to move so far that it is another one.
FAR_OFF = 2.0
# An edge of less than this against the page is seen only by those who look for it.
SEEN = 1.2


@dataclass(frozen=True)
class Finding:
    """One sentence to be said. Only a "warn" asks the author to do something."""

    level: Level
    code: str
    params: tuple[tuple[str, str], ...] = ()


def _found(level: Level, code: str, **params: str) -> Finding:
    return Finding(level, code, tuple(params.items()))


def lint(spec: Spec) -> list[Finding]:
    """For a spec without faults. What asks for a change comes first."""
    colours = _colours(spec)
    found = [
        *_of_notes(spec),
        *_of_colours(spec, colours),
        *_of_edge(spec, colours),
        *_of_reading(spec, colours),
        *_of_list(spec),
    ]
    order = ("warn", "info", "ok")
    return sorted(found, key=lambda each: order.index(each.level))


def _colours(spec: Spec) -> dict[str, str]:
    colours = palette(spec["brand"], spec.get("accent", "auto"))
    return colours | {name: resolve(value, colours) for name, value in spec.get("colours", {}).items()}


def _of_notes(spec: Spec) -> list[Finding]:
    """What was met while drawing. A colour moved a little is only told; one that was far off asks for another."""
    found = []
    for note in notes(spec):
        params = dict(note.params)
        small = note.code == "colour-moved" and float(params["had"]) >= FAR_OFF
        found.append(_found("info" if small else "warn", note.code, **params))
    return found


def _words(spec: Spec) -> dict[str, str]:
    return {word["key"]: word["text"] for word in spec["words"]}


def _of_colours(spec: Spec, colours: dict[str, str]) -> list[Finding]:
    found = []
    brand, accent = colours["brand"], colours["accent"]
    metal = spec.get("accent") in METALS or any("metal:" in colour for _, colour in spec["bands"])
    if metal and contrast(brand, colours["paper"]) < PALE:
        found.append(_found("warn", "pale-metal", had=f"{contrast(brand, colours['paper']):.1f}"))
    # A design led by its accent has ink and paper for its grounds.
    if spec.get("lead") != "accent" and contrast(brand, accent) < DROWNED and not different(brand, accent):
        found.append(_found("warn", "accent-drowns", had=f"{contrast(brand, accent):.1f}"))
    return found


def _of_edge(spec: Spec, colours: dict[str, str]) -> list[Finding]:
    """Nothing can be promised of a page, but both of ours are known. Two bands in, an eye finds the outline."""
    outer = [colours["accent"] if "metal" in name else resolve(name, colours) for _, name in spec["bands"][:2]]
    lost = [
        code
        for code, page in (("edge-light", WHITE), ("edge-dark", DARK_PAGE))
        if max(contrast(colour, page) for colour in outer) < SEEN
    ]
    return [_found("warn", code) for code in lost] or [_found("ok", "edge-clear")]


def _of_reading(spec: Spec, colours: dict[str, str]) -> list[Finding]:
    """The worst of all words on their grounds, as they are drawn."""
    words, ratios = _words(spec), []
    for part in every_part(settled(spec)["parts"]):
        if part["part"] == "text" and any(words[key] for key in part["words"]):
            ground = resolve(part["on"], colours)
            cap = lettering.face(part["font"]).cap * part["size"]
            needed = SMALL_TEXT if cap < 40 else LARGE
            ratios.append(contrast(readable(resolve(part["colour"], colours), ground, needed), ground))
    return [_found("ok", "contrast", ratio=f"{min(ratios):.1f}")] if ratios else []


def _of_list(spec: Spec) -> list[Finding]:
    """At 90 px lettering goes, so that the symbol is seen; what was meant to stay must be large enough to."""
    words, gone, kept, lost = _words(spec), False, False, []
    for part in every_part(reduced(settled(spec))["parts"]):
        text = BETWEEN.join(words[key] for key in part.get("words", []) if words[key])
        if part["part"] != "text" or not text:
            continue
        cap = lettering.face(part["font"]).cap * part["size"] * LIST_PIXELS / 600
        if not part.get("keep"):
            gone = True
        elif cap < SMALLEST_CAPITALS:
            lost.append(_found("warn", "lost-in-lists", text=text))
        else:
            kept = True
    calm = "some-in-lists" if kept and gone else "words-in-lists"
    return lost or ([_found("ok", calm)] if gone else [])
