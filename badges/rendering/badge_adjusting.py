"""A design made an institution's own: its colours, its words, its symbol; shape and composition only where asked for."""

import base64
import copy
from collections.abc import Mapping
from typing import Any

from badges.rendering.badge_composing import composed
from badges.rendering.badge_spec import Spec, level_of, main_symbol
from badges.rendering.badge_symbol_set import known
from badges.rendering.palette import different, led_by_accent, paired, palette

MOST_LEVELS = 5
MOST_MONOGRAM = 3
LEAST_SIZE, MOST_SIZE = 60, 130  # percent of the symbol's own size
_SIZES = (20, 600)  # what the schema takes, in units


def adjust(
    spec: Spec,
    *,
    brand: str,
    accent: str | None = None,
    texts: dict[str, str],
    symbol: str | None = None,
    monogram: str | None = None,
    level: int | tuple[int, int] | None = None,
    year: int | str | None = None,
    logo: bytes | None = None,
    size: int = 100,
    own: Mapping[str, Any] | None = None,
    alt: str | None = None,
) -> Spec:
    """A copy of `spec` in the colours and words given.

    `texts` is by slot: one left out keeps its default, an empty one takes its frame with it. Without `accent` the
    design's own is kept where it stands off from the brand. `level` is a value, or a value of how many; without it the
    badge claims none. `logo` is a PNG, already made small (`image.logo`); `size` is the symbol's, in percent. `own` are
    choices of badge_composing's grammar: with them shape and composition are made anew. `alt` is written from the words
    unless given.
    """
    spec = copy.deepcopy(spec) if own is None else _recomposed(spec, own, texts, year, leveled=bool(level))
    _recolour(spec, brand, accent)
    _reword(spec, texts, year)
    _resymbol(spec, symbol, monogram, logo)
    _resize(spec, size)
    _relevel(spec, level or 0)
    spec["alt"] = alt or described(spec) or spec["title"]
    return spec


def _recomposed(
    spec: Spec, own: Mapping[str, Any], texts: dict[str, str], year: int | str | None, *, leveled: bool
) -> Spec:
    """Composed for the words that will be there: what is empty leaves its room to the rest."""
    first = composed(spec, own)
    _reword(first, texts, year)
    present = [word["key"] for word in first["words"] if word["text"]]
    return composed(spec, own, present=present, leveled=leveled)


def _recolour(spec: Spec, brand: str, accent: str | None) -> None:
    if accent:
        ground, answer = brand, accent
    elif spec.get("lead") == "accent":
        ground, answer = led_by_accent(brand)
    else:
        ground, answer = paired(brand, spec.get("accent", "auto"))
    spec["brand"], spec["accent"] = ground, answer
    deep = palette(ground)["deep"]
    own = spec.get("colours", {})
    spec["colours"] = {name: value if different(ground, value) else deep for name, value in own.items()}
    if not own:
        del spec["colours"]


def _reword(spec: Spec, texts: dict[str, str], year: int | str | None) -> None:
    for word in spec["words"]:
        given = texts.get(word["key"], word["text"])
        if word.get("kind") == "year" and year is not None:
            given = str(year)
        word["text"] = " ".join(given.split())


def _resymbol(spec: Spec, name: str | None, monogram: str | None, logo: bytes | None) -> None:
    """At most one of the three takes the place of the design's own symbol."""
    part = main_symbol(spec)
    if part is None:
        return
    if logo:
        part.update(kind="logo", href="data:image/png;base64," + base64.b64encode(logo).decode())
    elif monogram:
        part.update(kind="monogram", text=monogram[:MOST_MONOGRAM])
    elif name and known(name):
        part.update(kind="drawn", name=name)


def _resize(spec: Spec, percent: int) -> None:
    """The main symbol, at every size and whichever it is, within what can be drawn."""
    part, share = main_symbol(spec), max(LEAST_SIZE, min(percent, MOST_SIZE)) / 100
    if part is None or share == 1:
        return
    other = part.get("other", {})
    for measures in (part, part.get("small", {}), other, other.get("small", {})):
        if "size" in measures:
            measures["size"] = round(max(_SIZES[0], min(measures["size"] * share, _SIZES[1])), 1)


def _relevel(spec: Spec, level: int | tuple[int, int]) -> None:
    part = level_of(spec)
    if part is None:
        return
    value, of = (level, part["of"]) if isinstance(level, int) else level
    of = max(1, min(of, MOST_LEVELS)) if value else 0
    part.update(value=max(0, min(value, of)), of=of)


def described(spec: Spec) -> str:
    """The alternative text: every word on the badge, and the level in words."""
    said = [word["text"] for word in spec["words"] if word["text"]]
    level = level_of(spec)
    if level and level["of"]:
        said.append(f"level {level['value']} of {level['of']}")
    return ", ".join(said)


def suggest(spec: Spec, *, name: str, institution: str = "", year: int | str = "") -> dict[str, str]:
    """Texts for a form to begin with, from what is known of the achievement: slot → text; too long becomes empty."""
    keys = {word["key"]: word["most"] for word in spec["words"]}
    known = {"name": name, "institution": institution, "year": str(year)}
    if "second" in keys and " " in name:
        known |= dict(zip(("name", "second"), _halves(name), strict=True))
    if "year" not in keys:
        known["role"] = str(year)
    fitting = {key: known.get(key, "") for key in keys}
    return {key: text if len(text) <= keys[key] else "" for key, text in fitting.items()}


def _halves(name: str) -> tuple[str, str]:
    """Two lines of like length, the second rather the shorter one."""
    words = name.split()
    breaks = ((" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words)))
    return min(breaks, key=lambda pair: (max(map(len, pair)), len(pair[1])))
