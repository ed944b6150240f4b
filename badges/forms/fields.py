"""What the forms of achievements share: errors with their remedy, and the count that two people at once meet at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.models import Achievement
from issuers.wording import SENTENCES

ERRORS = {
    "required": SENTENCES["required"],
    "invalid_choice": _("“%(value)s” is not in the list. Choose one of those shown."),
}
NUMBERS = {
    "invalid": _("This is not a number. Write it like 12 or 12.5."),
    "min_value": _("It is at least %(limit_value)s."),
    "max_value": _("It is at most %(limit_value)s."),
    "max_digits": _("The number is too long. Five digits and two decimals fit."),
    "max_decimal_places": _("Two decimals fit. Round it."),
    "max_whole_digits": _("The number is too large. Five digits fit before the point."),
}


class DraftForm(forms.Form):
    """A form of one draft. `edits` is the count that the page was opened with (badges.editing.EditedMeanwhile)."""

    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, achievement: Achievement, **kwargs: Any) -> None:
        self.achievement = achievement
        super().__init__(data, files, **kwargs)
        self.initial.setdefault("edits", achievement.edits)
        self.say_remedies()

    def say_remedies(self) -> None:
        """Every error says what to do."""
        for field in self.fields.values():
            field.error_messages |= ERRORS
            if isinstance(field, forms.IntegerField | forms.DecimalField):
                field.error_messages |= NUMBERS

    def clean_edits(self) -> int:
        """A page that does not say what it was opened with was opened before everything."""
        edits: int | None = self.cleaned_data.get("edits")
        return -1 if edits is None else edits

    def anew(self) -> DraftForm:
        """The same form, opened again on what is stored now."""
        return type(self)(achievement=self.achievement)

    def take_over(self) -> None:
        """After somebody else saved: the next press of the button is meant."""
        sent: Any = self.data
        sent = sent.copy()
        sent[self.add_prefix("edits")] = str(self.achievement.edits)
        self.data = sent
