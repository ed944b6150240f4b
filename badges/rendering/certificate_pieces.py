"""What can be added to a layout: each kind of element as it comes, to be moved and worded afterwards. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from badges.rendering.certificate_page import size_of

Json = dict[str, Any]
# Width and height in millimetres, and what makes it an element of its kind. {font} and {words} are filled in.
_PIECES: dict[str, tuple[float, float, Json]] = {
    "text": (
        120,
        10,
        {"type": "text", "text": "", "tag": "p", "style": {"font": "", "size": 14, "min": 9, "lines": 2}},
    ),
    "image": (40, 30, {"type": "image", "asset": "logo", "alt": "", "fit": "contain"}),
    "shape": (60, 40, {"type": "shape", "kind": "rect", "colour": "tint"}),
    "line": (80, 0.4, {"type": "line", "colour": "brand"}),
    "qr": (25, 25, {"type": "qr", "value": "{{credential.url}}", "ground": "white", "colour": "ink", "quiet": 2}),
    "badge": (32, 32, {"type": "badge", "asset": "badge", "alt": "Badge: {{achievement.name}}"}),
    "signature": (60, 28, {"type": "signature", "name": "", "title": "", "style": {"font": "", "size": 12}}),
    "seal": (34, 34, {"type": "seal", "text": "{{issuer.name}} · ", "colour": "brand", "ground": "paper", "alt": ""}),
    "number": (90, 5, {"type": "number", "style": {"font": "", "size": 8.5, "min": 6.5}}),
    "table": (
        140,
        34,
        {
            "type": "table",
            "rows": "results",
            "row": 8,
            "columns": [{"field": "label", "width": 90}, {"field": "value", "width": 50}],
            "style": {"font": "", "size": 10.5, "rule": "edge"},
            "when": "results",
        },
    ),
}
KINDS = tuple(_PIECES)
_SIGNERS = 2


def piece(kind: str, layout: Mapping[str, Any], *, words: str, picture: str = "") -> Json:
    """A new element of this kind in the middle of the page, in the layout's own type. KeyError for no such kind.

    `picture` is the key of the first picture to show.
    """
    w, h, parts = _PIECES[kind]
    page_w, page_h = size_of(layout["page"])
    element = {"id": free_id(kind, layout), **copy.deepcopy(parts)}
    element["box"] = [round((page_w - w) / 2, 2), round((page_h - h) / 2, 2), w, h]
    element["z"] = max((other.get("z", 1) for other in layout["elements"]), default=1) + (kind not in {"shape", "line"})
    if kind == "seal":
        element["style"] = {"font": "", "size": 50}
    if "font" in element.get("style", {}):
        element["style"]["font"] = _font(layout)
    if kind == "text":
        element["text"] = words
    if kind == "image" and picture:
        del element["asset"]
        element["picture"] = picture
    if kind == "signature":
        number = min(_SIGNERS, 1 + sum(other["type"] == "signature" for other in layout["elements"]))
        element |= {"name": f"{{{{signer.{number}.name}}}}", "title": f"{{{{signer.{number}.title}}}}"}
        element |= {"asset": f"signature.{number}", "when": f"signer.{number}.name"}
    return element


def free_id(kind: str, layout: Mapping[str, Any]) -> str:
    """A name that no element has yet."""
    taken, number = {element["id"] for element in layout["elements"]}, 1
    while (name := kind if number == 1 else f"{kind}-{number}") in taken:
        number += 1
    return name


def _font(layout: Mapping[str, Any]) -> str:
    """The typeface of the first plain text, so that a new one belongs to the rest."""
    styles = [element["style"] for element in layout["elements"] if element["type"] == "text" and element.get("style")]
    plain = [style["font"] for style in styles if style.get("font") and style.get("size", 99) < 20]
    return str((plain or [style["font"] for style in styles if style.get("font")] or ["source-serif-400"])[0])
