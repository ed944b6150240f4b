"""A rubric in the words of the standard (Open Badges 3.0, ResultDescription, RubricCriterionLevel and Result)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class CriterionFacts:
    """One criterion of a rubric: its levels from the lowest, name and what it looks like, and the first that counts."""

    name: str
    levels: tuple[tuple[str, str], ...]
    reaches: int


def _level_id(achievement_id: str, criterion: int, level: int) -> str:
    return f"{achievement_id}#criterion-{criterion}-level-{level}"


def criterion(achievement_id: str, place: int, facts: CriterionFacts) -> Json:
    """A criterion as a described result: its levels, and the one that is required (Open Badges 3.0, ResultDescription)."""
    levels = [
        {
            "id": _level_id(achievement_id, place, number),
            "type": ["RubricCriterionLevel"],
            "name": name,
            "level": str(number),
            **({"description": look} if look else {}),
        }
        for number, (name, look) in enumerate(facts.levels, 1)
    ]
    return {
        "id": f"{achievement_id}#criterion-{place}",
        "type": ["ResultDescription"],
        "name": facts.name,
        "resultType": "RubricCriterionLevel",
        "requiredLevel": _level_id(achievement_id, place, facts.reaches + 1),
        "rubricCriterionLevel": levels,
    }


def reached(achievement_id: str, rubric: tuple[CriterionFacts, ...], levels: tuple[int, ...]) -> list[Json]:
    """A result for each criterion: the level, by its id and by its name."""
    return [
        {
            "type": ["Result"],
            "resultDescription": f"{achievement_id}#criterion-{place}",
            "achievedLevel": _level_id(achievement_id, place, level + 1),
            "value": row.levels[level][0],
        }
        for place, (row, level) in enumerate(zip(rubric, levels, strict=False), 1)
    ]
