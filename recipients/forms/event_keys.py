"""Forms of the keys of other systems: making one, and letting another follow it."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers.forms.fields import LineField
from recipients.models.event import Way

_CONSEQUENCES = {
    Way.EVENTS: (
        _("Your own scripts and most systems. Each message is signed; the secret never travels."),
        "signature",
    ),
    Way.XAPI: (_("Moodle and others that speak xAPI. They ask for an address, a user name and a password."), "school"),
}


class _Once(forms.Form):
    """A form that does its deed once, however often it is sent."""

    request_key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"request_key": secrets.token_urlsafe(16)})
        super().__init__(*args, **kwargs)


class EventKeyForm(_Once):
    """Which system, and how it sends."""

    name = LineField(
        label=_("Which system"), most=80, help_text=_("For your own list, such as “Moodle” or “door scanner”.")
    )
    way = forms.ChoiceField(label=_("How it sends"), choices=Way.choices, initial=Way.EVENTS, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].consequences = _CONSEQUENCES  # type: ignore[attr-defined]


class SuccessorForm(_Once):
    """Another key beside one."""
