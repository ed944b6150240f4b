"""What is filled in at a door: its window and who is expected, a walk-in, and what a phone asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from issuers import clock
from issuers.forms.fields import AddressField, NameField
from issuers.models import Issuer
from recipients.models import CheckIn, Group

LONGEST = timedelta(days=2)
# What a new door begins with: a quarter of an hour before the session, until it ends or for an hour and a half.
EARLY, LONG = timedelta(minutes=15), timedelta(minutes=90)
_CLOCK = "%Y-%m-%dT%H:%M"


class _MomentField(forms.DateTimeField):
    """A day and a time, where the institution is."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format=_CLOCK, attrs={"type": "datetime-local"})
        super().__init__(input_formats=[_CLOCK, "%Y-%m-%dT%H:%M:%S"], widget=widget, **kwargs)


class ExpectedForm(forms.Form):
    """Who is on the list before anybody has come."""

    group: forms.ModelChoiceField[Group] = forms.ModelChoiceField(
        None, label=_("Expected"), required=False, empty_label=_("Everybody known here")
    )

    def __init__(self, *args: Any, issuer: Issuer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.filter(issuer=issuer, archived_at__isnull=True).order_by("name")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class WindowForm(forms.Form):
    """From when to when people check in by themselves."""

    opens_at = _MomentField(label=_("Opens"))
    closes_at = _MomentField(label=_("Closes"))

    def __init__(self, *args: Any, issuer: Issuer, **kwargs: Any) -> None:
        self.zone = ZoneInfo(issuer.time_zone)
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        with timezone.override(self.zone):
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It would close before it opens. Check both times."))
        elif opens and closes and closes - opens > LONGEST:
            self.add_error("closes_at", _("A door is open for up to two days. Choose an earlier end."))
        elif closes and closes <= clock.now():
            self.add_error("closes_at", _("That is over already. Choose a later end."))
        return cleaned


def window_form(issuer: Issuer, door: CheckIn | None, opportunity: Any) -> WindowForm:
    """With the times there are: the door's own, else a quarter of an hour before the session until it ends."""
    now = clock.now()
    begins = opportunity.starts_at or now
    ends = opportunity.ends_at if opportunity.ends_at and opportunity.ends_at > now else max(begins, now) + LONG
    initial: dict[str, Any] = {"opens_at": max(begins - EARLY, now), "closes_at": ends}
    if door and door.opens_at and door.closes_at and door.closes_at > now:
        initial = {"opens_at": door.opens_at, "closes_at": door.closes_at}
    with timezone.override(ZoneInfo(issuer.time_zone)):
        for name in ("opens_at", "closes_at"):
            initial[name] = timezone.localtime(initial[name]).strftime(_CLOCK)
    return WindowForm(initial=initial, issuer=issuer)


class WalkInForm(forms.Form):
    """Somebody who is not on the list."""

    name = NameField(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = AddressField(label=_("Email address"), help_text=_("What this earns them is offered there."))


class LettersForm(forms.Form):
    """Without a camera."""

    letters = forms.CharField(
        label=_("The six letters on the screen"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "input-code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class YourNameForm(forms.Form):
    """Signed in, and not known to this institution yet."""

    name = NameField(
        label=_("Your name"),
        help_text=_("As it should stand on a certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class StrangerForm(YourNameForm):
    """Without an account: a name, and an address that is proved by a code."""

    email = AddressField(
        label=_("Your email address"),
        help_text=_("We send six digits there, so that nobody checks in under your name."),
    )
