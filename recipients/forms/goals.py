"""Goals for groups, and the name on a leaderboard."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.models import Achievement
from issuers import clock
from issuers.forms.fields import LineField
from issuers.models import Issuer
from recipients.models import Group


class GroupGoalForm(forms.Form):
    """A goal for everybody in a group."""

    group: forms.ModelChoiceField[Group] = forms.ModelChoiceField(
        label=_("Group"), queryset=None, empty_label=_("Choose a group")
    )
    achievement: forms.ModelChoiceField[Achievement] = forms.ModelChoiceField(
        label=_("What to earn"), queryset=None, empty_label=_("Choose a published achievement")
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day, where your institution is. Without one it stands until you end it."),
    )
    note = LineField(
        label=_("A word to the group"), most=300, required=False, help_text=_("Shown beside the goal, such as why.")
    )

    def __init__(self, *args: Any, issuer: Issuer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issuer = issuer
        groups = Group.objects.filter(issuer=issuer, archived_at__isnull=True).order_by("name")
        published = Achievement.objects.published().filter(issuer=issuer).order_by("name")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.has_groups = groups.exists()
        self.fields["achievement"].queryset = published  # type: ignore[attr-defined]

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        today = clock.now().astimezone(ZoneInfo(self.issuer.time_zone)).date()
        if until and until < today:
            raise forms.ValidationError(_("This day is over. Choose today or a later one."), code="over")
        return until


class LeaderboardForm(forms.Form):
    """Under which name to stand there."""

    pseudonym = LineField(
        label=_("Pseudonym"),
        most=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "The others see this instead of your name. Left empty, they see your name as the institution writes it."
        ),
    )
