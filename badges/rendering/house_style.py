"""An institution's house style laid over a design: its paper and ink, and its typefaces, where the design allows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from badges.rendering import badge, typefaces
from badges.rendering.badge_spec import Spec
from badges.rendering.pairing import is_paper
from badges.rendering.palette import palette

# Headings of the starters that the kit has words for, by the id of the element.
HEADINGS = {"kind": "heading", "lead": "lead", "deed": "deed", "lead2": "deed"}


def headings(texts: Mapping[str, str]) -> dict[str, str]:
    """Words of the kit as the texts of a certificate's slots; what was left empty stays the design's own."""
    return {slot: texts[name] for slot, name in HEADINGS.items() if texts.get(name)}


def on_certificate(layout: Mapping[str, Any], *, paper: str = "", ink: str = "", fonts: str = "") -> dict[str, Any]:
    """A copy in this style. A design on coloured ground keeps it: its ink is made for it."""
    made = typefaces.on_certificate(layout, fonts)
    theme = made["theme"]
    colours = palette(theme["brand"], theme.get("accent", "auto")) | theme.get("colours", {})
    chosen = {name: value for name, value in (("paper", paper), ("ink", ink)) if value}
    if chosen and is_paper(colours["paper"]):
        theme["colours"] = theme.get("colours", {}) | chosen
    return made


def on_badge(spec: Spec, *, fonts: str = "") -> Spec:
    """A copy in these typefaces, or in its own where they do not have all of its letters."""
    if not fonts:
        return spec
    made = typefaces.on_badge(spec, fonts)
    return spec if badge.check(made) else made
