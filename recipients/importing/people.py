"""People as meeting tools and gradebooks write them, and how long somebody was there. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from recipients.activities import Deed
from recipients.importing import moments
from recipients.importing.exports import names_are_turned
from recipients.importing.headers import plain
from recipients.importing.tables import Table

_HOSTS = {
    *("organizer", "organiser", "co organizer", "co organiser", "host", "co host", "alternative host", "organisator"),
    *("organisateur", "organizador", "organisatorin", "mitorganisator", "gastgeber", "hote", "anfitrion"),
}
# What tools add to a name.
_ADDED = re.compile(
    r"\s*\((?:guest|external|unverified|anonymous|gast|extern|invité|externe|invitado|externo)\)$", re.IGNORECASE
)


def written(cells: Mapping[str, str]) -> str:
    """A name as the row has it, in one column or two."""
    joined = f"{cells.get('first_name', '')} {cells.get('last_name', '')}".strip()
    # Runs of blanks become one: patterns of names would try each of them as a beginning.
    return re.sub(r"\s+", " ", cells.get("recipient_name") or joined)


def is_host(role: str) -> bool:
    """Whoever held the meeting did not attend it."""
    return plain(role) in _HOSTS


@dataclass(frozen=True)
class Names:
    """How the names of one table are to be read."""

    table: Table

    def of(self, cells: Mapping[str, str]) -> str:
        """The person's own name: without what tools add, family name last."""
        text = _ADDED.sub("", written(cells)).strip()
        if "recipient_name" in cells and cells["recipient_name"] and names_are_turned(self.table):
            family, comma, given = text.partition(",")
            return f"{given.strip()} {family.strip()}".strip() if comma else text
        if self._has_originals and (found := re.fullmatch(r"(.+?)\s*\(([^()]{2,})\)", text)):
            # Zoom writes "as shown (as signed up)"; what has a stroke in it is how somebody wants to be spoken of.
            return found[1] if "/" in found[2] else found[2].strip()
        return text

    @property
    def _has_originals(self) -> bool:
        return any(plain(column.heading).endswith("original name") for column in self.table.columns)


@dataclass
class Stay:
    """One person at one thing on one day, in all rows that tell of it."""

    deed: Deed
    lines: list[int] = field(default_factory=list)
    name: str = ""
    begins: datetime = datetime.max  # noqa: DTZ901 -- before the first row
    value: Decimal | None = None
    _lengths: list[int] = field(default_factory=list)
    _spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    def add(
        self,
        line: int,
        name: str,
        begins: datetime,
        ends: datetime | None,
        *,
        length: int | None,
        value: Decimal | None,
    ) -> None:
        """Another row of the same stay."""
        self.begins = begins if not self.lines else min(self.begins, begins)
        self.lines.append(line)
        self.name = self.name or name
        if value is not None:
            self.value = value if self.value is None else self.value + value
        if ends is not None:
            self._spans.append((begins, ends))
        if length is None and ends is not None:
            length = int((ends - begins).total_seconds())
        if length is not None:
            self._lengths.append(length)

    @property
    def seconds(self) -> int | None:
        """How long in all; two devices at the same time do not count twice. None where nothing says it."""
        if not self._lengths:
            return None
        if len(self._spans) == len(self.lines) > 1:
            # A minute more for each join, since reports round them.
            return min(sum(self._lengths), _union(self._spans) + 60 * len(self._spans))
        return sum(self._lengths)

    def worth(self, given: tuple[Decimal | None, str]) -> tuple[Decimal | None, str]:
        """What the row itself says, else what the thing is worth, else the minutes of the stay."""
        value, unit = given
        if self.value is not None:
            return self.value, unit or "hours"
        if value is not None:
            return value, unit
        return (None, "") if self.seconds is None else (moments.minutes(self.seconds), "minutes")


def _union(spans: list[tuple[datetime, datetime]]) -> int:
    """Seconds that at least one of the spans covers."""
    total, reached = timedelta(0), None
    for begins, ends in sorted(spans):
        fresh = begins if reached is None else max(begins, reached)
        total += max(ends - fresh, timedelta(0))
        reached = ends if reached is None else max(reached, ends)
    return int(total.total_seconds())
