"""Faults and notes of a layout in words: what is wrong, and what to do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from badges.forms.certificate import place
from badges.rendering.certificate import Problem

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


def name_of(pointer: str, layout: Any) -> str:
    """The element that a pointer leads into, as its author calls it."""
    steps = pointer.split("/")
    if len(steps) < 3 or steps[1] != "elements" or not steps[2].isdigit():
        return str(_("The page"))
    try:
        element = layout["elements"][int(steps[2])]
        return str(element.get("label") or TYPES.get(element["type"]) or element["id"])
    except (KeyError, IndexError, TypeError, AttributeError):
        return str(place(""))


def sentence(problem: Problem, layout: Any) -> str:
    """One fault in words."""
    told = {"detail": problem.message, "name": name_of(problem.pointer, layout)}
    if said := _SENTENCES.get(problem.code):
        return str(said) % told
    return f"{told['name']}: {problem.message}" if problem.pointer else problem.message
