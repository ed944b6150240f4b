"""From checks to one word: what the page says first. Pure, and the only place that decides it.

Green ("valid") only when everything that must be checked was checked and passed, and the issuer is known here.
"""

from __future__ import annotations

from enum import StrEnum

from verification.report import Report, Result


class Standing(StrEnum):
    """The worst finding names it; the order is the one in which a reader wants to see them."""

    FAILED = "failed"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    OTHER_PERSON = "other_person"
    RENEWING = "renewing"
    UNSURE = "unsure"
    UNKNOWN_ISSUER = "unknown_issuer"
    NOTHING = "nothing"
    VALID = "valid"


# A picture never decides: it is not signed. Whose it is decides only once everything else has passed.
_NEVER_DECIDES = {"picture"}
_LAST = {"recipient"}
_OF_DATES = {"expired": Standing.EXPIRED, "ended": Standing.EXPIRED, "not_yet": Standing.NOT_YET}
# It was read to its end, and no credential was in it: that is an answer, not a fault.
_EMPTY = {"no_credential", "picture_empty", "pdf_empty", "wrapped"}
_EMPTY |= {"photo_empty", "code_nothing", "code_elsewhere", "code_without_link"}


def standing(report: Report | None) -> Standing:
    """What all checks of one credential come to; no report is no credential."""
    if report is None or (report.checks and report.checks[0].finding in _EMPTY):
        return Standing.NOTHING
    checks = [check for check in report.checks if check.key not in _NEVER_DECIDES]
    failed = {check.key: check.finding for check in checks if check.result is Result.FAILED}
    unknown = {check.key for check in checks if check.result is Result.UNKNOWN}
    if set(failed) - {"status", "dates"} - _LAST or failed.get("dates", "expired") not in _OF_DATES:
        return Standing.FAILED
    if "status" in failed:
        return Standing.SUSPENDED if failed["status"] == "suspended" else Standing.REVOKED
    if any(check.finding == "signing_again" for check in checks):
        return _OF_DATES[failed["dates"]] if "dates" in failed else Standing.RENEWING
    if unknown - {"issuer"} - _LAST or not checks:
        return Standing.UNSURE
    return _OF_DATES[failed["dates"]] if "dates" in failed else _of_whom(failed, unknown)


def _of_whom(failed: dict[str, str], unknown: set[str]) -> Standing:
    """Everything about the document itself has passed: who issued it, and to whom."""
    if "recipient" in failed:
        return Standing.OTHER_PERSON
    if "issuer" in unknown:
        return Standing.UNKNOWN_ISSUER
    return Standing.UNSURE if "recipient" in unknown else Standing.VALID


def issuer_known(report: Report) -> bool:
    """Somebody whom this site knows stands behind it; only then may a page say that it was genuine."""
    return any(check.key == "issuer" and check.result is Result.PASSED for check in report.checks)


def recognised(report: Report) -> bool:
    """Whether the page may say its sentence: everything shown is signed, by a key of the issuer that it names."""
    passed = {check.key for check in report.checks if check.result is Result.PASSED}
    return {"form", "shown", "signature", "key"} <= passed
