"""Lines that mix directions: the order in which their runs stand, seen from the left.

A short form of the Unicode Bidirectional Algorithm (UAX 9) for one line of names and titles: no explicit embeddings
(names lose those when they are cleaned), three levels, rules W2, W4, W5, N1, N2 and L2.
"""

import functools
import unicodedata
from itertools import groupby
from typing import NamedTuple


class Run(NamedTuple):
    """A piece of one direction, its letters in reading order."""

    text: str
    rtl: bool


@functools.lru_cache(maxsize=8192)
def _kind(character: str) -> str:
    kind = unicodedata.bidirectional(character)
    return {"AL": "R", "AN": "EN"}.get(kind, kind)


def is_rtl(text: str) -> bool:
    """The direction of the first letter that has one."""
    return next((kind == "R" for kind in map(_kind, text) if kind in {"L", "R"}), False)


def _numbers(kinds: list[str]) -> list[str]:
    """Signs inside and beside numbers belong to them: 1,000 and 40% (W4, W5); marks to their letters (W1)."""
    found = list(kinds)
    for i, kind in enumerate(kinds):
        before = found[i - 1] if i else "ON"
        after = kinds[i + 1] if i + 1 < len(kinds) else "ON"
        if kind == "NSM" or (kind == "ET" and before == "EN") or (kind in {"ES", "CS"} and before == after == "EN"):
            found[i] = before
        elif kind == "ET" and after == "EN":
            found[i] = "EN"
    return found


def _levels(text: str, base: int) -> list[int]:
    kinds = _numbers([_kind(character) for character in text])
    strong = "R" if base else "L"
    sides: list[str] = []
    for kind in kinds:
        if kind in {"L", "R"}:
            strong = kind
        # A number leans to the letters before it (W7, N1); everything else waits for what follows.
        sides.append(kind if kind in {"L", "R"} else f"EN-{strong}" if kind == "EN" else "N")
    return [_level(side, base) for side in _neutrals(sides, base)]


def _level(side: str, base: int) -> int:
    if side == "L":
        return 2 if base else 0
    if side == "R":
        return 1
    return 0 if side == "EN-L" and not base else 2


def _neutrals(sides: list[str], base: int) -> list[str]:
    """Spaces and signs between two like neighbours take their side, else the line's (N1, N2)."""
    line = "R" if base else "L"
    out: list[str] = []
    groups = [(side, len(list(group))) for side, group in groupby(sides)]
    for i, (side, count) in enumerate(groups):
        before = groups[i - 1][0][-1] if i else line
        after = groups[i + 1][0][-1] if i + 1 < len(groups) else line
        taken = before if before == after else line
        out += [taken if side == "N" else side] * count
    return out


def _turned(runs: list[tuple[int, str]], depth: int) -> list[tuple[int, str]]:
    """Every stretch at `depth` or deeper, backwards (L2)."""
    out: list[tuple[int, str]] = []
    for inside, group in groupby(runs, key=lambda run: run[0] >= depth):
        stretch = list(group)
        out += reversed(stretch) if inside else stretch
    return out


def visual_runs(text: str, *, rtl: bool | None = None) -> list[Run]:
    """The runs of one line from left to right; `rtl` is the direction of the line, else the text's own."""
    if text and not rtl and "R" not in map(_kind, text):
        return [Run(text, rtl=False)]
    base = int(is_rtl(text) if rtl is None else rtl)
    runs: list[tuple[int, str]] = []
    for level, group in groupby(zip(_levels(text, base), text, strict=True), key=lambda pair: pair[0]):
        runs.append((level, "".join(character for _, character in group)))
    for depth in range(max((level for level, _ in runs), default=0), 0, -1):
        runs = _turned(runs, depth)
    return [Run(piece, bool(level % 2)) for level, piece in runs]
