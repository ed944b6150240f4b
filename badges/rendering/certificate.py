"""A certificate: layout as data (`certificate/1`, millimetres) and values → a page. Pure.

Everything personal that is printed is in `Values`, and everything in `Values` is signed (badges.openbadges.documents); the
words of the design itself (headings, signatories) belong to the published version.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from badges.rendering import fonts, lettering
from badges.rendering.certificate_page import Page, size_of
from badges.rendering.certificate_text import DoesNotFit, fields_of

__all__ = [
    "DoesNotFit",
    "MissingGlyph",
    "Problem",
    "Slot",
    "Starter",
    "Values",
    "adjust",
    "check",
    "compose",
    "fits",
    "slots",
]

HERE = Path(__file__).parent
IDS = ("classic", "editorial", "swiss", "bold", "minimal", "transcript")
SIZES, ORIENTATIONS = ("A4", "Letter"), ("landscape", "portrait")
# Merge fields that a layout may use.
KNOWN = frozenset(
    [
        "issuer.name",
        "recipient.name",
        "achievement.name",
        "achievement.summary",
        "award.date",
        "award.expires",
        "award.hours",
        "award.grade",
        "award.license_number",
        "award.role",
        "award.term",
        "award.credits",
        "credential.url",
        "credential.id",
        "signer.1.name",
        "signer.1.title",
        "signer.2.name",
        "signer.2.title",
    ]
)
_MOST = 80


class MissingGlyph(ValueError):
    """No bundled font has these characters."""

    def __init__(self, characters: str) -> None:
        super().__init__(f"no bundled font has {characters!r}")
        self.characters = characters


@dataclass(frozen=True)
class Problem:
    """One fault of a layout; `pointer` is RFC 6901."""

    pointer: str
    code: str
    message: str


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


@dataclass(frozen=True)
class Values:
    """What is printed for one person. `results` are label and value: grade, hours, own columns."""

    recipient_name: str
    achievement_name: str
    achievement_summary: str
    issuer_name: str
    awarded: str
    credential_url: str
    public_id: str
    expires: str = ""
    grade: str = ""
    hours: str = ""
    license_number: str = ""
    role: str = ""
    term: str = ""
    credits: str = ""
    results: tuple[tuple[str, str], ...] = ()

    def fields(self, layout: Mapping[str, Any]) -> dict[str, str]:
        """Merge field → text; signatories come from the layout."""
        found = {
            "recipient.name": self.recipient_name,
            "achievement.name": self.achievement_name,
            "achievement.summary": self.achievement_summary,
            "issuer.name": self.issuer_name,
            "award.date": self.awarded,
            "award.expires": self.expires,
            "award.grade": self.grade,
            "award.license_number": self.license_number,
            "award.role": self.role,
            "award.term": self.term,
            "award.credits": self.credits,
            "award.hours": self.hours,
            "credential.url": self.credential_url.removeprefix("https://").removeprefix("http://"),
            "credential.id": self.public_id,
        }
        for number, signer in enumerate(layout.get("signers", ()), 1):
            found |= {f"signer.{number}.name": signer["name"], f"signer.{number}.title": signer.get("title", "")}
        return found


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
        return _moved(layout, page)
    layout.pop("others", None)
    return layout


def _moved(layout: dict[str, Any], page: dict[str, str]) -> dict[str, Any]:
    """The same layout on another paper: places move with the paper, pictures keep their size, texts get new boxes.

    A design that needs more than that says its boxes itself, in `others` under the orientation.
    """
    other = layout.pop("others", {}).get(page["orientation"])
    if other:
        for element in layout["elements"]:
            element.update(other.get(element["id"], {}))
        layout["page"] = {"size": "A4", "orientation": page["orientation"]}
    (w0, h0), (w1, h1) = size_of(layout["page"]), size_of(page)
    layout["page"] = page
    edge = layout.get("border") or {}
    inside = edge.get("inset", 8) + edge.get("width", 2) + 2.5
    for element in layout["elements"]:
        element["box"] = _moved_box(element, (w0, h0), (w1, h1), inside)
    if ground := layout["background"].get("ground"):
        ground["at"] = [ground["at"][0] * w1 / w0, ground["at"][1] * h1 / h0]
        ground["radius"] = ground["radius"] * min(w1 / w0, h1 / h0, 1)
    return layout


def _moved_box(
    element: Mapping[str, Any], old: tuple[float, float], new: tuple[float, float], inside: float
) -> list[float]:
    """Box of one element on the new paper; what does not bleed stays `inside` millimetres from the edge."""
    x, y, w, h = element["box"]
    sx, sy = new[0] / old[0], new[1] / old[1]
    fixed = element["type"] in {"badge", "qr", "seal", "image"} or (element.get("kind") == "rect" and w == h < 40)
    bleeds = x <= 0 or y <= 0 or x + w >= old[0] or y + h >= old[1]
    wide = w * min(1.0, sx * 1.15) if fixed else w * sx
    tall = h * min(1.0, sx * 1.15) if fixed else h * sy if bleeds else h
    left, top = (x + w / 2) * sx - wide / 2, (y + h / 2) * sy - tall / 2
    if fixed and not bleeds:
        left = min(max(left, inside), new[0] - inside - wide)
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
    return [Slot(e["id"], e["text"]["en"] if isinstance(e["text"], dict) else e["text"]) for e in found]


@functools.cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((HERE / "certificate.schema.json").read_text(encoding="utf-8")))


def check(layout: Any) -> list[Problem]:
    """All faults of a layout; none means that it prints."""
    if isinstance(layout, Mapping) and len(layout.get("elements", ())) > _MOST:
        return [Problem("/elements", "too-many", f"more than {_MOST} elements")]
    faults = [
        Problem("".join(f"/{step}" for step in error.absolute_path), str(error.validator), error.message[:200])
        for error in _validator().iter_errors(layout)
    ]
    return faults or list(_semantics(layout))


def _semantics(layout: Mapping[str, Any]) -> Iterator[Problem]:
    known = set(fonts.names())
    for place, element in enumerate(layout["elements"]):
        pointer = f"/elements/{place}"
        x, y, w, h = element["box"]
        if not all(-50 <= value <= 600 for value in (x, y, w, h)) or w <= 0 or h <= 0:
            yield Problem(f"{pointer}/box", "out-of-range", "outside the page")
        for key in ("text", "name", "title", "value", "alt"):
            if unknown := fields_of(element.get(key, "")) - KNOWN:
                yield Problem(f"{pointer}/{key}", "unknown-field", f"no field is called {min(unknown)}")
        for style in (element.get("style", {}), element.get("second", {})):
            for font in (style.get("font"), style.get("headfont")):
                if font and font not in known:
                    yield Problem(f"{pointer}/style/font", "unknown-font", f"no font is called {font}")


def _page(layout: Mapping[str, Any], values: Values, pictures: Mapping[str, bytes]) -> Page:
    return Page(layout, values.fields(layout), list(values.results), pictures)


def compose(layout: Mapping[str, Any], values: Values, pictures: Mapping[str, bytes], *, ground: bool = True) -> str:
    """The HTML of one certificate; without `ground` the paper stays clear. Raises DoesNotFit or MissingGlyph."""
    try:
        return _page(layout, values, pictures).html(ground=ground)
    except lettering.MissingGlyph as error:
        raise MissingGlyph(error.character) from error


def fits(layout: Mapping[str, Any], values: Values) -> None:
    """Raise DoesNotFit or MissingGlyph where this person's certificate could not be printed; asked before issuing."""
    compose(layout, values, {}, ground=False)


def ground_page(layout: Mapping[str, Any]) -> str:
    """The paper alone, with its border: the same for everybody who gets this version."""
    blank = Values("", "", "", "", "", "", "")
    return _page({**layout, "elements": [], "title": ""}, blank, {}).html()
