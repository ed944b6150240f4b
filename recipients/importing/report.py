"""What a check found: people who can be awarded, faults, notices. Travels as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from issuers.cleaning import Address

# Fields of a person that are days; they travel as ISO text.
DAYS = ("issued_on", "expires_on", "activity_start", "activity_end")


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence of a row. `genre` is what kind of work it is, `audience` whom it was made for."""

    url: str = ""
    name: str = ""
    description: str = ""
    genre: str = ""
    audience: str = ""


@dataclass(frozen=True)
class Person:
    """One row that can be awarded. `custom` is label → value of the institution's own columns."""

    line: int
    name: str
    address: Address
    student_id: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    evidence: Evidence | None = None
    narrative: str = ""
    grade: str = ""
    license_number: str = ""
    role: str = ""
    term: str = ""
    credits: str = ""
    activity_start: date | None = None
    activity_end: date | None = None
    locale: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    # Of assessed work: what else shows it, and the places of the levels that were reached.
    more_evidence: tuple[Evidence, ...] = ()
    levels: tuple[int, ...] = ()


@dataclass(frozen=True)
class Fault:
    """One thing to mend: physical line, field, heading as typed, code, the value, what fills the sentence, whose row."""

    line: int
    column: str | None
    code: str
    value: str = ""
    heading: str = ""
    other_line: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    who: str = ""


@dataclass(frozen=True)
class Notice:
    """Something that was changed or is worth knowing, and does not stop a row."""

    line: int
    column: str | None
    code: str
    value: str = ""


@dataclass(frozen=True)
class Report:
    """The whole check. `date_order_needed`: dates of the file can be read in two ways, and somebody must say how."""

    people: tuple[Person, ...]
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]
    date_order: str = ""
    date_order_needed: bool = False
    rows: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; dates as ISO text."""
        made = asdict(self)
        for person in made["people"]:
            for key in DAYS:
                person[key] = person[key].isoformat() if person[key] else None
        return made

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Report:
        """The report that `to_json` wrote."""
        return cls(
            people=tuple(_person(row) for row in made["people"]),
            faults=tuple(Fault(**row) for row in made["faults"]),
            notices=tuple(Notice(**row) for row in made["notices"]),
            date_order=made["date_order"],
            date_order_needed=made["date_order_needed"],
            rows=made["rows"],
        )

    def to_expected(self) -> dict[str, Any]:
        """Lines, columns and codes alone: the form that the command prints with --json and the samples are written in."""
        return {
            "accepted_lines": [person.line for person in self.people],
            "notices": [
                {"line": note.line, "column": note.column, "code": note.code} for note in self.notices if note.line
            ],
            "errors": [
                {
                    "line": fault.line,
                    "column": fault.column,
                    "code": fault.code,
                    **({"other_line": fault.other_line} if fault.other_line else {}),
                }
                for fault in self.faults
            ],
        }


def _person(row: dict[str, Any]) -> Person:
    days = {key: date.fromisoformat(row[key]) if row.get(key) else None for key in DAYS}
    evidence = Evidence(**row["evidence"]) if row["evidence"] else None
    more = tuple(Evidence(**piece) for piece in row.get("more_evidence", ()))
    assessed = {"more_evidence": more, "levels": tuple(row.get("levels", ()))}
    return Person(**{**row, **days, "address": Address(**row["address"]), "evidence": evidence, **assessed})
