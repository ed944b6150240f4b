"""The form of an application form: what applicants should know, who answers, when, and rows of questions.

Rows are added, moved and taken away by buttons that change the page and save nothing, so that it all works without a script.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from issuers.forms.fields import LineField, ProseField
from recipients import questions
from recipients.forms import question_rows
from recipients.forms.question_rows import COLUMNS
from recipients.models import ApplicationForm
from recipients.questions import CHOICES, Asked, Kind

AnsweredBy = ApplicationForm.AnsweredBy
KINDS: dict[str, Any] = {
    Kind.SHORT: _("Short text"),
    Kind.LONG: _("Long text"),
    Kind.NUMBER: _("Number"),
    Kind.DATE: _("Date"),
    Kind.ONE: _("One choice"),
    Kind.SEVERAL: _("Several choices"),
    Kind.YES_NO: _("Yes or no"),
    Kind.WEB: _("Web address"),
    Kind.AGREEMENT: _("Agreement to tick"),
}
CONSEQUENCES = {
    AnsweredBy.STAFF: (_("Everything waits in the queue until somebody accepts or declines it."), "inbox"),
    AnsweredBy.RULE: (
        _(
            "Who meets the rule is awarded at once. Everybody else is told what is missing, and is awarded when it is done."
        ),
        "list-check",
    ),
    AnsweredBy.ANSWERS: (
        _(
            "Who gives the answers that you name below is awarded at once. Everybody else is told which ones do not earn it."
        ),
        "checks",
    ),
}


class ApplicationFormForm(forms.Form):
    """`rows` is how many rows the page has; one more than are filled is shown. A row without words is taken away."""

    edits = forms.IntegerField(widget=forms.HiddenInput, required=False)
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    intro = ProseField(
        label=_("What applicants should know"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Above the questions. Markdown: **bold**, _italic_, lists beginning with “- ”."),
    )
    tutorial = ProseField(
        label=_("A tutorial to read first"),
        most=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Each line that begins with “## ” begins a page; the questions come after the last one, as a check of what was read."
        ),
    )
    answered = forms.ChoiceField(label=_("Who answers"), choices=AnsweredBy, widget=forms.RadioSelect)
    most = forms.IntegerField(
        label=_("How often one person may apply"),
        min_value=1,
        max_value=100,
        help_text=_("One at a time. What the person withdraws does not count."),
    )
    opens_on = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    closes_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The whole day, where your institution is."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        form: ApplicationForm,
        initial: Any = None,
        has_rule: bool = True,
        may_decide: bool = False,
    ) -> None:
        self.form, self.has_rule, self.may_decide = form, has_rule, may_decide
        self.arranged = initial is not None
        super().__init__(data, initial=initial if self.arranged else question_rows.stored(form))
        self.count = question_rows.count(self.data if self.is_bound else self.initial)
        self.initial["rows"] = self.count
        self.fields["answered"].consequences = CONSEQUENCES  # type: ignore[attr-defined]
        for place in range(self.count):
            self._add_row(place)

    def _add_row(self, place: int) -> None:
        number = {"number": place + 1}
        made: dict[str, forms.Field] = {
            "key": forms.RegexField(r"^[0-9a-f]{8}$", widget=forms.HiddenInput, required=False),
            "kind": forms.ChoiceField(label=_now("Question %(number)s: kind") % number, choices=list(KINDS.items())),
            "label": LineField(label=_now("Question %(number)s: its words") % number, most=300, required=False),
            "hint": LineField(label=_now("Question %(number)s: hint") % number, most=300, required=False),
            "needed": forms.BooleanField(label=_now("Must be answered"), required=False),
            "options": question_rows.Lines(
                label=_now("Question %(number)s: choices") % number, most=questions.MOST_OPTIONS
            ),
            "accepted": question_rows.Lines(
                label=_now("Question %(number)s: answers that earn it") % number, most=questions.MOST_ACCEPTED
            ),
            "at_least": question_rows.Amount(label=_now("Question %(number)s: at least") % number, required=False),
        }
        for column, field in made.items():
            self.fields[f"row_{place}_{column}"] = field

    def shown_rows(self) -> list[dict[str, Any]]:
        """Bound fields, row by row, under the names of the columns."""
        return [self._shown(place) for place in range(self.count)]

    def _shown(self, place: int) -> dict[str, Any]:
        row: dict[str, Any] = {column: self[f"row_{place}_{column}"] for column in COLUMNS}
        filled = any(row[column].value() or row[column].errors for column in ("options", "accepted", "at_least"))
        is_open = filled or row["kind"].value() in CHOICES
        return row | {"place": place, "first": place == 0, "last": place == self.count - 1, "open": is_open}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("It would close before it opens. Check both dates."))
        for place in range(self.count):
            self._check_row(place, self._row(place))
        if not self.errors:
            self._check_answering(cleaned["answered"])
        return cleaned

    def _row(self, place: int) -> dict[str, Any]:
        return {column: self.cleaned_data.get(f"row_{place}_{column}") for column in COLUMNS}

    def _check_row(self, place: int, row: Mapping[str, Any]) -> None:
        said = [row["hint"], row["options"], row["accepted"], row["at_least"]]
        if not row["label"]:
            if any(said) and f"row_{place}_label" not in self.errors:
                self.add_error(f"row_{place}_label", _("Say what is asked, or take the question away."))
            return
        for column, sentence in question_rows.faults(row):
            if f"row_{place}_{column}" not in self.errors:
                self.add_error(f"row_{place}_{column}", sentence)

    def _check_answering(self, answered: str) -> None:
        # What is saved here awards from then on: whoever may not award changes it before it is opened, and not after.
        if answered != AnsweredBy.STAFF and self.form.opened_at is not None and not self.may_decide:
            self.add_error(
                "answered",
                _(
                    "People were let in to this form, and it awards by itself. Ask somebody who decides on applications."
                ),
            )
        if answered == AnsweredBy.RULE and not self.has_rule:
            self.add_error("answered", _("This achievement has no rule yet. Switch one on first, or let staff answer."))
        if answered == AnsweredBy.ANSWERS and not any(asked.judged for asked in self.questions()):
            self.add_error(
                "answered", _("Name for at least one question the answers that earn it, or let staff answer.")
            )

    def questions(self) -> list[Asked]:
        """The filled rows, as recipients.asking.save takes them."""
        rows = [self._row(place) for place in range(self.count)]
        return [question_rows.asked(row) for row in rows if row["label"]]

    def clean_edits(self) -> int:
        """A page that does not say what it was opened with was opened before everything."""
        edits: int | None = self.cleaned_data.get("edits")
        return -1 if edits is None else edits

    def take_over(self, edits: int) -> None:
        """After somebody else saved: the next press of the button is meant."""
        sent: Any = self.data
        sent = sent.copy()
        sent["edits"] = str(edits)
        self.data = sent
