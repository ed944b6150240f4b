"""The page of a free layout in exact values, its paper, background, border and who signs: the designer's panel as a plain form."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badges.forms import layout as layouts
from badges.forms.certificate import ORIENTATIONS, SIZES
from badges.forms.faults import sentence
from badges.forms.fields import DraftForm
from badges.forms.kinds import kinds
from badges.models import Achievement, Picture
from badges.rendering import certificate as paper
from issuers.forms.fields import ColourField, LineField

MOST_SIGNERS = 4
# Parts of a page that say nothing without their first word, and what they begin with.
WHOLES = [
    ("border", "kind", {"colour": "brand", "second": "accent", "inset": 10, "width": 6, "rules": [[10, 0.4]]}),
    ("background.pattern", "kind", {"colour": "tint", "scale": 18, "opacity": 0.5}),
    ("background.image", "picture", {"fit": "cover", "opacity": 1}),
]
# Field → where it stands in the layout; the first word of a whole comes before what belongs to it.
PLACES = {
    "brand": "theme.brand",
    "ground": "background.colour",
    "image": "background.image.picture",
    "image_fit": "background.image.fit",
    "image_opacity": "background.image.opacity",
    "pattern": "background.pattern.kind",
    "pattern_colour": "background.pattern.colour",
    "pattern_scale": "background.pattern.scale",
    "pattern_opacity": "background.pattern.opacity",
    "border": "border.kind",
    "border_colour": "border.colour",
    "border_second": "border.second",
    "border_inset": "border.inset",
    "border_width": "border.width",
}
_SIGNER = ("name", "title", "picture")


def _number(label: Any) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, widget=forms.NumberInput(attrs={"step": "any"}))


def _colour(label: Any, *, required: bool = False) -> LineField:
    """A name of the palette, or six digits; the layout's own check says which names there are."""
    return LineField(label=label, most=40, required=required)


def _choice(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False)


class PageForm(DraftForm):
    """What is left empty is left out, or keeps the measure it begins with."""

    size = forms.ChoiceField(label=_("Paper"), choices=SIZES)
    orientation = forms.ChoiceField(label=_("Format"), choices=ORIENTATIONS)
    brand = ColourField(label=_("Main colour"), widget=forms.TextInput(attrs={"type": "color"}))
    ground = _colour(_("Background"), required=True)
    image = _choice(_("Picture over the whole page"))
    image_fit = forms.ChoiceField(
        label=_("On the page"), required=False, choices=[("cover", _("Filling it")), ("contain", _("All of it"))]
    )
    image_opacity = _number(_("Opacity of the picture, 0 to 1"))
    pattern = _choice(_("Pattern"))
    pattern_colour = _colour(_("Colour of the pattern"))
    pattern_scale = _number(_("Repeats every, mm"))
    pattern_opacity = _number(_("Opacity of the pattern, 0 to 1"))
    border = _choice(_("Border"))
    border_colour = _colour(_("First colour of the border"))
    border_second = _colour(_("Second colour of the border"))
    border_inset = _number(_("From the edge, mm"))
    border_width = _number(_("How wide, mm"))

    def __init__(self, data: Any = None, *, achievement: Achievement, **kwargs: Any) -> None:
        self.stored: dict[str, Any] = achievement.certificate.layout
        super().__init__(data, achievement=achievement, initial=self._initial(), auto_id="page_%s", **kwargs)
        self._offer()
        for number in range(1, MOST_SIGNERS + 1):
            self._add_signer(number)
        self.say_remedies()

    def _initial(self) -> dict[str, Any]:
        initial = dict(self.stored["page"])
        initial |= {name: _get(self.stored, path) for name, path in PLACES.items()}
        for number, signer in enumerate(self.stored.get("signers", ()), 1):
            initial |= {f"signer_{number}_{key}": signer.get(key, "") for key in _SIGNER}
        return initial

    def _offer(self) -> None:
        none = [("", _now("None"))]
        for name, kind in (("pattern", "pattern"), ("border", "border")):
            self._choose(name, none + kinds()[kind])
        library = [(picture.key, picture.name) for picture in Picture.objects.offered().library()]
        self._choose("image", none + _with(library, self.initial["image"]))

    def _choose(self, name: str, options: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = options

    def _add_signer(self, number: int) -> None:
        count, hands = {"number": number}, Picture.objects.offered().filter(kind=Picture.Kind.SIGNATURE)
        self.fields[f"signer_{number}_name"] = LineField(
            label=_now("Signatory %(number)s: name") % count, most=120, required=False
        )
        self.fields[f"signer_{number}_title"] = LineField(
            label=_now("Signatory %(number)s: office") % count, most=120, required=False
        )
        stored = self.initial.get(f"signer_{number}_picture", "")
        self.fields[f"signer_{number}_picture"] = forms.ChoiceField(
            label=_now("Signatory %(number)s: signature") % count,
            choices=[("", _now("None: signed by hand")), *_with([(hand.key, hand.name) for hand in hands], stored)],
            required=False,
        )

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        parts = {
            _now("Paper and background"): ("size", "orientation", "brand", "ground", "image", "pattern"),
            _now("Border"): ("border",),
            _now("Who signs"): ("signer",),
        }
        shown = self.visible_fields()
        return [(title, [bound for bound in shown if bound.name.startswith(names)]) for title, names in parts.items()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, MOST_SIGNERS + 1):
            name, *rest = (f"signer_{number}_{key}" for key in _SIGNER)
            if any(cleaned.get(each) for each in rest) and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Say who signs, or empty the other fields of this signatory."))
        if not self.errors:
            made = self.layout()
            for problem in layouts.faults(self.achievement, made):
                self.add_error(self._field(problem.pointer), sentence(problem, made))
        return cleaned

    def _field(self, pointer: str) -> str | None:
        """The field whose value a fault is about, or the whole form."""
        steps = pointer.strip("/").split("/")
        if steps[0] == "signers" and len(steps) > 2 and steps[1].isdigit():
            name = f"signer_{int(steps[1]) + 1}_{steps[2]}"
            return name if name in self.fields else None
        return next((name for name, path in PLACES.items() if path == ".".join(steps)), None)

    def layout(self) -> dict[str, Any]:
        """The stored layout with what the form says. On another paper everything keeps its place relative to the page."""
        made, told = copy.deepcopy(self.stored), self.cleaned_data
        page = {"size": told["size"], "orientation": told["orientation"]}
        if made["page"] != page:
            made = paper.moved(made, page)
        _begin_wholes(made, told)
        for name, path in PLACES.items():
            if told[name] not in ("", None) and _get(made, path.rpartition(".")[0]) is not None:
                _put(made, path, told[name])
        signers = self._signers()
        return {**made, "signers": signers} if signers or "signers" in made else made

    def _signers(self) -> list[dict[str, str]]:
        told, found = self.cleaned_data, []
        for number in range(1, MOST_SIGNERS + 1):
            signer = {key: told[f"signer_{number}_{key}"] for key in _SIGNER}
            if signer["name"]:
                before: dict[str, str] = next(iter(self.stored.get("signers", ())[number - 1 : number]), {})
                found.append({key: text for key, text in signer.items() if text or key in before})
        return found


def _with(options: list[tuple[str, str]], stored: Any) -> list[tuple[str, str]]:
    """What stands there can stay, though it is offered no more."""
    return options if not stored or stored in dict(options) else [*options, (stored, _now("The picture that is there"))]


def _get(layout: Mapping[str, Any], path: str) -> Any:
    value: Any = layout
    for step in path.split(".") if path else ():
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _put(layout: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        layout = layout[step]
    layout[last] = value


def _begin_wholes(layout: dict[str, Any], told: Mapping[str, Any]) -> None:
    """A border, pattern or picture that is chosen first begins whole; one that is chosen no more goes whole."""
    first = {path: name for name, path in PLACES.items()}
    for part, word, whole in WHOLES:
        chosen = told[first[f"{part}.{word}"]]
        above, _dot, own = part.rpartition(".")
        holder = _get(layout, above)
        if not chosen:
            holder.pop(own, None)
        elif own not in holder:
            holder[own] = {word: chosen, **copy.deepcopy(whole)}
        elif word == "kind" and chosen == "rule":
            holder[own].setdefault("rules", copy.deepcopy(whole.get("rules", [])))
