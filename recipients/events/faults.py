"""What is wrong with what was sent: each fault with its place, its code and what fills its sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# A megabyte holds many; whoever mends a thousand sends again.
MOST = 1000


@dataclass(frozen=True)
class Fault:
    """`pointer` is a JSON Pointer into the body (RFC 6901); `code` has its sentence in issuers.wording."""

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Faulty(Exception):
    """Nothing of what was sent is taken, and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(f"{fault.pointer} {fault.code}" for fault in faults[:5]))
        self.faults = tuple(faults[:MOST])
        self.more = max(0, len(faults) - MOST)
