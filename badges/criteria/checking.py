"""Is this a rule? Weighed first, then the schema, then what a schema cannot say (soundness). Nothing here raises. Pure."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from badges import pointing

MOST_VALUES, DEEPEST, LONGEST, LARGEST = 4000, 12, 200, 1_000_000
MOST_PROBLEMS = 50
pointer = functools.partial(pointing.pointer, longest=100)

# Names of things stand in sentences, on one line; PostgreSQL knows no NUL.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_CODES = {
    "required": "missing",
    "additionalProperties": "unknown-key",
    "enum": "not-a-choice",
    "const": "not-a-choice",
    "type": "wrong-type",
    "minimum": "too-small",
    "maximum": "too-large",
    "minItems": "too-few",
    "maxItems": "too-many",
    "maxLength": "too-long",
    "uniqueItems": "twice",
}


@dataclass(frozen=True)
class Problem:
    """One fault. `pointer` is RFC 6901; pages say the code in words (badges.wording.faults).

    `detail` is a number or a name of ours that the sentence has a blank for; `keys` are things of the institution's,
    which pages call by their names.
    """

    pointer: str
    code: str
    detail: str = ""
    keys: tuple[str, ...] = ()


def check_form(document: Any) -> list[Problem]:
    """Faults of weight, else of form; none means that everything the schema promises is there."""
    if not isinstance(document, dict):
        return [Problem("", "wrong-type", "object")]
    heavy = _too_heavy(document)
    return [heavy] if heavy else list(islice(dict.fromkeys(_of_schema(document)), MOST_PROBLEMS))


def _too_heavy(document: Any) -> Problem | None:
    """Walked without recursion and given up early: a hostile document must not cost more than it weighs."""
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), document)]
    seen = 0
    while waiting:
        path, value = waiting.pop()
        seen += 1
        size = len(value) if isinstance(value, dict | list) else 0
        if seen + len(waiting) + size > MOST_VALUES:
            return Problem("", "too-heavy")
        if fault := _fault_of(path, value):
            return fault
        if isinstance(value, dict):
            waiting += [((*path, step), child) for step, child in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, step), child) for step, child in enumerate(value)]
    return None


def _fault_of(path: tuple[Any, ...], value: Any) -> Problem | None:
    """What no rule may hold anywhere."""
    if len(path) > DEEPEST:
        return Problem(pointer(path), "too-deep", str(DEEPEST))
    if isinstance(value, dict):
        bad = any(not isinstance(key, str) or len(key) > LONGEST or _CONTROLS.search(key) for key in value)
        return Problem(pointer(path), "wrong-form") if bad else None
    if isinstance(value, str):
        if len(value) > LONGEST:
            return Problem(pointer(path), "too-long", str(LONGEST))
        return Problem(pointer(path), "wrong-form") if _CONTROLS.search(value) else None
    if isinstance(value, bool | list) or value is None:
        return None
    if not isinstance(value, int | float) or (isinstance(value, float) and not math.isfinite(value)):
        return Problem(pointer(path), "wrong-type", "number")
    return Problem(pointer(path), "too-large", str(LARGEST)) if abs(value) > LARGEST else None


@functools.cache
def _schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "rule.schema.json").read_text(encoding="utf-8"))
    return found


@functools.cache
def _validator(part: str) -> Draft202012Validator:
    """Of the rule without its conditions, of a group without them, or of one condition by its type.

    Trying every type on each would say nine times what is wrong with it, and never which one was meant.
    """
    schema = json.loads(json.dumps(_schema()))
    for group in ("needs", "inner"):
        del schema["$defs"][group]["properties"]["conditions"]["items"]
    return Draft202012Validator(schema if part == "rule" else {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]})


def _of_schema(document: dict[str, Any]) -> Iterator[Problem]:
    yield from _told((), _validator("rule").iter_errors(document))
    for path, said in _members(("needs",), document.get("needs")):
        if isinstance(said, dict) and "of" in said:
            yield from _told(path, _validator("inner").iter_errors(said))
            for inner, condition in _members(path, said):
                if isinstance(condition, dict) and "of" in condition:
                    yield Problem(pointer(inner), "too-deep", "2")
                else:
                    yield from _of_condition(inner, condition)
        else:
            yield from _of_condition(path, said)


def _members(path: tuple[Any, ...], group: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    said = group.get("conditions") if isinstance(group, dict) else None
    for place, member in enumerate(said[:20] if isinstance(said, list) else ()):
        yield (*path, "conditions", place), member


def _of_condition(path: tuple[Any, ...], said: Any) -> Iterator[Problem]:
    asked = said.get("type") if isinstance(said, dict) else None
    types = _schema()["$defs"]["condition"]["properties"]["type"]["enum"]
    part = asked if isinstance(asked, str) and asked in types else "condition"
    yield from _told(path, _validator(part).iter_errors(said))


def _told(path: tuple[Any, ...], errors: Iterator[ValidationError]) -> Iterator[Problem]:
    for error in errors:
        where = [*path, *error.absolute_path]
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            for key in sorted(key for key in error.instance if key not in known)[:5]:
                yield Problem(pointer([*where, key]), "unknown-key", key[:60])
        elif error.validator == "required":
            for key in (key for key in error.validator_value if key not in error.instance):
                yield Problem(pointer([*where, key]), "missing", key)
        else:
            yield Problem(pointer(where), _CODES.get(str(error.validator), "wrong-form"), _wanted(error))


def _wanted(error: ValidationError) -> str:
    wanted = error.validator_value
    if error.validator == "enum":
        return ", ".join(map(str, wanted))
    return "" if error.validator in {"pattern", "uniqueItems"} else str(wanted)
