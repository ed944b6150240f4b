"""A file of people → rows, each checked, with every fault by physical line, column, code and value. Pure."""

from recipients.importing.checking import check
from recipients.importing.headers import FIELDS, custom, suggest
from recipients.importing.report import Evidence, Fault, Notice, Person, Report
from recipients.importing.tables import MOST_BYTES, Column, FileRefused, Row, Table, paste, read

__all__ = [
    "FIELDS",
    "MOST_BYTES",
    "Column",
    "Evidence",
    "Fault",
    "FileRefused",
    "Notice",
    "Person",
    "Report",
    "Row",
    "Table",
    "check",
    "custom",
    "paste",
    "read",
    "suggest",
]
