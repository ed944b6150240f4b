"""Every row checked before anything is written: all faults of a file in one report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from issuers import cleaning
from issuers.cleaning import Address, Refused
from recipients import fields
from recipients.importing.report import DAYS, Evidence, Fault, Notice, Person, Report
from recipients.importing.tables import Row, Table

_LINES = {
    "student_id": 60,
    "grade": 60,
    "license_number": 60,
    "role": 120,
    "term": 60,
    "locale": 16,
    "evidence_name": 200,
    "evidence_genre": 60,
    "evidence_audience": 120,
}
_PROSE = {"narrative": 2000, "evidence_description": 2000}


def check(table: Table, mapping: Mapping[int, str], *, today: date, date_order: str | None = None) -> Report:
    """Check every row of a table. `mapping` is column index → field; `date_order` answers what the values leave open."""
    order = date_order or _order(table, mapping)
    run = _Run(table, {int(index): name for index, name in mapping.items() if name}, today, order or None)
    for row in table.rows:
        run.row(row)
    return Report(
        people=tuple(run.people),
        faults=tuple(run.faults),
        notices=(*(Notice(0, None, code) for code in table.notices), *run.notices),
        date_order=order or "",
        date_order_needed=order is None,
        rows=len(table.rows),
    )


def _written_name(cells: Mapping[str, str]) -> str:
    """A person's name as the row has it, in one column or two."""
    joined = f"{cells.get('first_name', '')} {cells.get('last_name', '')}"
    return cells.get("recipient_name") or joined.strip()


def _order(table: Table, mapping: Mapping[int, str]) -> str | None:
    values = [
        row.cells[int(index)]
        for index, name in mapping.items()
        if name in DAYS
        for row in table.rows
        if int(index) < len(row.cells)
    ]
    return fields.order_of(values)


class _Run:
    """One pass over a table."""

    def __init__(self, table: Table, names: dict[int, str], today: date, order: str | None) -> None:
        self.width, self.today, self.order = len(table.columns), today, order
        self.names = {index: name for index, name in names.items() if 0 <= index < self.width}
        self.headings = {name: table.columns[index].heading for index, name in self.names.items()}
        self.people: list[Person] = []
        self.faults: list[Fault] = []
        self.notices: list[Notice] = []
        self.first_line: dict[str, int] = {}

    def row(self, row: Row) -> None:
        """Check one row; it joins `people` only when nothing is wrong with it."""
        extra = [cell for cell in row.cells[self.width :] if cell.strip()]
        if len(row.cells) < self.width or extra:
            params = {"found": len(row.cells), "expected": self.width}
            self.faults.append(Fault(row.line, None, "wrong_cell_count", ", ".join(row.cells)[:200], params=params))
            return
        cells = {name: fields.unguarded(row.cells[index]) for index, name in self.names.items()}
        before, noted = len(self.faults), len(self.notices)
        person = self._person(row.line, cells)
        if len(self.faults) == before and person is not None:
            self.people.append(person)
        else:
            del self.notices[noted:]
            who = (_written_name(cells).strip() or cells.get("email", "").strip())[:200]
            self.faults[before:] = [replace(fault, who=who) for fault in self.faults[before:]]

    def _person(self, line: int, cells: dict[str, str]) -> Person | None:
        name = self._name(line, cells)
        address = self._address(line, cells)
        issued = self._try(
            line, "issued_on", cells, lambda text: fields.awarded_on(text, today=self.today, order=self.order)
        )
        expires = self._try(
            line,
            "expires_on",
            cells,
            lambda text: fields.expires_on(text, awarded=issued, today=self.today, order=self.order),
        )
        began, ended = self._activity(line, cells)
        credits = self._try(line, "credits", cells, fields.credits) or ""  # noqa: A001
        texts: dict[str, Any] = {key: self._text(line, key, cells, cleaning.line, most) for key, most in _LINES.items()}
        texts |= {key: self._text(line, key, cells, cleaning.prose, most) for key, most in _PROSE.items()}
        evidence, custom = self._evidence(line, cells, texts), self._custom(line, cells)
        if name is None or address is None:
            return None
        return Person(
            line=line,
            name=name,
            address=address,
            issued_on=issued,
            expires_on=expires,
            evidence=evidence,
            custom=custom,
            credits=credits,
            activity_start=began,
            activity_end=ended,
            **texts,
        )

    def _name(self, line: int, cells: dict[str, str]) -> str | None:
        column = "recipient_name" if "recipient_name" in self.headings else "first_name"
        text = _written_name(cells)
        if not text.strip():
            self._fault(line, column, Refused("required"), "")
            return None
        return self._cleaned(line, column, text, cleaning.name)

    def _activity(self, line: int, cells: dict[str, str]) -> tuple[date | None, date | None]:
        """Both days; each is faulted in its own column, and the two together in that of the end."""

        def on(text: str) -> date | None:
            return fields.awarded_on(text, today=self.today, order=self.order)

        began = self._try(line, "activity_start", cells, on)
        ended = self._try(
            line,
            "activity_end",
            cells,
            lambda text: fields.ended_on(text, began=began, today=self.today, order=self.order),
        )
        return began, ended

    def _evidence(self, line: int, cells: dict[str, str], texts: dict[str, str]) -> Evidence | None:
        """The one piece of a row, taken out of its texts. What only says its kind shows nothing, so that it is faulted."""
        parts = {name: texts.pop(f"evidence_{name}") for name in ("name", "description", "genre", "audience")}
        url = self._try(line, "evidence_url", cells, cleaning.web_address) or ""
        if url or parts["name"] or parts["description"]:
            return Evidence(url, **parts)
        for part in ("genre", "audience"):
            if parts[part] and not cells.get("evidence_url"):
                self._fault(line, f"evidence_{part}", Refused("evidence_unnamed"), parts[part])
        return None

    def _address(self, line: int, cells: dict[str, str]) -> Address | None:
        text = cells.get("email", "")
        try:
            address = cleaning.address(text)
        except Refused as refused:
            self._fault(line, "email", refused, text)
            return None
        first = self.first_line.setdefault(address.key, line)
        if first != line:
            self._fault(line, "email", Refused("duplicate_of_line", other_line=first), text, other_line=first)
            return None
        return address

    def _custom(self, line: int, cells: dict[str, str]) -> dict[str, str]:
        found = {}
        for name in cells:
            if name.startswith("custom.") and (value := self._text(line, name, cells, cleaning.line, 200)):
                found[self.headings[name]] = value
        return found

    def _try(self, line: int, column: str, cells: dict[str, str], rule: Callable[[str], Any]) -> Any:
        text = cells.get(column, "")
        try:
            return rule(text)
        except Refused as refused:
            self._fault(line, column, refused, text)
            return None

    def _text(self, line: int, column: str, cells: dict[str, str], rule: Callable[..., Any], most: int) -> str:
        return self._cleaned(line, column, cells.get(column, ""), rule, most=most) or ""

    def _cleaned(self, line: int, column: str, text: str, rule: Callable[..., Any], **limits: int) -> str | None:
        try:
            cleaned = rule(text, **limits)
        except Refused as refused:
            self._fault(line, column, refused, text)
            return None
        self.notices += [Notice(line, column, code, text) for code in cleaned.notices]
        value: str = cleaned.value
        return value

    def _fault(self, line: int, column: str, refused: Refused, value: str, other_line: int | None = None) -> None:
        heading = self.headings.get(column, column)
        self.faults.append(Fault(line, column, refused.code, value[:200], heading, other_line, refused.params))
