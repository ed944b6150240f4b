"""JSON of strangers, read strictly: bounded, each key once, finite numbers, whole characters. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

DEEPEST = 32
SURROGATE = re.compile("[\ud800-\udfff]")
_INT64 = 2**63


def parse(text: str | bytes, *, most: int) -> Any:
    """One JSON value. Raises ValueError for duplicate keys, NaN, huge numbers, depth, size, surrogates, other encodings."""
    if len(text) > most:
        raise ValueError(f"more than {most} bytes")
    content = text.decode("utf-8") if isinstance(text, bytes) else text
    _refuse_depth(content)
    value = json.loads(content, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int)
    if SURROGATE.search(content) or any(SURROGATE.search(text) for text in texts(value)):
        raise ValueError("half of a character (a lone surrogate)")
    return value


def texts(value: Any) -> Iterator[str]:
    """Every text in it, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def _refuse_depth(content: str) -> None:
    """Scanned before parsing: a hundred thousand brackets must not reach the parser's stack.

    A string that never ends is taken to the end of the text, so that its quotes are not tried one by one.
    """
    depth = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', content, re.DOTALL):
        found = mark[0]
        depth += 1 if found in "[{" else -1 if found in "]}" else 0
        if depth > DEEPEST:
            raise ValueError(f"nested deeper than {DEEPEST}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number too large to be one")
    return value


def _int(text: str) -> int:
    if len(text) > 20 or not -_INT64 <= int(text) < _INT64:
        raise ValueError("a number too large to be one")
    return int(text)
