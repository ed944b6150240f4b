"""How a rule runs: who looks before a credential leaves, how long it can be undone, for how many, until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.forms.fields import ERRORS, NUMBERS
from badges.models import Rule
from badges.models.rule import Approval

A_DAY = 1440


class OptionsForm(forms.Form):
    """Stands outside of the document: a change counts at once, and makes no version."""

    edits = forms.IntegerField(widget=forms.HiddenInput)
    approval = forms.ChoiceField(
        label=_("Before it is awarded"), choices=Approval.choices, widget=forms.RadioSelect, initial=Approval.NONE
    )
    undo_minutes = forms.IntegerField(
        label=_("Minutes before mails leave"),
        min_value=0,
        max_value=A_DAY,
        help_text=_("So long an award can be taken back and nobody knows. 0: the mail leaves at once."),
    )
    cap = forms.IntegerField(
        label=_("At most so many people"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("The first ones get it. Empty: everybody who earns it."),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=_("The rule stops by itself after it. Empty: it runs until you switch it off."),
        error_messages={"invalid": _("This is no day of the calendar. Write it as 2026-11-20.")},
    )

    def __init__(self, data: Any = None, *, rule: Rule) -> None:
        values = {name: getattr(rule, name) for name in ("edits", "approval", "undo_minutes", "cap", "ends_on")}
        super().__init__(data, initial=values)
        choice: Any = self.fields["approval"]
        choice.consequences = {
            Approval.NONE: (_("The credential leaves as soon as somebody has earned it."), "bolt"),
            Approval.ONE: (_("It waits on “Held” until one of you has looked at the facts."), "user-check"),
            Approval.TWO: (_("It waits until two of you have looked, independently of each other."), "users"),
        }
        for field in self.fields.values():
            field.error_messages |= ERRORS
            if isinstance(field, forms.IntegerField):
                field.error_messages |= NUMBERS

    def take_over(self, rule: Rule) -> None:
        """After somebody else saved: the next press of the button is meant."""
        sent: Any = self.data
        self.data = sent = sent.copy()
        sent["edits"] = str(rule.edits)

    def chosen(self) -> dict[str, Any]:
        """As badges.ruling.save_options takes it."""
        return {name: self.cleaned_data[name] for name in ("approval", "undo_minutes", "cap", "ends_on")}
