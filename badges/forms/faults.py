"""Faults and notes of a layout in words: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from badges.forms.kinds import fields
from badges.rendering.certificate import Problem
from badges.rendering.certificate_text import FIELD, spoken

_LONGEST = 34  # letters of its words by which an element is called

TYPES = {
    "text": _("Text"),
    "number": _("Credential number"),
    "image": _("Picture"),
    "badge": _("Badge"),
    "qr": _("QR code"),
    "signature": _("Signature"),
    "seal": _("Seal"),
    "line": _("Line"),
    "shape": _("Shape"),
    "table": _("Results"),
}
# What does not fit, by the id of the element of the layout.
PLACES = {
    "name": _("a person’s name"),
    "achievement": _("the achievement’s name"),
    "words": _("the sentence about what the person did"),
    "issuer": _("your institution’s name"),
    "date": _("the date"),
    "check": _("the public address"),
    "results": _("the list of results"),
}
# %(detail)s is what the fault says of itself, %(name)s the element.
_SENTENCES = {
    "too-large": _("The layout is too large to be kept. Take elements away."),
    "too-many": _("A page has room for 80 elements. Take some away."),
    "does-not-fit": _(
        "“%(detail)s” has no room in “%(name)s”. Make the box larger, its smallest size smaller, or its lines more."
    ),
    "no-glyph": _("No font we print with has “%(detail)s”, which stands in “%(name)s”. Leave it out."),
    "off-paper": _("“%(name)s” lies beside the paper, at least in part. Move it back."),
    "unknown-font": _("“%(name)s” is set in a font that we do not have. Choose another."),
    "unknown-field": _("“%(name)s” asks for something that no certificate has: %(detail)s."),
    "no-name": _("Nothing says whose certificate it is. Add a text with {{recipient.name}}."),
    "no-address": _("Nothing says where it can be checked. Add a QR code or a text with {{credential.url}}."),
    "qr-small": _("“%(name)s” is %(detail)s mm wide. Telephones read it from 20 mm on."),
    "qr-pale": _("“%(name)s” is too pale for telephones. Make it darker, or its ground lighter."),
    "off-page": _("“%(name)s” reaches %(detail)s mm over the edge of the paper."),
    "near-edge": _("“%(name)s” is %(detail)s mm from the edge. Printers need 10 mm."),
    "type-small": _("“%(name)s” may shrink to %(detail)s pt. Under 6 pt it cannot be read on paper."),
    "hard-to-read": _(
        "“%(name)s” lies on “%(detail)s” and can hardly be read there. Say in “Lies on” which colour is under it."
    ),
    "no-heading": _(
        "No text is the first heading. People who listen find the page by it: make the name the first heading."
    ),
    "two-headings": _("“%(name)s” is a second first heading. Make it a second heading or plain text."),
}


def place(element: str) -> str:
    """An element of a layout, in words."""
    return str(PLACES.get(element, _("one of its texts")))


def name_of(pointer: str, layout: Any) -> str:
    """The element that a pointer leads into, as its author calls it."""
    steps = pointer.split("/")
    if len(steps) < 3 or steps[1] != "elements" or not steps[2].isdigit():
        return str(_("The page"))
    try:
        return called(layout["elements"][int(steps[2])], layout["locale"])
    except (KeyError, IndexError, TypeError, AttributeError, StopIteration):
        return str(place(""))


def called(element: Mapping[str, Any], locale: str) -> str:
    """An element by its label, the first of its words, or what it is; as static/js/certificate/desk.js calls it."""
    if label := element.get("label"):
        return str(label)
    words = spoken(element.get("text", ""), locale).strip() if element["type"] == "text" else ""
    said = FIELD.sub(lambda field: fields().get(field[1], field[1]), words)
    kind = str(TYPES.get(element["type"]) or element["id"])
    return (f"{said[: _LONGEST - 1]}…" if len(said) > _LONGEST else said) or kind


def sentence(problem: Problem, layout: Any) -> str:
    """One fault in words."""
    name, crowded = name_of(problem.pointer, layout), problem.code == "too-many" and problem.pointer != "/elements"
    if not crowded and (said := _SENTENCES.get(problem.code)):
        return str(said) % {"detail": problem.detail or problem.message, "name": name}
    text = gettext(problem.sentence) % {"detail": problem.detail} if problem.sentence else gettext(problem.message)
    return f"{name}: {text}" if problem.pointer else text
