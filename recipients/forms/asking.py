"""The form of an application form: what applicants should know, who answers, when, and rows of questions.

Rows are added, moved and taken away by buttons that change the page and save nothing, so that it all works without a script.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from issuers.cleaning import Refused
from issuers.forms.fields import LineField, ProseField
from recipients import questions
from recipients.models import ApplicationForm
from recipients.models.application import new_key
from recipients.questions import CHOICES, JUDGED, NO, YES, Asked, Kind

AnsweredBy = ApplicationForm.AnsweredBy
MOST_QUESTIONS = 30
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
# Columns of a row, in the order in which they are read.
COLUMNS = ("key", "kind", "label", "hint", "needed", "options", "accepted", "at_least")


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

    def __init__(self, data: Any = None, *, form: ApplicationForm, initial: Any = None, has_rule: bool = True) -> None:
        self.form, self.has_rule = form, has_rule
        self.arranged = initial is not None
        super().__init__(data, initial=initial if self.arranged else stored(form))
        self.count = _count(self.data if self.is_bound else self.initial)
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
            "options": _Lines(label=_now("Question %(number)s: choices") % number, most=questions.MOST_OPTIONS),
            "accepted": _Lines(
                label=_now("Question %(number)s: answers that earn it") % number, most=questions.MOST_ACCEPTED
            ),
            "at_least": _Amount(label=_now("Question %(number)s: at least") % number, required=False),
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
        for column, sentence in _faults(row):
            if f"row_{place}_{column}" not in self.errors:
                self.add_error(f"row_{place}_{column}", sentence)

    def _check_answering(self, answered: str) -> None:
        if answered == AnsweredBy.RULE and not self.has_rule:
            self.add_error("answered", _("This achievement has no rule yet. Switch one on first, or let staff answer."))
        if answered == AnsweredBy.ANSWERS and not any(asked.judged for asked in self.questions()):
            self.add_error(
                "answered", _("Name for at least one question the answers that earn it, or let staff answer.")
            )

    def questions(self) -> list[Asked]:
        """The filled rows, as recipients.asking.save takes them."""
        rows = [self._row(place) for place in range(self.count)]
        return [_asked(row) for row in rows if row["label"]]

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


class _Lines(forms.CharField):
    """One a line, each once; cleans to a list."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        line = LineField(most=questions.OPTION_MOST, required=False)
        lines = [line.clean(text) for text in str(super().clean(value)).splitlines()]
        once: dict[str, str] = {}
        for text in filter(None, lines):
            once.setdefault(questions.folded(text), text)
        found = list(once.values())
        if len(found) > self.most:
            raise forms.ValidationError(_("There is room for %(most)s lines. Shorten the list.") % {"most": self.most})
        return found


class _Amount(forms.CharField):
    """A number, as people write it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        try:
            return questions.number(text) if text else None
        except Refused as refused:
            raise forms.ValidationError(
                _("“%(value)s” is no number. Write digits with at most four decimals.") % {"value": text[:60]}
            ) from refused


def _faults(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What does not fit together in one row: (column, sentence)."""
    kind, options, accepted = row["kind"], row["options"] or [], row["accepted"] or []
    found: list[tuple[str, Any]] = []
    if kind in CHOICES and len(options) < 2:
        found.append(("options", _("A choice needs at least two of them, one a line.")))
    if kind not in CHOICES and options:
        found.append(("options", _("Only choices have a list. Empty it, or change the kind.")))
    if accepted and kind not in JUDGED:
        found.append(("accepted", _("Nobody can say beforehand which of these is right. Empty it.")))
    if kind in CHOICES and [text for text in accepted if text not in options]:
        found.append(("accepted", _("Write them exactly as they stand among the choices.")))
    if kind == Kind.YES_NO and [text for text in accepted if not _yes_or_no(text)]:
        found.append(("accepted", _("Write yes or no.")))
    if kind == Kind.NUMBER and [text for text in accepted if not _is_number(text)]:
        found.append(("accepted", _("Write numbers, one a line, or say below how much it is at least.")))
    return found + _amount_faults(row)


def _amount_faults(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    at_least = row["at_least"]
    if at_least is None:
        return []
    if row["kind"] not in {Kind.NUMBER, Kind.SEVERAL}:
        return [("at_least", _("Only a number and several choices have a least. Empty it."))]
    offered = len(row["accepted"] or row["options"] or [])
    if row["kind"] == Kind.SEVERAL and not (at_least == int(at_least) and 1 <= at_least <= offered):
        return [("at_least", _("Say how many of them must be ticked: 1 to %(most)s.") % {"most": offered})]
    return []


def _yes_or_no(text: str) -> str:
    """`yes` or `no`, also as the reader's language says it; '' for anything else."""
    words = {YES: YES, NO: NO, questions.folded(_now("yes")): YES, questions.folded(_now("no")): NO}
    return words.get(questions.folded(text), "")


def _is_number(text: str) -> bool:
    try:
        questions.number(text)
    except Refused:
        return False
    return True


def _asked(row: Mapping[str, Any]) -> Asked:
    kind, accepted = Kind(row["kind"]), row["accepted"]
    return Asked(
        key=row["key"] or new_key(),
        kind=kind,
        label=row["label"],
        hint=row["hint"],
        required=row["needed"],
        options=tuple(row["options"]),
        accepted=tuple(_yes_or_no(text) for text in accepted) if kind is Kind.YES_NO else tuple(accepted),
        at_least=row["at_least"],
    )


def stored(form: ApplicationForm) -> dict[str, Any]:
    """Everything as it is stored, and one empty row."""
    names = ("edits", "intro", "answered", "most", "opens_on", "closes_on")
    said: dict[str, Any] = {name: getattr(form, name) for name in names}
    rows = [_of_row(asked) for asked in (form.asked() if form.pk else [])]
    return said | flat([*rows, dict(EMPTY)][:MOST_QUESTIONS])


EMPTY = {"kind": Kind.SHORT.value, "needed": True}


def _of_row(asked: Asked) -> dict[str, Any]:
    at_least = "" if asked.at_least is None else f"{asked.at_least.normalize():f}"
    return asked.to_json() | {"needed": asked.required, "at_least": at_least}


def flat(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows as the fields of the page."""
    fields = {f"row_{place}_{name}": row.get(name) for place, row in enumerate(rows) for name in COLUMNS}
    return fields | {"rows": len(rows)}


def _count(said: Mapping[str, Any]) -> int:
    """How many rows the page had."""
    asked = str(said.get("rows", ""))
    shown = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    return max(1, min(shown, MOST_QUESTIONS))


def arranged(sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """The page as it was sent, after `more`, `up`, `down` or `away` was pressed; None where it is to be saved."""
    deed = next((name for name in ("more", "up", "down", "away") if name in sent), "")
    if not deed:
        return None
    count = _count(sent)
    rows = [{name: sent.get(f"row_{place}_{name}") for name in COLUMNS} for place in range(count)]
    names = ("edits", "intro", "answered", "most", "opens_on", "closes_on")
    return {name: sent.get(name) for name in names} | flat(_moved(rows, deed, str(sent[deed])))


def _moved(rows: list[dict[str, Any]], deed: str, value: str) -> list[dict[str, Any]]:
    place = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1
    if deed == "more" and len(rows) < MOST_QUESTIONS:
        rows.append(dict(EMPTY))
    elif deed == "away" and 0 <= place < len(rows):
        del rows[place]
    elif deed == "up" and 0 < place < len(rows):
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    elif deed == "down" and 0 <= place < len(rows) - 1:
        rows[place + 1], rows[place] = rows[place], rows[place + 1]
    return rows or [dict(EMPTY)]
