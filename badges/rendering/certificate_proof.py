"""The editor's proof: the very HTML that is printed, made to be seen in a browser, and where its elements stand.

It is drawn whatever the layout holds: what could not be printed stands there too large, and is told by `troubles`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from badges.rendering.certificate_page import Page, Sources
from badges.rendering.certificate_setting import frames_of, html, placed
from badges.rendering.certificate_values import Values

# What the frame of a proof needs, and no more: no script runs in it, whatever is in the layout. Its styles are its own
# drawing, so that they are inline; it must be an answer of its own, for a srcdoc would inherit the page's policy.
PROOF_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; img-src 'self' data:; frame-ancestors 'self'"
)


# Browsers put lines on whole pixels, up to a millimetre and a half above where the printer puts them in small type. Laid out
# eight times as large and shown as it is, the page has them where they will be printed.
_SHARP = (
    "body{{position:relative;overflow:hidden;width:{0}mm;height:{1}mm}}"
    "@supports(zoom:8){{.page{{position:absolute;zoom:8;transform:scale(.125);transform-origin:0 0}}}}"
)


class Proof(NamedTuple):
    """A page to look at, where its elements stand (mm, as drawn), and what would keep it from being printed."""

    html: str
    frames: list[dict[str, Any]]
    troubles: list[dict[str, str]]


def _data(picture: bytes) -> str:
    kinds = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"RIFF", "webp"))
    kind = next((kind for start, kind in kinds if picture.startswith(start)), "svg+xml")
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _address(address: str) -> str:
    """Written so that it ends neither a url() nor an attribute nor the sheet it stands in."""
    return quote(address, safe="/:?&=%#,;+@~-._")


def _page(layout: Mapping[str, Any], values: Values, pictures: Mapping[str, bytes | str], fonts: str) -> Page:
    def picture(name: str) -> str:
        found = pictures[name]
        return _data(found) if isinstance(found, bytes) else _address(found)

    sources = Sources(lambda name: _address(fonts.replace("NAME", name)), picture)
    return Page(layout, values.fields(layout), list(values.results), pictures, sources=sources, lenient=True)


def draw_proof(layout: Mapping[str, Any], values: Values, pictures: Mapping[str, bytes | str], *, fonts: str) -> Proof:
    """Of a layout without problems. `fonts` is the address of a font with NAME in its place; a picture is bytes or an address."""
    page = _page(layout, values, pictures, fonts)
    everything = list(placed(page))
    made = html(page, everything, more=_SHARP.format(page.w, page.h))
    places = {element["id"]: place for place, element in enumerate(layout["elements"])}
    troubles = [
        {"pointer": f"/elements/{places[name]}", "element": name, "code": code, "what": what[:200]}
        for name, code, what in dict.fromkeys(page.troubles or ())
    ]
    return Proof(made, frames_of(page, everything), troubles)


def proof(layout: Mapping[str, Any], values: Values, pictures: Mapping[str, bytes | str], *, fonts: str) -> str:
    """The page of `draw_proof` alone."""
    page = _page(layout, values, pictures, fonts)
    return html(page, more=_SHARP.format(page.w, page.h))


def frames(layout: Mapping[str, Any], values: Values) -> list[dict[str, Any]]:
    """Where every element stands, in millimetres, closed up and mirrored as drawn."""
    page = _page(layout, values, {}, "")
    return frames_of(page, list(placed(page)))
