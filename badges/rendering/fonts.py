"""The bundled fonts: where they are, and which one has a letter that the chosen one lacks."""

from __future__ import annotations

import functools
from pathlib import Path

import uharfbuzz as hb

FOLDER = Path(__file__).parent / "fonts"

_SERIFS = ("cormorant", "eb-garamond", "fraunces", "source-serif", "noto-serif", "newsreader")
_SERIF_CHAIN = ("noto-serif-500", "noto-naskh-arabic-500", "noto-serif-hebrew-500", "noto-serif-devanagari-500")
_SANS_CHAIN = ("noto-sans-500", "noto-sans-arabic-500", "noto-sans-hebrew-500", "noto-sans-devanagari-500")
# Japanese before Chinese: a name written in kanji alone is set in the shapes of the first that has all of it.
_LATE = (
    "noto-sans-thai-500",
    "noto-sans-jp-500",
    "noto-sans-sc-500",
    "noto-sans-tc-500",
    "noto-sans-kr-500",
    "noto-emoji-500",
)


def path(name: str) -> Path:
    """File of a bundled font. KeyError when there is none of that name."""
    found = FOLDER / f"{name}.ttf"
    if not found.is_file():
        raise KeyError(name)
    return found


@functools.cache
def hb_face(name: str) -> hb.Face:
    """The font as HarfBuzz reads it, once a process."""
    return hb.Face(hb.Blob.from_file_path(str(path(name))))


@functools.cache
def chain(name: str) -> tuple[str, ...]:
    """The font itself and those that stand in for it, in order."""
    own = _SERIF_CHAIN if name.startswith(_SERIFS) else _SANS_CHAIN
    return (name, *(each for each in (*own, *_LATE) if each != name))


@functools.cache
def codes(name: str) -> frozenset[int]:
    """Code points that a font has."""
    return frozenset(hb_face(name).unicodes)


@functools.cache
def names() -> tuple[str, ...]:
    """Every bundled font."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.ttf")))
