"""One row of the form that makes a form: its fields, what does not fit together in it, and its place among the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from issuers.cleaning import Refused
from issuers.forms.fields import LineField
from recipients import questions
from recipients.models import ApplicationForm
from recipients.models.application import new_key
from recipients.questions import CHOICES, JUDGED, NO, YES, Asked, Kind

MOST_QUESTIONS = 30
# Columns of a row, in the order in which they are read.
COLUMNS = ("key", "kind", "label", "hint", "needed", "options", "accepted", "at_least")


class Lines(forms.CharField):
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


class Amount(forms.CharField):
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


def faults(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
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


def asked(row: Mapping[str, Any]) -> Asked:
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
    names = ("edits", "intro", "tutorial", "answered", "most", "opens_on", "closes_on")
    said: dict[str, Any] = {name: getattr(form, name) for name in names}
    rows = [_of_row(one) for one in (form.asked() if form.pk else [])]
    return said | flat([*rows, dict(EMPTY)][:MOST_QUESTIONS])


EMPTY = {"kind": Kind.SHORT.value, "needed": True}


def _of_row(asked: Asked) -> dict[str, Any]:
    at_least = "" if asked.at_least is None else f"{asked.at_least.normalize():f}"
    return asked.to_json() | {"needed": asked.required, "at_least": at_least}


def flat(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows as the fields of the page."""
    fields = {f"row_{place}_{name}": row.get(name) for place, row in enumerate(rows) for name in COLUMNS}
    return fields | {"rows": len(rows)}


def count(said: Mapping[str, Any]) -> int:
    """How many rows the page had."""
    asked = str(said.get("rows", ""))
    shown = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    return max(1, min(shown, MOST_QUESTIONS))


def arranged(sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """The page as it was sent, after `more`, `up`, `down` or `away` was pressed; None where it is to be saved."""
    deed = next((name for name in ("more", "up", "down", "away") if name in sent), "")
    if not deed:
        return None
    number = count(sent)
    rows = [{name: sent.get(f"row_{place}_{name}") for name in COLUMNS} for place in range(number)]
    names = ("edits", "intro", "tutorial", "answered", "most", "opens_on", "closes_on")
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
