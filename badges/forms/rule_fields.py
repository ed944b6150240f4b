"""Fields of conditions: what there is to choose from, several values under one name, and numbers that may not be one yet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from badges.criteria.drafting import Json
from badges.criteria.rules import Take, Type
from issuers import cleaning
from issuers.forms.fields import LineField, refused_as_error

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,6})?")
MOST_OFFERED = 200


@dataclass(frozen=True)
class Choosers:
    """What there is at an institution: kinds, its things by (kind, key), tags, units, credentials and groups."""

    kinds: Sequence[tuple[str, str]]
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    units: Sequence[str] = ()
    credentials: Sequence[tuple[str, str]] = ()
    groups: Sequence[tuple[str, str]] = ()

    @cached_property
    def _keys(self) -> dict[tuple[str, str], list[str]]:
        """(kind, title) → keys: two evenings may have the same title."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for (kind, key), title in self.titles.items():
            found[kind, title.casefold()].append(key)
        return dict(found)

    def shown(self, kind: str, key: str) -> str:
        """What people call a thing; with its key where two are called alike."""
        title = self.titles.get((kind, key), key)
        alike = self._keys.get((kind, title.casefold()), [])
        return f"{title} · {key}" if len(alike) > 1 else title

    def found(self, kind: str, text: str) -> str:
        """The key of what somebody typed or chose; the text itself where nothing is called so."""
        if (kind, text) in self.titles:
            return text
        keys = self._keys.get((kind, text.casefold()), [])
        if len(keys) == 1:
            return keys[0]
        title, _between, key = text.rpartition(" · ")
        return key if self.titles.get((kind, key)) == title else text

    def things(self, kind: str) -> list[str]:
        """What to offer while somebody types, of one kind."""
        some = [key for of, key in self.titles if of == kind][:MOST_OFFERED]
        return sorted(self.shown(kind, key) for key in some)


def number(text: str) -> int | float | str:
    """70, 2.5 or 2,5; what is no number stays as it was typed, and the check of the rule says so."""
    if not _NUMBER.fullmatch(text):
        return text
    value = float(text.replace(",", "."))
    return int(value) if value.is_integer() else value


class NumberText(LineField):
    """A number of a condition."""

    def clean(self, value: Any) -> Any:
        return number(super().clean(value))


class SeveralInput(forms.Widget):
    """Several values under one name, and room for one more. Fields with suggestions, or choices."""

    template_name = "badges/widgets/several.html"

    def __init__(self, *, one: str, most: int, choices: Sequence[tuple[str, str]] = (), suggest: str = "") -> None:
        super().__init__()
        self.one, self.most, self.choices, self.suggest = one, most, list(choices), suggest

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(data.getlist(name))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        values = [text for text in value or [] if text]
        rows = [self._row(at, text, context["widget"]["attrs"]) for at, text in enumerate([*values, ""][: self.most])]
        context |= {"rows": rows, "one": self.one, "most": self.most, "choices": self._choices(values)}
        context |= {"choose": _("choose…"), "another": _("and another…")}
        return context

    def _row(self, at: int, text: str, attrs: dict[str, Any]) -> dict[str, Any]:
        """The label names the first one; the others say their number."""
        own = {**attrs, "id": f"{attrs['id']}_{at}"}
        own |= {"list": self.suggest, "autocomplete": "off"} if self.suggest else {}
        if at:
            own.pop("autofocus", None)
            own["aria-label"] = f"{self.one} {at + 1}"
        return {"value": text, "attrs": own}

    def _choices(self, values: Sequence[str]) -> list[tuple[str, str]]:
        """What stands in the rule can be seen, also where it is not there any more."""
        known = {value for value, _label in self.choices}
        return self.choices and [*self.choices, *((value, value) for value in values if value not in known)]


class SeveralField(forms.Field):
    """Cleans to a list: each once, in the order in which they came."""

    widget: Any = SeveralInput

    def __init__(self, *, most_letters: int, widget: SeveralInput, **kwargs: Any) -> None:
        super().__init__(required=False, widget=widget, **kwargs)
        self.most_letters, self.most = most_letters, widget.most

    def clean(self, value: Any) -> list[str]:
        try:
            cleaned = [cleaning.line(text, most=self.most_letters).value for text in value or []]
        except cleaning.Refused as refused:
            raise refused_as_error(refused) from refused
        return [text for text in dict.fromkeys(cleaned) if text][: self.most]


def options(choices: Sequence[tuple[str, str]], value: str, *, empty: str = "") -> list[tuple[str, str]]:
    """Choices of a select: with an empty one, and with what stands in the rule even where it is not there any more."""
    first = [("", empty)] if empty else []
    own = [] if not value or value in {key for key, _label in choices} else [(value, value)]
    return [*first, *choices, *own]


def types() -> list[tuple[str, str]]:
    """What a condition can ask."""
    return [
        (Type.COUNT.value, _("Different things done: how many")),
        (Type.SET.value, _("Some of these things, by name")),
        (Type.SUM.value, _("Hours or other amounts, added up")),
        (Type.SCORE.value, _("A score")),
        (Type.IMPROVED.value, _("A better score than at the first try")),
        (Type.DEADLINE.value, _("One thing, by a deadline")),
        (Type.PEERS.value, _("Different people helped")),
        (Type.HOLDS.value, _("Other credentials held")),
        (Type.MEMBER.value, _("Belonging to a group")),
    ]


def takes() -> list[tuple[str, str]]:
    """Which try counts."""
    return [
        (Take.BEST.value, _("the best try counts")),
        (Take.FIRST.value, _("only the first try counts")),
        (Take.LAST.value, _("the latest try counts")),
    ]


def amount_label(asked: str) -> str:
    """What `at_least` means in a condition of a type."""
    return {
        Type.COUNT: _("How many"),
        Type.SET: _("How many"),
        Type.SUM: _("How much"),
        Type.SCORE: _("At least"),
        Type.IMPROVED: _("Better by"),
        Type.PEERS: _("How many people"),
        Type.HOLDS: _("How many"),
    }.get(Type(asked), _("At least"))


def text_of(value: Any) -> str:
    """A value of the document as it is typed."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


# The parts of each type, in the order of the sentence.
PARTS: dict[str, tuple[str, ...]] = {
    Type.COUNT: ("at_least", "kind", "tags", "from", "to"),
    Type.SET: ("kind", "keys", "at_least", "from", "to"),
    Type.SUM: ("at_least", "unit", "kind", "tags", "from", "to"),
    Type.SCORE: ("at_least", "unit", "kind", "key", "take", "from", "to"),
    Type.IMPROVED: ("at_least", "unit", "kind", "key", "from", "to"),
    Type.DEADLINE: ("kind", "key", "by", "time"),
    Type.PEERS: ("at_least", "kind", "tags", "from", "to"),
    Type.HOLDS: ("credentials", "at_least", "from", "to"),
    Type.MEMBER: ("group",),
}


def part(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    """The field of one part; `said` is what was typed so far, for choices that depend on it."""
    return _MAKERS.get(name, _day)(name, asked, said, choosers)


def _amount(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    blank = asked in {Type.SET, Type.HOLDS}
    return NumberText(
        label=amount_label(asked),
        most=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Empty: all.") if blank else "",
    )


def _kind(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    anything = _("any activity") if asked in {Type.COUNT, Type.SUM, Type.PEERS} else ""
    choices = options(choosers.kinds, str(said.get("kind", "")), empty=anything)
    return LineField(label=_("Of what kind"), most=60, required=False, widget=forms.Select(choices=choices))


def _key(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    suggest = {"list": f"things-{said.get('kind', '')}", "autocomplete": "off"}
    return LineField(label=_("Which one"), most=420, required=False, widget=forms.TextInput(attrs=suggest))


def _keys(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    widget = SeveralInput(one=_("Thing"), most=100, suggest=f"things-{said.get('kind', '')}")
    return SeveralField(label=_("Which ones"), most_letters=420, widget=widget)


def _tags(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    widget = SeveralInput(one=_("Tag"), most=10, suggest="tags-in-use")
    return SeveralField(label=_("Tagged"), most_letters=60, widget=widget)


def _unit(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    hint = _("hours, points …") if asked == Type.SUM else _("percent …")
    widget = forms.TextInput(attrs={"list": "units-in-use", "placeholder": hint, "autocomplete": "off"})
    return LineField(label=_("Counted in"), most=40, required=False, widget=widget)


def _take(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    return LineField(label=_("Of several tries"), most=10, required=False, widget=forms.Select(choices=takes()))


def _credentials(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    widget = SeveralInput(one=_("Credential"), most=100, choices=choosers.credentials)
    return SeveralField(label=_("Which credentials"), most_letters=60, widget=widget)


def _group(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    choices = options(choosers.groups, str(said.get("group", "")), empty=_("choose a group…"))
    return LineField(label=_("Which group"), most=200, required=False, widget=forms.Select(choices=choices))


def _time(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    return LineField(
        label=_("Until"),
        most=10,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Empty: the whole day."),
    )


def _day(name: str, asked: str, said: Json, choosers: Choosers) -> forms.Field:
    label = {"from": _("First day"), "to": _("Last day"), "by": _("Last day")}[name]
    return LineField(label=label, most=20, required=False, widget=forms.DateInput(attrs={"type": "date"}))


_MAKERS: dict[str, Any] = {
    "at_least": _amount,
    "kind": _kind,
    "key": _key,
    "keys": _keys,
    "tags": _tags,
    "unit": _unit,
    "take": _take,
    "credentials": _credentials,
    "group": _group,
    "time": _time,
}
