"""The form of a token of the API: which program, what it may do, until when."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers import clock
from issuers.forms.fields import LineField
from issuers.models import ApiToken

LASTS = {"30": _("30 days"), "90": _("90 days"), "365": _("One year"), "730": _("Two years")}


class ApiTokenForm(forms.Form):
    """It does its deed once, however often it is sent."""

    request_key = forms.CharField(max_length=32, widget=forms.HiddenInput)
    name = LineField(
        label=_("Which program"), most=80, help_text=_("For your own list, such as “Student records” or “Exam portal”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick only what the program needs. Whoever has the token can do this, and nothing else."),
    )
    lasts = forms.ChoiceField(label=_("It ends after"), choices=list(LASTS.items()), initial="365")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"request_key": secrets.token_urlsafe(16)})
        super().__init__(*args, **kwargs)

    def made_of(self) -> dict[str, Any]:
        """What `entrusting.make` takes."""
        ends: datetime = clock.now() + timedelta(days=int(self.cleaned_data["lasts"]))
        kept = {name: self.cleaned_data[name] for name in ("name", "scopes", "request_key")}
        return {**kept, "expires_at": ends}
