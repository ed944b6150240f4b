"""A starter made one's own: its words, symbol, level and colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badges import designing
from badges.forms.fields import DraftForm
from badges.models import Achievement
from badges.rendering import badge as drawing
from badges.rendering import lettering
from badges.rendering.badge_adjusting import MOST_LEVELS, MOST_MONOGRAM
from badges.rendering.badge_spec import every_part, main_symbol
from badges.rendering.badge_symbols import SYMBOLS
from issuers import clock
from issuers.forms.fields import ColourField, LineField

LETTERS = "letters"
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
_COLOUR_INPUT = {"type": "color"}


def levels() -> list[tuple[str, str]]:
    """`2/3` for two of three, as many as are ever drawn."""
    pairs = [(value, of) for of in range(2, MOST_LEVELS + 1) for value in range(1, of + 1)]
    spoken = _now("%(value)s of %(of)s")
    return [("", _now("No level")), *((f"{v}/{o}", spoken % {"value": v, "of": o}) for v, o in pairs)]


class BadgeForm(DraftForm):
    """Fields depend on the starter; `choices` is what goes into BadgeDesign.choices."""

    own_colours = forms.BooleanField(label=_("Other colours than your institution’s"), required=False)
    brand = ColourField(label=_("Ground"), required=False, widget=forms.TextInput(attrs=_COLOUR_INPUT))
    accent = ColourField(label=_("Line"), required=False, widget=forms.TextInput(attrs=_COLOUR_INPUT))
    alt = LineField(
        label=_("Said to people who cannot see it"),
        most=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Left empty, it is made of the words on the badge."),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        achievement: Achievement,
        starter: str,
        choices: Mapping[str, Any],
        **kwargs: Any,
    ) -> None:
        self.starter, self.template = starter, drawing.starter(starter)
        self.slots = drawing.slots(self.template)
        self.suggested = drawing.suggest(
            self.template, name=achievement.name, institution=achievement.issuer.name, year=clock.now().year
        )
        super().__init__(data, files, achievement=achievement, initial=self._initial(achievement, choices), **kwargs)
        for slot in self.slots:
            self._add(slot)
        self.say_remedies()
        self.spec: dict[str, Any] | None = None

    def _initial(self, achievement: Achievement, choices: Mapping[str, Any]) -> dict[str, Any]:
        shown = designing.badge_spec(achievement, self.starter, choices)
        level = choices.get("level")
        texts = {f"text_{key}": text for key, text in {**self.suggested, **choices.get("texts", {})}.items()}
        return {
            **texts,
            "symbol": LETTERS if choices.get("monogram") else choices.get("symbol") or self._own_symbol(),
            "monogram": choices.get("monogram", ""),
            "level": f"{level[0]}/{level[1]}" if level else "",
            "own_colours": bool(choices.get("brand") or choices.get("accent")),
            "brand": shown["brand"],
            "accent": shown["accent"],
            "alt": choices.get("alt", ""),
        }

    def _own_symbol(self) -> str:
        return str((main_symbol(self.template) or {}).get("name", ""))

    def _add(self, slot: drawing.Slot) -> None:
        if slot.kind == "symbol":
            names = [(name, SYMBOL_NAMES[name]) for name in SYMBOLS]
            self.fields["symbol"] = forms.ChoiceField(
                label=_("Symbol"), choices=[*names, (LETTERS, _("Letters"))], widget=forms.RadioSelect, required=False
            )
            self.fields["monogram"] = LineField(
                label=_("Letters"),
                most=MOST_MONOGRAM,
                required=False,
                help_text=_("One to three, instead of a symbol."),
            )
        elif slot.kind == "level":
            self.fields["level"] = forms.ChoiceField(label=_("Level marks"), choices=levels, required=False)
        else:
            hint = _now("Up to %(most)s letters. Empty leaves it out.") % {"most": slot.max_length}
            label = SLOT_NAMES.get(slot.label, slot.label)
            self.fields[f"text_{slot.key}"] = LineField(
                label=label, most=slot.max_length, required=False, help_text=hint
            )

    def anew(self) -> BadgeForm:
        design = getattr(self.achievement, "badge", None)
        same = design is not None and design.starter == self.starter
        return BadgeForm(
            achievement=self.achievement, starter=self.starter, choices=design.choices if design and same else {}
        )

    @property
    def words(self) -> list[forms.BoundField]:
        """The fields of what is written on it."""
        return [self[name] for name in self.fields if name.startswith("text_")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("symbol") == LETTERS and not cleaned.get("monogram") and "monogram" not in self.errors:
            self.add_error("monogram", _("Type one to three letters, or choose a symbol."))
        if not self.errors:
            self.spec = designing.badge_spec(self.achievement, self.starter, self.choices())
            self._refuse_unprintable(self.spec)
        if not self.errors and (faults := drawing.check(self.spec)):
            self.add_error(None, _("This cannot be drawn (%(why)s). Change the words.") % {"why": faults[0].message})
        return cleaned

    def choices(self) -> dict[str, Any]:
        """Only what was chosen: a word left as suggested goes on following the achievement's name."""
        told = self.cleaned_data
        texts = {key: told[f"text_{key}"] for key in self.suggested if f"text_{key}" in told}
        choices: dict[str, Any] = {"texts": {k: text for k, text in texts.items() if text != self.suggested[k]}}
        symbol = told.get("symbol")
        if symbol == LETTERS:
            choices["monogram"] = told["monogram"]
        elif symbol and symbol != self._own_symbol():
            choices["symbol"] = symbol
        if told.get("level"):
            choices["level"] = [int(number) for number in told["level"].split("/")]
        if told["own_colours"]:
            choices |= {name: told[name] for name in ("brand", "accent") if told[name]}
        if told["alt"]:
            choices["alt"] = told["alt"]
        return choices

    def _refuse_unprintable(self, spec: dict[str, Any]) -> None:
        """Letters that no bundled font has, told at the word they stand in."""
        words = {word["key"]: word["text"] for word in spec["words"]}
        lost: dict[str, str] = {}
        for part in every_part(spec["parts"]):
            if part["part"] == "text":
                for key in part["words"]:
                    lost[f"text_{key}"] = lettering.missing(words[key] + words[key].upper(), part["font"])
            elif part.get("kind") == "monogram":
                lost["monogram"] = lettering.missing(part["text"], part["font"])
        for name, letters in lost.items():
            if letters and name in self.fields:
                self.add_error(name, _("No font we print with has “%(letters)s”. Leave it out.") % {"letters": letters})
