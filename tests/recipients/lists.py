"""Reading and checking a file in one go, and workbooks to damage."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from recipients import importing
from recipients.importing import FileRefused

SAMPLES = Path(__file__).parent.parent / "samples"
TODAY = date(2026, 11, 21)


def checked(data, name="people.csv", **options):
    table = importing.read(data if isinstance(data, bytes) else data.encode(), name)
    return importing.check(table, importing.suggest(table.columns), today=TODAY, **options)


def refusal(data, name="people.csv"):
    with pytest.raises(FileRefused) as caught:
        checked(data, name)
    return caught.value


def found(report):
    return [(fault.line, fault.column, fault.code) for fault in report.faults]


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def with_part(data, name, content):
    """A workbook in which one part says something else."""
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return stored.getvalue()
