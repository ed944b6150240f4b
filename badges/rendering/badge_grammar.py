"""What may be chosen when a badge is composed anew, what each starter begins with, and how much room an outline has."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from badges.rendering.badge_spec import Spec

# The first of each is what stands there when nothing, or nothing known, was chosen.
GRAMMAR: dict[str, tuple[str, ...]] = {
    "shape": ("disc", "scallop", "pleats", "hexagon", "shield", "plate", "stamp", "arch", "tile", "octagon"),
    "rim": ("line", "double", "band", "beads", "metal", "none"),
    "field": ("brand", "paper"),
    "texture": ("none", "rays", "lines", "dots", "rings"),
    "frame": ("none", "disc", "ring", "wreath"),
    "ribbon": ("none", "straight", "bowed"),
    "lettering": ("arcs", "lines"),
    "mark": ("star", "dot", "bar"),
}
Own = dict[str, str]

# The composition nearest to each starter, where an author who makes it his own begins.
NEAREST: dict[str, Own] = {
    "shield": {"shape": "shield", "rim": "double", "texture": "lines", "ribbon": "straight", "lettering": "lines"},
    "hexagon": {"shape": "hexagon", "rim": "line", "texture": "dots", "lettering": "lines", "mark": "bar"},
    "seal": {"shape": "scallop", "rim": "double", "frame": "disc"},
    "rosette": {"shape": "pleats", "rim": "none", "frame": "disc"},
    "medallion": {"shape": "disc", "rim": "metal", "frame": "wreath"},
    "bookplate": {"shape": "plate", "rim": "double", "field": "paper", "texture": "rays", "lettering": "lines"},
    "stamp": {"shape": "stamp", "rim": "band", "field": "paper", "texture": "lines", "lettering": "lines"},
    "disc": {"shape": "disc", "rim": "none", "mark": "dot"},
    "horizon": {"shape": "arch", "rim": "double", "lettering": "lines", "mark": "dot"},
    "orbit": {"shape": "disc", "rim": "none", "texture": "rings", "frame": "disc", "mark": "dot"},
    "poster": {"shape": "tile", "rim": "none", "lettering": "lines", "mark": "bar"},
    "mosaic": {"shape": "tile", "rim": "double", "field": "paper", "frame": "disc"},
}

WORDS: tuple[Spec, ...] = (
    {"key": "name", "label": "Name", "text": "", "most": 34},
    {"key": "role", "label": "Role", "text": "", "most": 20},
    {"key": "institution", "label": "Institution", "text": "", "most": 40},
    {"key": "year", "label": "Year", "text": "", "most": 4, "kind": "year"},
)


class Room(NamedTuple):
    """One outline with its measures. `head`, `ribbon` and `foot` are (y, width) of lines across it."""

    shape: dict[str, Any]
    y: float
    radius: float
    head: tuple[float, float]
    ribbon: tuple[float, float]
    foot: tuple[float, float]


ROOMS = {
    "disc": Room({"kind": "disc", "radius": 288}, 300, 288, (136, 350), (414, 470), (496, 290)),
    "scallop": Room({"kind": "scallop", "radius": 277, "scallops": 28}, 300, 272, (142, 330), (412, 450), (490, 270)),
    "pleats": Room(
        {"kind": "pleats", "points": 40, "radius": 290, "y": 300}, 300, 276, (142, 330), (412, 460), (490, 270)
    ),
    "hexagon": Room({"kind": "hexagon", "corner": 40}, 300, 252, (148, 310), (412, 452), (476, 230)),
    "shield": Room({"kind": "shield"}, 272, 224, (122, 384), (402, 440), (470, 264)),
    "plate": Room({"kind": "plate"}, 300, 204, (112, 310), (452, 400), (532, 290)),
    "arch": Room({"kind": "arch"}, 256, 224, (150, 330), (452, 440), (538, 340)),
    "tile": Room({"kind": "tile"}, 300, 268, (98, 430), (436, 470), (522, 430)),
    "octagon": Room({"kind": "octagon"}, 300, 272, (124, 350), (414, 470), (492, 300)),
    "stamp": Room({"kind": "stamp"}, 300, 238, (98, 400), (440, 430), (528, 400)),
}


def chosen(starter: str, own: Mapping[str, Any]) -> Own:
    """Every choice of the grammar: those made, else those nearest to the starter. What is unknown counts as not made."""
    nearest = NEAREST.get(starter, {})
    told = {key: own[key] if own.get(key) in known else nearest.get(key) for key, known in GRAMMAR.items()}
    return {key: told[key] or known[0] for key, known in GRAMMAR.items()}
