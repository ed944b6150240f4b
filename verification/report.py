"""What was found out about one credential: a list of checks, each with a result of its own. Pure; every verifier speaks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """What a check found; `unknown` is a result of its own, never a pass."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One check: `key` names it, `finding` is a code that the page words, `facts` fill the words."""

    key: str
    result: Result
    finding: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """All checks of one credential, and the signed document they were made on (None where it is no document)."""

    checks: tuple[Check, ...]
    document: Mapping[str, Any] | None

    @property
    def valid(self) -> bool:
        return all(check.result is Result.PASSED for check in self.checks)

    @property
    def failed(self) -> list[str]:
        return [check.key for check in self.checks if check.result is Result.FAILED]

    @property
    def worst_first(self) -> list[Check]:
        order = [Result.FAILED, Result.UNKNOWN, Result.PASSED]
        return sorted(self.checks, key=lambda check: order.index(check.result))
