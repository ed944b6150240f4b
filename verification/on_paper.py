"""Whether a certificate on paper says what was signed: the check `paper`, from the sandbox's comparison.

Compared with the stored PDF wherever there is one. Without it only the signed values can be looked for on the paper, and
since other values may be printed there too, that never passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verification import ours
from verification.report import Check, Report, Result
from verification.sandbox import client
from verification.sandbox.found import Paper


def attached(pdf: bytes, text: str, report: Report, seconds: float) -> Check:
    """Of a PDF that carries a credential: only what is proved to be signed is compared with what is printed."""
    proved = {check.key for check in report.checks if check.result is Result.PASSED}
    if report.document is None or not {"signature", "key", "shown"} <= proved:
        return Check("paper", Result.UNKNOWN, "paper_unproved")
    reference = None
    if "issuer" in proved and ours.is_ours(name := str(report.document.get("id", ""))):
        reference = ours.issued_paper(name.rpartition("/c/")[2], text)
    return _compared(pdf, reference, report.document, seconds)


def named(pdf: bytes, seconds: float) -> Check | None:
    """Of a PDF without one: it is compared with the first credential of this site that it names and anybody may open."""
    for public_id in client.mentioned(pdf, within=seconds):
        if shown := ours.shown_paper(public_id):
            url, document, reference = shown
            made = _compared(pdf, reference, document, seconds)
            return Check("paper", made.result, made.finding, {**made.facts, "url": url, "public_id": public_id})
    return None


def _compared(pdf: bytes, reference: bytes | None, document: Mapping[str, Any], seconds: float) -> Check:
    if pdf == reference:
        return Check("paper", Result.PASSED, "paper_same", {"lines": [], "regions": [], "look": "same"})
    return _check(client.compare(pdf, reference, _values(document), within=seconds), compared=reference is not None)


def _check(found: Paper, *, compared: bool) -> Check:
    facts: dict[str, Any] = {
        "lines": [vars(line) for line in found.lines],
        "regions": [{"page": place.page, "near": place.near, "box": list(place.box)} for place in found.regions],
        "look": found.look,
        "altered": len(found.altered),
    }
    if found.problem:
        return Check("paper", Result.UNKNOWN, "paper_unknown", {"why": found.problem})
    if not compared:
        return Check("paper", Result.UNKNOWN, "paper_values", facts)
    if found.altered:
        return Check("paper", Result.FAILED, "paper_altered", facts)
    if found.look == "different":
        return Check("paper", Result.FAILED, "paper_covered", facts)
    if found.look == "unknown" or not found.lines:
        return Check("paper", Result.UNKNOWN, "paper_made_anew", facts)
    return Check("paper", Result.PASSED, "paper_same", facts)


def _values(document: Mapping[str, Any]) -> list[str]:
    """Signed values that a certificate prints: the name, what it is for, by whom."""
    subject = _one(document.get("credentialSubject"))
    achievement = _one(subject.get("achievement"))
    names = [
        _one(item).get("identityHash") for item in _many(subject.get("identifier")) if not _one(item).get("hashed")
    ]
    found = [*names, subject.get("name"), achievement.get("name"), _one(document.get("issuer")).get("name")]
    return [value for value in dict.fromkeys(item for item in found if isinstance(item, str)) if value.strip()]


def _one(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
