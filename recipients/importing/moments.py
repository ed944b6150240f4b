"""Times and lengths as meeting tools and gradebooks write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from issuers.cleaning import Refused
from recipients import fields

_MONTHS = {
    month: number
    for number, months in enumerate(
        (
            "jan january januar janvier enero januari",
            "feb february februar fevrier février febrero februari",
            "mar march märz mars marzo maart",
            "apr april avril abril",
            "may mai mayo mei",
            "jun june juni juin junio",
            "jul july juli juillet julio",
            "aug august août aout agosto augustus",
            "sep sept september septembre septiembre",
            "oct october oktober octobre octubre okt",
            "nov november novembre noviembre",
            "dec december dezember décembre decembre diciembre dez",
        ),
        1,
    )
    for month in months.split()
}
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?\s*(?P<half>[AaPp])?(?(half)\.?[Mm]\.?)"
    r"(?:\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?"
)
_NAMED = re.compile(
    r"(?:[^\W\d_]+\.?,\s+)?(?:(?P<day>[0-9]{1,2})\.?\s+(?P<month>[^\W\d_]+)\.?|(?P<month2>[^\W\d_]+)\.?\s+(?P<day2>[0-9]{1,2}))"
    r",?\s+(?P<year>[0-9]{4})"
)
_LENGTH = re.compile(
    r"(?:(?P<hours>[0-9]{1,4})\s*(?:h|hr|hrs|hour|hours|std\.?|stunden?|heures?|horas?|uur))?[,\s]*"
    r"(?:(?P<minutes>[0-9]{1,6})\s*(?:m|min\.?|mins|minutes?|minuten?|minutos?))?[,\s]*"
    r"(?:(?P<seconds>[0-9]{1,7})\s*(?:s|sec\.?|secs|seconds?|sek\.?|sekunden?|secondes?|segundos?))?",
    re.IGNORECASE,
)
_LONGEST = 60 * 24 * 366
# So many characters of a length; the pattern above tries long rows of commas in every way.
_WIDEST = 80


def tidy(text: str) -> str:
    """Without the narrow blanks that some tools put before PM, and marks of direction."""
    return re.sub(r"[\s\u00a0\u202f\u2009]+", " ", re.sub("[\u200e\u200f\u202a-\u202e]", "", text)).strip().strip('="')


def split(text: str) -> tuple[str, str]:
    """The day and the time of day of one cell, as they stand; one of them may be missing."""
    plain = tidy(text)
    found = _CLOCK.search(plain)
    if not found:
        return plain, ""
    return plain[: found.start()].rstrip(" ,T").removesuffix(" at").rstrip(" ,"), plain[found.start() :]


def order_of(values: Iterable[str], *, today: date) -> str | None:
    """The order of day and month that the days prove, '' where nothing depends on it, None where it is open.

    What is told of lies in the past: a reading that puts a day into the future is none.
    """
    days = [split(value)[0] for value in values]
    if (proved := fields.order_of(days)) is not None:
        return proved
    possible = [order for order in ("DMY", "MDY") if all(_is_past(day, order, today) for day in days)]
    return possible[0] if len(possible) == 1 else None


def _is_past(text: str, order: str, today: date) -> bool:
    if not text:
        return True
    try:
        return day(text, order) <= today
    except Refused:
        return True


def day(text: str, order: str | None) -> date:
    """A calendar day; months may have their names. Raises Refused."""
    plain = tidy(text)
    named = _NAMED.fullmatch(plain)
    if not named:
        return fields.day(plain, order)
    month = _MONTHS.get((named["month"] or named["month2"]).lower())
    if month is None:
        raise Refused("invalid_date", value=text)
    return fields.day(f"{named['year']}-{month:02}-{int(named['day'] or named['day2']):02}")


def moment(text: str, *, order: str | None, zone: ZoneInfo, on: date | None = None) -> datetime:
    """An instant. A time of day alone is one of the day `on`; a day alone is noon of it. Raises Refused."""
    of_day, clock = split(text)
    if not of_day and on is None:
        raise Refused("time_without_day", value=text[:60])
    when = day(of_day, order) if of_day else on
    assert when is not None
    if not clock:
        return datetime.combine(when, time(12), zone).astimezone(UTC)
    found = _CLOCK.fullmatch(clock)
    if not found:
        raise Refused("invalid_time", value=text[:60])
    return datetime.combine(when, _time(found, text), _zone(found["zone"]) or zone).astimezone(UTC)


def _time(found: re.Match[str], text: str) -> time:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half and hour != 0:
        raise Refused("invalid_time", value=text[:60])
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError as error:
        raise Refused("invalid_time", value=text[:60]) from error


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise Refused("invalid_time", value=text)
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def seconds(text: str) -> int | None:
    """How long: `1h 12m 3s`, `45 mins`, `0:45:10`, or a number of minutes. None for an empty cell. Raises Refused."""
    plain = tidy(text)
    if not plain:
        return None
    total: Decimal | int | None = None
    if len(plain) > _WIDEST:
        raise Refused("invalid_length", value=text[:60])
    if re.fullmatch(r"[0-9]{1,6}(?:[.,][0-9]{1,4})?", plain):
        total = Decimal(plain.replace(",", ".")) * 60
    elif clock := re.fullmatch(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?", plain):
        # Two parts are hours and minutes, as spreadsheets show them.
        total = int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    elif (length := _LENGTH.fullmatch(plain)) and any(length.groups()):
        total = sum(int(length[part] or 0) * of for part, of in (("hours", 3600), ("minutes", 60), ("seconds", 1)))
    if total is None or total > _LONGEST * 60:
        raise Refused("invalid_length", value=text[:60])
    return int(total)


def minutes(length: int) -> Decimal:
    """Whole minutes, as people say them."""
    return (Decimal(length) / 60).quantize(Decimal(1), ROUND_HALF_UP)
