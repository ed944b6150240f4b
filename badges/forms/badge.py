"""A starter made one's own: its words, symbol, level and colours; and, when asked for, its shape and composition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badges import dressing
from badges.forms.badge_words import GRAMMAR_CHOICES, GRAMMAR_NAMES, METAL_NAMES, SLOT_NAMES, find_symbols, symbol_name
from badges.forms.fields import DraftForm
from badges.models import Achievement
from badges.rendering import badge as drawing
from badges.rendering import lettering
from badges.rendering.badge_adjusting import LEAST_SIZE, MOST_LEVELS, MOST_MONOGRAM, MOST_SIZE
from badges.rendering.badge_grammar import GRAMMAR, chosen
from badges.rendering.badge_spec import every_part, main_symbol
from badges.rendering.badge_starters import IDS
from badges.rendering.badge_symbol_set import known
from badges.rendering.badge_symbol_set import names as symbol_names
from badges.rendering.badge_symbols import SYMBOLS
from issuers.forms.fields import ColourField, LineField

LETTERS, LOGO = "letters", "logo"
MOST_FOUND = 60
_COLOUR_INPUT = {"type": "color"}
_RANGE = {"type": "range", "min": LEAST_SIZE, "max": MOST_SIZE, "step": 5, "class": "range"}


def levels() -> list[tuple[str, str]]:
    """`2/3` for two of three, as many as are ever drawn."""
    pairs = [(value, of) for of in range(2, MOST_LEVELS + 1) for value in range(1, of + 1)]
    spoken = _now("%(value)s of %(of)s")
    return [("", _now("No level")), *((f"{v}/{o}", spoken % {"value": v, "of": o}) for v, o in pairs)]


class BadgeForm(DraftForm):
    """Fields depend on the starter; `choices` is what goes into BadgeDesign.choices."""

    own = forms.BooleanField(
        label=_("Make it my own"),
        required=False,
        help_text=_("Opens shape and composition. The words, the symbol and the lettering come along."),
    )
    own_colours = forms.BooleanField(label=_("Other colours than your institution’s"), required=False)
    brand = ColourField(label=_("Ground"), required=False, widget=forms.TextInput(attrs=_COLOUR_INPUT))
    accent = ColourField(label=_("Line"), required=False, widget=forms.TextInput(attrs=_COLOUR_INPUT))
    metal = forms.ChoiceField(
        label=_("Metal"), choices=list(METAL_NAMES.items()), required=False, widget=forms.RadioSelect
    )
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
        self.starter = starter
        self.is_own = bool(data.get("own")) if data is not None else "own" in choices
        self.template = dressing.badge_template(starter, own=self.is_own)
        self.slots = drawing.slots(self.template)
        self.suggested = dressing.suggested_words(achievement, self.template)
        initial = self._initial(achievement, choices)
        data = self._carried(achievement, data, initial)
        super().__init__(data, files, achievement=achievement, initial=initial, **kwargs)
        for slot in self.slots:
            self._add(slot)
        self._add_grammar()
        self.say_remedies()
        self.spec: dict[str, Any] | None = None

    @property
    def key(self) -> str:
        """What the fields depend on; a page sends along the one that it was made for."""
        return f"{self.starter}/{'own' if self.is_own else ''}"

    def _initial(self, achievement: Achievement, choices: Mapping[str, Any]) -> dict[str, Any]:
        shown = dressing.badge_spec(achievement, self.starter, choices)
        level, accent = choices.get("level"), choices.get("accent", "")
        texts = {f"text_{key}": text for key, text in {**self.suggested, **choices.get("texts", {})}.items()}
        grammar = {f"own_{key}": value for key, value in chosen(self.starter, choices.get("own", {})).items()}
        return {
            **texts,
            **grammar,
            "own": self.is_own,
            "symbol": self._chosen_symbol(choices),
            "monogram": choices.get("monogram", ""),
            "size": choices.get("size", 100),
            "level": f"{level[0]}/{level[1]}" if level else "",
            "own_colours": bool(choices.get("brand") or accent.startswith("#")),
            "metal": accent if accent in METAL_NAMES else "",
            "brand": shown["brand"],
            "accent": drawing.palette(shown["brand"], shown.get("accent", "auto"))["accent"],
            "alt": choices.get("alt", ""),
        }

    def _chosen_symbol(self, choices: Mapping[str, Any]) -> str:
        if choices.get("monogram"):
            return LETTERS
        return LOGO if choices.get("logo") else choices.get("symbol") or self._own_symbol()

    def _own_symbol(self) -> str:
        return str((main_symbol(self.template) or {}).get("name", ""))

    def _carried(self, achievement: Achievement, data: Any, initial: Mapping[str, Any]) -> Any:
        """What was typed into another design's fields, as far as it is more than that design suggested."""
        was, _slash, own = (data.get("was", "") if data is not None else "").partition("/")
        if was not in IDS or f"{was}/{own}" == self.key:
            return data
        before = dressing.badge_template(was, own=own == "own")
        suggested = dressing.suggested_words(achievement, before)
        data = data.copy()
        for key in self.suggested:
            if data.get(f"text_{key}", suggested.get(key, "")) == suggested.get(key, ""):
                data[f"text_{key}"] = initial[f"text_{key}"]
        if data.get("symbol") == (main_symbol(before) or {}).get("name"):
            data["symbol"] = self._own_symbol()
        for name in ("symbol", *(f"own_{key}" for key in GRAMMAR)):
            data.setdefault(name, initial[name])
        return data

    def _add(self, slot: drawing.Slot) -> None:
        if slot.kind == "symbol":
            self._add_symbol()
        elif slot.kind == "level":
            self.fields["level"] = forms.ChoiceField(label=_("Level marks"), choices=levels, required=False)
        else:
            hint = _now("Up to %(most)s letters. Empty leaves it out.") % {"most": slot.max_length}
            label = SLOT_NAMES.get(slot.label, slot.label)
            self.fields[f"text_{slot.key}"] = LineField(
                label=label, most=slot.max_length, required=False, help_text=hint
            )

    def _add_symbol(self) -> None:
        offered = [(name, symbol_name(name)) for name in symbol_names()]
        offered.append((LETTERS, _now("Letters")))
        if self.achievement.issuer.logo:
            offered.append((LOGO, _now("Your logo")))
        self.fields["symbol"] = forms.ChoiceField(
            label=_("Symbol"), choices=offered, widget=forms.RadioSelect, required=False
        )
        self.fields["monogram"] = LineField(
            label=_("Letters"), most=MOST_MONOGRAM, required=False, help_text=_("One to three, instead of a symbol.")
        )
        self.fields["size"] = forms.IntegerField(
            label=_("Size of the symbol, in percent"),
            min_value=LEAST_SIZE,
            max_value=MOST_SIZE,
            required=False,
            widget=forms.NumberInput(attrs=_RANGE),
        )

    def _add_grammar(self) -> None:
        for key, values in GRAMMAR.items():
            self.fields[f"own_{key}"] = forms.ChoiceField(
                label=GRAMMAR_NAMES[key],
                choices=[(value, GRAMMAR_CHOICES[key][value]) for value in values],
                widget=forms.RadioSelect,
                required=False,
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

    @property
    def grammar(self) -> list[forms.BoundField]:
        """The fields of shape and composition."""
        return [self[f"own_{key}"] for key in GRAMMAR]

    @property
    def tiles(self) -> list[tuple[str, str, bool]]:
        """Symbols to choose from: name, how it is called, whether it is the one. Ours, the chosen one, those found."""
        current = str(self["symbol"].value() or self._own_symbol())
        find, topic = (self.data.get(name, "") for name in ("find", "topic"))
        found = find_symbols(find, topic)[:MOST_FOUND] if find or topic else list(SYMBOLS)
        special = {LETTERS: _now("Letters"), LOGO: _now("Your logo")}
        hidden = known(current) and current not in found
        offered = [current, *found] if hidden else found
        offered = [*offered, LETTERS, *([LOGO] if self.achievement.issuer.logo else [])]
        return [(name, special.get(name) or symbol_name(name), name == current) for name in offered]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("symbol") == LETTERS and not cleaned.get("monogram") and "monogram" not in self.errors:
            self.add_error("monogram", _("Type one to three letters, or choose a symbol."))
        if not self.errors:
            self.spec = dressing.badge_spec(self.achievement, self.starter, self.choices())
            self._refuse_unprintable(self.spec)
        if not self.errors and (faults := drawing.check(self.spec)):
            why = f"{faults[0].pointer}: {faults[0].code}"  # its message is for developers
            self.add_error(None, _("This cannot be drawn (%(why)s). Change the words.") % {"why": why})
        return cleaned

    def choices(self) -> dict[str, Any]:
        """Only what was chosen: a word left as suggested goes on following the achievement's name."""
        told = self.cleaned_data
        texts = {key: told[f"text_{key}"] for key in self.suggested if f"text_{key}" in told}
        choices: dict[str, Any] = {"texts": {k: text for k, text in texts.items() if text != self.suggested[k]}}
        choices |= self._symbol_choices(told)
        if told.get("level"):
            choices["level"] = [int(number) for number in told["level"].split("/")]
        if told["own_colours"]:
            choices |= {name: told[name] for name in ("brand", "accent") if told[name]}
        if told.get("metal"):
            choices["accent"] = told["metal"]
        if told["own"]:
            choices["own"] = chosen(self.starter, {key: told[f"own_{key}"] for key in GRAMMAR})
        if told["alt"]:
            choices["alt"] = told["alt"]
        return choices

    def _symbol_choices(self, told: Mapping[str, Any]) -> dict[str, Any]:
        symbol, size = told.get("symbol"), told.get("size") or 100
        choices: dict[str, Any] = {} if size == 100 else {"size": size}
        if symbol == LETTERS:
            choices["monogram"] = told["monogram"]
        elif symbol == LOGO:
            choices["logo"] = True
        elif symbol and symbol != self._own_symbol():
            choices["symbol"] = symbol
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
