"""Is this a layout that can be printed? Weighed first, then the schema, then what a schema cannot say. Nothing here raises."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from badges import pointing

MOST_ELEMENTS, MOST_VALUES, DEEPEST = 80, 6000, 9
MOST_LETTERS, LONGEST, LARGEST = 60_000, 700, 10_000
MOST_PROBLEMS = 50
pointer = functools.partial(pointing.pointer, longest=100)

# Texts may have line breaks; names, keys and colours may not. XML knows none of the others, not even escaped.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_TEXTS = frozenset({"text", "name", "title", "alt", "label"})


def gettext_noop(text: str) -> str:
    """Marks a sentence for translators. Nothing here knows Django: pages say it in their language (forms.faults)."""
    return text


@dataclass(frozen=True)
class Problem:
    """One fault of a layout; `pointer` is RFC 6901. `sentence` is the message with a blank where `detail` stands."""

    pointer: str
    code: str
    message: str
    sentence: str = field(default="", compare=False)
    detail: str = field(default="", compare=False)

    @classmethod
    def of(cls, pointer: str, code: str, sentence: str, detail: object) -> Problem:
        """One whose sentence has a blank: %(detail)s."""
        return cls(pointer, code, sentence % {"detail": detail}, sentence, str(detail))


def too_heavy(layout: Any) -> list[Problem]:
    """The fault of weight, or of being no layout at all; none means that it may be looked at closely."""
    if not isinstance(layout, dict):
        return [Problem("", "wrong-type", gettext_noop("A layout is a JSON object."))]
    elements = layout.get("elements")
    if isinstance(elements, list) and len(elements) > MOST_ELEMENTS:
        return [Problem.of("/elements", "too-many", gettext_noop("At most %(detail)s of them."), MOST_ELEMENTS)]
    heavy = _too_heavy(layout)
    return [heavy] if heavy else []


def check_form(layout: Any) -> list[Problem]:
    """Faults of form, of what is not too heavy; none means that everything the schema promises is there."""
    return list(islice(_of_schema(layout), MOST_PROBLEMS))


def _too_heavy(layout: Any) -> Problem | None:
    """Walked without recursion and given up early: a hostile document must not cost more than it weighs."""
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), layout)]
    seen = letters = 0
    while waiting:
        path, value = waiting.pop()
        seen += 1
        if fault := _fault_of(path, value):
            return fault
        letters += len(value) if isinstance(value, str) else 0
        if seen + len(waiting) > MOST_VALUES or letters > MOST_LETTERS:
            return Problem("", "too-large", gettext_noop("This is more than a certificate can hold."))
        if isinstance(value, list) and len(value) + seen > MOST_VALUES:
            return Problem(pointer(path), "too-large", gettext_noop("This is more than a certificate can hold."))
        waiting += _children(path, value)
    return None


def _children(path: tuple[Any, ...], value: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    pairs: Iterable[tuple[Any, Any]] = islice(value.items(), MOST_VALUES) if isinstance(value, dict) else ()
    if isinstance(value, list):
        pairs = enumerate(value)
    for step, child in pairs:
        yield (*path, step), child


def _fault_of(path: tuple[Any, ...], value: Any) -> Problem | None:
    """What no layout may hold anywhere."""
    if len(path) > DEEPEST:
        return Problem.of(pointer(path), "too-deep", gettext_noop("Nested deeper than %(detail)s."), DEEPEST)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        sound = math.isfinite(value) if isinstance(value, float) else True
        if not sound or abs(value) > LARGEST:
            return Problem.of(
                pointer(path),
                "out-of-range",
                gettext_noop("A number from -%(detail)s to %(detail)s is wanted."),
                LARGEST,
            )
        return None
    if isinstance(value, dict):
        bad = next((key for key in value if not _sound(key)), None)
        return (
            Problem(pointer(path), "wrong-form", gettext_noop("A key has a character that none may have."))
            if bad is not None
            else None
        )
    if isinstance(value, str):
        return _fault_of_text(path, value)
    return None if isinstance(value, list) else Problem(pointer(path), "wrong-type", gettext_noop("This is no JSON."))


def _sound(key: Any) -> bool:
    return isinstance(key, str) and len(key) <= LONGEST and "\n" not in key and not _CONTROLS.search(key)


def _fault_of_text(path: tuple[Any, ...], value: str) -> Problem | None:
    if len(value) > LONGEST:
        return Problem.of(pointer(path), "too-long", gettext_noop("At most %(detail)s characters."), LONGEST)
    text = bool(_TEXTS.intersection(path[-2:])) and path[:1] == ("elements",)
    if _CONTROLS.search(value) or ("\n" in value and not text):
        return Problem(pointer(path), "wrong-form", gettext_noop("A character that cannot be printed."))
    return None


@functools.cache
def _schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "certificate.schema.json").read_text(encoding="utf-8"))
    return found


@functools.cache
def _validator(kind: str) -> Draft202012Validator:
    """Of the layout without its elements, or of elements of one type: trying every type on each would cost tenfold."""
    schema = _schema()
    if kind in schema["$defs"]["element"]["properties"]["type"]["enum"]:
        return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
    if kind == "element":
        return Draft202012Validator(schema["$defs"]["element"] | {"allOf": []})
    head = schema["properties"] | {"elements": {"type": "array"}}
    return Draft202012Validator(schema | {"properties": head})


def _of_schema(layout: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _told((), _validator("layout").iter_errors(layout))
    elements = layout.get("elements")
    if not isinstance(elements, list):
        return
    kinds = _schema()["$defs"]["element"]["properties"]["type"]["enum"]
    for place, element in enumerate(elements):
        kind = element.get("type") if isinstance(element, dict) else None
        known = isinstance(kind, str) and kind in kinds
        yield from _told(("elements", place), _validator(kind if known else "element").iter_errors(element))


def _told(path: tuple[Any, ...], errors: Iterator[ValidationError]) -> Iterator[Problem]:
    for error in errors:
        where = [*path, *error.absolute_path]
        if error.validator == "additionalProperties":
            for key in _unknown_keys(error):
                yield Problem.of(
                    pointer([*where, key]), "unknown-key", gettext_noop("%(detail)s is nothing we know here."), key[:60]
                )
        elif error.validator == "required":
            lost = [key for key in error.validator_value if key not in error.instance]
            yield Problem.of(pointer(where), "missing", gettext_noop("%(detail)s is missing."), lost[0])
        else:
            code = _CODES.get(str(error.validator), "wrong-form")
            yield Problem.of(pointer(where), code, _sentence(error), _wanted(error))


def _unknown_keys(error: ValidationError) -> list[str]:
    known = error.schema.get("properties", {})
    return sorted(key for key in error.instance if key not in known)[:5]


_CODES = {
    "enum": "not-a-choice",
    "const": "not-a-choice",
    "type": "wrong-type",
    "minimum": "out-of-range",
    "maximum": "out-of-range",
    "maxLength": "too-long",
    "maxItems": "too-many",
    "maxProperties": "too-many",
    "minItems": "too-few",
    "minProperties": "too-few",
}
_KINDS = {
    "object": gettext_noop("It must be an object."),
    "array": gettext_noop("It must be a list."),
    "string": gettext_noop("It must be a text."),
    "number": gettext_noop("It must be a number."),
    "integer": gettext_noop("It must be a whole number."),
    "boolean": gettext_noop("It must be true or false."),
}
_BOUNDS = {
    "minimum": gettext_noop("At least %(detail)s."),
    "maximum": gettext_noop("At most %(detail)s."),
    "enum": gettext_noop("One of %(detail)s."),
    "const": gettext_noop("It must be %(detail)s."),
    "maxLength": gettext_noop("At most %(detail)s characters."),
    **dict.fromkeys(("maxItems", "maxProperties"), gettext_noop("At most %(detail)s of them.")),
    **dict.fromkeys(("minItems", "minProperties"), gettext_noop("At least %(detail)s of them.")),
}
# By what the schema calls the value.
_FORMS = {
    "colour": gettext_noop("A colour is a name of the palette, or # and six digits, such as #1f5c45."),
    "hex": gettext_noop("A colour is # and six digits, such as #1f5c45."),
    "key": gettext_noop("A picture is one of yours, and never an address."),
    "words": gettext_noop("Words are one text, or one for each language."),
    "id": gettext_noop("A name here is of small letters, digits and hyphens."),
}
_OTHERWISE = gettext_noop("This is not written as it must be.")


def _sentence(error: ValidationError) -> str:
    """In words, and without repeating what was sent."""
    if error.validator == "type":
        return _KINDS.get(str(error.validator_value), _OTHERWISE)
    return _BOUNDS.get(str(error.validator)) or _FORMS.get(_called(error), _OTHERWISE)


def _wanted(error: ValidationError) -> str:
    wanted = error.validator_value
    return ", ".join(map(str, wanted)) if error.validator == "enum" else str(wanted)


def _called(error: ValidationError) -> str:
    """The name under which the schema defines what was not met: the last one on the way to it."""
    named = {id(definition): name for name, definition in _schema()["$defs"].items()}
    return named.get(id(error.schema), "")
