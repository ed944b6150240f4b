"""Is this a badge spec that can be drawn? Schema first, then what a schema cannot say. Nothing here raises."""

import base64
import binascii
import functools
import json
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from badges.pointing import pointer
from badges.rendering import lettering
from badges.rendering.asked_again import by_text
from badges.rendering.badge_spec import Spec, every_part, reduced, settled
from badges.rendering.badge_symbol_set import known
from badges.rendering.palette import NAMES

MOST_VALUES, DEEPEST, MOST_PARTS = 3000, 12, 80
MOST_PICTURE_SIDE = 1200
METALS = frozenset({"metal:accent"})

# XML 1.0 knows none of these, not even escaped.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_CODES = {
    "required": "missing",
    "additionalProperties": "unknown-key",
    "enum": "not-a-choice",
    "const": "not-a-choice",
    "pattern": "wrong-form",
    "type": "wrong-type",
}


@dataclass(frozen=True)
class Problem:
    """One fault; `pointer` is RFC 6901 into the spec, `message` is for developers."""

    pointer: str
    code: str
    message: str


def check(spec: Any) -> list[Problem]:
    """All faults of a spec; none means that `draw` draws it at every size."""
    if too_big := _oversized(spec):
        return [too_big]
    return list(_faults(spec))


@by_text
def _faults(spec: Any) -> tuple[Problem, ...]:
    problems = [_of_schema(error) for error in _validator().iter_errors(spec)]
    if problems:
        return tuple(problems)
    # What `other` and `small` lay over a part must fit it too.
    for drawn in (full := settled(spec), small := reduced(full)):
        problems += [_of_schema(error) for error in _validator().iter_errors(drawn)]
    return tuple(
        dict.fromkeys(problems or [*_semantics(spec), *_semantics_of_colours(full), *_semantics_of_colours(small)])
    )


@functools.cache
def _validator() -> Draft202012Validator:
    schema = json.loads((Path(__file__).parent / "badge.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _of_schema(error: ValidationError) -> Problem:
    code = _CODES.get(str(error.validator), "out-of-range")
    return Problem(pointer(list(error.absolute_path)), code, error.message[:200])


def _children(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _oversized(spec: Any) -> Problem | None:
    """Walked without recursion and given up early: a hostile document must not cost more than it weighs."""
    waiting: list[tuple[list[str | int], Any]] = [([], spec)]
    seen = 0
    while waiting:
        path, value = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            return Problem("", "too-large", f"more than {MOST_VALUES} values")
        if len(path) > DEEPEST:
            return Problem(pointer(path), "too-deep", f"nested deeper than {DEEPEST}")
        if isinstance(value, float) and not math.isfinite(value):
            return Problem(pointer(path), "wrong-type", "not a finite number")
        texts = [value, *value] if isinstance(value, dict) else [value]
        if any(isinstance(text, str) and _NOT_XML.search(text) for text in texts):
            return Problem(pointer(path), "wrong-form", "a character that no text may have")
        waiting += [([*path, step], child) for step, child in _children(value)]
    return None


def _semantics(spec: Spec) -> Iterator[Problem]:
    """What refers to something must find it; what is written must be printable."""
    parts = list(every_part(spec["parts"]))
    if len(parts) > MOST_PARTS:
        yield Problem("/parts", "too-many", f"more than {MOST_PARTS} parts")
    yield from _semantics_of_words(spec, parts)
    yield from _semantics_of_colours(spec)
    for part in parts:
        if part["part"] == "symbol" and not all(known(part[key]) for key in ("name", "own") if key in part):
            yield Problem("/parts", "unknown-symbol", f"no symbol is called {part.get('name')}")
        if part.get("kind") == "logo" and not _is_small_png(part["href"]):
            yield Problem("/parts", "bad-picture", f"not a PNG of at most {MOST_PICTURE_SIDE} × {MOST_PICTURE_SIDE}")
        if part.get("kind") == "monogram" and (lost := lettering.missing(part["text"], part["font"])):
            yield Problem("/parts", "no-glyph", f"no font has {lost}")


def _semantics_of_words(spec: Spec, parts: list[Spec]) -> Iterator[Problem]:
    words = {word["key"]: word["text"] for word in spec["words"]}
    if len(words) < len(spec["words"]):
        yield Problem("/words", "twice", "two words with one key")
    for i, word in enumerate(spec["words"]):
        if len(word["text"]) > word["most"]:
            yield Problem(f"/words/{i}/text", "too-long", f"more than {word['most']} characters")
    for part in parts:
        asked = [*part.get("words", []), *part.get("with", [])]
        if unknown := [key for key in asked if key not in words]:
            yield Problem("/parts", "unknown-word", f"no word has the key {unknown[0]}")
        elif part["part"] == "text":
            written = "".join(words[key] for key in part["words"])
            if lost := lettering.missing(written + written.upper(), part["font"]):
                yield Problem("/words", "no-glyph", f"no font has {lost}")


def _semantics_of_colours(spec: Spec) -> Iterator[Problem]:
    own = spec.get("colours", {})
    for name, value in own.items():
        if not value.startswith("#") and value not in NAMES:
            yield Problem(f"/colours/{name}", "unknown-colour", f"no colour is called {value}")
    used = [name for _, name in spec["bands"]]
    for part in every_part(spec["parts"]):
        used += [name for _, name in part.get("bands", [])]
        used += part.get("tones", {}).values()
        used += [
            part[key]
            for key in ("colour", "on", "stem", "lit", "shade", "back", "fold", "off", "stripe")
            if key in part
        ]
    for name in dict.fromkeys(used):
        if not (name.startswith("#") or name in NAMES or name in own or name in METALS):
            yield Problem("", "unknown-colour", f"no colour is called {name}")


def _is_small_png(href: str) -> bool:
    """By its header: the renderer would make room for whatever the header promises."""
    try:
        data = base64.b64decode(href.partition(",")[2], validate=True)
    except binascii.Error:
        return False
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 33:
        return False
    width, height = struct.unpack(">II", data[16:24])
    return all(0 < int(side) <= MOST_PICTURE_SIDE for side in (width, height))
