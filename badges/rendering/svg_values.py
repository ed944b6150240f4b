"""Values of SVG attributes, parsed and written anew. What is written was a number, a colour or a keyword; nothing else passes.

Every function takes the text that stood there and gives the text to write; ValueError for what is not of its kind.
"""

import math
import re
from collections.abc import Callable

from PIL import ImageColor

from badges.rendering.image_refused import ImageRefused

FARTHEST = 1_000_000.0  # of any number: beyond it, nobody's drawing
MOST_DASHES = 32

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_NUMBER = re.compile(NUMBER)
_LENGTH = re.compile(rf"({NUMBER})(px|%|mm|cm|in|pt|pc|em|ex)?")
_GAP = re.compile(r"[\s,]*")
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_SHARE = r"[+-]?\d{0,6}\.?\d{0,6}(?:%|deg)?"
_FUNCTION = re.compile(rf"(?:rgb|hsl)a?\(\s*{_SHARE}(?:[\s,/]{{1,5}}{_SHARE}){{2,3}}\s*\)")
_LOCAL = re.compile(r"""url\(\s*["']?#([^\s"')]{1,200})["']?\s*\)""")
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]{1,400})\)")
_ARITIES = {"matrix": {6}, "translate": {1, 2}, "scale": {1, 2}, "rotate": {1, 3}, "skewX": {1}, "skewY": {1}}
# Arguments of one step of a path; a lower-case letter takes as many.
_STEPS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_COLOUR_NAMES = frozenset(ImageColor.colormap) | {"none", "transparent", "currentcolor", "inherit"}
_CANONICAL = {"currentcolor": "currentColor"}


def number(text: str) -> float:
    """A finite number that is not absurd."""
    value = float(text)
    if not math.isfinite(value) or abs(value) > FARTHEST:
        raise ImageRefused("svg-number", found=text[:20])
    return value


def written(value: float) -> str:
    """Short, and the same for the same number."""
    return f"{value:.7g}"


def numbers(text: str, *, most: int = 10_000) -> list[float]:
    """A list separated by blanks and commas."""
    found: list[float] = []
    at = _gap(text, 0)
    while at < len(text):
        match = _NUMBER.match(text, at)
        if match is None or len(found) >= most:
            raise ValueError(text[:40])
        found.append(number(match[0]))
        at = _gap(text, match.end())
    return found


def _gap(text: str, at: int) -> int:
    match = _GAP.match(text, at)
    return match.end() if match else at


def length(text: str) -> str:
    """A number with its unit."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise ValueError(text[:40])
    return written(number(match[1])) + (match[2] or "")


def share(text: str) -> str:
    """An opacity: 0 to 1, or a percentage."""
    text = text.strip()
    value = number(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    return written(min(1.0, max(0.0, value)))


def colour(text: str) -> str:
    """A name, #hex or one of the functions with numbers."""
    text = text.strip().lower()
    if text in _COLOUR_NAMES:
        return _CANONICAL.get(text, text)
    if _HEX.fullmatch(text) or _FUNCTION.fullmatch(text):
        return text
    raise ValueError(text[:40])


def local(text: str) -> str:
    """The id in `url(#id)`; nothing outside the drawing is ever meant."""
    match = _LOCAL.match(text.strip())
    if match is None:
        raise ValueError(text[:40])
    return match[1]


def one_of(*words: str) -> Callable[[str], str]:
    """A keyword."""

    def chosen(text: str) -> str:
        if (word := text.strip()) not in words:
            raise ValueError(text[:40])
        return word

    return chosen


def dashes(text: str) -> str:
    """Lengths of a dashed line."""
    if text.strip() == "none":
        return "none"
    return " ".join(written(abs(value)) for value in numbers(text.replace("px", ""), most=MOST_DASHES))


def box(text: str) -> str:
    """viewBox: a corner, and a size that is one."""
    found = numbers(text, most=4)
    if len(found) != 4 or found[2] <= 0 or found[3] <= 0:
        raise ValueError(text[:40])
    return " ".join(map(written, found))


def points(text: str) -> str:
    """Corners of a polygon; an odd number at the end is left out."""
    found = numbers(text, most=100_000)
    return " ".join(map(written, found[: len(found) // 2 * 2]))


def transform(text: str) -> str:
    """A list of the six functions, with as many numbers as each takes."""
    made: list[str] = []
    at = _gap(text, 0)
    while at < len(text):
        match = _TRANSFORM.match(text, at)
        if match is None or len(made) >= 16:
            raise ValueError(text[:40])
        values = numbers(match[2].replace("deg", "").replace("px", ""), most=6)
        if len(values) not in _ARITIES[match[1]]:
            raise ValueError(text[:40])
        made.append(f"{match[1]}({' '.join(map(written, values))})")
        at = _gap(text, match.end())
    return " ".join(made)


def path(text: str) -> str:
    """The steps of a path, each with its numbers. A fault ends it there, as SVG 2, 9.5.4 wants it drawn."""
    made: list[str] = []
    at = _gap(text, 0)
    while at < len(text) and (letter := text[at]).upper() in _STEPS:
        if not made and letter not in "Mm":
            break
        at = _steps(text, _gap(text, at + 1), letter, made)
    return " ".join(made)


def _steps(text: str, at: int, letter: str, made: list[str]) -> int:
    """One letter and every group of numbers after it. Where the reading goes on, the end of the text after a fault."""
    count = _STEPS[letter.upper()]
    if not count:
        made.append(letter)
        return at
    groups = 0
    while True:
        group, end = _group(text, at, letter, count)
        if len(group) < count:
            # A fault, unless the next letter stands here.
            return at if groups and not group else len(text)
        # After the first pair of a move, further pairs are lines: written out, so that each step has its letter.
        name = {"M": "L", "m": "l"}.get(letter, letter) if groups else letter
        made.append(name + " ".join(group))
        groups += 1
        at = end


def _group(text: str, at: int, letter: str, count: int) -> tuple[list[str], int]:
    group: list[str] = []
    for place in range(count):
        if letter in "Aa" and place in {3, 4}:  # flags of an arc may stand without a gap: "a1 1 0 01.5.5"
            if at >= len(text) or text[at] not in "01":
                return group, at
            group.append(text[at])
            at = _gap(text, at + 1)
            continue
        match = _NUMBER.match(text, at)
        if match is None:
            return group, at
        group.append(written(number(match[0])))
        at = _gap(text, match.end())
    return group, at
