"""How a file of deeds is read, and what the check found. Both travel as JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from issuers.cleaning import Address
from recipients.activities import Deed
from recipients.importing.report import Fault, Notice


@dataclass(frozen=True)
class Reading:
    """What staff said, or agreed to, about one file.

    `columns` is column → field. `key` and `title` are the one thing that all rows are about; `items` and `keys` are the
    things of columns of scores. `at` is when, as a clock in `zone` shows it, where rows do not say it themselves; `least`
    minutes are enough to have attended; `value` and `unit` are what it is worth.
    """

    DID: ClassVar[str] = "did"
    SCORED: ClassVar[str] = "scored"

    what: str
    kind: str
    zone: str
    columns: Mapping[int, str]
    key: str = ""
    title: str = ""
    items: Mapping[int, str] = field(default_factory=dict)
    keys: Mapping[int, str] = field(default_factory=dict)
    at: str = ""
    least: int = 0
    tags: tuple[str, ...] = ()
    place: str = ""
    value: Decimal | None = None
    unit: str = ""
    percent: bool = True
    without_hosts: bool = True
    date_order: str = ""

    @property
    def by_day(self) -> bool:
        """Whether things of one name are told apart by their day: the webinar of Monday is not that of Friday."""
        return self.kind == "session"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {**asdict(self), "value": None if self.value is None else str(self.value), "tags": list(self.tags)}

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> Reading:
        """What `to_json` wrote."""
        numbered = {name: {int(key): text for key, text in made[name].items()} for name in ("columns", "items", "keys")}
        value = None if made["value"] is None else Decimal(made["value"])
        return cls(**{**made, **numbered, "value": value, "tags": tuple(made["tags"])})


@dataclass(frozen=True)
class Entry:
    """One deed, and the lines that tell of it."""

    lines: tuple[int, ...]
    deed: Deed


@dataclass(frozen=True)
class Left:
    """Somebody of whom nothing is recorded, and why: too_short (with the minutes), held_it."""

    line: int
    name: str
    code: str
    minutes: int = 0


@dataclass(frozen=True)
class DeedReport:
    """The whole check. `asks` are what must be said before rows can be read: email, score, title, at, date_order."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]
    left_out: tuple[Left, ...] = ()
    asks: tuple[str, ...] = ()
    date_order: str = ""
    rows: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain JSON. What a deed has not is not written."""
        return {
            "entries": [{"lines": list(entry.lines), "deed": _said(entry.deed)} for entry in self.entries],
            "faults": [asdict(fault) for fault in self.faults],
            "notices": [asdict(notice) for notice in self.notices],
            "left_out": [asdict(left) for left in self.left_out],
            "asks": list(self.asks),
            "date_order": self.date_order,
            "rows": self.rows,
        }

    @classmethod
    def from_json(cls, made: dict[str, Any]) -> DeedReport:
        """What `to_json` wrote."""
        return cls(
            entries=tuple(Entry(tuple(row["lines"]), _deed(row["deed"])) for row in made["entries"]),
            faults=tuple(Fault(**row) for row in made["faults"]),
            notices=tuple(Notice(**row) for row in made["notices"]),
            left_out=tuple(Left(**row) for row in made["left_out"]),
            asks=tuple(made["asks"]),
            date_order=made["date_order"],
            rows=made["rows"],
        )


def _said(deed: Deed) -> dict[str, Any]:
    said = {name: value for name, value in vars(deed).items() if value}
    said |= {"address": vars(deed.address), "at": deed.at.isoformat(), "tags": list(deed.tags)}
    return said | ({"value": str(deed.value)} if deed.value is not None else {})


def _deed(said: dict[str, Any]) -> Deed:
    value = Decimal(said["value"]) if "value" in said else None
    at, tags = datetime.fromisoformat(said["at"]), tuple(said["tags"])
    return Deed(**{**said, "address": Address(**said["address"]), "at": at, "tags": tags, "value": value})
