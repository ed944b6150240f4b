"""The rules of one deed: who did what, when, how much. Forms, files, events and check-in call them alike. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from badges.criteria.facts import KINDS, STATES
from issuers import cleaning
from issuers.cleaning import Address, Refused

KEY_MOST, TAG_MOST, MOST_TAGS, UNIT_MOST, PLACE_MOST, NOTE_MOST = 200, 60, 10, 40, 200, 2000
ID_MOST = 200
MOST_VALUE = Decimal(1_000_000)
# Clocks of senders differ from ours by this much at most.
SKEW = timedelta(minutes=5)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,4})?")


@dataclass(frozen=True)
class Deed:
    """One thing that one person did, cleaned.

    `key` is what it was about, among those of its `kind`, and `title` how people call that. `name` is the person's; it is
    needed where the institution does not know them yet. `external_id` is the sender's own number, '' for its digest.
    """

    address: Address
    kind: str
    key: str
    at: datetime
    name: str = ""
    student_id: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()
    value: Decimal | None = None
    unit: str = ""
    place: str = ""
    peer: str = ""
    note: str = ""
    evidence_url: str = ""
    external_id: str = ""

    @property
    def number(self) -> str:
        """What it is known by at its source: the sender's number, else the digest of what was said of the deed."""
        if self.external_id:
            return self.external_id
        value = None if self.value is None else format(self.value.normalize(), "f")
        said = (self.address.key, self.kind, self.key, self.at.astimezone(UTC).isoformat(), value, self.unit, self.peer)
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def key_of(title: str, day: date | None = None) -> str:
    """A readable key for what people call `title`: `writing-a-résumé-2026-11-20`. The day tells sessions of one name apart."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    # Letters, numbers and the marks that stand on letters, of every script.
    spelt = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in plain)
    words = "-".join(spelt.split())[: KEY_MOST - 40].strip("-") or "activity"
    return f"{words}-{day.isoformat()}" if day else words


def kind(value: str, known: Container[str] = KINDS) -> str:
    """A kind that there is here. Raises Refused."""
    text = value.strip().lower()
    if text in STATES or text not in known:
        raise Refused("unknown_kind", value=value[:60])
    return text


def key(value: str) -> str:
    """What it was about: one line, not empty."""
    text = cleaning.line(value, most=KEY_MOST).value
    if not text:
        raise Refused("required")
    return text


def tags(values: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order in which they came; empty ones are left out."""
    found = tuple(dict.fromkeys(tag for value in values if (tag := cleaning.line(value, most=TAG_MOST).value)))
    if len(found) > MOST_TAGS:
        raise Refused("too_many_tags", most=MOST_TAGS)
    return found


def value(text: str) -> Decimal | None:
    """A number that is not negative, with at most four decimals; '' is None. A comma is as good as a point."""
    text = text.strip().removesuffix("%").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise Refused("invalid_number", value=text[:40])
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise Refused("invalid_number", value=text[:40]) from error
    if not 0 <= number <= MOST_VALUE:
        raise Refused("number_out_of_range", value=text[:40], most=f"{MOST_VALUE:,}")
    return number


def at(moment: datetime, *, now: datetime) -> datetime:
    """When it was done: a moment with its zone, not in the future."""
    if moment.utcoffset() is None:
        raise Refused("moment_without_zone", value=moment.isoformat())
    if moment > now + SKEW:
        raise Refused("moment_in_future", value=moment.isoformat())
    if moment < _EARLIEST:
        raise Refused("date_out_of_range", value=moment.date().isoformat())
    return moment.astimezone(UTC)
