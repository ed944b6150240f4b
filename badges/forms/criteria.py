"""What it takes, and the skills of others' frameworks that it shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badges.forms.fields import DraftForm
from badges.models import Achievement
from issuers.forms.fields import LineField, ProseField, WebAddressField

MOST_ROWS, CRITERIA_MOST = 20, 5000
COLUMNS = ("target_name", "target_url", "target_framework", "target_code")


class CriteriaForm(DraftForm):
    """Criteria in Markdown; rows of skills, of which one more than are filled is shown. An emptied row is taken away."""

    criteria = ProseField(
        label=_("What it takes"),
        most=CRITERIA_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Markdown: **bold**, _italic_, lists beginning with “- ”, [links](https://example.org)."),
    )
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, *, achievement: Achievement, **kwargs: Any) -> None:
        stored = list(achievement.alignments.all())
        initial: dict[str, Any] = {"criteria": achievement.criteria}
        for place, row in enumerate(stored):
            initial |= {f"row_{place}_{column}": getattr(row, column) for column in COLUMNS}
        super().__init__(data, files, achievement=achievement, initial=initial, **kwargs)
        self.count = self._count(len(stored) + 1)
        self.initial["rows"] = self.count
        for place in range(self.count):
            self._add_row(place)
        self.say_remedies()

    def _count(self, stored: int) -> int:
        """How many rows the page had, and one more where that was asked for."""
        asked = str(self.data.get("rows", "")) if self.is_bound else ""
        shown = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else stored
        more = 1 if self.is_bound and "more" in self.data else 0
        return max(1, min(shown + more, MOST_ROWS))

    def _add_row(self, place: int) -> None:
        number = {"number": place + 1}
        self.fields[f"row_{place}_target_name"] = LineField(
            label=_now("Skill %(number)s: its name") % number, most=200, required=False
        )
        self.fields[f"row_{place}_target_url"] = WebAddressField(
            label=_now("Skill %(number)s: its address") % number, required=False
        )
        self.fields[f"row_{place}_target_framework"] = LineField(
            label=_now("Skill %(number)s: framework") % number, most=120, required=False
        )
        self.fields[f"row_{place}_target_code"] = LineField(
            label=_now("Skill %(number)s: code") % number, most=60, required=False
        )

    def shown_rows(self) -> list[dict[str, forms.BoundField]]:
        """Bound fields, row by row, under the names of the columns."""
        return [{column: self[f"row_{place}_{column}"] for column in COLUMNS} for place in range(self.count)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for place in range(self.count):
            row = {column: cleaned.get(f"row_{place}_{column}", "") for column in COLUMNS}
            if not any(row.values()):
                continue
            for column, sentence in (
                ("target_name", _("Say what the skill is called, or empty the whole row.")),
                ("target_url", _("Give the skill’s address, such as https://example.org/skills/1, or empty the row.")),
            ):
                if not row[column] and f"row_{place}_{column}" not in self.errors:
                    self.add_error(f"row_{place}_{column}", sentence)
        return cleaned

    def alignments(self) -> list[dict[str, str]]:
        """The filled rows, as badges.designing.save_criteria takes them."""
        rows = [{c: self.cleaned_data[f"row_{place}_{c}"] for c in COLUMNS} for place in range(self.count)]
        return [row for row in rows if any(row.values())]
