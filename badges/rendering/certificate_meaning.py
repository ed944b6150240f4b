"""What a schema cannot say of a layout: that what it refers to is there, can be printed, and stands on the paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from badges.rendering import fonts, lettering
from badges.rendering.certificate_checking import Problem, gettext_noop, pointer
from badges.rendering.certificate_page import size_of
from badges.rendering.certificate_text import FIELD, fields_of
from badges.rendering.palette import NAMES

Json = Mapping[str, Any]
# Merge fields that a layout may use; {{result.…}} is any column of the issuer's own, by its label.
KNOWN = frozenset(
    [
        *("issuer.name", "recipient.name", "achievement.name", "achievement.summary"),
        *("award.date", "award.expires", "award.hours", "award.grade", "award.license_number"),
        *("award.role", "award.term", "award.credits", "credential.url", "credential.id"),
        *(f"signer.{number}.{what}" for number in (1, 2, 3, 4) for what in ("name", "title")),
    ]
)
_WORDED = ("text", "name", "title", "alt")
_ON_PAPER = frozenset({"text", "number", "qr", "signature", "table"})
_SLACK = 0.5  # mm that a box may hang over the edge of the paper; starters are moved from A4 to Letter


def is_field(name: str) -> bool:
    """Whether a merge field has a value for somebody."""
    return name in KNOWN or name.startswith("result.")


def faults(layout: Json) -> Iterator[Problem]:
    """Asked only of a layout whose form is sound."""
    own = set(layout["theme"].get("colours", {})) | NAMES | {"metal:accent"}
    for path, value in _named_colours((), {key: value for key, value in layout.items() if key != "theme"}):
        if not value.startswith("#") and value not in own:
            yield Problem.of(pointer(path), "unknown-colour", gettext_noop("No colour is called %(detail)s."), value)
    yield from _of_words(("title",), layout["title"])
    places: dict[str, Json] = {}
    for place, element in enumerate(layout["elements"]):
        path = ("elements", place)
        if element["id"] in places:
            yield Problem.of(
                pointer([*path, "id"]), "twice", gettext_noop("Two elements are called %(detail)s."), element["id"]
            )
        yield from _of_reference(path, element, places)
        yield from _of_place(path, element, size_of(layout["page"]))
        yield from _of_text(path, element, layout.get("text", {}))
        places[element["id"]] = element


_COLOURS = frozenset({"colour", "second", "on", "ground", "rule", "head"})


def _named_colours(path: tuple[Any, ...], value: Any) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every place where a colour is named; the depth is bounded by the schema."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            if isinstance(child, str) and (key in _COLOURS or path[-1:] == ("colours",)):
                yield (*path, key), child
            elif not isinstance(child, str):
                yield from _named_colours((*path, key), child)
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _named_colours((*path, place), child)


def _of_words(path: tuple[Any, ...], text: Any) -> Iterator[Problem]:
    """Fields that nobody fills in, and braces that are none: a template language would be read into them."""
    for name in sorted(fields_of(text)):
        if not is_field(name):
            yield Problem.of(pointer(path), "unknown-field", gettext_noop("No field is called %(detail)s."), name)
    for words in text.values() if isinstance(text, Mapping) else [text]:
        if set("{}") & set(FIELD.sub("", words)):
            said = gettext_noop("Braces are for fields, such as {{recipient.name}}.")
            yield Problem(pointer(path), "unknown-field", said, detail="{ }")
            return


def _of_reference(path: tuple[Any, ...], element: Json, before: Mapping[str, Json]) -> Iterator[Problem]:
    when = element.get("when", "results")
    if when != "results" and not is_field(when):
        yield Problem.of(
            pointer([*path, "when"]), "unknown-field", gettext_noop("No field is called %(detail)s."), when
        )
    above = element.get("below", [None])[0]
    if above is not None and before.get(above, {}).get("type") not in {"text", "number"}:
        yield Problem.of(
            pointer([*path, "below"]),
            "unknown-element",
            gettext_noop("No text before this one is called %(detail)s."),
            above,
        )
    if element["type"] == "image" and not (element.get("picture") or element.get("asset")):
        yield Problem(pointer([*path, "picture"]), "missing", gettext_noop("Choose a picture."))
    for key in ("colours",) if element["type"] == "shape" and element["kind"] == "tiles" else ():
        used = {
            ink for row in element.get("grid", ["a1a"]) for cell in row.split() if cell != ".." for ink in cell[::2]
        }
        if lost := sorted(used - set(element.get(key, {"a": ""}))):
            yield Problem.of(
                pointer([*path, "grid"]),
                "unknown-colour",
                gettext_noop("The tiles have no colour %(detail)s."),
                lost[0],
            )


def _of_place(path: tuple[Any, ...], element: Json, size: tuple[float, float]) -> Iterator[Problem]:
    (x, y, w, h), (wide, tall) = element["box"], size
    if x >= wide or y >= tall or x + w <= 0 or y + h <= 0:
        yield Problem(pointer([*path, "box"]), "off-paper", gettext_noop("This lies beside the paper."))
    elif element["type"] in _ON_PAPER and not (
        x >= -_SLACK and y >= -_SLACK and x + w <= wide + _SLACK and y + h <= tall + _SLACK
    ):
        yield Problem(pointer([*path, "box"]), "off-paper", gettext_noop("Part of this lies beside the paper."))
    if element["type"] == "table" and sum(column["width"] for column in element["columns"]) > w + _SLACK:
        yield Problem(
            pointer([*path, "columns"]), "out-of-range", gettext_noop("The columns are wider than the table.")
        )


def _of_text(path: tuple[Any, ...], element: Json, defaults: Json) -> Iterator[Problem]:
    for key in _WORDED:
        if key in element:
            yield from _of_words((*path, key), element[key])
    for key in ("style", "second"):
        style = element.get(key)
        if style is None:
            continue
        yield from _of_fonts((*path, key), style)
        whole = {**defaults, **style}
        if key == "style" and "font" not in whole:
            yield Problem(pointer([*path, key, "font"]), "missing", gettext_noop("Choose a font."))
        if element["type"] in {"text", "number"} and "size" not in whole:
            yield Problem(pointer([*path, key, "size"]), "missing", gettext_noop("Say how large it is."))
    font = {**defaults, **element.get("style", {})}.get("font", "")
    if font in fonts.names():
        yield from _of_glyphs(path, element, font)
    for place, column in enumerate(element.get("columns", ())):
        yield from _of_words((*path, "columns", place, "label"), column.get("label", ""))


def _of_fonts(path: tuple[Any, ...], style: Json) -> Iterator[Problem]:
    for key in ("font", "headfont"):
        if style.get(key) and style[key] not in fonts.names():
            yield Problem.of(
                pointer([*path, key]), "unknown-font", gettext_noop("No font is called %(detail)s."), style[key]
            )


def _of_glyphs(path: tuple[Any, ...], element: Json, font: str) -> Iterator[Problem]:
    """The design's own words: what is printed for a person is asked of every person."""
    for key in ("text", "name", "title"):
        text = element.get(key, "")
        for words in text.values() if isinstance(text, Mapping) else [text]:
            if lost := lettering.missing(FIELD.sub("", words).replace("\n", " "), font):
                yield Problem.of(
                    pointer([*path, key]), "no-glyph", gettext_noop("No font we print with has %(detail)s."), lost[:20]
                )
