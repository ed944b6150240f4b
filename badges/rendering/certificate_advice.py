"""What a layout could do better: it prints, but a reader, a printer or a telephone may have trouble with it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from badges.rendering.certificate import Problem
from badges.rendering.certificate_page import size_of
from badges.rendering.certificate_text import fields_of
from badges.rendering.palette import palette
from issuers.colour import contrast, is_hex

# ART.md's rules: a telephone reads our link from 20 mm on; home printers leave the outermost millimetres white.
QR_SIDE, SAFE_MARGIN, SMALLEST = 20.0, 10.0, 6.0
LARGE_TYPE = 18  # points, from which 3 : 1 is enough
_NEAR = 0.05  # millimetres that nobody sees
Json = Mapping[str, Any]


def advise(layout: Json) -> list[Problem]:
    """Notes on a layout that `check` found no fault in; codes for the screen to word, details in `message`."""
    return [note for find in (_proof, _qr, _margins, _type, _contrast, _reading) for note in find(layout)]


def reading_order(layout: Json) -> list[str]:
    """Ids of what is read aloud, in that order; decoration is passed over."""
    return [element["id"] for element in layout["elements"] if _spoken(element)]


def _spoken(element: Json) -> bool:
    if element["type"] in {"line", "shape"} or element.get("hidden"):
        return False
    return bool(element.get("alt")) if element["type"] in {"image", "badge", "seal"} else True


def _each(layout: Json, *types: str) -> Iterator[tuple[str, Json]]:
    """What is printed, with its pointer: a hidden element neither helps a reader nor troubles one."""
    for place, element in enumerate(layout["elements"]):
        if not element.get("hidden") and (not types or element["type"] in types):
            yield f"/elements/{place}", element


def _said(layout: Json) -> set[str]:
    return {
        field for _, element in _each(layout) for key in ("text", "value") for field in fields_of(element.get(key, ""))
    }


def _proof(layout: Json) -> Iterator[Problem]:
    """Who it is for, and where anybody can check it: without these a certificate is a picture."""
    said = _said(layout)
    if "recipient.name" not in said:
        yield Problem("/elements", "no-name", "")
    if "credential.url" not in said:
        yield Problem("/elements", "no-address", "")


def _qr(layout: Json) -> Iterator[Problem]:
    colours = _colours(layout)
    for pointer, element in _each(layout, "qr"):
        if (side := min(element["box"][2:])) < QR_SIDE - _NEAR:
            yield Problem(f"{pointer}/box", "qr-small", f"{side:g}")
        dark, light = _hex(element.get("colour", "ink"), colours), _hex(element.get("ground", "white"), colours)
        if contrast(dark, light) < 4.5:
            yield Problem(f"{pointer}/colour", "qr-pale", "")


def _margins(layout: Json) -> Iterator[Problem]:
    width, height = size_of(layout["page"])
    for pointer, element in _each(layout, "text", "number", "qr", "signature", "table", "badge"):
        x, y, w, h = element["box"]
        spare = min(x, y, width - x - w, height - y - h)
        if spare < -_NEAR:
            yield Problem(f"{pointer}/box", "off-page", f"{-spare:.1f}")
        elif spare < SAFE_MARGIN - _NEAR:
            yield Problem(f"{pointer}/box", "near-edge", f"{spare:.1f}")


def _type(layout: Json) -> Iterator[Problem]:
    for pointer, element in _each(layout, "text", "number"):
        style = {**layout.get("text", {}), **element["style"]}
        least = min(style.get("min", style.get("size", 12)), style.get("size", 12))
        if least < SMALLEST:
            yield Problem(f"{pointer}/style/min", "type-small", f"{least:g}")


def _contrast(layout: Json) -> Iterator[Problem]:
    """Text over a filled shape that it does not say it lies on: its colour was made readable on another ground."""
    colours = _colours(layout)
    fills = [element for _, element in _each(layout, "shape", "line") if _filled(element)]
    for pointer, element in _each(layout, "text", "number", "signature"):
        style = {**layout.get("text", {}), **element.get("style", {})}
        under = [fill for fill in fills if fill.get("z", 1) < element.get("z", 1) and _inside(element, fill)]
        if not under:
            continue
        ground = _hex(under[-1].get("colour", "brand"), colours)
        needed = 3 if style.get("size", 12) >= LARGE_TYPE else 4.5
        told = _hex(style.get("on", "paper"), colours)
        if told != ground and contrast(_hex(style.get("colour", "ink"), colours), ground) < needed:
            yield Problem(f"{pointer}/style/on", "hard-to-read", under[-1]["id"])


def _filled(element: Json) -> bool:
    return element["type"] == "line" or element.get("kind") == "rect"


def _inside(element: Json, around: Json) -> bool:
    x, y, w, h = element["box"]
    left, top, wide, tall = around["box"]
    return left <= x + w / 2 <= left + wide and top <= y + h / 2 <= top + tall and wide * tall > 1


def _reading(layout: Json) -> Iterator[Problem]:
    """One first heading: by it, people who listen find what the page is about."""
    headings = [pointer for pointer, element in _each(layout, "text") if element.get("tag") == "h1"]
    if not headings:
        yield Problem("/elements", "no-heading", "")
    for pointer in headings[1:]:
        yield Problem(f"{pointer}/tag", "two-headings", "")


def _colours(layout: Json) -> dict[str, str]:
    theme = layout["theme"]
    return palette(theme["brand"], theme.get("accent", "auto")) | theme.get("colours", {})


def _hex(name: str, colours: Mapping[str, str]) -> str:
    value = colours.get(name.removeprefix("metal:"), name)
    return value if is_hex(value) else "#000000"
