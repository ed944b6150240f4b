"""What somebody types from a slip of paper."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class SlipCodeForm(forms.Form):
    """The code below the square."""

    code = forms.CharField(
        label=_("Code on the slip"),
        max_length=60,
        help_text=_("Four groups of four. Small letters and missing hyphens do not matter."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class NumberForm(forms.Form):
    """The student number, for slips of institutions that ask for it."""

    number = forms.CharField(
        label=_("Your student number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def say_wrong(self, left: int) -> None:
        """It is not the one; how often one may still try."""
        said = ngettext_lazy(
            "This is not the number that belongs to the slip. You may try once more.",
            "This is not the number that belongs to the slip. You may try %(left)s times more.",
            left,
        )
        self.add_error("number", forms.ValidationError(said, params={"left": left}))
