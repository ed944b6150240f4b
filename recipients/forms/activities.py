"""Forms of what people did: one deed, its correction, an opportunity, a kind of one's own, a group and its people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.models import Opportunity
from issuers.forms.fields import AddressField, LineField, NameField, ProseField
from issuers.models import Issuer
from recipients import activities
from recipients.forms.activity_fields import MomentField, NumberField, PastMomentField, TagsField
from recipients.forms.staff import MOST_PASTED

UNITS = (
    ("", _("nothing")),
    ("hours", _("hours")),
    ("minutes", _("minutes")),
    ("points", _("points")),
    ("percent", _("percent")),
)
# A select of thousands helps nobody: the newest are offered, and older ones are found through their own page.
MOST_OFFERED = 300


def things(
    issuer: Issuer, labels: Mapping[str, str], kinds: Sequence[str] = ()
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Current opportunities by kind, as choices `kind/key`."""
    rows = Opportunity.objects.filter(issuer=issuer).current().newest_first()
    found: dict[str, list[tuple[str, str]]] = {}
    for one in rows.filter(kind__in=kinds)[:MOST_OFFERED] if kinds else rows[:MOST_OFFERED]:
        day = f" ({one.starts_at.astimezone(ZoneInfo(issuer.time_zone)).date().isoformat()})" if one.starts_at else ""
        found.setdefault(one.kind, []).append((f"{one.kind}/{one.key}", f"{one.title}{day}"))
    return [(labels.get(kind, kind), rows) for kind, rows in found.items()]


class OfInstitution(forms.Form):
    """A form whose clocks are the institution's, and whose kinds are those that it has."""

    def __init__(self, *args: Any, issuer: Issuer, labels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issuer, self.labels = issuer, labels
        for field in self.fields.values():
            if isinstance(field, MomentField):
                field.zone = ZoneInfo(issuer.time_zone)
        if "kind" in self.fields:
            self.fields["kind"].choices = list(labels.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("unit") and cleaned.get("value") is None and "value" not in self.errors:
            self.add_error("value", _("How many of them? Write a number, or choose “nothing”."))
        return cleaned


class DeedForm(OfInstitution):
    """What was done, when and how much; for one new deed and for putting one right."""

    thing = forms.ChoiceField(
        label=_("What"), required=False, help_text=_("A session, a quiz, a task that is listed here already.")
    )
    title = LineField(
        label=_("Or something new"), most=activities.KEY_MOST, required=False, help_text=_("What people call it.")
    )
    kind = forms.ChoiceField(label=_("Its kind"), required=False)
    at = PastMomentField(label=_("When"), help_text=_("By the clock of your institution."))
    value = NumberField(label=_("How much"), help_text=_("Hours, points, a score."))
    unit = forms.ChoiceField(label=_("Of what"), choices=UNITS, required=False)
    tags = TagsField()
    place = LineField(label=_("Place"), most=activities.PLACE_MOST, required=False)
    note = ProseField(
        label=_("Note"),
        most=activities.NOTE_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For staff."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["thing"].choices = [("", _("something new")), *things(self.issuer, self.labels)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("thing") and not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", _("Choose what it was, or say what people call it."))
        if not cleaned.get("thing") and not cleaned.get("kind"):
            self.add_error("kind", _("Choose its kind."))
        return cleaned


class RecordForm(DeedForm):
    """One deed of one person. The key makes pressing twice record once."""

    name = NameField(label=_("Name"), required=False, help_text=_("Needed where nobody is known by this address yet."))
    email = AddressField(label=_("Email address"))
    request_key = forms.RegexField(r"^[A-Za-z0-9_-]{8,64}$", widget=forms.HiddenInput)
    field_order = ("email", "name", "thing", "title", "kind", "at", "value", "unit", "tags", "place", "note")


class OpportunityForm(OfInstitution):
    """What people can do. The kind is chosen once, since rules name a thing by its kind and key."""

    title = LineField(label=_("What it is called"), most=activities.KEY_MOST)
    kind = forms.ChoiceField(label=_("Kind"))
    starts_at = MomentField(label=_("Begins"), required=False, help_text=_("By the clock of your institution."))
    ends_at = MomentField(label=_("Ends"), required=False)
    place = LineField(label=_("Place"), most=activities.PLACE_MOST, required=False)
    tags = TagsField()
    value = NumberField(
        label=_("Taking part is worth"), help_text=_("Kept with every activity that says nothing else.")
    )
    unit = forms.ChoiceField(label=_("Of what"), choices=UNITS, required=False)
    retag = forms.BooleanField(
        label=_("Give these tags to what is recorded for it already"),
        required=False,
        help_text=_("Rules look again at everybody who took part."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        begins, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if begins and ends and ends < begins:
            self.add_error("ends_at", _("It would end before it begins. Check both."))
        return cleaned


class KindForm(forms.Form):
    """A kind of the institution's own."""

    name = NameField(label=_("What it is called"), most=60, help_text=_("Such as “Lab visit”."))


class GroupForm(forms.Form):
    """A list of people under a name."""

    name = NameField(label=_("Name of the group"), most=120, help_text=_("Such as “Mentors, autumn 2026”."))


class MembersForm(forms.Form):
    """People to add."""

    text = forms.CharField(
        label=_("One person a line"),
        max_length=MOST_PASTED,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false", "class": "mono"}),
        help_text=_(
            "“Ana Li, ana@example.org”, rows of a spreadsheet, or addresses alone of people who are known here."
        ),
    )
