"""The twelve designs that come with Laurel, and what an author may say on one."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from badges.rendering.badge_spec import Spec, level_of, main_symbol

FOLDER = Path(__file__).parent / "starters" / "badges"

# The order in which they are offered.
IDS = (
    "shield",
    "seal",
    "horizon",
    "hexagon",
    "medallion",
    "orbit",
    "rosette",
    "mosaic",
    "bookplate",
    "poster",
    "stamp",
    "disc",
)

Kind = Literal["text", "year", "symbol", "level"]


@dataclass(frozen=True)
class Starter:
    """A design to begin with."""

    id: str
    title: str
    spec: Spec


@dataclass(frozen=True)
class Slot:
    """One thing an author fills in. A symbol is its name; a level is "value/of", empty when the badge claims none."""

    key: str
    label: str
    default: str
    max_length: int
    kind: Kind


@functools.cache
def _read(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def starter(name: str) -> Spec:
    """The spec of one starter, the caller's own copy. KeyError when there is none of that name."""
    if name not in IDS:
        raise KeyError(name)
    spec: Spec = json.loads(_read(name))
    return spec


def starters() -> list[Starter]:
    """All of them, in the order in which they are offered."""
    specs = (starter(name) for name in IDS)
    return [Starter(spec["id"], spec["title"], spec) for spec in specs]


def slots(spec: Spec) -> list[Slot]:
    """What a form asks for this design: its words first, then symbol and level where it has them."""
    found = [
        Slot(word["key"], word["label"], word["text"], word["most"], word.get("kind", "text")) for word in spec["words"]
    ]
    if symbol := main_symbol(spec):
        found.append(Slot("symbol", "Symbol", symbol.get("name", ""), 40, "symbol"))
    if level_of(spec):
        found.append(Slot("level", "Level", "", 3, "level"))
    return found
