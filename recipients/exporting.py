"""CSV for spreadsheets that cannot carry a formula (SECURITY T17), and the faulty rows of a file to mend."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence

from recipients.fields import RUNS
from recipients.importing.report import Fault
from recipients.importing.tables import Table

BOM = "\ufeff"
# Rows of one file: what is more is taken in parts.
MOST = 100_000


def guarded(value: object) -> str:
    """The value with ' before whatever a spreadsheet would take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if RUNS.match(text) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Lines of a CSV file as spreadsheets like it: UTF-8 with a byte order mark, RFC 4180 quotes, CRLF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    mark = BOM
    for row in (header, *rows) if isinstance(rows, list | tuple) else _chained(header, rows):
        writer.writerow([guarded(value) for value in row])
        yield mark + buffer.getvalue()
        mark = ""
        buffer.seek(0)
        buffer.truncate()


def _chained(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    yield from rows


def faulty_rows(table: Table, faults: Iterable[Fault], say: Callable[[Fault], str]) -> str:
    """The rows with faults, as they came, with their line and what is wrong with them: mend them and send this file."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        place = f"{fault.heading}: " if fault.heading else ""
        reasons.setdefault(fault.line, []).append(place + say(fault))
    width = len(table.columns)
    wrong = [
        [*row.cells[:width], *[""] * (width - len(row.cells)), row.line, " ".join(reasons[row.line])]
        for row in table.rows
        if row.line in reasons
    ]
    return "".join(csv_text([*(column.heading for column in table.columns), "Line", "What to mend"], wrong))
