"""What every row of a file of deeds has, whatever was done: a person, moments, numbers, and faults. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from issuers import cleaning
from issuers.cleaning import Address, Refused
from recipients import activities
from recipients.importing import moments, people
from recipients.importing.deed_report import Left, Reading
from recipients.importing.exports import Export
from recipients.importing.report import Fault, Notice

_NUMBER_MOST = 60  # as Recipient.student_id


class Who(NamedTuple):
    """A person of a row. The name may be empty for somebody who is known here."""

    name: str
    address: Address
    student_id: str


class Rows:
    """One pass over a table, and what was found wrong."""

    def __init__(
        self, export: Export, reading: Reading, order: str | None, *, now: datetime, known: Mapping[str, Address]
    ) -> None:
        self.export, self.reading, self.order, self.now, self.known = export, reading, order, now, known
        self.zone = ZoneInfo(reading.zone)
        self.given = moments.moment(reading.at, order="YMD", zone=self.zone) if reading.at else None
        self.width = len(export.table.columns)
        self.headings = {
            field: export.table.columns[index].heading for index, field in reading.columns.items() if field
        }
        self.names = people.Names(export.table)
        self.faults: list[Fault] = []
        self.notices: list[Notice] = []
        self.left_out: list[Left] = []

    def _who(self, line: int, cells: dict[str, str]) -> Who | None:
        if self.reading.without_hosts and people.is_host(cells.get("role", "")):
            self.left_out.append(Left(line, people.written(cells)[:200], "held_it"))
            return None
        name, address = self._name(line, cells), self._address(line, cells)
        number = cells.get("student_id", "")
        if name is None or address is None:
            return None
        return Who(name, address, number if len(number) <= _NUMBER_MOST and number.isprintable() else "")

    def _name(self, line: int, cells: dict[str, str]) -> str | None:
        text = self.names.of(cells)
        try:
            return cleaning.name(text).value if text else ""
        except Refused as refused:
            self._fault(line, "recipient_name" if "recipient_name" in cells else "first_name", refused, text)
            return None

    def _address(self, line: int, cells: dict[str, str]) -> Address | None:
        login, number = cells.get("login", ""), cells.get("student_id", "")
        text = cells.get("email", "") or (login if "@" in login else "")
        column = "email" if "email" in self.headings or "login" not in self.headings else "login"
        if not text:
            found = self.known.get(number) or self.known.get(login)
            if found is None:
                self._fault(line, column, Refused("address_missing"), number or login)
            return found
        try:
            return cleaning.address(text)
        except Refused as refused:
            self._fault(line, column, refused, text)
            return None

    def _moment(self, line: int, column: str, cells: dict[str, str]) -> datetime | None:
        text = cells.get(column, "")
        if not text:
            return None
        on = self.given.astimezone(self.zone).date() if self.given else None
        try:
            found = moments.moment(text, order=self.order, zone=self.zone, on=on)
            return activities.at(found, now=self.now)
        except Refused as refused:
            self._fault(line, column, refused, text)
            return None

    def _text(self, line: int, column: str, cells: dict[str, str], most: int) -> str:
        text = cells.get(column, "")
        try:
            return cleaning.line(text, most=most).value
        except Refused as refused:
            self._fault(line, column, refused, text)
            return ""

    def _tags(self, line: int, cells: dict[str, str]) -> tuple[str, ...]:
        text = cells.get("tags", "")
        try:
            return activities.tags([*self.reading.tags, *re.split("[,;|]", text)])
        except Refused as refused:
            self._fault(line, "tags", refused, text)
            return ()

    def _length(self, line: int, cells: dict[str, str]) -> int | None:
        try:
            return moments.seconds(cells.get("length", ""))
        except Refused as refused:
            self._fault(line, "length", refused, cells["length"])
            return None

    def _value(self, line: int, column: str, text: str, heading: str = "") -> Decimal | None:
        try:
            return activities.value(text)
        except Refused as refused:
            self._fault(line, column, refused, text, heading=heading)
            return None

    def _fault(self, line: int, column: str, refused: Refused, value: str, *, heading: str = "") -> None:
        heading = heading or self.headings.get(column, column)
        other_line = refused.params.get("other_line")
        self.faults.append(Fault(line, column, refused.code, value[:200], heading, other_line, refused.params))
