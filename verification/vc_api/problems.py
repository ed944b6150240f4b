"""What can be wrong, as problem details (RFC 9457) of the standards: VCDM 2.0 section 7.2, Data Integrity 1.0 section 4.7."""

from __future__ import annotations

from typing import Any

_VCDM = "https://www.w3.org/TR/vc-data-model#"
_INTEGRITY = "https://w3id.org/security#"
_STATUS = "https://www.w3.org/ns/credentials/status-list#"
_TYPES = {
    "PARSING_ERROR": (_VCDM, "This cannot be read"),
    "MALFORMED_VALUE_ERROR": (_VCDM, "A value is not as the standard says"),
    "RANGE_ERROR": (_VCDM, "A number is outside its range"),
    "DATA_LOSS_DETECTION_ERROR": (_INTEGRITY, "A part of the document would be covered by no signature"),
    "PROOF_VERIFICATION_ERROR": (_INTEGRITY, "The proof does not hold"),
    "INVALID_VERIFICATION_METHOD": (_INTEGRITY, "The key of the proof cannot be had"),
    "INVALID_CHALLENGE_ERROR": (_INTEGRITY, "The challenge is another one"),
    "INVALID_DOMAIN_ERROR": (_INTEGRITY, "The domain is another one"),
    "STATUS_RETRIEVAL_ERROR": (_STATUS, "The status list cannot be had"),
    "STATUS_VERIFICATION_ERROR": (_STATUS, "The status list does not fit"),
}


class Problem(Exception):
    """One reason to refuse: `code` names it, `pointer` (JSON Pointer) says where."""

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        super().__init__(f"{pointer or '/'}: {detail}")
        self.code, self.detail, self.pointer = code, detail, pointer

    def json(self) -> dict[str, Any]:
        """The problem details object."""
        base, title = _TYPES[self.code]
        return {"type": base + self.code, "title": title, "detail": self.detail[:500], "pointer": self.pointer or "/"}


def malformed(pointer: str, detail: str) -> Problem:
    """The commonest: a value that its standard does not allow there."""
    return Problem("MALFORMED_VALUE_ERROR", detail, pointer)
