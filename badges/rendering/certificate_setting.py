"""A whole page: every element at its place, the paper under it, as HTML. The editor's proof and the printer get the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from badges.rendering import certificate_borders as borders
from badges.rendering import certificate_patterns as patterns
from badges.rendering import guilloche
from badges.rendering.certificate_elements import DRAWN
from badges.rendering.certificate_page import Box, Json, Page

Placed = tuple[Json, Box, str]

# Browsers round advances to whole pixels unless asked for geometric precision; printers never do.
_CSS = (
    "html,body{margin:0}.el,.back{position:absolute}h1,h2,p,img{margin:0;font-weight:normal}img{display:block}"
    ".page{text-rendering:geometricPrecision;font-synthesis:none}"
    "table{border-collapse:collapse;table-layout:fixed}td,th{padding:0;vertical-align:middle;font-weight:normal}"
)


def placed(page: Page) -> Iterator[Placed]:
    """Every element that is drawn, where it stands on the paper (mirrored), and its HTML."""
    for element in page.layout["elements"]:
        if page.drawn(element):
            x, y, w, h = page.box(element)
            made = DRAWN[element["type"]](page, element, (x, y, w, h))
            yield element, (page.left(x, w), y, w, h), made


def _turned(page: Page, element: Json) -> float:
    """Degrees clockwise as seen: a mirror turns the other way."""
    turn = element.get("rotate", 0)
    return -turn if page.rtl else turn


def html(page: Page, elements: Sequence[Placed] | None = None, *, ground: bool = True, more: str = "") -> str:
    """The page. Document order is reading order; z is only paint. Without `ground` the paper stays clear; `more` is CSS."""
    body = []
    for element, (x, y, w, h), made in list(placed(page)) if elements is None else elements:
        place = f"left:{x:.3f}mm;top:{y:.3f}mm;width:{w}mm;height:{h}mm;z-index:{element.get('z', 1)}"
        if turn := _turned(page, element):
            place += f";transform:rotate({turn}deg)"
        body.append(f'<div class="el" style="{place}">{made}</div>')
    under, paper = _ground(page) if ground else ("", "")
    faces = "".join(f"@font-face{{font-family:'{face}';src:url({page.sources.font(face)})}}" for face in page.fonts)
    size = f"width:{page.w}mm;height:{page.h}mm"
    style = (
        f"{faces}@page{{size:{page.w}mm {page.h}mm;margin:0}}{_CSS}.back{{left:0;top:0;{size}}}"
        f".page{{position:relative;z-index:0;{size};overflow:hidden;{paper}}}{more}"
    )
    title = escape(page.words(page.layout["title"]))
    return (
        f'<!doctype html><html lang="{escape(page.locale)}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<style>{style}</style></head><body><main class="page">{under}{"".join(body)}</main></body></html>'
    )


def frames_of(page: Page, elements: Sequence[Placed]) -> list[dict[str, Any]]:
    """Where every element stands on the paper, in reading order; one that is left out stands where it would."""
    drawn = {element["id"]: box for element, box, _ in elements}
    out = []
    for element in page.layout["elements"]:
        left_out = element["id"] not in drawn
        x, y, w, h = element["box"]
        x, y, w, h = (page.left(x, w), y, w, h) if left_out else drawn[element["id"]]
        out.append(
            {
                "id": element["id"],
                "type": element["type"],
                **dict(zip("xywh", (round(x, 3), round(y, 3), w, h), strict=True)),
                "rotate": _turned(page, element),
                "z": element.get("z", 1),
                "name": element.get("label", ""),
                "locked": element.get("locked", False),
                "group": element.get("group", ""),
                "drawn": not left_out,
            }
        )
    return out


def _ground(page: Page) -> tuple[str, str]:
    """What lies under the elements, and the declarations of the paper itself."""
    back = page.layout["background"]
    colour = f"background-color:{page.ink(back['colour'])};"
    out = []
    image = back.get("image")
    if image and image["picture"] in page.pictures:
        thin, source = image.get("opacity", 1), page.sources.picture(image["picture"])
        css = f"background:url({source}) center/{image.get('fit', 'cover')} no-repeat;opacity:{thin}"
        out.append(f'<div class="back" style="{css}"></div>')
    if pattern := back.get("pattern"):
        drawn = patterns.pattern(
            pattern["kind"], page.w, page.h, pattern.get("scale", 18), [page.ink(pattern["colour"])]
        )
        css = f"background:url({page.svg(drawn, page.w, page.h)}) 0 0/100% 100%;opacity:{pattern.get('opacity', 1)}"
        out.append(f'<div class="back" style="{css}"></div>')
    if drawn := _engraved(page):
        css = f"background:url({page.svg(drawn, page.w, page.h)}) 0 0/100% 100%"
        out.append(f'<div class="back" style="{css}"></div>')
    return "".join(out), colour


def _engraved(page: Page) -> str:
    """The rosette and the border; the same for everybody who gets this version."""
    back, drawn = page.layout["background"], ""
    if rosette := back.get("ground"):
        (x, y), radius = rosette["at"], rosette["radius"]
        drawn += guilloche.ground(page.left(x, 0), y, radius, page.ink(rosette["colour"]))
    if edge := page.layout.get("border"):
        inks = (page.ink(edge["colour"]), page.ink(edge.get("second", edge["colour"])), page.ink(back["colour"]))
        drawn += borders.border(edge, (page.w, page.h), inks)
    return drawn
