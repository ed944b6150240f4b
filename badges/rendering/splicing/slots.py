"""What of a design differs from person to person: which of its elements are slots, and what a person makes of them.

A design is left to WeasyPrint where something personal stands in a drawing, turned on the page, or beside a picture. Such
an element is still one of its steps, so that whether a person's texts fit is asked of any design in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from badges.rendering.certificate_elements import DRAWN, NUMBER, cell_style, is_personal, must_fit, text_style
from badges.rendering.certificate_lines import Setting, setting
from badges.rendering.certificate_page import Json, Page
from badges.rendering.certificate_text import merged
from badges.rendering.certificate_values import Values

# What a version says to everybody; every other field is the person's own.
SHARED = ("achievement_name", "achievement_summary", "issuer_name", "hours")
_PERSONAL = re.compile(r"(recipient|credential|result|award(?!\.hours))\b")
_FIELD = re.compile(r"{{\s*" + _PERSONAL.pattern)
_REMEMBERED = 2000  # settings of a design
_WORDS = ("text", "alt", "name", "title", "value")


class Step(NamedTuple):
    """An element that may differ: a `text`, a `table`, a `qr`, something `fixed` that is left out or moves.

    Or something `other`, that is no slot: then `why` says what is in the way.
    """

    kind: str
    element: Json
    style: Json
    personal: bool = False
    why: str = ""


class Part(NamedTuple):
    """What of a step is the same for all who share a page: no word of anybody, only what is drawn, and where."""

    drawn: bool
    top: float = 0
    cells: tuple[tuple[bool, ...], ...] = ()


Shape = tuple[Part, ...]


class Code(NamedTuple):
    """A QR code: its address, quiet modules around it, and its colours."""

    link: str
    quiet: float
    ground: str
    ink: str


class Slot(NamedTuple):
    """A text, with how many millimetres it stands below its layout's place, or a code."""

    content: Setting | Code
    down: float = 0


class Told(NamedTuple):
    """One person's page: its shape, what stands in its slots, and its title."""

    shape: Shape
    slots: tuple[Slot, ...]
    title: str


def shared(values: Values) -> tuple[str, ...]:
    """What of the values everybody of a version has."""
    return tuple(getattr(values, name) for name in SHARED)


def blank(told: tuple[str, ...]) -> Values:
    """Values of nobody: what the version says to everybody, and nothing else."""
    name, summary, issuer, hours = told
    return Values("", name, summary, issuer, "", "", "", hours=hours)


def steps(layout: Json) -> tuple[Step, ...]:
    """The elements that differ, in the order of the layout."""
    page, varying = Page(layout, {}, [], {}), set[str]()
    return tuple(_steps(page, varying))


def _steps(page: Page, varying: set[str]) -> Iterator[Step]:
    for element in page.layout["elements"]:
        moved = element.get("below", [""])[0] in varying
        made = None if element.get("hidden") else _step(page, element, moved=moved)
        if made is not None:
            varying.add(element["id"])
            yield made


def _step(page: Page, element: Json, *, moved: bool) -> Step | None:
    kind, own = element["type"], _says_who(element)
    slot = kind == "table" or (kind in {"text", "number"} and (own or moved))
    if slot and element.get("rotate"):
        return Step("other", element, {}, why=f"{element['id']} is turned")
    if slot and kind == "table":
        labels = [str(column.get("label", "")) for column in element["columns"]]
        why = f"a heading of {element['id']} says who it is" if any(map(_FIELD.search, labels)) else ""
        return Step("other" if why else "table", element, {}, why=why)
    if slot:
        element = {"text": NUMBER, **element}
        return Step("text", element, text_style(page, element), is_personal(page, element["text"]))
    if own:
        return (
            Step("qr", element, {})
            if kind == "qr"
            else Step("other", element, {}, why=f"{element['id']} says who it is")
        )
    when = str(element.get("when", ""))
    return Step("fixed", element, {}) if moved or when == "results" or _PERSONAL.match(when) else None


def _says_who(element: Json) -> bool:
    words = [element.get(key, "") for key in _WORDS]
    return any(_FIELD.search(str(each)) for each in words) or (element["type"] == "number" and "text" not in element)


def told(page: Page, plan: tuple[Step, ...]) -> Told:
    """What a person's page holds. `page` knows where the shared texts end. Raises DoesNotFit or MissingGlyph."""
    parts: list[Part] = []
    found: list[Slot] = []
    for step in plan:
        part, slots = _TOLD[step.kind](page, step) if page.drawn(step.element) else (Part(drawn=False), [])
        parts.append(part)
        found += slots
    return Told(tuple(parts), tuple(found), page.words(page.layout["title"]))


Made = tuple[Part, list[Slot]]


def _text(page: Page, step: Step) -> Made:
    element = step.element
    _x, y, w, h = page.box(element)
    words = page.words(element["text"])
    made = _kept(
        page,
        (element["id"], "", words),
        lambda: setting(page, element, words, (w, h), step.style, personal=step.personal),
    )
    if made is None:
        return Part(drawn=False), []
    page.bottoms[element["id"]] = y + made.foot
    return Part(drawn=True), [Slot(made, round(y, 3) - round(element["box"][1], 3))]


def _table(page: Page, step: Step) -> Made:
    element, box = step.element, page.box(step.element)
    must_fit(page, element, box)
    rows = [[_cell(page, element, column, row) for column in element["columns"]] for row in page.rows]
    cells = tuple(tuple(each is not None for each in row) for row in rows)
    return Part(True, round(box[1], 3), cells), [Slot(each) for row in rows for each in row if each is not None]


def _cell(page: Page, element: Json, column: Json, row: tuple[str, str]) -> Setting | None:
    words = row[0 if column["field"] == "label" else 1]

    def make() -> Setting | None:
        room, style = cell_style(element, column, "td")
        return setting(page, element, words, room, style)

    return _kept(page, (element["id"], column["field"], column["width"], words), make)


def _kept(page: Page, key: tuple[object, ...], make: Callable[[], Setting | None]) -> Setting | None:
    """What a slot's words come to is asked again and again: dates, grades and labels are the same for many."""
    if key not in page.settings:
        if len(page.settings) >= _REMEMBERED:
            page.settings.clear()
        page.settings[key] = make()
    return page.settings[key]


def _code(page: Page, step: Step) -> Made:
    element = step.element
    colours = page.ink(element.get("ground", "white")), page.ink(element.get("colour", "ink"))
    code = Code(merged(element["value"], page.values), element.get("quiet", 4), *colours)
    return _fixed(page, step)[0], [Slot(code)]


def _fixed(page: Page, step: Step) -> Made:
    return Part(True, round(page.box(step.element)[1], 3)), []


def _other(page: Page, step: Step) -> Made:
    DRAWN[step.element["type"]](page, step.element, page.box(step.element))
    return Part(drawn=True), []


_TOLD: dict[str, Callable[[Page, Step], Made]] = {
    "text": _text,
    "table": _table,
    "qr": _code,
    "fixed": _fixed,
    "other": _other,
}
