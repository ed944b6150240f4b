"""What the badge designer says: names of symbols, shapes and slots, and the findings of the checks in sentences."""

from __future__ import annotations

import functools

from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from badges.rendering.badge_linting import Finding
from badges.rendering.badge_symbol_set import Words, folded, further_words, names, search, title

SYMBOL_NAMES = {
    "compass": _("Compass"),
    "peaks": _("Peaks"),
    "nib": _("Pen nib"),
    "book": _("Book"),
    "flask": _("Flask"),
    "sprout": _("Sprout"),
    "torch": _("Torch"),
    "layers": _("Layers"),
    "heart": _("Heart"),
    "mentor": _("Two people"),
    "lighthouse": _("Lighthouse"),
    "quarters": _("Quarters"),
    "sun": _("Sun"),
    "columns": _("Columns"),
}
TOPIC_NAMES = {
    "": _("Every topic"),
    "own": _("Drawn for Laurel"),
    "learning": _("Learning"),
    "science": _("Science"),
    "nature": _("Nature"),
    "people": _("People"),
    "health": _("Health"),
    "arts": _("Arts"),
    "music": _("Music and media"),
    "sport": _("Sport and play"),
    "technology": _("Technology"),
    "places": _("Places and travel"),
    "work": _("Work and craft"),
    "home": _("Home and food"),
    "signs": _("Signs"),
}
SLOT_NAMES = {
    "Name": _("Name"),
    "First line": _("First line"),
    "Second line": _("Second line"),
    "Role": _("Role"),
    "Year": _("Year"),
    "Institution": _("Institution"),
    "Number": _("Number"),
    "Unit": _("Unit"),
}
GRAMMAR_NAMES = {
    "shape": _("Shape"),
    "rim": _("Rim"),
    "field": _("Ground"),
    "texture": _("Pattern"),
    "frame": _("Around the symbol"),
    "ribbon": _("Ribbon"),
    "lettering": _("Words stand"),
    "mark": _("Level marks are"),
}
GRAMMAR_CHOICES = {
    "shape": {
        "disc": _("Disc"),
        "scallop": _("Scalloped"),
        "pleats": _("Pleated"),
        "hexagon": _("Hexagon"),
        "octagon": _("Octagon"),
        "shield": _("Shield"),
        "plate": _("Plate"),
        "stamp": _("Stamp"),
        "arch": _("Arch"),
        "tile": _("Tile"),
    },
    "rim": {
        "none": _("None"),
        "line": _("One line"),
        "double": _("Two lines"),
        "band": _("Band"),
        "beads": _("Beads"),
        "metal": _("Metal"),
    },
    "field": {"brand": _("Colour"), "paper": _("Paper")},
    "texture": {
        "none": _("None"),
        "rays": _("Rays"),
        "lines": _("Lines"),
        "dots": _("Dots"),
        "rings": _("Rings"),
    },
    "frame": {"none": _("Nothing"), "disc": _("Disc"), "ring": _("Ring"), "wreath": _("Laurel")},
    "ribbon": {"none": _("None"), "straight": _("Straight"), "bowed": _("Bowed")},
    "lettering": {"arcs": _("On arcs"), "lines": _("On lines")},
    "mark": {"star": _("Stars"), "dot": _("Dots"), "bar": _("Bars")},
}
METAL_NAMES = {
    "": _("As the design has it"),
    "gold": _("Gold"),
    "silver": _("Silver"),
    "bronze": _("Bronze"),
}
FINDINGS = {
    "colour-moved": _(
        "“%(colour)s” on “%(ground)s” would have had a contrast of %(had)s to 1. It is drawn with %(needed)s, so that it"
        " can be told apart; choose a darker or lighter colour to have it exactly."
    ),
    "text-small": _("“%(text)s” is so long that it is hard to read. Shorten it or leave it out."),
    "text-shrunk": _("“%(text)s” was set at %(share)s %% of its size to fit. Shorten it to give it its weight back."),
    "pale-metal": _(
        "The ground is pale (%(had)s to 1 on paper), so that metal vanishes in it. Choose a darker ground and take your"
        " pale colour for the line."
    ),
    "accent-drowns": _(
        "The line can hardly be told from the ground (%(had)s to 1). Choose a lighter or darker colour for one of them."
    ),
    "edge-light": _("On a white page the edge is lost. Choose a rim, or a darker ground."),
    "edge-dark": _("On a dark page the edge is lost. Choose a rim, or a lighter ground."),
    "edge-clear": _("Its outline is clear on white and on dark."),
    "contrast": _("Words on their ground: contrast %(ratio)s to 1 or more."),
    "lost-in-lists": _("At 90 px “%(text)s” cannot be read and is left out. Shorten it."),
    "words-in-lists": _("At 90 px the words are left out, so that the symbol is seen."),
    "some-in-lists": _("At 90 px only the largest words stay, so that the symbol is seen."),
}


def symbol_name(name: str) -> str:
    """In the reader's language, as far as a catalogue has it: the English name of one of Phosphor's is its message id."""
    return str(SYMBOL_NAMES.get(name) or gettext(title(name)))


def find_symbols(words: str, topic: str) -> list[str]:
    """Names of symbols that are called so, in English or in the reader's language."""
    language = get_language() or "en"
    return search(words, topic, None if language.startswith("en") else _words_in(language))


@functools.lru_cache(maxsize=16)
def _words_in(language: str) -> dict[str, Words]:
    with override(language):
        return {name: (folded(symbol_name(name)), folded(gettext(further_words(name)))) for name in names()}


def sentence(finding: Finding) -> str:
    """A finding of badge_linting, in words."""
    return str(FINDINGS[finding.code]) % dict(finding.params)
