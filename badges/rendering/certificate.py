"""A certificate: layout as data (`certificate/1`, millimetres) and values → a page. Pure.

Everything personal that is printed is in `Values`, and everything in `Values` is signed (badges.openbadges.documents); the
words of the design itself (headings, signatories) belong to the published version.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from badges.rendering import lettering
from badges.rendering.asked_again import by_text
from badges.rendering.certificate_borders import inside
from badges.rendering.certificate_checking import MOST_PROBLEMS, Problem, check_form, too_heavy
from badges.rendering.certificate_meaning import KNOWN, faults
from badges.rendering.certificate_page import Page, size_of
from badges.rendering.certificate_proof import PROOF_CSP, Proof, draw_proof, frames, proof
from badges.rendering.certificate_setting import html
from badges.rendering.certificate_text import DoesNotFit, spoken
from badges.rendering.certificate_values import Values

__all__ = [
    "KNOWN",
    "PROOF_CSP",
    "DoesNotFit",
    "MissingGlyph",
    "Problem",
    "Proof",
    "Slot",
    "Starter",
    "Values",
    "adjust",
    "check",
    "compose",
    "draw_proof",
    "fits",
    "frames",
    "ground_page",
    "ground_picture",
    "moved",
    "pictures_of",
    "proof",
    "slots",
    "starter",
    "starters",
]

HERE = Path(__file__).parent
IDS = (
    *("classic", "editorial", "swiss", "bold", "minimal", "transcript"),
    *("charter", "service", "course", "workshop"),
)
LEAST_CODE = 20  # mm; a smaller code is not read back from every printer
SIZES, ORIENTATIONS = ("A4", "Letter"), ("landscape", "portrait")


class MissingGlyph(ValueError):
    """No bundled font has these characters."""

    def __init__(self, characters: str) -> None:
        super().__init__(f"no bundled font has {characters!r}")
        self.characters = characters


@dataclass(frozen=True)
class Starter:
    """A design to begin with."""

    id: str
    title: str


@dataclass(frozen=True)
class Slot:
    """A heading of the design that its author may word."""

    key: str
    default: str
    max_length: int = 120


@functools.cache
def _read(name: str) -> str:
    return (HERE / "starters" / "certificates" / f"{name}.json").read_text(encoding="utf-8")


def starters() -> list[Starter]:
    """All of them, in the order in which they are offered."""
    return [Starter(name, json.loads(_read(name))["name"]) for name in IDS]


def starter(name: str, *, size: str = "A4", orientation: str = "landscape") -> dict[str, Any]:
    """A starter's layout on the given paper, the caller's own copy. KeyError when there is none of that name."""
    if name not in IDS:
        raise KeyError(name)
    layout: dict[str, Any] = json.loads(_read(name))
    page = {"size": size, "orientation": orientation}
    if layout["page"] != page:
        return moved(layout, page)
    layout.pop("others", None)
    return layout


def moved(layout: dict[str, Any], page: dict[str, str]) -> dict[str, Any]:
    """The layout, the caller's own, on another paper: places move with it, pictures keep their size, texts get new boxes.

    A design that needs more than that says its boxes itself, in `others` under the orientation.
    """
    drawn_on = size_of(layout["page"])
    other = layout.pop("others", {}).get(page["orientation"])
    if other:
        for element in layout["elements"]:
            element.update(other.get(element["id"], {}))
        layout["page"] = {"size": "A4", "orientation": page["orientation"]}
    (w0, h0), (w1, h1) = size_of(layout["page"]), size_of(page)
    layout["page"] = page
    margin = inside(layout.get("border")) + 2.5
    for element in layout["elements"]:
        element["box"] = _moved_box(element, (w0, h0), (w1, h1), margin)
        for column in element.get("columns", ()):
            column["width"] = round(column["width"] * w1 / w0, 2)
    if ground := layout["background"].get("ground"):
        sx, sy = w1 / drawn_on[0], h1 / drawn_on[1]
        ground["at"] = [round(ground["at"][0] * sx, 2), round(ground["at"][1] * sy, 2)]
        ground["radius"] = round(ground["radius"] * min(sx, sy, 1), 2)
    return layout


def _moved_box(
    element: Mapping[str, Any], old: tuple[float, float], new: tuple[float, float], margin: float
) -> list[float]:
    """Box of one element on the new paper; what does not bleed stays `margin` millimetres from the edge."""
    x, y, w, h = element["box"]
    sx, sy = new[0] / old[0], new[1] / old[1]
    fixed = element["type"] in {"badge", "qr", "seal", "image"} or (element.get("kind") == "rect" and w == h < 40)
    bleeds = x <= 0 or y <= 0 or x + w >= old[0] or y + h >= old[1]
    shrunk = min(1.0, max(sx * 1.15, LEAST_CODE / w if element["type"] == "qr" else 0))
    wide = w * shrunk if fixed else w * sx
    tall = h * shrunk if fixed else h * sy if bleeds else h
    left, top = (x + w / 2) * sx - wide / 2, (y + h / 2) * sy - tall / 2
    if fixed and not bleeds:
        left = min(max(left, margin), new[0] - margin - wide)
    return [round(value, 2) for value in (left, top, wide, tall)]


def adjust(
    layout: Mapping[str, Any],
    *,
    brand: str,
    accent: str | None = None,
    texts: Mapping[str, str],
    signatories: Sequence[Mapping[str, str]] = (),
    locale: str = "en",
) -> dict[str, Any]:
    """A copy in the issuer's colours, with headings as worded and up to two signatories."""
    made = copy.deepcopy(dict(layout))
    made["theme"] = {**made["theme"], "brand": brand, **({"accent": accent} if accent else {})}
    made["locale"] = locale
    for element in made["elements"]:
        if element.get("slot") and texts.get(element["id"]):
            element["text"] = texts[element["id"]]
    made["signers"] = [dict(signer) for signer in signatories if signer.get("name")][:2]
    return made


def slots(layout: Mapping[str, Any]) -> list[Slot]:
    """Headings that can be worded, in reading order."""
    found = [element for element in layout["elements"] if element.get("slot")]
    return [Slot(element["id"], spoken(element["text"], "en")) for element in found]


def check(layout: Any) -> list[Problem]:
    """All faults of a layout, at most fifty; none means that it prints."""
    return too_heavy(layout) or list(_faults(layout))


@by_text
def _faults(layout: Any) -> tuple[Problem, ...]:
    return tuple(check_form(layout) or islice(faults(layout), MOST_PROBLEMS))


def _page(layout: Mapping[str, Any], values: Values, pictures: Mapping[str, Any], **how: Any) -> Page:
    return Page(layout, values.fields(layout), list(values.results), pictures, **how)


def compose(layout: Mapping[str, Any], values: Values, pictures: Mapping[str, bytes], *, ground: bool = True) -> str:
    """The HTML of one certificate; without `ground` the paper stays clear. Raises DoesNotFit or MissingGlyph."""
    try:
        return html(_page(layout, values, pictures), ground=ground)
    except lettering.MissingGlyph as error:
        raise MissingGlyph(error.character) from error


def fits(layout: Mapping[str, Any], values: Values) -> None:
    """Raise DoesNotFit or MissingGlyph where this person's certificate could not be printed; asked before issuing."""
    compose(layout, values, {}, ground=False)


def ground_page(layout: Mapping[str, Any], pictures: Mapping[str, bytes]) -> str:
    """The paper alone, with its border: the same for everybody who gets this version."""
    blank = Values("", "", "", "", "", "", "")
    return html(_page({**layout, "elements": [], "title": ""}, blank, pictures))


def ground_picture(layout: Mapping[str, Any]) -> str | None:
    """Key of the picture that the paper bears."""
    key: str | None = layout["background"].get("image", {}).get("picture")
    return key


def pictures_of(layout: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pointer and key of every picture of the institution's that a sound layout asks for."""
    found = [("/background/image/picture", key)] if (key := ground_picture(layout)) else []
    for name in ("elements", "signers"):
        for place, each in enumerate(layout.get(name, ())):
            if each.get("picture"):
                found.append((f"/{name}/{place}/picture", each["picture"]))
    return found
