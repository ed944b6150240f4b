"""What a person did, holds or belongs to, as facts. Nothing here knows who it was, a table or an institution. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

# What every institution can record; it may add kinds of its own.
KINDS = (
    *("session", "course", "module", "task", "assessment", "peer_review", "help", "contribution"),
    *("volunteering", "mentoring", "nomination"),
)
# What a person holds and belongs to. Nobody records these: they are read from credentials and groups as they stand.
HELD, MEMBER = "credential", "group"
STATES = frozenset({HELD, MEMBER})


@dataclass(frozen=True)
class Fact:
    """One thing that one person did. `key` is what it is about: this session, this quiz, among those of its kind.

    `source` is where it came from and its own number there, so that two equal facts are one that was sent twice, and two
    evenings of two hours are two.
    """

    kind: str
    key: str
    at: datetime
    tags: frozenset[str] = frozenset()
    value: Decimal | None = None
    unit: str = ""
    place: str = ""
    source: str = ""
    peer: str = ""

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("the time of a fact says its zone")
        if self.value is not None and not self.value.is_finite():
            raise ValueError("the value of a fact is a number")
        # Two times of one zone are compared by their clocks (datetime's own rule), which go back once a year.
        object.__setattr__(self, "at", self.at.astimezone(UTC))


@dataclass(frozen=True)
class Dated:
    """A fact, and the day on which it happened where the institution is."""

    fact: Fact
    day: date


@dataclass(frozen=True)
class History:
    """All that is known of one person at one moment: each fact once, in order of time. Made once, for many rules."""

    zone: ZoneInfo
    now: datetime
    today: date
    by_kind: Mapping[str, tuple[Dated, ...]] = field(repr=False)

    @classmethod
    def of(cls, facts: Iterable[Fact], *, zone: ZoneInfo, now: datetime) -> History:
        """What lies in the future has not happened yet."""
        by_kind: dict[str, list[Dated]] = {}
        for fact in sorted({fact for fact in facts if fact.at <= now}, key=_order):
            by_kind.setdefault(fact.kind, []).append(Dated(fact, fact.at.astimezone(zone).date()))
        return cls(zone, now, now.astimezone(zone).date(), {kind: tuple(found) for kind, found in by_kind.items()})

    def every(self, kind: str) -> Iterator[Dated]:
        """Those of a kind; without one, everything that was done."""
        if kind:
            yield from self.by_kind.get(kind, ())
            return
        done = [dated for name, found in self.by_kind.items() if name not in STATES for dated in found]
        yield from sorted(done, key=lambda dated: _order(dated.fact))


def _order(fact: Fact) -> tuple[object, ...]:
    """By time; facts of one moment in an order that depends on nothing but themselves."""
    rest = (fact.value is not None, fact.value or 0, fact.unit, fact.place, sorted(fact.tags))
    return fact.at, fact.kind, fact.key, fact.source, fact.peer, *rest
