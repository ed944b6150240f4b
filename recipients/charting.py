"""Days in a row, cut into parts that fit a chart, and bars for them. Pure: what is drawn is decided here, in view box units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
# From so many days on a part is a week, and from so many on a month.
WEEKS_FROM, MONTHS_FROM = 32, 200
# The view box: where the bars begin and end, and how high the highest is. Its number stands above it.
LEFT, RIGHT, BOTTOM, HIGHEST = 56, 960, 190, 177
MOST_LABELS = 12


@dataclass(frozen=True)
class Span:
    """From one day to another, both with it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Span:
        """As many days, directly before."""
        return Span(self.first - timedelta(days=self.days), self.first - DAY)

    def year_before(self) -> Span:
        """The same dates a year earlier; 29 February becomes the 28th."""
        return Span(_year_earlier(self.first), _year_earlier(self.last))

    def parts(self) -> list[Span]:
        """Days, weeks from Monday, or months; the first and the last may be shorter."""
        if self.days < WEEKS_FROM:
            return [Span(self.first + DAY * number, self.first + DAY * number) for number in range(self.days)]
        return list(self._cut(_next_monday if self.days < MONTHS_FROM else _next_month))

    def _cut(self, following: Callable[[date], date]) -> Iterator[Span]:
        begins = self.first
        while begins <= self.last:
            after = following(begins)
            yield Span(begins, min(after - DAY, self.last))
            begins = after


def _year_earlier(day: date) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def gathered(numbers: Mapping[date, int], parts: Sequence[Span]) -> list[int]:
    """The sum of each part."""
    return [sum(number for day, number in numbers.items() if part.first <= day <= part.last) for part in parts]


@dataclass(frozen=True)
class Bar:
    """One rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """One part: a bar for each series, and whether its label is written."""

    part: Span
    bars: tuple[Bar, ...]
    numbers: tuple[int, ...]
    labelled: bool
    middle: float


def columns(parts: Sequence[Span], series: Sequence[Sequence[int]]) -> list[Column]:
    """Bars of one scale, side by side in each part."""
    most = highest(series)
    step = (RIGHT - LEFT) / max(len(parts), 1)
    width = round(min(30.0, step * 0.8 / max(len(series), 1)), 2)
    every = -(-len(parts) // MOST_LABELS)
    made = []
    for place, part in enumerate(parts):
        left = LEFT + place * step
        numbers = tuple(row[place] for row in series)
        bars = tuple(_bar(left + index * width, width, number, most) for index, number in enumerate(numbers))
        middle = round(left + width * len(series) / 2, 2)
        made.append(Column(part, bars, numbers, place % every == 0, middle))
    return made


def _bar(x: float, width: float, number: int, most: int) -> Bar:
    height = round(HIGHEST * number / most, 2) if most else 0.0
    # A stroke of paper between neighbours.
    return Bar(round(x, 2), round(BOTTOM - height, 2), round(max(width - 1.5, 1.0), 2), height)


def highest(series: Sequence[Sequence[int]]) -> int:
    """The number at the top of the scale."""
    return max((number for row in series for number in row), default=0)
