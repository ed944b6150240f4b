"""Words of a certificate: merge fields, script and direction, and the size at which they fit their box."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from badges.rendering import lettering
from badges.rendering.typesetting import pieces

MM = 25.4 / 72  # one point in millimetres
# A column of the issuer's own is asked for by its label, which may hold spaces: {{result.Final mark}}.
FIELD = re.compile(r"{{\s*(result\.[^{}\n]{1,80}?|[\w.]{1,80})\s*}}")
_LANGUAGES = (
    ("ARABIC", "ar"),
    ("HEBREW", "he"),
    ("DEVANAGARI", "hi"),
    ("THAI", "th"),
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("HANGUL", "ko"),
    ("CJK", "zh"),
    ("GREEK", "el"),
    ("CYRILLIC", "ru"),
)
_STEP = 0.25


class DoesNotFit(ValueError):
    """A text is too long for its place even at its smallest size. Found before issuing, never while printing."""

    def __init__(self, element: str, text: str) -> None:
        super().__init__(f"{element}: {text[:80]!r} does not fit")
        self.element, self.text = element, text


class Fitted(NamedTuple):
    """A text as it is set: size in points, and its lines."""

    size: float
    lines: tuple[str, ...]


def result_key(label: str) -> str:
    """The field of a column: labels are alike however they are spaced and in whichever case they are written."""
    return "result." + " ".join(unicodedata.normalize("NFC", label).casefold().split())


def _key(name: str) -> str:
    return result_key(name.removeprefix("result.")) if name.startswith("result.") else name


def spoken(text: Any, locale: str) -> str:
    """A text in a language: its own, the one without a region, English, or the first there is."""
    if not isinstance(text, Mapping):
        return str(text)
    wanted = (locale, locale.split("-", maxsplit=1)[0], "en", *text)
    return next(str(text[language]) for language in wanted if language in text)


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in. A field that is not known stays empty; `check` refuses it in a layout."""
    return FIELD.sub(lambda found: values.get(_key(found[1]), ""), text)


def fields_of(text: Any) -> set[str]:
    """Names of the merge fields in a text, or in every language of one."""
    return {
        name for words in (text.values() if isinstance(text, dict) else [text]) for name in FIELD.findall(str(words))
    }


@lru_cache(maxsize=4096)
def script(text: str, default: str) -> tuple[str, str]:
    """(language, direction) told from the letters: a name has no language of its own in our data."""
    kana = not lettering.plain(text) and any(_language(char) == "ja" for char in text)
    for char in text:
        if unicodedata.category(char)[0] == "L":
            language = _language(char) or default
            direction = "rtl" if unicodedata.bidirectional(char) in {"R", "AL"} else "ltr"
            return ("ja" if kana and language == "zh" else language), direction
    return default, "ltr"


@lru_cache(maxsize=8192)
def _language(char: str) -> str:
    name = unicodedata.name(char, "")
    return next((code for start, code in _LANGUAGES if name.startswith(start)), "")


def wrapped(text: str, limit: float, measure: Callable[[str], float]) -> list[str]:
    """Lines no wider than `limit`, broken after spaces and hyphens and between ideographs, never inside a word."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in pieces(paragraph):
            if line and measure((line + piece).rstrip()) > limit:
                lines.append(line.rstrip())
                line = ""
            line += piece
        lines.append(line.rstrip())
    return lines


def fit(element: str, text: str, width: float, height: float, style: Mapping[str, Any]) -> Fitted:
    """One line if that costs less than 30 % of the size; else more lines, evened out; down to `min`. Raises DoesNotFit."""
    top, low = style["size"], min(style.get("min", style["size"]), style["size"])
    leading, most = style.get("leading", 1.2), int(style.get("lines", 1))
    tracking = style.get("tracking", 0) if lettering.bends(text) else 0

    def em(words: str) -> float:
        return lettering.measure(words, style["font"], 1, tracking)

    def tallest(count: int) -> float:
        return height / (count * leading * MM) + 0.01

    whole = max(map(em, text.split("\n"))) or 0.001
    single = min(top, width / MM / whole, tallest(1)) if "\n" not in text else 0
    if single >= max(low, 0.7 * top):  # no number of lines gives more
        return _single(text, single, top)
    several = _largest(text, most, (top, low), lambda size: (width / MM / size, tallest), em) if most > 1 else None
    if single >= low and (several is None or single >= 0.7 * several.size):
        return _single(text, single, top)
    if several is None:
        raise DoesNotFit(element, text)
    return Fitted(several.size, _even(text, several.lines, whole, em))


def _single(text: str, size: float, top: float) -> Fitted:
    return Fitted(top if size >= top else int(size * 100) / 100, (text,))


def _largest(
    text: str,
    most: int,
    sizes: tuple[float, float],
    room: Callable[[float], tuple[float, Callable[[int], float]]],
    em: Callable[[str], float],
) -> Fitted | None:
    size = sizes[0]
    while size >= sizes[1]:
        limit, tallest = room(size)
        lines = wrapped(text, limit, em)
        if len(lines) <= most and size <= tallest(len(lines)) and max(map(em, lines)) <= limit + 0.001:
            return Fitted(size, tuple(lines))
        size = round(size - _STEP, 2)
    return None


def _even(text: str, lines: tuple[str, ...], whole: float, em: Callable[[str], float]) -> tuple[str, ...]:
    """The same number of lines, as alike in length as may be."""
    narrow = max(map(em, lines))
    while len(wrapped(text, narrow * 0.97, em)) == len(lines) and narrow > whole / len(lines):
        narrow *= 0.97
    return tuple(wrapped(text, narrow, em))


def smallest(text: str, width: float, style: Mapping[str, Any]) -> Fitted:
    """What does not fit, at its smallest: an editor shows how much too long it is."""
    low = min(style.get("min", style["size"]), style["size"])
    tracking = style.get("tracking", 0) if lettering.bends(text) else 0
    if int(style.get("lines", 1)) == 1:
        return Fitted(low, (text,))
    return Fitted(
        low, tuple(wrapped(text, width / MM / low, lambda words: lettering.measure(words, style["font"], 1, tracking)))
    )
