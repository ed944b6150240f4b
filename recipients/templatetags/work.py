"""What templates ask of a marking."""

from __future__ import annotations

from typing import NamedTuple

from django import template

from badges.rubric import Rubric
from recipients.models import Marking

register = template.Library()


class Found(NamedTuple):
    """One criterion as it was marked."""

    name: str
    level: str
    reached: bool
    note: str


@register.filter
def found(marking: Marking, rubric: Rubric) -> list[Found]:
    """A marking beside its rubric, criterion by criterion."""
    marks = rubric.known(marking.marks)
    return [
        Found(
            row.name,
            rubric.levels[marks[place]] if place in marks else "",
            marks.get(place, -1) >= rubric.reaches,
            marking.notes.get(str(place), ""),
        )
        for place, row in enumerate(rubric.criteria)
    ]
