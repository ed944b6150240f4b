"""Differences in words, for pages: what each field is called, and which pieces of its text the other side lacks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges import publishing
from badges.forms.badge_words import GRAMMAR_CHOICES, METAL_NAMES, symbol_name
from badges.forms.certificate import ORIENTATIONS, SIZES
from badges.forms.faults import PLACES, place
from badges.forms.words import WordsForm
from badges.models import Achievement
from badges.rendering import badge_starters
from badges.rendering import certificate as paper
from badges.rendering.badge_symbol_set import known

FIELDS = {
    "achievement_type": gettext_lazy("Type"),
    "description": gettext_lazy("Sentence"),
    "valid_months": gettext_lazy("Valid for"),
    "criteria": gettext_lazy("What it takes"),
    "alignments": gettext_lazy("Frameworks"),
    "status_purpose": gettext_lazy("Can be suspended"),
    "basis": gettext_lazy("What it rests on"),
    "competency": gettext_lazy("Competency"),
    "competency_url": gettext_lazy("Address of the competency"),
    "task": gettext_lazy("What to hand in"),
    "tries": gettext_lazy("Tries"),
    "routes": gettext_lazy("Ways to show it"),
    "levels": gettext_lazy("Levels of the rubric"),
    "rubric": gettext_lazy("Rubric"),
    "resources": gettext_lazy("Resources"),
    "competency_based": gettext_lazy("Competency-based"),
    "personalized": gettext_lazy("Personalized"),
    "job_embedded": gettext_lazy("Job-embedded"),
    "research": gettext_lazy("Research-based"),
    "badge": gettext_lazy("Badge"),
    "certificate": gettext_lazy("Certificate"),
}
LOOKS = {"badge": gettext_lazy("Badge: %(what)s"), "certificate": gettext_lazy("Certificate: %(what)s")}
PARTS = {
    "design": gettext_lazy("design"),
    "alt": gettext_lazy("said to people who cannot see it"),
    "picture": gettext_lazy("picture"),
    "shape": gettext_lazy("shape"),
    "brand": gettext_lazy("colour"),
    "accent": gettext_lazy("second colour"),
    "symbol": gettext_lazy("symbol"),
    "letters": gettext_lazy("letters instead of a symbol"),
    "level": gettext_lazy("level"),
    "paper": gettext_lazy("paper"),
}
PAPER = dict([*SIZES, *ORIENTATIONS])
Piece = tuple[str, bool]


def pieces(text: str, other: str) -> list[Piece]:
    """The text in pieces, each with whether the other one lacks it."""
    own, others = re.split(r"(\s+)", text), re.split(r"(\s+)", other)
    # Exact where it is short; in long texts the commonest words are no anchors, or the time would grow without bound.
    blocks = difflib.SequenceMatcher(None, own, others, autojunk=len(own) > 400).get_opcodes()
    merged = [("".join(own[start:end]), kind != "equal") for kind, start, end, _j, _k in blocks if end > start]
    return [piece for piece in merged if piece[0]]


def _part(part: str) -> str:
    """One thing that a look says."""
    kind, _colon, name = part.partition(":")
    if kind == "signer":
        return _("who signs, %(number)s") % {"number": name}
    if kind == "text":
        return _("text of %(place)s") % {"place": place(name)} if name in PLACES else place(name)
    return f"“{name}”" if kind == "word" else str(PARTS.get(kind, kind))


def _label(field: str) -> str:
    look, dot, part = field.partition(".")
    if dot:
        return str(LOOKS[look]) % {"what": _part(part)}
    named = WordsForm.base_fields.get(field)
    return str(FIELDS.get(field) or (named.label if named else field))


def _design(starter: str) -> str:
    titles = {one.id: one.title for one in badge_starters.starters()} | {one.id: one.title for one in paper.starters()}
    return titles.get(starter, starter) or _("one’s own")


def _called(part: str, code: str) -> str:
    """What stands in a part of a look, in words: shapes, symbols and papers are stored as codes."""
    if part == "shape":
        return str(GRAMMAR_CHOICES["shape"].get(code, code))
    if part == "symbol":
        return symbol_name(code) if known(code) else _("your logo") if code == "logo" else code
    if part == "accent":
        return str(METAL_NAMES["" if code == "auto" else code] if code in {*METAL_NAMES, "auto"} else code)
    if part == "level" and code:
        value, _slash, of = code.partition("/")
        return _("%(value)s of %(of)s") % {"value": value, "of": of}
    if part == "paper":
        return ", ".join(str(PAPER.get(word, word)) for word in code.split())
    return code


def _spoken(change: publishing.Change) -> tuple[str, str]:
    """Both texts, codes in words."""
    both = change.before, change.after
    if change.field == "status_purpose":
        words = {"suspension": _("Yes"), "revocation": _("No")}
        return words[change.before], words[change.after]
    if change.field == "basis":
        named = {"": _("It is not said"), **{value: str(label) for value, label in Achievement.Basis.choices}}
        return named[change.before], named[change.after]
    if change.field in {"badge", "certificate"}:
        return _("As it was"), _("Drawn anew")
    if change.field.endswith(".design"):
        return _design(change.before), _design(change.after)
    if change.field == "badge.picture":
        before, after = (_("one’s own") if text else _("drawn") for text in both)
        return before, after
    look, dot, part = change.field.partition(".")
    return (_called(part, change.before), _called(part, change.after)) if dot and look in LOOKS else both


def rows(changes: Iterable[publishing.Change]) -> list[dict[str, Any]]:
    """What templates/badges/_changes.html needs."""
    found = []
    for change in changes:
        before, after = _spoken(change)
        found.append({"label": _label(change.field), "before": pieces(before, after), "after": pieces(after, before)})
    return found
