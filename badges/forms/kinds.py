"""Merge fields, shapes, lines, seals, borders and patterns of a layout, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from badges.rendering import certificate as paper


def fields() -> dict[str, str]:
    """Merge fields in words; a field without words is offered by its name."""
    worded = {
        "recipient.name": _("Recipient’s name"),
        "achievement.name": _("Achievement’s name"),
        "achievement.summary": _("What the person did"),
        "issuer.name": _("Institution’s name"),
        "award.date": _("Date"),
        "award.expires": _("Valid until"),
        "award.hours": _("Hours"),
        "award.grade": _("Grade"),
        "award.credits": _("Credits"),
        "award.role": _("Role"),
        "award.term": _("Term"),
        "award.license_number": _("Licence number"),
        "credential.url": _("Address to check it"),
        "credential.id": _("Credential number"),
    }
    for number in (1, 2, 3, 4):
        told = {"number": number}
        worded[f"signer.{number}.name"] = _("Signatory %(number)s, name") % told
        worded[f"signer.{number}.title"] = _("Signatory %(number)s, office") % told
    return {name: worded.get(name, name) for name in [*worded, *sorted(paper.KNOWN - set(worded))]}


def kinds() -> dict[str, list[tuple[str, str]]]:
    """Shapes, lines, seals, borders and patterns by name, as the layout's schema knows them."""
    return {
        "shape": [
            ("rect", _("Rectangle")),
            ("frame", _("Frame")),
            ("disc", _("Disc")),
            ("ring", _("Ring")),
            ("diamond", _("Line with a diamond")),
            ("corner", _("Corner")),
            ("laurel", _("Laurel")),
            ("rosette", _("Rosette")),
            ("arches", _("Arches")),
            ("tiles", _("Tiles")),
            ("braid", _("Braid")),
            ("waves", _("Waves")),
            ("rays", _("Rays")),
            ("dots", _("Dots")),
            ("lines", _("Lines")),
        ],
        "line": [("solid", _("Solid")), ("dashed", _("Dashed")), ("dotted", _("Dotted"))],
        "seal": [("scallop", _("Scalloped")), ("disc", _("Round")), ("star", _("Star")), ("ribbon", _("With ribbon"))],
        "border": [
            ("rule", _("One line")),
            ("double", _("Two lines")),
            ("band", _("Band")),
            ("corners", _("Corners")),
            ("deco", _("Art deco")),
            ("meander", _("Meander")),
            ("beads", _("Beads")),
            ("guilloche", _("Guilloche")),
        ],
        "pattern": [
            ("guilloche", _("Guilloche")),
            ("waves", _("Waves")),
            ("rays", _("Rays")),
            ("dots", _("Dots")),
            ("lines", _("Lines")),
            ("grid", _("Grid")),
            ("arches", _("Arches")),
            ("rosettes", _("Rosettes")),
        ],
    }
