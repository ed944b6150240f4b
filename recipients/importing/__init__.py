"""A file of people → rows, each checked, with every fault by physical line, column, code and value. Pure."""

from recipients.importing.checking import check
from recipients.importing.headers import FIELDS, suggest
from recipients.importing.report import Evidence, Fault, Notice, Person, Report
from recipients.importing.tables import Column, FileRefused, Row, Table, paste, read

__all__ = [
    "FIELDS",
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
    "paste",
    "read",
    "suggest",
]
