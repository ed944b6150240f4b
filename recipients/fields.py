"""The rules of one row about a person: dates, grades, credits, evidence. Pure; texts and addresses are issuers.cleaning's."""

from __future__ import annotations

import re
from datetime import date, datetime

from issuers.cleaning import Refused

ORDERS = ("DMY", "MDY", "YMD")
# What a spreadsheet runs; a text that already begins like a guarded one is guarded again, so that reading back is exact.
RUNS = re.compile("'*[=+\\-@\t\r\0＝＋－＠]")
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_ISO = re.compile(
    rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}})(?:[T ]{_CLOCK}(?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-]{_CLOCK})?)?"
)
_PARTS = re.compile(r"([0-9]{1,2}|[0-9]{4})([./-])([0-9]{1,2})\2([0-9]{1,2}|[0-9]{4})\.?")
_EARLIEST, _LATEST = 1900, 2199


def order_of(values: list[str]) -> str | None:
    """The order of day and month that a column's own values prove, '' where nothing depends on it, None where it is open.

    11/20/26 can only be month first; 20.11.26 only day first; 03/04/26 alone proves nothing.
    """
    proved, open_question = set(), False
    for value in values:
        found = _PARTS.fullmatch(value.strip())
        if not found or len(found[1]) == 4:
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            proved.add("DMY")
        elif second > 12 >= first:
            proved.add("MDY")
        elif first != second:
            open_question = True
    if len(proved) == 1:
        return proved.pop()
    return None if open_question or proved else ""


def day(value: str, order: str | None = None) -> date:
    """A calendar day. ISO is always read; other forms need their order. Raises Refused."""
    text = value.strip()
    if iso := _ISO.fullmatch(text):
        return _made(value, int(iso[1]), int(iso[2]), int(iso[3]))
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        raise Refused("excel_serial", value=value)
    parts = _PARTS.fullmatch(text)
    if not parts or (len(parts[1]) < 4 and len(parts[4]) < 2):
        raise Refused("invalid_date", value=value)
    first, second, third = int(parts[1]), int(parts[3]), int(parts[4])
    if len(parts[1]) == 4:
        return _made(value, first, second, third)
    if not order and first != second and first <= 12 and second <= 12:
        raise Refused("ambiguous_date", value=value)
    month_first = second > 12 if not order else order == "MDY"
    month, of_month = (first, second) if month_first else (second, first)
    return _made(value, third if len(parts[4]) == 4 else 2000 + third, month, of_month)


def _made(value: str, year: int, month: int, of_month: int) -> date:
    try:
        made = date(year, month, of_month)
    except ValueError as error:
        raise Refused("invalid_date", value=value) from error
    if not _EARLIEST <= made.year <= _LATEST:
        raise Refused("date_out_of_range", value=value)
    return made


def awarded_on(value: str, *, today: date, order: str | None = None) -> date | None:
    """When it was earned; empty is None, the future is an error."""
    if not value.strip():
        return None
    made = day(value, order)
    if made > today:
        raise Refused("date_in_future", value=value)
    return made


def expires_on(value: str, *, awarded: date | None, today: date, order: str | None = None) -> date | None:
    """The last day; it lies after the award and not in the past."""
    if not value.strip():
        return None
    made = day(value, order)
    if made <= (awarded or today):
        raise Refused("expires_before_issue", value=value)
    if made < today:
        raise Refused("expires_in_past", value=value)
    return made


def ended_on(value: str, *, began: date | None, today: date, order: str | None = None) -> date | None:
    """The last day of what was done; not in the future, and not before its first."""
    made = awarded_on(value, today=today, order=order)
    if made and began and made < began:
        raise Refused("ends_before_start", value=value)
    return made


def credits(value: str) -> str:  # noqa: A001 -- the field's own word
    """Credits as a plain number with at most two decimals, '' for none; a comma before the decimals is as good as a point."""
    text = value.strip()
    if not text:
        return ""
    found = re.fullmatch(r"0*([0-9]{1,5})(?:[.,]([0-9]{1,2}))?", text)
    if not found:
        raise Refused("invalid_credits", value=value)
    decimals = (found[2] or "").rstrip("0")
    return f"{found[1]}.{decimals}" if decimals else found[1]


def as_text(value: object) -> str:
    """A spreadsheet's cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def unguarded(cell: str) -> str:
    """The value of a cell of our own exports: the ' that recipients.exporting put before it is taken off."""
    return cell[1:] if cell.startswith("'") and RUNS.match(cell) else cell
