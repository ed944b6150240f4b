"""One element of a free layout in exact values: what the designer's panel says, as a plain form."""

from __future__ import annotations

import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.forms import layout as layouts
from badges.forms.faults import sentence
from badges.forms.fields import DraftForm
from badges.models import Achievement, Picture
from badges.rendering import certificate_pieces as pieces
from badges.rendering import fonts
from issuers.forms.fields import LineField, ProseField
from issuers.models import Issuer

BOX = (("left", _("Left, mm")), ("top", _("Top, mm")), ("width", _("Width, mm")), ("height", _("Height, mm")))
# Field → where it stands in the element, and which types have it.
PLACES: dict[str, tuple[tuple[str, ...], str]] = {
    "label": (("label",), "*"),
    "hidden": (("hidden",), "*"),
    "rotate": (("rotate",), "text number image badge qr signature seal line shape"),
    "z": (("z",), "*"),
    "text": (("text",), "text seal"),
    "tag": (("tag",), "text"),
    "font": (("style", "font"), "text number signature seal"),
    "size": (("style", "size"), "text number signature"),
    "least": (("style", "min"), "text number"),
    "lines": (("style", "lines"), "text"),
    "align": (("style", "align"), "text number"),
    "valign": (("style", "valign"), "text number"),
    "ink": (("style", "colour"), "text number"),
    "on": (("style", "on"), "text number"),
    "colour": (("colour",), "line shape seal qr"),
    "alt": (("alt",), "image badge"),
    "picture": (("picture",), "image"),
}
ADD = [("", _("Nothing")), ("text", _("Text")), ("image", _("Picture")), ("shape", _("Shape")), ("line", _("Line"))]
ADD += [("qr", _("QR code")), ("badge", _("Badge")), ("signature", _("Signature")), ("seal", _("Seal"))]
ADD += [("number", _("Credential number")), ("table", _("Results"))]


def first_picture(issuer: Issuer) -> str:
    """Key of what a new picture shows: the logo, or the newest picture there is; '' for none."""
    library = Picture.objects.offered().library()
    newest = library.filter(key=issuer.logo).first() or library.first()
    return newest.key if newest else ""


class OwnForm(DraftForm):
    """Nothing but the count that two people at once meet at."""


def _decimal(label: Any, **kwargs: Any) -> forms.FloatField:
    return forms.FloatField(label=label, widget=forms.NumberInput(attrs={"step": "any"}), **kwargs)


def _options(*pairs: tuple[str, Any]) -> list[tuple[str, Any]]:
    return [("", _("As the page has it")), *pairs]


class ElementForm(DraftForm):
    """`element` names the one to edit; without it there is only the choice of what to add."""

    element = forms.CharField(required=False, widget=forms.HiddenInput)
    label = LineField(label=_("Name of the layer"), most=60, required=False)
    left, top, width, height = (_decimal(label) for _name, label in BOX)
    rotate = _decimal(_("Turned by, degrees"), required=False)
    z = forms.IntegerField(label=_("Layer, from the back"), required=False)
    text = ProseField(label=_("Words"), most=600, required=False)
    tag = forms.ChoiceField(
        label=_("Read aloud as"),
        choices=[("p", _("Text")), ("h1", _("First heading")), ("h2", _("Second heading"))],
        required=False,
    )
    font = forms.ChoiceField(label=_("Typeface"), required=False)
    size = _decimal(_("Size, pt"), required=False)
    least = _decimal(_("Smallest size, pt"), required=False)
    lines = forms.IntegerField(label=_("Lines at most"), required=False)
    align = forms.ChoiceField(
        label=_("Lines stand"),
        choices=_options(("start", _("At the start")), ("center", _("In the middle")), ("end", _("At the end"))),
        required=False,
    )
    valign = forms.ChoiceField(
        label=_("In the box"),
        choices=_options(("top", _("At the top")), ("middle", _("In the middle")), ("bottom", _("At the foot"))),
        required=False,
    )
    ink = LineField(label=_("Colour"), most=40, required=False)
    on = LineField(label=_("Lies on"), most=40, required=False)
    colour = LineField(label=_("Colour"), most=40, required=False)
    alt = LineField(label=_("What it shows, in words"), most=300, required=False)
    picture = forms.ChoiceField(label=_("Picture"), required=False)
    order = forms.IntegerField(label=_("Read aloud as number"), min_value=1, max_value=80)
    hidden = forms.BooleanField(label=_("Hidden: kept, and not printed"), required=False)
    remove = forms.BooleanField(label=_("Take this element away"), required=False)
    add = forms.ChoiceField(label=_("Add to the page"), choices=ADD, required=False)

    def __init__(self, data: Any = None, *, achievement: Achievement, element: str = "", **kwargs: Any) -> None:
        self.stored: dict[str, Any] = achievement.certificate.layout
        names = [each["id"] for each in self.stored["elements"]]
        self.place = names.index(element) if element in names else None
        self.current: dict[str, Any] = {} if self.place is None else self.stored["elements"][self.place]
        super().__init__(data, achievement=achievement, initial=self._initial(), **kwargs)
        self._offer()
        self._drop_what_it_has_not()
        self.say_remedies()

    @property
    def title(self) -> str:
        """What is edited, in words."""
        return str(self.current.get("label") or self.current.get("id") or _("A new element"))

    def anew(self) -> ElementForm:
        return ElementForm(achievement=self.achievement, element=self.current.get("id", ""))

    def _initial(self) -> dict[str, Any]:
        if self.place is None:
            return {}
        initial: dict[str, Any] = {"element": self.current["id"], "order": self.place + 1}
        initial |= {name: value for (name, _label), value in zip(BOX, self.current["box"], strict=True)}
        for name, (path, _types) in PLACES.items():
            value: Any = self.current
            for step in path:
                value = value.get(step, {}) if isinstance(value, dict) else {}
            # A text of several languages is edited in the one that is printed.
            initial[name] = self._said(value) if isinstance(value, dict) else value
        return initial

    def _said(self, words: dict[str, str]) -> str:
        return words.get(self.stored["locale"]) or words.get("en") or next(iter(words.values()), "")

    def _offer(self) -> None:
        own = self.current.get("style", {}).get("font", "")
        known = [name for name in fonts.names() if not name.startswith("noto-") or name == own]
        library = Picture.objects.offered().library()
        self._choose("font", [("", _("As the page has it")), *((name, name) for name in known)])
        shown: list[tuple[str, Any]] = [(picture.key, picture.name) for picture in library]
        if (key := self.current.get("picture")) and key not in dict(shown):
            shown.append((key, _("The picture that is there")))
        self._choose("picture", [("", _("None yet")), *shown])

    def _choose(self, name: str, options: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = options

    def _drop_what_it_has_not(self) -> None:
        kind = self.current.get("type")
        gone = {name for name, (_path, types) in PLACES.items() if types != "*" and kind not in types.split()}
        if kind is None:
            gone = set(PLACES)
        gone |= {"left", "top", "width", "height", "order", "remove"} if kind is None else {"add"}
        for name in gone:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if self.place is None and not cleaned.get("add"):
            self.add_error("add", _("Choose what to add, or choose an element from the list."))
            return cleaned
        for problem in layouts.faults(self.achievement, self.layout()):
            self.add_error(self._field(problem.pointer), sentence(problem, self.layout()))
        return cleaned

    def _field(self, pointer: str) -> str | None:
        """The field whose value a fault is about, or the whole form."""
        steps = tuple(pointer.split("/")[3:])
        if not pointer.startswith(f"/elements/{self.place}/"):
            return None
        if steps[0] == "box":
            name = BOX[int(steps[1])][0] if len(steps) > 1 and steps[1].isdigit() and int(steps[1]) < 4 else "left"
            return name if name in self.fields else None
        return next((name for name, (path, _t) in PLACES.items() if path == steps and name in self.fields), None)

    def layout(self) -> dict[str, Any]:
        """The stored layout with what the form says."""
        made, told = copy.deepcopy(self.stored), self.cleaned_data
        if self.place is None:
            picture = first_picture(self.achievement.issuer)
            made["elements"].append(pieces.piece(told["add"], made, words=str(_("New text")), picture=picture))
            return made
        element = made["elements"].pop(self.place)
        if told["remove"]:
            return made
        element["box"] = [told[name] for name, _label in BOX]
        for name, (path, _types) in PLACES.items():
            if name in self.fields:
                self._set(element, path, told[name])
        if "picture" in self.fields:
            element.pop("asset", None)
            element |= {} if element.get("picture") else {"asset": "logo"}
        made["elements"].insert(min(told["order"] - 1, len(made["elements"])), element)
        return made

    def _set(self, element: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
        for step in path[:-1]:
            element = element.setdefault(step, {})
        last, before = path[-1], element.get(path[-1])
        if isinstance(before, str) and before.strip() == value:
            return  # the space at the end of a ring of words is meant
        if isinstance(before, dict) and isinstance(value, str):
            element[last] = {**before, self.stored["locale"]: value}
        elif value in ("", None, False) and last not in {"text", "alt"}:
            element.pop(last, None)
        else:
            element[last] = value
