"""A checked document: the only thing that can be signed. Only badges.openbadges.validate makes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_SEAL: Final = object()
# Given the signed text and its public key: raises rechecking.Mismatch if it must not leave.
Recheck = Callable[[str, Callable[[], Ed25519PublicKey]], None]


@dataclass(frozen=True)
class Prepared:
    """What was checked is what is signed: the text as stored, its canonical form, and the issuer that it names.

    `text` is the unsigned JSON, byte for byte; `canonical` its N-Quads; `issuer_id` the DID in it; `recheck` looks at the
    signed text before it leaves.
    """

    document: Mapping[str, Any]
    text: str
    canonical: str
    issuer_id: str
    seal: object
    recheck: Recheck | None = None

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("a Prepared comes from badges.openbadges.validate, not from anywhere else")


def seal(
    document: Mapping[str, Any], text: str, canonical: str, issuer_id: str, recheck: Recheck | None = None
) -> Prepared:
    """For badges.openbadges.validate alone; tests/architecture/test_contracts.py sees to it."""
    return Prepared(document, text, canonical, issuer_id, _SEAL, recheck)
