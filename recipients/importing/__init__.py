"""A file of people → rows, each checked, with every fault by physical line, column, code and value. Pure."""

from recipients.importing import deeds, exports, headings_of_deeds
from recipients.importing.checking import check
from recipients.importing.deed_report import DeedReport, Entry, Left, Reading
from recipients.importing.exports import Export
from recipients.importing.headers import FIELDS, custom, suggest
from recipients.importing.report import Evidence, Fault, Notice, Person, Report
from recipients.importing.tables import MOST_BYTES, Column, FileRefused, Row, Table, paste, read

__all__ = [
    "FIELDS",
    "MOST_BYTES",
    "Column",
    "DeedReport",
    "Entry",
    "Evidence",
    "Export",
    "Fault",
    "FileRefused",
    "Left",
    "Notice",
    "Person",
    "Reading",
    "Report",
    "Row",
    "Table",
    "check",
    "custom",
    "deeds",
    "exports",
    "headings_of_deeds",
    "paste",
    "read",
    "suggest",
]
