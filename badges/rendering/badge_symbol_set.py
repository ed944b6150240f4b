"""Every symbol that a badge may bear: the 14 drawn for Laurel, then those of Phosphor (MIT), and how one is found.

Phosphor's are one area each, on a grid of 256; scripts/vendor.py takes them from the package that vendor.json names.
"""

import functools
import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from badges.rendering.badge_symbols import SYMBOLS, Area

FOREIGN = "ph-"  # two sets have a heart, and they are not the same heart
_FILE = Path(__file__).parent / "symbols" / "phosphor.json"
# A symbol of 256 leaves a margin that ours do not: 224 of it are as large as our 200.
_DRAWN_SIDE, _OWN_SIDE, _HALF = 224, 200, 128

TOPICS = (
    "own",
    "learning",
    "science",
    "nature",
    "people",
    "health",
    "arts",
    "music",
    "sport",
    "technology",
    "places",
    "work",
    "home",
    "signs",
)

# What ours are also called.
_WORDS = {
    "compass": "direction explore orientation rose navigation",
    "peaks": "mountains summit hike field nature",
    "nib": "pen writing author letters calligraphy",
    "book": "reading library study literature",
    "flask": "chemistry science laboratory experiment",
    "sprout": "plant growth leaf beginner sustainability",
    "torch": "flame light knowledge honour olympic",
    "layers": "data stack engineering sheets",
    "heart": "care love health volunteer",
    "mentor": "speech bubbles conversation talk dialogue coach",
    "lighthouse": "sea coast guide beacon",
    "quarters": "design geometry pattern modern",
    "sun": "energy day light summer",
    "columns": "museum law history university bank temple",
}


class _Foreign(TypedDict):
    d: str
    topic: str
    words: str


@functools.cache
def _foreign() -> dict[str, _Foreign]:
    read: dict[str, _Foreign] = json.loads(_FILE.read_text(encoding="utf-8"))
    return {FOREIGN + name: symbol for name, symbol in read.items()}


def names() -> list[str]:
    """All of them: ours first, then by topic."""
    return [*SYMBOLS, *_foreign()]


def known(name: str) -> bool:
    return name in SYMBOLS or name in _foreign()


def areas(name: str) -> list[Area]:
    """What is painted, back to front: role and path data. KeyError when there is none of that name."""
    return SYMBOLS[name]() if name in SYMBOLS else [("main", _foreign()[name]["d"])]


def placed(name: str, size: float) -> str:
    """The transformation, after the move to its middle, that makes a symbol `size` units wide."""
    if name in SYMBOLS:
        return f"scale({size / _OWN_SIDE:.4f})"
    return f"scale({size / _DRAWN_SIDE:.4f}) translate({-_HALF} {-_HALF})"


def title(name: str) -> str:
    """The name in plain English, for those without a translated one."""
    return name.removeprefix(FOREIGN).replace("-", " ").capitalize()


def further_words(name: str) -> str:
    """What else it may be looked for by, in English."""
    return _WORDS[name] if name in SYMBOLS else _foreign()[name]["words"]


def folded(text: str) -> list[str]:
    """The words of a text as they are compared: without capitals and accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return plain.replace("-", " ").split()


@functools.cache
def _index() -> list[tuple[str, str, list[str], list[str]]]:
    """Name, topic, the words of the name, all further words."""
    ours = [(name, "own", [name], folded(_WORDS[name])) for name in SYMBOLS]
    theirs = _foreign().items()
    return ours + [(name, s["topic"], folded(name.removeprefix(FOREIGN)), folded(s["words"])) for name, s in theirs]


Words = tuple[list[str], list[str]]


def search(words: str = "", topic: str = "", also: Mapping[str, Words] | None = None) -> list[str]:
    """Names whose words begin with all of those typed; those that are called so come before those only akin.

    `also` are the words of names, and further ones, in a reader's language; the English ones are always understood.
    """
    typed = folded(words)[:8]
    called, akin = [], []
    for name, own_topic, titles, others in _index():
        if topic and topic != own_topic:
            continue
        more_titles, more = also[name] if also else ([], [])
        if _begins([*titles, *more_titles], typed):
            called.append(name)
        elif _begins([*titles, *more_titles, *others, *more], typed):
            akin.append(name)
    return called + akin


def _begins(known_words: list[str], typed: list[str]) -> bool:
    return all(any(each.startswith(word) for each in known_words) for word in typed)
