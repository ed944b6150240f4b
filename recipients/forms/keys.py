"""Forms of the key page: changing a key, and saying that others may know it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers.forms.fields import LineField
from issuers.models import Issuer


class RotationForm(forms.Form):
    """Which key is followed by a new one. It is named, so that pressing twice changes it once."""

    key: Any = forms.ModelChoiceField(queryset=None, widget=forms.HiddenInput)  # its choices are one issuer's
    reason = LineField(
        label=_("Why"), most=300, required=False, help_text=_("For your own records, such as “every year”.")
    )

    def __init__(self, *args: Any, issuer: Issuer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].queryset = issuer.keys.all()  # type: ignore[attr-defined]


class CompromiseForm(forms.Form):
    """What happened, and the institution's short name typed out: nobody does this by accident."""

    reason = LineField(
        label=_("What happened"), most=300, help_text=_("Your colleagues read it here. Others are not told.")
    )
    confirmation = forms.CharField(
        label=_("To confirm, type the short name of your institution"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, issuer: Issuer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slug = issuer.slug
        self.fields["confirmation"].help_text = _("It is %(slug)s.") % {"slug": issuer.slug}

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"].strip()
        if typed != self._slug:
            raise forms.ValidationError(
                _("That is not the short name. Type %(slug)s."), code="other", params={"slug": self._slug}
            )
        return typed
