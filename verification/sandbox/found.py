"""What a comparison of papers comes to, on the product's side. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One row of a certificate: as it was issued, as it stands on this paper ('' where there is none), and whether they differ."""

    issued: str
    printed: str
    altered: bool


@dataclass(frozen=True)
class Region:
    """A part of a page that looks different: its page, a row near it, its sides as parts of the page (left, top, right, bottom)."""

    page: int
    near: str
    box: tuple[float, ...]


@dataclass(frozen=True)
class Paper:
    """Both columns, and whether the pages look the same: same, different, or unknown where the page was made anew.

    `problem` is the code of why it could not be read, with nothing else.
    """

    lines: tuple[Line, ...] = ()
    look: str = "unknown"
    regions: tuple[Region, ...] = ()
    problem: str = ""

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Paper:
        """Raises KeyError, TypeError or ValueError for what no comparison answers."""
        if problem := value.get("problem"):
            return cls(problem=str(problem))
        lines = tuple(Line(str(one["issued"]), str(one["printed"]), bool(one["altered"])) for one in value["lines"])
        regions = tuple(
            Region(int(one["page"]), str(one["near"]), tuple(float(side) for side in one["box"]))
            for one in value["regions"]
        )
        return cls(lines, str(value["look"]), regions)

    @property
    def altered(self) -> list[Line]:
        return [line for line in self.lines if line.altered]
