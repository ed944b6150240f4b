"""What was demonstrated: criteria × levels, and the level from which a criterion counts. Pure.

A rubric is read from what a version froze; marks are the places of levels by the places of criteria, both from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MASTERY, ATTENDANCE = "mastery", "attendance"
Marks = Mapping[int, int]


@dataclass(frozen=True)
class Criterion:
    """One thing to be shown; `looks` says what each level looks like here, '' where nothing is said."""

    name: str
    description: str
    looks: tuple[str, ...]
    levels: tuple[str, ...] = ()

    @property
    def looked(self) -> list[dict[str, str]]:
        """Level and its look, for a row of a table."""
        return [{"level": level, "text": text} for level, text in zip(self.levels, self.looks, strict=False)]


@dataclass(frozen=True)
class Rubric:
    """Levels from the lowest to the highest; from `reaches` on a criterion is demonstrated."""

    levels: tuple[str, ...]
    reaches: int
    criteria: tuple[Criterion, ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Rubric | None:
        """The rubric of a version's content; None where nothing is assessed."""
        assessment = content.get("assessment")
        if not assessment:
            return None
        levels = assessment["levels"]
        names = tuple(level["name"] for level in levels)
        return cls(
            levels=names,
            reaches=next(place for place, level in enumerate(levels) if level["demonstrated"]),
            criteria=tuple(
                Criterion(row["name"], row["description"], tuple(row["looks"]), names) for row in assessment["criteria"]
            ),
        )

    @property
    def counts(self) -> str:
        """The level from which a criterion is demonstrated."""
        return self.levels[self.reaches]

    def known(self, marks: Marks) -> dict[int, int]:
        """Those of the marks that this rubric has a place for."""
        return {
            criterion: level
            for criterion, level in marks.items()
            if 0 <= criterion < len(self.criteria) and 0 <= level < len(self.levels)
        }

    def unmarked(self, marks: Marks) -> list[int]:
        """Criteria that nobody has marked yet."""
        known = self.known(marks)
        return [place for place in range(len(self.criteria)) if place not in known]

    def short(self, marks: Marks) -> list[int]:
        """Criteria that do not reach the level that counts, or are not marked."""
        known = self.known(marks)
        return [place for place in range(len(self.criteria)) if known.get(place, -1) < self.reaches]

    def demonstrated(self, marks: Marks) -> bool:
        """Whether every criterion was demonstrated: one that was not cannot be made up for by another."""
        return not self.short(marks)


def agreed(several: Iterable[Marks]) -> dict[int, int]:
    """What several markings have in common: the lower level of each criterion."""
    found: dict[int, int] = {}
    for marks in several:
        for criterion, level in marks.items():
            found[criterion] = min(level, found.get(criterion, level))
    return found
