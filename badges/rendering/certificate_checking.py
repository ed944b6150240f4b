"""Is this a layout that can be printed? Weighed first, then the schema, then what a schema cannot say. Nothing here raises."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

MOST_ELEMENTS, MOST_VALUES, DEEPEST = 80, 6000, 9
MOST_LETTERS, LONGEST, LARGEST = 60_000, 700, 10_000
MOST_PROBLEMS = 50

# Texts may have line breaks; names, keys and colours may not. XML knows none of the others, not even escaped.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_TEXTS = frozenset({"text", "name", "title", "alt", "label"})


@dataclass(frozen=True)
class Problem:
    """One fault of a layout; `pointer` is RFC 6901."""

    pointer: str
    code: str
    message: str


def pointer(path: Sequence[Any]) -> str:
    """RFC 6901, section 3: ~ and / in a key are escaped."""
    return "".join("/" + str(step)[:100].replace("~", "~0").replace("/", "~1") for step in path)


def too_heavy(layout: Any) -> list[Problem]:
    """The fault of weight, or of being no layout at all; none means that it may be looked at closely."""
    if not isinstance(layout, dict):
        return [Problem("", "wrong-type", "A layout is a JSON object.")]
    elements = layout.get("elements")
    if isinstance(elements, list) and len(elements) > MOST_ELEMENTS:
        return [
            Problem("/elements", "too-many", f"There may be {MOST_ELEMENTS} elements, and here are {len(elements)}.")
        ]
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
            return Problem("", "too-large", "This is more than a certificate can hold.")
        if isinstance(value, list) and len(value) + seen > MOST_VALUES:
            return Problem(pointer(path), "too-large", "This is more than a certificate can hold.")
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
        return Problem(pointer(path), "too-deep", f"Nested deeper than {DEEPEST}.")
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        sound = math.isfinite(value) if isinstance(value, float) else True
        if not sound or abs(value) > LARGEST:
            return Problem(pointer(path), "out-of-range", f"A number from -{LARGEST} to {LARGEST} is wanted.")
        return None
    if isinstance(value, dict):
        bad = next((key for key in value if not _sound(key)), None)
        return (
            Problem(pointer(path), "wrong-form", "A key has a character that none may have.")
            if bad is not None
            else None
        )
    if isinstance(value, str):
        return _fault_of_text(path, value)
    return None if isinstance(value, list) else Problem(pointer(path), "wrong-type", "This is no JSON.")


def _sound(key: Any) -> bool:
    return isinstance(key, str) and len(key) <= LONGEST and "\n" not in key and not _CONTROLS.search(key)


def _fault_of_text(path: tuple[Any, ...], value: str) -> Problem | None:
    if len(value) > LONGEST:
        return Problem(pointer(path), "too-long", f"At most {LONGEST} characters fit here.")
    text = bool(_TEXTS.intersection(path[-2:])) and path[:1] == ("elements",)
    if _CONTROLS.search(value) or ("\n" in value and not text):
        return Problem(pointer(path), "wrong-form", "A character that cannot be printed.")
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
                yield Problem(pointer([*where, key]), "unknown-key", f"{key[:60]} is nothing we know here.")
        elif error.validator == "required":
            lost = [key for key in error.validator_value if key not in error.instance]
            yield Problem(pointer(where), "missing", f"{lost[0]} is missing.")
        else:
            yield Problem(pointer(where), _CODES.get(str(error.validator), "wrong-form"), _sentence(error))


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
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}


def _sentence(error: ValidationError) -> str:
    """In words, and without repeating what was sent."""
    wanted = error.validator_value
    match error.validator:
        case "minimum":
            return f"At least {wanted}."
        case "maximum":
            return f"At most {wanted}."
        case "enum":
            return f"One of {', '.join(map(str, wanted))}."
        case "const":
            return f"It must be {wanted}."
        case "type":
            return f"It must be {_KINDS.get(str(wanted), wanted)}."
        case "maxLength":
            return f"At most {wanted} characters."
        case "maxItems" | "maxProperties":
            return f"At most {wanted} of them."
        case "minItems" | "minProperties":
            return f"At least {wanted} of them."
    return str(error.schema.get("description") or "This is not written as it must be.")
