"""What analytics are asked for: a time, a part of the achievements, and another time to compare with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recipients.charting import Span

PERIODS = {"4w": 28, "12w": 84, "1y": 365, "3y": 1096}
MOST_DAYS = 3_660


def _as_meant(data: Any) -> Any:
    """The period says what holds: dates, where one is given, and twelve weeks where nothing is."""
    meant = data.copy()
    dated = any(data.get(name, "").strip() for name in ("begins", "ends"))
    meant["period"] = "dates" if dated else data.get("period", "") or "12w"
    return meant


class AnalyticsForm(forms.Form):
    """GET alone. Dates go before a period; nothing asked is the last twelve weeks."""

    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[
            ("4w", _("Last 4 weeks")),
            ("12w", _("Last 12 weeks")),
            ("1y", _("Last 12 months")),
            ("3y", _("Last 3 years")),
            ("dates", _("These dates")),
        ],
    )
    begins = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    ends = forms.DateField(label=_("to"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    achievement = forms.ChoiceField(label=_("Achievement"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    compare = forms.ChoiceField(
        label=_("Compare with"),
        required=False,
        choices=[
            ("", _("Compare with nothing")),
            ("before", _("With the time before")),
            ("year", _("With the year before")),
        ],
    )

    def __init__(
        self, data: Any, *, achievements: Any, tags: list[str], kinds: list[tuple[str, str]], today: date
    ) -> None:
        super().__init__(_as_meant(data))
        self.today = today
        listed = [(one.public_id, one.name) for one in achievements]
        self._choose("achievement", [("", _("All achievements")), *listed])
        self._choose("tag", [("", _("All tags")), *((tag, tag) for tag in tags)])
        self._choose("kind", [("", _("All kinds")), *kinds])
        for field in self.fields.values():
            field.widget.attrs["class"] = "input input-s"

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """`span` is what is meant."""
        said = super().clean() or {}
        begins, ends = said.get("begins"), said.get("ends")
        if begins or ends:
            ends = ends or max(self.today, begins or self.today)
            begins = begins or ends - timedelta(days=PERIODS["12w"] - 1)
        else:
            ends = self.today
            begins = ends - timedelta(days=PERIODS.get(said.get("period") or "", PERIODS["12w"]) - 1)
        if begins > ends:
            self.add_error("ends", _("This day is before the first one. Choose a later day."))
        elif (ends - begins).days >= MOST_DAYS or begins.year < 1900 or ends.year > 9000:
            self.add_error("begins", _("Ask for ten years at most, between 1900 and 9000."))
        else:
            said["span"] = Span(begins, ends)
        return said
