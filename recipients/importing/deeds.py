"""Every row of an attendance report or a gradebook checked before anything is written: deeds, and all faults of a file. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

from issuers.cleaning import Address, Refused
from recipients import activities, fields
from recipients.activities import Deed
from recipients.importing import headings_of_deeds, moments, people
from recipients.importing.deed_report import DeedReport, Entry, Left, Reading
from recipients.importing.deed_rows import Rows, Who
from recipients.importing.exports import Export
from recipients.importing.headings_of_deeds import NO_SCORE, SCORE
from recipients.importing.report import Fault, Notice
from recipients.importing.tables import Row

_TIMES = {"joined", "left", "when"}
# Who joins after midnight attends the session of the evening.
_NIGHT = timedelta(hours=4)


def check(export: Export, reading: Reading, *, now: datetime, known: Mapping[str, Address] | None = None) -> DeedReport:
    """Check every row. `known` is student number → address of people whom the institution knows.

    Where something must be said first (`asks`), nothing is made of the rows, so that nothing is guessed.
    """
    order = reading.date_order or order_of(export, reading, today=now.astimezone(ZoneInfo(reading.zone)).date())
    run = _Run(export, reading, order or None, now=now, known=known or {})
    asks = tuple(_asks(reading, order, has_moment=run.given is not None and run.given <= now + activities.SKEW))
    if not asks:
        run.take_possible()
        for row in export.table.rows:
            run.row(row)
    return DeedReport(
        entries=tuple(run.finished()),
        faults=tuple(sorted(run.faults, key=lambda fault: fault.line)),
        notices=(*(Notice(0, None, code) for code in export.table.notices), *run.notices),
        left_out=tuple(run.left_out),
        asks=asks,
        date_order=order or "",
        rows=len(export.table.rows),
    )


def begins(export: Export, reading: Reading, order: str | None) -> datetime | None:
    """When the first of them joined, as far as the rows say it."""
    columns = [index for index, field in reading.columns.items() if field == "joined"]
    found = []
    for text in {row.cells[i] for row in export.table.rows for i in columns if i < len(row.cells)}:
        try:
            found.append(moments.moment(text, order=order, zone=ZoneInfo(reading.zone)))
        except Refused:
            continue
    return min(found, default=None)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day that somebody who was there would name."""
    return (moment.astimezone(zone) - _NIGHT).date()


def order_of(export: Export, reading: Reading, *, today: date) -> str | None:
    """How days are written, by the values themselves; None where they leave it open."""
    columns = [index for index, field in reading.columns.items() if field in _TIMES]
    rows = export.table.rows
    values = {row.cells[index] for row in rows for index in columns if index < len(row.cells)}
    return moments.order_of(values, today=today)


def _asks(reading: Reading, order: str | None, *, has_moment: bool) -> list[str]:
    """What must be said before rows can be read."""
    mapped = set(reading.columns.values())
    asks = []
    if not mapped & {"email", "login", "student_id"}:
        asks.append("email")
    if reading.what == Reading.SCORED and SCORE not in mapped:
        asks.append("score")
    if reading.what == Reading.DID and not reading.title and "title" not in mapped:
        asks.append("title")
    if not has_moment and (reading.at or not mapped & {"joined", "when"}):
        asks.append("at")
    if order is None:
        asks.append("date_order")
    return asks


class _Run(Rows):
    """One pass over a table."""

    def __init__(
        self, export: Export, reading: Reading, order: str | None, *, now: datetime, known: Mapping[str, Address]
    ) -> None:
        super().__init__(export, reading, order, now=now, known=known)
        self.scored = [index for index, field in reading.columns.items() if field == SCORE]
        self.possible = {i: headings_of_deeds.possible(export.table.columns[i].heading) for i in self.scored}
        self.stays: dict[tuple[str, str, date], people.Stay] = {}
        self.entries: list[Entry] = []
        self.first_line: dict[str, int] = {}

    def row(self, row: Row) -> None:
        """Check one row; nothing is made of one that has a fault."""
        if headings_of_deeds.is_of_layout(row, self.reading.columns):
            return
        extra = [cell for cell in row.cells[self.width :] if cell.strip()]
        if len(row.cells) < self.width or extra:
            params = {"found": len(row.cells), "expected": self.width}
            self.faults.append(Fault(row.line, None, "wrong_cell_count", ", ".join(row.cells)[:200], params=params))
            return
        cells = {field: fields.unguarded(row.cells[i]).strip() for i, field in self.reading.columns.items() if field}
        before = len(self.faults)
        who = self._who(row.line, cells)
        if who is not None:
            (self._scores if self.reading.what == Reading.SCORED else self._did)(row, cells, who)
        name = (people.written(cells) or cells.get("email", ""))[:200]
        self.faults[before:] = [replace(fault, who=fault.who or name) for fault in self.faults[before:]]

    # What was done

    def _did(self, row: Row, cells: dict[str, str], who: Who) -> None:
        line, before = row.line, len(self.faults)
        at = self._moment(line, "joined", cells) or self._moment(line, "when", cells) or self.given
        # A wrong time of joining says enough; that of leaving is mostly wrong with it.
        ends = self._moment(line, "left", cells) if len(self.faults) == before else None
        length = self._length(line, cells)
        value, title = self._value(line, "value", cells.get("value", "")), self._title(line, cells)
        if at is None and len(self.faults) == before:
            self._fault(line, "joined" if "joined" in self.headings else "when", Refused("required"), "")
        if at and ends and ends < at:
            self._fault(line, "left", Refused("left_before_joined"), cells.get("left", ""))
        if at is None or len(self.faults) > before:
            return
        day = day_of(at, self.zone)
        deed = self._deed(line, cells, who, title=title, key=self._key(title, day), at=at)
        if len(self.faults) > before:
            return
        stay = self.stays.setdefault((who.address.key, deed.key, day), people.Stay(deed))
        if stay.lines:
            self.notices.append(Notice(line, "email", "joined_again", who.address.mail_to))
        stay.add(line, who.name, at, ends, length=length, value=value)

    def _deed(self, line: int, cells: dict[str, str], who: Who, *, title: str, key: str, at: datetime) -> Deed:
        return Deed(
            address=who.address,
            kind=self.reading.kind,
            key=key,
            at=at,
            name=who.name,
            student_id=who.student_id,
            title=title,
            tags=self._tags(line, cells),
            place=self._text(line, "place", cells, activities.PLACE_MOST) or self.reading.place,
            note=self._text(line, "note", cells, activities.NOTE_MOST),
        )

    def _key(self, title: str, day: date) -> str:
        """Of the thing that was chosen; sessions are told apart by their day, other things by what they are called."""
        if self.reading.key and title == self.reading.title:
            return self.reading.key
        return activities.key_of(title, day if self.reading.by_day else None)

    def _title(self, line: int, cells: dict[str, str]) -> str:
        if not cells.get("title") and "title" in self.headings and not self.reading.title:
            self._fault(line, "title", Refused("required"), "")
        return self._text(line, "title", cells, activities.KEY_MOST) or self.reading.title

    # Scores

    def take_possible(self) -> None:
        """Rows of a gradebook that say how many points there are, wherever it sorts them to."""
        layout = [row for row in self.export.table.rows if headings_of_deeds.says_possible(row, self.reading.columns)]
        for row, index in product(layout, self.scored):
            text = row.cells[index].strip() if index < len(row.cells) else ""
            try:
                self.possible[index] = activities.value(text) or self.possible[index]
            except Refused:
                continue

    def _scores(self, row: Row, cells: dict[str, str], who: Who) -> None:
        at = self._moment(row.line, "when", cells) or self.given
        if at is None:
            if not cells.get("when"):
                self._fault(row.line, "when", Refused("required"), "")
            return
        first = self.first_line.setdefault(who.address.key, row.line)
        # Several tries of one person each have their own time.
        if first != row.line and not cells.get("when"):
            refused = Refused("person_twice", other_line=first)
            self._fault(row.line, "email", refused, who.address.typed)
            return
        before = len(self.faults)
        deed = self._deed(row.line, cells, who, title="", key="", at=at)
        for index in self.scored if len(self.faults) == before else ():
            self._score(row, index, cells.get("when", ""), deed)

    def _score(self, row: Row, index: int, when: str, deed: Deed) -> None:
        text = fields.unguarded(row.cells[index]).strip()
        if text.lower() in NO_SCORE:
            return
        heading = self.export.table.columns[index].heading
        value = self._value(row.line, SCORE, text, heading)
        if value is None:
            return
        title = self.reading.items.get(index) or headings_of_deeds.item(heading)
        unit = "points"
        if text.endswith("%") or "(percentage)" in heading.lower():
            unit = "percent"
        elif self.reading.percent and (possible := self.possible[index]):
            value, unit = _plain(value * 100 / possible), "percent"
        key = self.reading.keys.get(index) or activities.key_of(title)
        # A gradebook tells of every score again, each time it is exported: the same one is the same try.
        number = _number("scored", (deed.address.key, deed.kind, key, format(value, "f"), unit, when))
        scored = replace(deed, key=key, title=title, value=value, unit=unit, external_id=number)
        self.entries.append(Entry((row.line,), scored))

    # The end

    def finished(self) -> Sequence[Entry]:
        """Everything that was done, with the joins of one person summed and short stays left out."""
        worth = (self.reading.value, self.reading.unit)
        for (who, key, day), stay in self.stays.items():
            length = stay.seconds
            if self.reading.least and length is not None and length < self.reading.least * 60:
                self.left_out.append(
                    Left(stay.lines[0], stay.name or stay.deed.address.mail_to, "too_short", length // 60)
                )
                continue
            value, unit = stay.worth(worth)
            # One person attends one thing once a day, whichever tool tells of it, and however exactly.
            number = _number("did", (who, self.reading.kind, key, day.isoformat()))
            deed = replace(stay.deed, name=stay.name, at=stay.begins, value=value, unit=unit, external_id=number)
            self.entries.append(Entry(tuple(stay.lines), deed))
        # Whoever is named in one row is known in all of them.
        names = {entry.deed.address.key: entry.deed.name for entry in reversed(self.entries) if entry.deed.name}
        named = [
            entry
            if entry.deed.name
            else replace(entry, deed=replace(entry.deed, name=names.get(entry.deed.address.key, "")))
            for entry in self.entries
        ]
        return sorted(named, key=lambda entry: entry.lines)


def _plain(value: Decimal) -> Decimal:
    """With four decimals at most, and never as 7E+1."""
    return Decimal(format(value.quantize(Decimal("0.0001")).normalize(), "f"))


def _number(how: str, said: tuple[str, ...]) -> str:
    return f"{how}:{hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()}"
