"""The people of an award, read by the rules of files: every fault of every row at once, by its place in the body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from badges.models import Achievement
from badges.pointing import pointer
from issuers import cleaning
from issuers.cleaning import Refused
from issuers.models import Issuer
from issuers.wording import sentence
from recipients import checking, importing
from recipients.api import faults
from recipients.api.problems import Fault, Problem
from recipients.api.shapes import MOST_CUSTOM, MOST_RECIPIENTS, AwardIn
from recipients.exporting import guarded
from recipients.importing import Column, Person, Row, Table

# Field of a file → its place in one of the recipients.
_PLACES: dict[str, tuple[str, ...]] = {
    "recipient_name": ("name",),
    "first_name": ("name",),
    **{name: (name,) for name in ("email", "student_id", "issued_on", "expires_on", "grade", "narrative", "role")},
    **{name: (name,) for name in ("term", "credits", "license_number", "activity_start", "activity_end", "locale")},
    **{f"evidence_{name}": ("evidence", name) for name in ("url", "name", "description", "genre", "audience")},
}
_FIELDS = [field for field in _PLACES if field != "first_name"]


@dataclass(frozen=True)
class Asked:
    """An award as it was asked for."""

    achievement: str
    people: tuple[Person, ...]
    send_at_once: bool


def read(issuer: Issuer, said: dict[str, Any]) -> Asked:
    """The body of an award. Raises Problem with everything that is wrong in it."""
    rows = said.get("recipients")
    if isinstance(rows, list) and len(rows) > MOST_RECIPIENTS:
        raise Problem("too_many_recipients", params={"found": f"{len(rows):,}", "most": f"{MOST_RECIPIENTS:,}"})
    wrong = _misshapen(said)
    # A row of a wrong form is not read any further; the others are, so that one answer names everything.
    places = [fault.pointer or "" for fault in wrong]
    unread = {place.split("/")[2] for place in places if place.startswith("/recipients/")}
    sound = _sound(rows, unread)
    labels, more = _labels(sound)
    table = _table(sound, labels)
    # Days are ISO by their form already: no order of day and month is open.
    report = importing.check(table, _mapping(len(table.columns)), today=checking.today_of(issuer), date_order="YMD")
    found = [*wrong, *more, *(_fault(fault, labels) for fault in report.faults)]
    if found:
        raise Problem("faulty", faults=sorted(found, key=_place))
    return Asked(said["achievement"], report.people, said.get("send_at_once", False))


def refuse_unprintable(asked: Asked, achievement: Achievement) -> None:
    """Raises Problem for those whose certificate there is no room or no letters for, before anything is promised."""
    report = checking.printable(importing.Report(people=asked.people, faults=(), notices=()), achievement)
    if report.faults:
        raise Problem("faulty", faults=[_unprintable(fault) for fault in report.faults])


def _unprintable(fault: importing.Fault) -> Fault:
    """At the words that are to blame; columns of one's own are named by their labels here."""
    column = fault.column or ""
    own = column.startswith("custom.")
    steps = ("custom", column.removeprefix("custom.")) if own else _PLACES.get(column, ())
    place = pointer(["recipients", fault.line - 1, *steps])
    return Fault(place, fault.code, sentence(fault.code, **fault.params))


def _misshapen(said: dict[str, Any]) -> list[Fault]:
    try:
        AwardIn.model_validate(said)
    except ValidationError as error:
        return [faults.of_error(one, one["loc"]) for one in error.errors(include_url=False)]  # type: ignore[arg-type]
    return []


def _sound(rows: Any, unread: set[str]) -> list[tuple[int, dict[str, Any]]]:
    """The rows that have the right form, with their places."""
    if not isinstance(rows, list):
        return []
    return [(place, row) for place, row in enumerate(rows) if str(place) not in unread]


def _labels(rows: Iterable[tuple[int, dict[str, Any]]]) -> tuple[list[str], list[Fault]]:
    """The labels of values of one's own, in all rows; each becomes a signed result."""
    labels: dict[str, None] = {}
    wrong: list[Fault] = []
    for place, row in rows:
        for label in row.get("custom", {}):
            try:
                plain = cleaning.line(label, most=120).value
            except Refused as refused:
                wrong.append(_custom_fault(place, label, refused.code, **refused.params))
                continue
            if plain != label:
                wrong.append(_custom_fault(place, label, "label_untidy"))
            elif label not in labels and len(labels) == MOST_CUSTOM:
                wrong.append(_custom_fault(place, label, "too_many_labels", most=MOST_CUSTOM))
            else:
                labels[label] = None
    return list(labels), wrong


def _custom_fault(place: int, label: str, code: str, **params: Any) -> Fault:
    return Fault(pointer(["recipients", place, "custom", label]), code, sentence(code, **params))


def _table(rows: Sequence[tuple[int, dict[str, Any]]], labels: Sequence[str]) -> Table:
    """The rows as a file would have them: line 1 is the first of the recipients. Cells are guarded, as files guard them."""
    headings = [*_FIELDS, *labels]
    columns = tuple(Column(index, heading) for index, heading in enumerate(headings))
    return Table(columns, tuple(Row(place + 1, _cells(row, labels)) for place, row in rows), "api")


def _cells(row: dict[str, Any], labels: Sequence[str]) -> tuple[str, ...]:
    custom = row.get("custom", {})
    return (*(guarded(_value(row, field)) for field in _FIELDS), *(guarded(custom.get(label, "")) for label in labels))


def _value(row: dict[str, Any], field: str) -> str:
    first, *rest = _PLACES[field]
    inner = row.get(first) or {}
    text: str = inner.get(rest[0], "") if rest else row.get(first, "")
    return text


def _mapping(width: int) -> dict[int, str]:
    """Which column of such a table is which field."""
    return {index: _FIELDS[index] if index < len(_FIELDS) else f"custom.{index}" for index in range(width)}


def _fault(fault: importing.Fault, labels: Sequence[str]) -> Fault:
    """A fault of a file's row, at its place in the body."""
    column, row = fault.column or "", fault.line - 1
    if column.startswith("custom."):
        label = labels[int(column.removeprefix("custom.")) - len(_FIELDS)]
        return _custom_fault(row, label, fault.code, **fault.params)
    place = pointer(["recipients", row, *_PLACES[column]])
    if fault.code == "duplicate_of_line":
        other = pointer(["recipients", int(fault.other_line or 1) - 1, "email"])
        return Fault(place, "duplicate", sentence("duplicate", other=other))
    return Fault(place, fault.code, sentence(fault.code, **fault.params))


def _place(fault: Fault) -> tuple[Any, ...]:
    """In the order of the body: row 2 before row 10."""
    steps = (fault.pointer or "").split("/")[1:]
    row = int(steps[1]) if len(steps) > 1 and steps[0] == "recipients" and steps[1].isdecimal() else -1
    return (row, fault.pointer or "", fault.code)
