"""RFC 8785: one spelling of a JSON value. Numbers as ECMAScript writes them, keys by UTF-16."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

_EXACT = 2**53


def canonical(value: Any) -> bytes:
    """The one spelling, in UTF-8. Raises ValueError for what has none."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        # json escapes exactly what RFC 8785 section 3.2.2.2 asks for, DEL and everything above it left as it is.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list):
        return f"[{','.join(_text(item) for item in value)}]"
    if isinstance(value, Mapping):
        ordered = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return f"{{{','.join(f'{_text(key)}:{_text(item)}' for key, item in ordered)}}}"
    raise ValueError(f"{type(value).__name__} is no JSON")


def _number(value: float) -> str:
    """ECMA-262 section 6.1.6.1.20, Number::toString: shortest digits (as repr finds them), its own rule for the point."""
    if isinstance(value, int) and abs(value) >= _EXACT:
        raise ValueError(f"{value} has more digits than a JSON number keeps")
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    if value == 0:
        return "0"
    sign, (digits, exponent) = ("-" if value < 0 else ""), _shortest(abs(float(value)))
    point = len(digits) + exponent  # n in ECMA-262: the value is 0.digits times ten to that power
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    head = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{sign}{head}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def _shortest(value: float) -> tuple[str, int]:
    """The fewest digits that give this number back, and the power of ten behind them."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    kept = digits.rstrip("0")
    return kept, int(exponent or 0) - len(fraction) + len(digits) - len(kept)
