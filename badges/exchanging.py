"""A design as a file, `laurel-design/1`: words and looks of an achievement, for another institution to begin with. Pure.

One JSON document; its pictures are inside it as base64, and a look names one as `picture:p1`. Nothing in it belongs to
the institution it came from: no key of its storage, no id, no signatory, no address of a person (`shareable`).
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from badges.pointing import pointer
from issuers import cleaning

FORMAT = "laurel-design/1"
MOST_BYTES = 8 * 1024 * 1024
MOST_PICTURE = 5 * 1024 * 1024
MOST_VALUES, DEEPEST, MOST_PROBLEMS = 20_000, 24, 20

REFERENCE = "picture:"
# A key of somebody's media storage (issuers.media): what no design brings along.
KEY = re.compile(r"[a-z]+/[0-9a-f]{2}/[0-9a-f]{40}\.[a-z]{2,4}")
_PERSONS_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".]+")
# XML 1.0 knows none of these, and PostgreSQL no NUL.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODES = {
    "required": "missing",
    "additionalProperties": "unknown-key",
    "propertyNames": "unknown-key",
    "enum": "not-a-choice",
    "const": "not-a-choice",
    "pattern": "wrong-form",
    "type": "wrong-type",
    "maxLength": "too-long",
    "maxItems": "too-many",
    "maxProperties": "too-many",
    "oneOf": "wrong-form",
}


@dataclass(frozen=True)
class Problem:
    """One fault of a file; `pointer` is RFC 6901. Codes: those of `_CODES`, and those that are raised below."""

    pointer: str
    code: str


class NotADesign(ValueError):
    """Why a file is not taken: all faults that were found, the first ones of very many."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{problem.pointer}: {problem.code}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Design:
    """What one file says. `badge` and `certificate` are starter and choices, or a picture, or a layout."""

    name: str
    words: dict[str, Any]
    skills: list[dict[str, str]]
    brand: str
    badge: dict[str, Any]
    certificate: dict[str, Any]
    pictures: dict[str, bytes] = field(default_factory=dict)


def write(design: Design) -> bytes:
    """The file; the same design gives the same bytes."""
    pictures = {name: {"data": base64.b64encode(data).decode()} for name, data in design.pictures.items()}
    document = {
        "laurel": FORMAT,
        "name": design.name,
        "words": design.words,
        "skills": design.skills,
        "colours": {"brand": design.brand},
        "badge": design.badge,
        "certificate": design.certificate,
        "pictures": pictures,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def read(data: bytes) -> Design:
    """The design in a file, its texts cleaned as those of any form. Raises NotADesign."""
    document = _json(data)
    _refuse(_oversized(document))
    _refuse(_of_schema(document))
    pictures: dict[str, bytes] = {}
    problems = list(_pictures(document, pictures))
    problems += _of_references(document, set(pictures))
    problems += _cleaned(document)
    _refuse(problems)
    return Design(
        name=document["name"],
        words=document["words"],
        skills=document["skills"],
        brand=document["colours"]["brand"],
        badge=document["badge"],
        certificate=document["certificate"],
        pictures=pictures,
    )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise NotADesign(problems[:MOST_PROBLEMS])


def _json(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise NotADesign([Problem("", "too-large")])
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotADesign([Problem("", "not-json")]) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key said twice would mean one thing to us and another to the next reader."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _walk(value: Any) -> Iterator[tuple[list[str | int], Any]]:
    """Every value with its path, without recursion."""
    waiting: list[tuple[list[str | int], Any]] = [([], value)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            waiting += [([*path, step], child) for step, child in value.items()]
        elif isinstance(value, list):
            waiting += [([*path, step], child) for step, child in enumerate(value)]


def _oversized(document: Any) -> list[Problem]:
    """What is too large, too deep or no text is given up before anything else looks at it."""
    for seen, (path, value) in enumerate(_walk(document)):
        if seen > MOST_VALUES:
            return [Problem("", "too-many")]
        if len(path) > DEEPEST:
            return [Problem(pointer(path), "too-deep")]
        if isinstance(value, float) and not math.isfinite(value):
            return [Problem(pointer(path), "wrong-type")]
        texts = [value, *value] if isinstance(value, dict) else [value]
        if any(isinstance(text, str) and _NO_TEXT.search(text) for text in texts):
            return [Problem(pointer(path), "no-text")]
    return []


@functools.cache
def _validator() -> Draft202012Validator:
    schema = json.loads(Path(__file__).with_suffix(".schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _of_schema(document: Any) -> list[Problem]:
    if not isinstance(document, dict) or document.get("laurel") != FORMAT:
        return [Problem("/laurel", "not-a-design")]
    found = []
    for error in _validator().iter_errors(document):
        nearest = _nearest(error)
        found.append(Problem(pointer(_place(nearest)), _CODES.get(str(nearest.validator), "out-of-range")))
    return list(dict.fromkeys(found))


def _nearest(error: ValidationError) -> ValidationError:
    """Of a look that is neither this nor that: what is wrong with the one that it is more like."""
    nearest = best_match([error])
    return nearest if nearest is not None else error


def _place(error: ValidationError) -> list[str | int]:
    """The value; for a key that is missing or too many, the key."""
    path = list(error.absolute_path)
    if error.validator == "required" and isinstance(error.instance, dict):
        return [*path, next(name for name in error.validator_value if name not in error.instance)]
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        return [*path, next((name for name in error.instance if name not in known), "")]
    return path


def _pictures(document: dict[str, Any], into: dict[str, bytes]) -> Iterator[Problem]:
    """The bytes of its pictures. What is in them is another question (badges.rendering.image)."""
    for name, picture in document["pictures"].items():
        try:
            into[name] = base64.b64decode(picture["data"], validate=True)
        except (binascii.Error, ValueError):
            yield Problem(f"/pictures/{name}/data", "not-base64")
            continue
        if len(into[name]) > MOST_PICTURE:
            yield Problem(f"/pictures/{name}/data", "too-large")


def _of_references(document: dict[str, Any], names: set[str]) -> list[Problem]:
    """Pictures are of this file: each that is named is there, each that is there is named, and none is somebody's."""
    problems, named = [], set()
    for look in ("badge", "certificate"):
        for path, value in _walk(document[look]):
            if not isinstance(value, str):
                continue
            if KEY.search(value):
                problems.append(Problem(pointer([look, *path]), "foreign-picture"))
            elif value.startswith(REFERENCE) or (path and path[-1] == "picture"):
                name = value.removeprefix(REFERENCE)
                named.add(name)
                if name not in names or not value.startswith(REFERENCE):
                    problems.append(Problem(pointer([look, *path]), "unknown-picture"))
    return problems + [Problem(f"/pictures/{name}", "unused-picture") for name in sorted(names - named)]


def _lines(document: dict[str, Any]) -> Iterator[tuple[Any, str | int, str, Callable[[str], str]]]:
    """Where each text stands, its pointer, and what it is cleaned with."""

    def line(most: int) -> Callable[[str], str]:
        return lambda text: cleaning.line(text, most=most).value

    words = document["words"]
    yield document, "name", "/name", lambda text: cleaning.name(text, most=120).value
    yield words, "description", "/words/description", line(600)
    yield words, "field_of_study", "/words/field_of_study", line(120)
    yield words, "criteria", "/words/criteria", lambda text: cleaning.prose(text, most=5000).value
    for place in range(len(words["tags"])):
        yield words["tags"], place, f"/words/tags/{place}", line(60)
    for place, row in enumerate(document["skills"]):
        for column, most in (("target_name", 200), ("target_framework", 120), ("target_code", 60)):
            yield row, column, f"/skills/{place}/{column}", line(most)
        yield row, "target_url", f"/skills/{place}/target_url", cleaning.web_address
    for look in ("badge", "certificate"):
        choices = document[look].get("choices", {})
        for key in choices.get("texts", {}):
            yield choices["texts"], key, f"/{look}/choices/texts/{key}", line(120)
        for key in ("alt", "monogram"):
            if key in choices:
                yield choices, key, f"/{look}/choices/{key}", line(300)
    if "alt" in document["badge"]:
        yield document["badge"], "alt", "/badge/alt", line(300)


def _cleaned(document: dict[str, Any]) -> list[Problem]:
    """Texts by the rules of every form (issuers.cleaning), put back where they stood."""
    problems = []
    for holder, key, place, clean in _lines(document):
        try:
            holder[key] = clean(holder[key])
        except cleaning.Refused as refused:
            problems.append(Problem(place, refused.code.replace("_", "-")))
    return problems


def shareable(value: Any) -> Any:
    """The same without addresses of people, at any depth."""
    if isinstance(value, str):
        return _PERSONS_ADDRESS.sub("…", value)
    if isinstance(value, dict):
        return {key: shareable(child) for key, child in value.items()}
    return [shareable(child) for child in value] if isinstance(value, list) else value


def replaced(value: Any, by: Callable[[str], str]) -> Any:
    """A copy of a look in which every `picture` that it names is named otherwise."""
    if isinstance(value, dict):
        return {
            key: by(child) if key == "picture" and isinstance(child, str) and child else replaced(child, by)
            for key, child in value.items()
        }
    return [replaced(child, by) for child in value] if isinstance(value, list) else value
