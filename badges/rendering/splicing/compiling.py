"""A page of one shape, printed once by WeasyPrint with nobody's words and cut where a person's words belong.

Every slot is drawn in a colour of its own: so its place in the page's instructions is found, and WeasyPrint says the
colour anew after it. No value of a person comes in here; a shape holds none.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from badges.rendering import pdf
from badges.rendering.certificate_elements import DRAWN
from badges.rendering.certificate_lines import Setting, written
from badges.rendering.certificate_page import Box, Json, Page
from badges.rendering.certificate_setting import Placed, html
from badges.rendering.splicing import template
from badges.rendering.splicing.cutting import colour, cut
from badges.rendering.splicing.refusing import CannotSplice
from badges.rendering.splicing.slots import Part, Shape, Step, blank

NOBODY = "x"  # what stands in every slot while its place is measured


class Slotted(Page):
    """A page of nobody, whose slots are numbered as they are written: texts and the squares that stand for codes."""

    def __init__(self, layout: Json, told: tuple[str, ...], pictures: Mapping[str, Any]) -> None:
        super().__init__({**layout, "title": NOBODY}, blank(told).fields(layout), [], pictures)
        self.texts: dict[int, Setting] = {}
        self.codes: set[int] = set()

    @property
    def next(self) -> int:
        """Number of the slot that is written next."""
        return len(self.texts) + len(self.codes)

    def text(self, _page: Page, told: Setting) -> str:
        """A slot at the left and the top of its box, so that its place can be measured."""
        number = self.next
        self.texts[number] = told
        bare = told._replace(
            words=NOBODY, lines=(NOBODY,), push=0, side="left", ink=colour(number), tracking=0, direction="ltr"
        )
        return written(self, bare).replace(" style=", f' data-slot="{number}" style=', 1)

    def code(self) -> str:
        """A square as large as the drawing that will stand there."""
        number = self.next
        self.codes.add(number)
        return self.picture(self.svg(f'<rect width="1" height="1" fill="{colour(number)}"/>', 1, 1), NOBODY)


def compiled(
    layout: Json, told: tuple[str, ...], pictures: Mapping[str, bytes], plan: tuple[Step, ...], shape: Shape
) -> template.Template:
    """The file of everybody who has this shape, as far as it is the same for all. Raises CannotSplice."""
    page = Slotted(layout, told, pictures)
    made = html(page, list(_placed(page, plan, shape)), ground=False)
    places: dict[int, template.Place] = {}
    raw = pdf.print_page(
        made,
        credential_json="{}",
        pictures=pictures,
        identity="",
        look=lambda document, _pdf: places.update(_measured(document.pages[0]._page_box)),  # noqa: SLF001 -- told nowhere else
        uncompressed_pdf=True,
    )
    if places.keys() != page.texts.keys():
        raise CannotSplice("a slot has no place")
    with pikepdf.open(io.BytesIO(raw)) as document:
        pdf.finish(document, made, pdf.under(layout, pictures))
        pieces, cuts = cut(document.pages[0], set(page.texts), page.codes)
        headings = [number for number, told in page.texts.items() if told.tag in {"h1", "h2"}]
        fonts = frozenset(told.font for told in page.texts.values())
        where = [places.get(number) for number in range(page.next)]
        return template.frozen(document, template.Drawn(pieces, cuts, where, headings, fonts, NOBODY))


def _placed(page: Slotted, plan: tuple[Step, ...], shape: Shape) -> Iterator[Placed]:
    """Every element that people of this shape see, the personal ones as slots."""
    parts = {step.element["id"]: (step, part) for step, part in zip(plan, shape, strict=True)}
    for element in page.layout["elements"]:
        if element["id"] not in parts:
            if page.drawn(element):
                x, y, w, h = page.box(element)
                yield element, (page.left(x, w), y, w, h), DRAWN[element["type"]](page, element, (x, y, w, h))
            continue
        step, part = parts[element["id"]]
        if part.drawn:
            x, y, w, h = element["box"]
            y = y if step.kind == "text" else part.top
            yield element, (page.left(x, w), y, w, h), _slot(page, step, part, (x, y, w, h))


def _slot(page: Slotted, step: Step, part: Part, box: Box) -> str:
    if step.kind == "qr":
        return page.code()
    if step.kind == "fixed":
        return DRAWN[step.element["type"]](page, step.element, box)
    if step.kind == "text":
        page.write = page.text
        made = DRAWN["text"](page, {**step.element, "text": NOBODY}, box)
        page.bottoms.pop(step.element["id"])
    else:
        made = _table(page, step.element, part, box)
    page.write = None
    return made


def _table(page: Slotted, element: Json, part: Part, box: Box) -> str:
    """Rows of nobody's. Cells are written before headings, which are everybody's."""
    fields = [column["field"] for column in element["columns"]]
    rows = [dict(zip(fields, cells, strict=True)) for cells in part.cells]
    page.rows = [(NOBODY * row.get("label", False), NOBODY * row.get("value", False)) for row in rows]
    cells = page.next + sum(map(sum, part.cells))
    page.write = lambda _page, told: page.text(page, told) if page.next < cells else written(page, told)
    made = DRAWN["table"](page, element, box)
    page.rows = []
    return made


def _measured(box: Any, cell: Any = None) -> Iterator[tuple[int, template.Place]]:
    """Places of the slots in WeasyPrint's tree of boxes."""
    box = getattr(box, "_box", box)  # what is placed absolutely stands behind a placeholder
    element = getattr(box, "element", None)
    cell = box if getattr(box, "element_tag", None) == "td" else cell
    number = element.get("data-slot") if element is not None and hasattr(element, "get") else None
    if number is not None:
        top = box.border_box_y()
        middle = cell is not None
        yield int(number), template.Place(box.content_box_x(), box.width, top + box.height / 2 * middle, middle)
        return
    for child in getattr(box, "children", ()):
        yield from _measured(child, cell)
