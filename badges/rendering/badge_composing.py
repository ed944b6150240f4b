"""A badge composed anew from a handful of choices: what "make it my own" opens. Any choices give a spec that can be drawn.

The words, the type family and the symbol are the starter's; the outline, and where everything stands in it, are ours.
"""

import copy
import math
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from badges.rendering.badge_grammar import ROOMS, WORDS, Own, Room, chosen
from badges.rendering.badge_spec import Spec, every_part, main_symbol
from badges.rendering.geometry import Point

_ON_BRAND = {"main": "paper", "lit": "white", "shade": "tint", "accent": "accent", "ground": "brand", "tint": "lift"}
_ON_PAPER = {"main": "brand", "lit": "mid", "shade": "shade", "accent": "accent", "ground": "paper", "tint": "tint"}
_TONES = {"brand": _ON_BRAND, "paper": _ON_PAPER}
_OTHER = {"brand": "paper", "paper": "brand"}
_ROUND = frozenset({"disc", "scallop", "pleats"})
_INNERMOST = 600
_USUAL_RIM = 13  # what the widths of lines leave room for
_FOOT_SHARE = 0.8  # of the size of the words above
_FOOT_HALF = 42  # degrees to either side that words below a ribbon may take
_SMALL_RIM = 1.6  # rims are thicker in the small drawing


class _Stage(NamedTuple):
    """The room that words and ribbon leave for the symbol: a circle, and where the level marks stand below it."""

    y: float
    radius: float
    level_y: float


class _Composition(NamedTuple):
    """What every part asks: the choices, the place, the words that are there, whether a level is claimed."""

    own: Own
    room: Room
    font: str
    present: frozenset[str]
    leveled: bool

    @property
    def field(self) -> str:
        return self.own["field"]

    @property
    def ink(self) -> str:
        """For words on the field."""
        return _OTHER[self.field]

    @property
    def depth(self) -> float:
        """How far the rim reaches in."""
        bands = _bands(self.own)
        return float(bands[-2][0]) if len(bands) > 1 else 0.0

    @property
    def on_ribbon(self) -> str:
        """The word that the ribbon bears, "" where there is no ribbon: one without words is not drawn."""
        if self.own["ribbon"] == "none":
            return ""
        return next((key for key in ("role", "year") if key in self.present), "")

    @property
    def at_foot(self) -> list[str]:
        keys = ("role", "institution", "year")
        return [key for key in keys if key in self.present and key != self.on_ribbon]


def composed(
    spec: Spec, own: Mapping[str, Any], *, present: Collection[str] = ("name",), leveled: bool = False
) -> Spec:
    """`spec` with its outline and its parts composed from `own`. `present` are the keys of words that are not empty."""
    choices = chosen(spec["id"], own)
    made = {key: copy.deepcopy(spec[key]) for key in ("laurel", "id", "title", "alt", "brand", "accent") if key in spec}
    words = [dict(word) for word in WORDS]
    words[0]["text"] = next((word["text"] for word in spec["words"] if word["key"] == "name"), "") or spec["title"]
    room = ROOMS[choices["shape"]]
    font = next(part["font"] for part in every_part(spec["parts"]) if part["part"] == "text")
    composition = _Composition(choices, room, font, frozenset(present), leveled)
    bands = _bands(choices)
    small = [[min(_INNERMOST, round(depth * _SMALL_RIM, 1)), colour] for depth, colour in bands]
    parts = [*_textured(composition), *_lettered(composition), *_staged(composition, main_symbol(spec) or {})]
    outline = {"shape": dict(room.shape), "bands": bands, "parts": parts, "small": {"bands": small}}
    return made | {"words": words} | outline


def _bands(own: Own) -> list[list[Any]]:
    """The rim. On paper it is the brand's colour that draws it; metal is a gradient, which only a disc takes."""
    field, paper = own["field"], own["field"] == "paper"
    line = "brand" if paper else "accent"
    metal = "metal:accent" if own["shape"] == "disc" else "accent"
    rims: dict[str, list[list[Any]]] = {
        "none": [[3, "edge" if paper else "lift"]],
        "line": [[13, field], [19, line]],
        "double": [[4, line], [13, field], [22, line], [25, field], [28, line]],
        "band": [[24, line], [29, "accent" if paper else "accent-deep"]],
        "beads": [[30, "brand" if paper else "deep"], [35, "accent"]],
        "metal": [[34, metal], [39, "accent-deep"]],
    }
    return [*rims[own["rim"]], [_INNERMOST, field]]


def _textured(made: _Composition) -> list[Spec]:
    """A pattern so faint that words stay readable on it, and beads on the rim of what is round."""
    own, room, ink = made.own, made.room, "tint" if made.field == "paper" else "shade"
    parts: list[Spec] = []
    base = {"part": "pattern", "kind": own["texture"], "colour": ink, "fine": True, "under": True}
    measures: dict[str, Spec] = {
        "rays": {"count": 36, "share": 0.5, "at": [300, room.y]},
        "lines": {"gap": 11, "weight": 1.6, "swell": 2.4},
        "dots": {"gap": 20, "weight": 2.1},
        "rings": {"gap": 13, "weight": 2, "at": [300, room.y]},
    }
    if own["texture"] != "none":
        parts.append(_inside(made, base | measures[own["texture"]]))
    if own["rim"] == "beads" and own["shape"] in _ROUND:
        beads = {"kind": "beads", "radius": room.radius - 15, "count": 60, "size": 4.5, "y": room.y}
        parts.append(
            {"part": "ornament", "colour": "paper" if made.field == "paper" else "accent", "fine": True} | beads
        )
    return parts


def _inside(made: _Composition, pattern: Spec) -> Spec:
    """Below the rim. A disc is painted as rings, which nothing lies below: there the field is a window of its own."""
    if made.own["shape"] != "disc":
        return pattern
    box = _box(made.room.y, made.room.radius - made.depth)
    inner = {key: value for key, value in pattern.items() if key != "under"}
    return {
        "part": "panel",
        "kind": "disc",
        "box": box,
        "bands": [[_INNERMOST, made.field]],
        "parts": [inner],
        "fine": True,
    }


def _lettered(made: _Composition) -> list[Spec]:
    return [*(_arcs(made) if made.own["lettering"] == "arcs" else _lines(made)), *_ribbon(made)]


def _type(made: _Composition, words: list[str], size: float, **place: Any) -> Spec:
    return {
        "part": "text",
        "words": words,
        "case": "upper",
        "font": made.font,
        "size": round(size, 1),
        "colour": made.ink,
        "on": made.field,
        "tracking": 0.1,
    } | place


def _arc_size(made: _Composition) -> float:
    return min(50, 0.175 * made.room.radius)


def _arc_radius(made: _Composition) -> float:
    """The middle of the capitals, so that they keep their distance from the rim."""
    return made.room.radius - made.depth - 16 - 0.36 * _arc_size(made)


def _arcs(made: _Composition) -> list[Spec]:
    size, radius, at = _arc_size(made), round(_arc_radius(made), 1), [300, made.room.y]
    parts = []
    if "name" in made.present:
        parts.append(_type(made, ["name"], size, place="top", at=at, radius=radius, most=150))
    if foot := made.at_foot:
        most = 2 * _FOOT_HALF if made.on_ribbon else 142
        parts.append(_type(made, foot, max(18, size * _FOOT_SHARE), place="bottom", at=at, radius=radius, most=most))
    return parts


def _lines(made: _Composition) -> list[Spec]:
    (head_y, head), (foot_y, foot) = made.room.head, made.room.foot
    tighter = 2 * max(0, made.depth - _USUAL_RIM)
    parts = []
    if "name" in made.present:
        parts.append(_type(made, ["name"], 50, place="line", at=[300, head_y], max=head - tighter))
    if keys := made.at_foot:
        parts.append(_type(made, keys, 30, place="line", at=[300, foot_y], max=foot - tighter))
    return parts


def _ribbon_height(made: _Composition) -> float:
    return min(60, round(0.23 * made.room.radius, 1))


def _ribbon_place(made: _Composition) -> tuple[float, float]:
    """Middle and width: below the symbol, above the words at the foot, as wide as the badge is there."""
    room = made.room
    if made.own["lettering"] == "lines":
        return room.ribbon
    below = 0.42 * room.radius
    if made.at_foot:
        letters = _arc_radius(made) - 0.36 * _FOOT_SHARE * _arc_size(made)
        below = math.cos(math.radians(_FOOT_HALF)) * letters - _ribbon_height(made) / 2 - 8
    return round(room.y + below, 1), round(min(470, 1.62 * room.radius), 1)


def _ribbon(made: _Composition) -> list[Spec]:
    if not made.on_ribbon:
        return []
    (y, width), height = _ribbon_place(made), _ribbon_height(made)
    bow = 12 if made.own["ribbon"] == "bowed" else 0
    cloth = {"colour": "accent", "back": "accent-shade", "fold": "accent-deep", "fine": True}
    banner = {"part": "banner", "at": [300, y], "width": width, "height": height, "bow": bow, "tail": 44, "drop": 18}
    word = _type(
        made, [made.on_ribbon], height * 0.66, place="line", at=[300, y - bow / 2], max=width - 60, tracking=0.14
    )
    return [banner | cloth, word | {"colour": "ink", "on": "accent", "fine": True}]


def _stage(made: _Composition) -> _Stage:
    """The largest circle between the words above and what stands below."""
    room = made.room
    if made.own["lettering"] == "arcs":
        lettered = "name" in made.present or made.at_foot
        inner = _arc_radius(made) - 0.36 * _arc_size(made) - 12 if lettered else room.radius - made.depth - 18
        top, bottom = room.y - inner, room.y + inner
        level_y = room.y + 0.74 * inner
    else:
        top = room.head[0] + 36 if "name" in made.present else room.y - room.radius + made.depth + 12
        bottom = room.foot[0] - 30 if made.at_foot else room.y + room.radius - made.depth - 12
        level_y = bottom - 14
    if made.on_ribbon:
        bottom = _ribbon_place(made)[0] - _ribbon_height(made) / 2 - 14
        level_y = bottom - 12
    if made.leveled:
        bottom = level_y - 22
    widest = room.radius - made.depth - 8
    return _Stage((top + bottom) / 2, max(40, min(widest, (bottom - top) / 2)), level_y)


def _staged(made: _Composition, symbol: Spec) -> list[Spec]:
    """Frame, symbol and level marks."""
    stage, frame = _stage(made), made.own["frame"]
    ground = _OTHER[made.field] if frame == "disc" else made.field
    full = (made.room.radius - made.depth * _SMALL_RIM) * 0.94
    share, small_share = {"none": (1.56, 1.4), "disc": (1.22, 1.22), "ring": (1.24, 1.4), "wreath": (0.98, 1.0)}[frame]
    centre: Point = (300, made.room.y)
    drawn = {key: symbol[key] for key in ("kind", "name", "text", "href") if key in symbol} or {"name": "sun"}
    part = {
        "part": "symbol",
        "main": True,
        "at": [300, round(stage.y, 1)],
        "size": round(stage.radius * share, 1),
        "on": ground,
        "tones": dict(_TONES[ground]),
        "font": symbol.get("font", made.font),
        "small": {"at": list(centre), "size": round(full * small_share, 1)},
    }
    return [*_frame(made, stage, full), part | drawn, _level(made, stage)]


def _frame(made: _Composition, stage: _Stage, full: float) -> list[Spec]:
    radius, y, frame, other = stage.radius, stage.y, made.own["frame"], _OTHER[made.field]
    if frame == "disc":
        small = {"box": _box(made.room.y, full), "bands": [[10, "accent"], [_INNERMOST, other]]}
        bands = [[4, "accent"], [_INNERMOST, other]]
        return [{"part": "panel", "kind": "disc", "box": _box(y, radius), "bands": bands, "small": small}]
    if frame == "ring":
        ring = {"part": "ornament", "kind": "ring", "radius": round(radius - 3, 1), "size": 3, "y": round(y, 1)}
        return [ring | {"colour": "accent", "fine": True}]
    if frame == "wreath":
        leaves = {
            "part": "wreath",
            "from": 174,
            "to": 40,
            "stem": "accent-shade",
            "lit": "accent-lit",
            "shade": "accent",
        }
        full_size = {"radius": round(max(60, radius * 0.8), 1), "leaves": 11, "size": max(20, round(radius * 0.36, 1))}
        small = {"radius": round(max(60, full * 0.78), 1), "leaves": 8, "size": round(max(20, full * 0.38), 1)}
        return [leaves | full_size | {"at": [300, round(y, 1)], "small": small | {"at": [300, made.room.y]}}]
    return []


def _box(y: float, radius: float) -> list[float]:
    return [round(300 - radius, 1), round(y - radius, 1), round(2 * radius, 1), round(2 * radius, 1)]


def _level(made: _Composition, stage: _Stage) -> Spec:
    """No marks yet: how many are earned of how many is said when the badge is adjusted."""
    size, gap = {"star": (26, 8), "dot": (18, 12), "bar": (42, 9)}[made.own["mark"]]
    marks = {"part": "level", "mark": made.own["mark"], "value": 0, "of": 0, "size": size, "gap": gap, "fine": True}
    off = "tint" if made.field == "paper" else "mid"
    return marks | {"at": [300, round(stage.level_y, 1)], "colour": "accent", "off": off}
