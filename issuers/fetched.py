"""What came back through the guarded door (issuers.fetching). The sandbox reads these too, and has no use for the door."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resource:
    """What stood at an address, or why nothing did.

    `problem` is '' or one of: refused (the guard does not go there), unreachable, timeout, too_large, not_found, gone.
    """

    body: bytes = b""
    media_type: str = ""
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        body = base64.b64encode(self.body).decode()
        return {"body": body, "media_type": self.media_type, "problem": self.problem}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Resource:
        return cls(base64.b64decode(value["body"]), str(value["media_type"]), str(value["problem"]))


@dataclass(frozen=True)
class Answer:
    """What a server said to something that was posted to it.

    `status` is 0 where none was heard. `problem` is '' for a whole answer, else refused, unreachable, timeout or too_large.
    """

    status: int = 0
    body: bytes = b""
    retry_after: str = ""
    problem: str = ""

    @property
    def taken(self) -> bool:
        """Whether the server has accepted it, and said all that it had to say."""
        return 200 <= self.status < 300 and not self.problem
