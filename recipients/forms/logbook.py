"""What people tell of themselves, and what staff say to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.models import ActivityKind
from badges.wording.kinds import KINDS as WORDS
from issuers.cleaning import Refused
from issuers.forms.fields import LineField, ProseField, WebAddressField, refused_as_error
from issuers.models import Issuer
from recipients import activities
from recipients.logbook import KINDS, MOST_HOURS


class _HoursField(forms.CharField):
    """1.5 or 1,5; up to a whole day."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            number = activities.value(text)
        except Refused as refused:
            raise refused_as_error(refused) from refused
        if number is not None and not 0 < number <= MOST_HOURS:
            raise forms.ValidationError(_("Hours of one day, more than 0 and up to 24, such as 2.5."))
        return number


class LogForm(forms.Form):
    """One deed of one day, told to one institution."""

    kind = forms.ChoiceField(label=_("What kind"))
    what = LineField(
        label=_("What you did"),
        most=activities.KEY_MOST,
        help_text=_("Such as “Food bank, Harbour Street”."),
        widget=forms.TextInput(attrs={"list": "things"}),
    )
    day = forms.DateField(
        label=_("When"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("The day is needed. Choose it.")},
    )
    hours = _HoursField(
        label=_("Hours"),
        required=False,
        max_length=10,
        help_text=_("Needed for volunteering and mentoring."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    place = LineField(label=_("Where"), most=activities.PLACE_MOST, required=False)
    peer = LineField(
        label=_("Whom you helped"),
        most=activities.KEY_MOST,
        required=False,
        help_text=_("Where it was one person: their name. Only the institution reads it."),
    )
    note = ProseField(
        label=_("A note"), most=activities.NOTE_MOST, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    evidence_url = WebAddressField(
        label=_("Link to evidence"),
        required=False,
        help_text=_("A page, a picture or a document that shows it, and that the institution can open."),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    request_key = forms.RegexField(r"^[A-Za-z0-9_-]{8,64}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, issuer: Issuer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds(issuer)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") in {"volunteering", "mentoring"} and "hours" in cleaned and not cleaned["hours"]:
            self.add_error("hours", _("How long was it? Hours are what this counts."))
        return cleaned


def kinds(issuer: Issuer) -> list[tuple[str, Any]]:
    """What can be told to this institution: what nobody else sees, and its own kinds."""
    own = ActivityKind.objects.filter(issuer=issuer).order_by("name").values_list("key", "name")
    return [*((key, WORDS[key].label) for key in KINDS), *own]


class RefusalForm(forms.Form):
    """Why something does not count."""

    reason = LineField(
        label=_("Reason"),
        most=300,
        help_text=_("The person reads it."),
        error_messages={"required": _("Say why it does not count: the person reads it.")},
    )
