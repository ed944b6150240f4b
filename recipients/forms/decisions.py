"""Decisions about what rules found: whom they are for, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers.forms.fields import LineField

MOST = 500


def chosen(data: Any) -> list[int]:
    """The ticked rows; what is no number is none."""
    return [int(text) for text in data.getlist("earning")[:MOST] if text.isdecimal() and len(text) < 19]


class RefusalForm(forms.Form):
    """Why something that was earned is not awarded."""

    reason = LineField(
        label=_("Reason, to refuse"), most=300, help_text=_("For your own records, and for whoever asks.")
    )


class RevocationForm(forms.Form):
    """Why something is taken back."""

    reason = LineField(
        label=_("Reason, to revoke"),
        most=300,
        help_text=_("The person reads it, and so does everybody who checks the credential."),
    )
