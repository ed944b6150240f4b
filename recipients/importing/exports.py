"""Exports of meeting tools and gradebooks: where the table of people begins in one, and what stands above it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from recipients.importing import tables
from recipients.importing.headers import plain
from recipients.importing.headings_of_deeds import SCORE, suggest
from recipients.importing.tables import MOST_ROWS, SEPARATORS, Row, Table

# A report may tell of every join once more, below the people.
_MOST, _HEAD_WITHIN = 4 * MOST_ROWS, 60
_SECTION = re.compile(r"[0-9]{1,2}\.\s+\S.*")
_ABOUT = {
    "title": "meeting title|topic|meeting name|title|event name|session name|besprechungstitel|titel der besprechung|"
    "titre de la reunion|titulo de la reunion|thema",
    "begins": "start time|meeting start time|start|startzeit|heure de debut|hora de inicio|begintijd",
    "ends": "end time|meeting end time|end|endzeit|heure de fin|hora de finalizacion|eindtijd",
}
_ABOUT_KNOWN = {word: part for part, words in _ABOUT.items() for word in words.split("|")}
# The tools by what only they write; the first that fits. Shown to staff, so that they see what it was taken for.
_LAYOUTS = (
    ("Zoom", {"name original name"}),
    ("Microsoft Teams", {"in meeting duration"}),
    ("Microsoft Teams", {"participant id upn"}),
    ("Microsoft Teams", {"full name", "join time"}),
    ("Webex", {"attendee email"}),
    ("Google Meet", {"time joined"}),
    ("Canvas", {"student", "sis login id"}),
    ("Canvas", {"student", "id", "section"}),
    ("Blackboard", {"last access", "availability"}),
    ("Moodle", {"email address", "last downloaded from this course"}),
    ("Moodle", {"email address", "completed"}),
    ("Google Classroom", {"last name", "first name", "email address"}),
)


@dataclass(frozen=True)
class Export:
    """The table of people, the tool it was taken for ('' where none is known), and what it says of the meeting, as it stands."""

    table: Table
    layout: str = ""
    about: dict[str, str] = field(default_factory=dict)


def read(data: bytes, file_name: str = "") -> Export:
    """Find the people in a file. Raises FileRefused."""
    sheet = tables.sheet(data, file_name, separator=_separator, most=_MOST)
    head = _head(sheet.rows)
    below = _section(sheet.rows[head + 1 :])
    found = tables.table(sheet, sheet.rows[head], below, twice=True)
    # Tabs and workbooks leave out the cells that are empty at the end of a row.
    if sheet.kind == "xlsx" or sheet.separator == "tab":
        found = _widened(found)
    return Export(found, _layout(found), _about(sheet.rows[:head], found))


def _marks(cells: Iterable[str]) -> int:
    """How much a row looks like the header of a table of people."""
    fields = set()
    for cell in cells:
        word = plain(cell)
        if len(word) <= 60 and (found := _people_field(word)):
            fields.add(found)
    return len(fields) if fields & {"recipient_name", "first_name", "email", "login"} else 0


def _people_field(word: str) -> str:
    column = tables.Column(0, word)
    found = suggest([column], []).get(0, "")
    return "" if found == SCORE else found


def _separator(text: str) -> str:
    """The separator by which some line looks most like the header; else the first line's."""
    lines = [line[:2000] for line in re.split(r"\r\n|\n|\r", text[:40_000])[:_HEAD_WITHIN]]
    best = max(
        ((_marks(line.replace('"', "").split(mark)), mark) for line in lines for mark in SEPARATORS),
        key=lambda one: one[0],
    )
    return best[1] if best[0] > 1 else tables.separator_of(text)


def _head(rows: Sequence[Row]) -> int:
    marks = [_marks(row.cells) for row in rows[:_HEAD_WITHIN]]
    return marks.index(max(marks)) if max(marks) > 1 else 0


def _section(rows: Sequence[Row]) -> list[Row]:
    """Up to the heading of the next section of a report."""
    found = []
    for row in rows:
        said = [cell.strip() for cell in row.cells if cell.strip()]
        if len(said) == 1 and _SECTION.fullmatch(said[0]):
            break
        found.append(row)
    return found


def _widened(table: Table) -> Table:
    width = len(table.columns)
    rows = tuple(Row(row.line, row.cells + ("",) * (width - len(row.cells))) for row in table.rows)
    return Table(table.columns, rows, table.kind, table.encoding, table.separator, table.notices)


def _layout(table: Table) -> str:
    words = {plain(column.heading) for column in table.columns}
    return next((name for name, needed in _LAYOUTS if needed <= words), "")


def _about(above: Sequence[Row], table: Table) -> dict[str, str]:
    """What stands above the people, as label and value side by side or one below the other; else what every row says alike."""
    pairs = [(row.cells[0], row.cells[1]) for row in above if len([cell for cell in row.cells if cell.strip()]) == 2]
    for head, row in pairwise(above):
        if len(head.cells) == len(row.cells) > 2:
            pairs += zip(head.cells, row.cells, strict=True)
    for column in table.columns:
        values = {row.cells[column.index].strip() for row in table.rows[:500] if column.index < len(row.cells)}
        if len(values) == 1:
            pairs.append((column.heading, values.pop()))
    found: dict[str, str] = {}
    for label, value in pairs:
        part = _ABOUT_KNOWN.get(plain(label))
        if part and value.strip():
            found.setdefault(part, value.strip()[:200])
    return found


def names_are_turned(table: Table) -> bool:
    """Canvas writes the family name first, with a comma, below "Student"."""
    return any(plain(column.heading) == "student" for column in table.columns)
