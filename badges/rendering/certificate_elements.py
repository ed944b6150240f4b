"""What stands on a certificate, element by element: a page and an element of its layout → HTML. Every value is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from badges.rendering import qr
from badges.rendering.certificate_lines import printable, setting, written
from badges.rendering.certificate_page import Box, Json, Page, Trouble
from badges.rendering.certificate_shapes import seal, shape
from badges.rendering.certificate_text import DoesNotFit, merged, spoken

_PERSONAL = re.compile(r"{{\s*(recipient|award|credential|result)\.")
NUMBER = "{{credential.id}}"  # what a number says unless its author worded it
_SMALL_BADGE = 27  # mm; under it capitals would be lower than 1.25 mm and not be read on paper


def text_style(page: Page, element: Json) -> Json:
    """How a text of this element looks: as all texts of the page, and as itself."""
    return {**page.layout.get("text", {}), **element["style"]}


def is_personal(page: Page, text: Any) -> bool:
    """Whether a text, in the language of the page, says something of the person."""
    return bool(_PERSONAL.search(spoken(text, page.locale)))


def _set(page: Page, element: Json, words: str, box: Box, style: Json, *, personal: bool = False) -> tuple[str, float]:
    """One text: its HTML, and how far below the top of the box its last line ends."""
    told = setting(page, element, words, box[2:], style, personal=personal)
    if told is None:
        return "", 0
    return (page.write or written)(page, told), told.foot


def _text(page: Page, element: Json, box: Box) -> str:
    personal = is_personal(page, element["text"])
    made, foot = _set(page, element, page.words(element["text"]), box, text_style(page, element), personal=personal)
    if made:
        page.bottoms[element["id"]] = box[1] + foot
    return made


def _number(page: Page, element: Json, box: Box) -> str:
    return _text(page, {"text": NUMBER, **element}, box)


def _source(page: Page, *names: str | None) -> str:
    """Address of the first of these pictures that is there."""
    return next((page.sources.picture(name) for name in names if name and name in page.pictures), "")


def _image(page: Page, element: Json, box: Box) -> str:
    source = _source(page, element.get("picture"), element.get("asset"))
    if not source:
        return ""
    return page.picture(
        source, page.words(element.get("alt", "")), element.get("fit", "contain"), element.get("opacity", 1)
    )


def _badge(page: Page, element: Json, box: Box) -> str:
    source = _source(page, "badge-small" if box[2] < _SMALL_BADGE else None, "badge")
    return page.picture(source, page.words(element["alt"]), "contain") if source else ""


def _qr(page: Page, element: Json, box: Box) -> str:
    link = merged(element["value"], page.values)
    modules, quiet = qr.matrix(link), element.get("quiet", 4)
    side = len(modules) + 2 * quiet
    ground, ink = page.ink(element.get("ground", "white")), page.ink(element.get("colour", "ink"))
    body = f'<rect width="{side}" height="{side}" fill="{ground}"/><path d="{qr.path(modules, quiet, quiet)}" fill="{ink}"/>'
    return page.picture(page.svg(body, side, side), f"QR code: {link}")


def _line(page: Page, element: Json, box: Box) -> str:
    _x, _y, w, h = box
    ink, kind = page.ink(element["colour"]), element.get("kind", "solid")
    if kind in {"solid", "rect"}:
        thin = f";opacity:{element['opacity']}" if element.get("opacity", 1) < 1 else ""
        return f'<div style="width:{w}mm;height:{h}mm;background:{ink}{thin}"></div>'
    upright, thick = h > w, min(w, h)
    path = f"M{w / 2:g} 0V{h:g}" if upright else f"M0 {h / 2:g}H{w:g}"
    dash = f"{3 * thick:g} {2 * thick:g}" if kind == "dashed" else f"{thick:g} {thick:g}"
    body = f'<path d="{path}" stroke="{ink}" stroke-width="{thick:g}" stroke-dasharray="{dash}"/>'
    return page.picture(page.svg(body, w, h), "")


def _shape(page: Page, element: Json, box: Box) -> str:
    if element["kind"] == "rect":
        return _line(page, {"colour": "brand", **element}, box)
    _x, _y, w, h = box
    return page.picture(page.svg(shape(element, w, h, page.ink), w, h), "", opacity=element.get("opacity", 1))


def _seal(page: Page, element: Json, box: Box) -> str:
    font = element["style"]["font"]
    words = printable(page, element["id"], page.words(element["text"]).upper(), font)
    return page.picture(
        page.svg(seal(element, words, page.ink), 600, 600), page.words(element.get("alt", "")), "contain"
    )


def _signer_picture(page: Page, element: Json) -> str | None:
    """The ink that belongs to signer N of the layout, where the element is that signer's."""
    number = int(element.get("asset", "signature.0").rpartition(".")[2])
    signers = page.layout.get("signers", ())
    return signers[number - 1].get("picture") if 0 < number <= len(signers) else None


def _signature(page: Page, element: Json, box: Box) -> str:
    _x, _y, w, h = box
    space, who = max(0, h - 11.5), page.words(element["name"])
    source = _source(page, element.get("picture"), element.get("asset"), _signer_picture(page, element))
    align = element.get("align", "center")
    ink = f'<div style="height:{space}mm"></div>'
    if source:
        ink = (
            f'<img src="{escape(source)}" alt="{escape("Signature of " + who)}" style="display:block;height:{space}mm;'
            f'width:{w}mm;object-fit:contain;object-position:{page.side(align)} bottom">'
        )
    size = element["style"].get("size", 11)
    first = {**text_style(page, element), "align": align, "size": size, "min": 5}
    second = {**first, "size": size * 0.8, **element.get("second", {}), "min": 5}
    rule = f'<div style="height:.2mm;margin-bottom:1.4mm;background:{page.ink(element.get("colour", "ink"))}"></div>'
    name, _ = _set(page, element, who, (0, 0, w, 5), first)
    return ink + rule + name + _set(page, element, page.words(element["title"]), (0, 0, w, 4), second)[0]


def must_fit(page: Page, element: Json, box: Box) -> None:
    """Raise DoesNotFit for more rows than the box of a table has room for, or note it."""
    if (len(page.rows) + element.get("heading", False)) * element["row"] > box[3] + 0.01:
        if page.troubles is None:
            raise DoesNotFit(element["id"], f"{len(page.rows)} rows")
        page.troubles.append(Trouble(element["id"], "does-not-fit", f"{len(page.rows)} rows"))


def _table(page: Page, element: Json, box: Box) -> str:
    tall, heading = element["row"], element.get("heading", False)
    must_fit(page, element, box)
    style = element["style"]
    rule = f"border-bottom:.15mm solid {page.ink(style.get('rule', 'edge'))};height:{tall}mm"
    rows = "".join(f'<tr style="{rule}">{"".join(_cells(page, element, row, "td"))}</tr>' for row in page.rows)
    head = ""
    if heading:
        labels = {column["field"]: page.words(column.get("label", "")) for column in element["columns"]}
        cells = "".join(_cells(page, element, (labels.get("label", ""), labels.get("value", "")), "th"))
        head = f'<thead><tr style="{rule}">{cells}</tr></thead>'
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def cell_style(element: Json, column: Json, tag: str) -> tuple[tuple[float, float], Json]:
    """Room and look of the words in a cell: a long label takes two lines where the row is tall enough, or shrinks."""
    told = element["style"]
    font = told.get("headfont", told["font"]) if tag == "th" else told["font"]
    colour = told.get("head", "ink") if tag == "th" else told.get("colour", "ink")
    align = {"left": "start", "right": "end"}.get(column.get("align", "start"), column.get("align", "start"))
    size = told["size"] * (0.82 if tag == "th" else 1)
    style = {"font": font, "size": size, "min": min(size, told.get("min", size * 0.6)), "lines": 2, "leading": 1.15}
    style |= {"colour": colour, "on": told.get("on", "paper"), "align": align}
    return (max(1, column["width"] - 3), element["row"] - 0.8), style


def _cells(page: Page, element: Json, row: tuple[str, str], tag: str) -> Iterator[str]:
    for column in element["columns"]:
        room, style = cell_style(element, column, tag)
        words = row[0 if column["field"] == "label" else 1]
        made, _ = _set(page, element, words, (0, 0, *room), style)
        yield f'<{tag} style="width:{column["width"]}mm">{made}</{tag}>'


DRAWN: dict[str, Callable[[Page, Json, Box], str]] = {
    "text": _text,
    "number": _number,
    "image": _image,
    "badge": _badge,
    "qr": _qr,
    "line": _line,
    "shape": _shape,
    "seal": _seal,
    "signature": _signature,
    "table": _table,
}
