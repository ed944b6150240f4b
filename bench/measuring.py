"""How a bench measures: CPU time of this process and its children, user and system, and a ratio within one run."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    """One line of bench/results.json. `ratio` says how many times better ours is: more is better."""

    name: str
    unit: str
    ours: float
    baseline: float
    ratio: float

    def as_json(self) -> dict[str, Any]:
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}


def cpu() -> float:
    """Seconds of CPU so far, user and system, of this process and of the children it has waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def each(work: Callable[[], object], times: int) -> float:
    """CPU milliseconds of one call, as the mean of `times` calls."""
    before = cpu()
    for _ in range(times):
        work()
    return (cpu() - before) * 1000 / times


def less_is_better(name: str, ours: float, baseline: float, unit: str = "ms CPU") -> Measured:
    """Times and memory: the ratio is baseline over ours."""
    return Measured(name, unit, ours, baseline, baseline / ours)


def more_is_better(name: str, ours: float, baseline: float, unit: str = "requests/s") -> Measured:
    """Rates: the ratio is ours over baseline."""
    return Measured(name, unit, ours, baseline, ours / baseline)
