"""The parts of the builder's page, each a small form below a prefix: a condition, a group, a term, the frame around them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from badges.criteria.drafting import Json
from badges.criteria.rules import Every, Of, Type
from badges.forms.fields import ERRORS
from badges.forms.rule_fields import PARTS, Choosers, NumberText, options, part, types
from issuers.forms.fields import LineField

TYPES = tuple(Type)


def _how_many() -> list[tuple[str, str]]:
    return [(Of.ALL.value, _("all")), (Of.ANY.value, _("any one")), (Of.AT_LEAST.value, _("at least …"))]


class Part(forms.Form):
    """Fields below a prefix. Everything may be missing while a rule is written."""

    def __init__(self, data: QueryDict, *, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        for made in self.fields.values():
            made.error_messages |= ERRORS

    def typed(self, name: str) -> str:
        """What was sent for a field, before anything looked at it."""
        return str(self.data.get(self.add_prefix(name), ""))

    def said(self) -> Json:
        """The document's part: what is empty is not in it."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", [], None)}

    def tell(self, name: str, text: str) -> None:
        """A fault of the rule, at its field where it has one."""
        self.add_error(name if name in self.fields else None, text)


class GroupForm(Part):
    """How many of its conditions a group needs; the rule's own, and one within it."""

    of = LineField(most=10, required=False, widget=forms.Select)
    n = NumberText(most=10, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 2}))

    def __init__(self, data: QueryDict, *, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["of"].label = _("How many of these are needed")
        self.fields["n"].label = _("At least how many")
        select: Any = self.fields["of"].widget
        select.choices = _how_many()

    @property
    def counted(self) -> bool:
        """Whether a number belongs to it."""
        return self.typed("of") == Of.AT_LEAST

    def said(self) -> Json:
        said = {"of": self.cleaned_data["of"] or Of.ALL.value, "n": self.cleaned_data["n"]}
        return said if said["of"] == Of.AT_LEAST and said["n"] != "" else {"of": said["of"]}


class ConditionForm(Part):
    """One condition, with the fields of its type alone."""

    type = LineField(most=10, widget=forms.Select)

    def __init__(self, data: QueryDict, *, prefix: str, choosers: Choosers) -> None:
        super().__init__(data, prefix=prefix)
        self.choosers = choosers
        self.asked = self.typed("type") if self.typed("type") in TYPES else Type.COUNT.value
        self.fields["type"].label = _("What counts")
        select: Any = self.fields["type"].widget
        select.choices = types()
        for name in PARTS[self.asked]:
            self.fields[name] = part(name, self.asked, {n: self.typed(n) for n in ("kind", "group")}, choosers)

    def parts(self) -> list[forms.BoundField]:
        """Its fields without the type."""
        return [self[name] for name in PARTS[self.asked]]

    @property
    def kind(self) -> str:
        """Whose things are suggested, if it names some."""
        return self.typed("kind") if {"key", "keys"} & set(self.fields) else ""

    def said(self) -> Json:
        said = {**super().said(), "type": self.asked}
        kind = said.get("kind", "")
        if "key" in said:
            said["key"] = self.choosers.found(kind, said["key"])
        if "keys" in said:
            said["keys"] = list(dict.fromkeys(self.choosers.found(kind, text) for text in said["keys"]))
        if named := said.get("keys") or said.get("credentials"):
            said.setdefault("at_least", len(named))
        return said


class TermForm(Part):
    """One term of the institution's calendar. Its key stays when its name changes: it is the award's."""

    key = LineField(most=40, required=False, widget=forms.HiddenInput)
    name = LineField(most=120, required=False)

    def __init__(self, data: QueryDict, *, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["name"].label = _("Name of the term")
        for name, label in (("from", _("First day")), ("to", _("Last day"))):
            day = forms.DateInput(attrs={"type": "date"})
            self.fields[name] = LineField(label=label, most=20, required=False, widget=day)

    def said(self) -> Json:
        said = super().said()
        if not set(said) - {"key"}:
            return {}
        return {**said, "key": said.get("key") or _term_key(said)}


def _term_key(said: Json) -> str:
    """Of the first day, which tells terms apart, and the name where that has letters of ours."""
    return (slugify(f"{said.get('name', '')} {said.get('from', '')}")[:40]).strip("-") or "term"


class FrameForm(GroupForm):
    """What stands around the conditions: how many of them, and how often it can be earned."""

    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)
    every = LineField(most=10, required=False, widget=forms.Select)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, prefix="rule")
        self.fields["every"].label = _("How often it can be earned")
        select: Any = self.fields["every"].widget
        select.choices = options(
            [
                (Every.WEEK.value, _("once a week")),
                (Every.MONTH.value, _("once a month")),
                (Every.TERM.value, _("once a term")),
            ],
            "",
            empty=_("once ever"),
        )

    def clean_edits(self) -> int:
        """A page that does not say what it was opened with was opened before everything."""
        edits: int | None = self.cleaned_data.get("edits")
        return -1 if edits is None else edits
