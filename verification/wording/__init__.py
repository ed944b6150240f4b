"""What the checks found, in words: a title, one line, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy

from verification.report import Check, Result
from verification.wording import desk, foreign, origin

RESULTS = {
    Result.PASSED: gettext_lazy("Passed"),
    Result.FAILED: gettext_lazy("Failed"),
    Result.UNKNOWN: gettext_lazy("Could not check"),
}
# finding: title, summary, detail. Placeholders are filled from the check's facts.
WORDS: dict[str, tuple[Any, Any, Any]] = {
    "written_correctly": (
        gettext_lazy("Written correctly"),
        gettext_lazy("Open Badges 3.0, all required fields"),
        gettext_lazy("The document follows the Open Badges 3.0 schema, and the signature covers every term in it."),
    ),
    "malformed": (gettext_lazy("Not written correctly"), gettext_lazy("It breaks the Open Badges 3.0 rules"), "{why}"),
    "unreadable": (gettext_lazy("Not readable"), gettext_lazy("This is no credential document"), "{why}"),
    "unread": (gettext_lazy("Not checked"), gettext_lazy("The document could not be read"), ""),
    "unchanged": (
        gettext_lazy("Unchanged since it was signed"),
        gettext_lazy("Ed25519 signature matches"),
        gettext_lazy("Changing one letter would break it. Proof {suite}, key {method}."),
    ),
    "altered": (gettext_lazy("Changed after it was signed"), gettext_lazy("The signature does not match"), "{why}"),
    "key_unknown": (
        gettext_lazy("Signature not checked"),
        gettext_lazy("The key that signed is not published by the issuer"),
        "{method}",
    ),
    "key_withdrawn": (
        gettext_lazy("Signature not checked"),
        gettext_lazy("The key that signed was withdrawn"),
        gettext_lazy("Other people may have known this key, so that a match would prove nothing. {method}"),
    ),
    "signing_again": (
        gettext_lazy("Being signed again by {name}"),
        gettext_lazy("Its first key was withdrawn; it stands in the issuer’s records"),
        gettext_lazy(
            "{name} signs its own records again with a new key. The credential, its address and its links stay."
        ),
    ),
    "key_published": (
        gettext_lazy("Signed by {name}"),
        gettext_lazy("The key is published by the issuer"),
        gettext_lazy("Found in the DID document of {did}."),
    ),
    "key_not_published": (
        gettext_lazy("Signed with a key that is not published"),
        gettext_lazy("The issuer does not stand behind this key"),
        "{method}",
    ),
    "other_issuer": (
        gettext_lazy("Signed by somebody else"),
        gettext_lazy("The document and the key name different issuers"),
        "{method}",
    ),
    "not_revoked": (
        gettext_lazy("Not revoked"),
        gettext_lazy("Status list read now"),
        gettext_lazy("Entry {index} of {list} is 0."),
    ),
    "not_suspended": (
        gettext_lazy("Neither suspended nor revoked"),
        gettext_lazy("Status list read now"),
        gettext_lazy("Entry {index} of {list} is 0."),
    ),
    "revoked": (
        gettext_lazy("Revoked by the issuer"),
        gettext_lazy("Status list read now"),
        gettext_lazy("Entry {index} of {list} is 1."),
    ),
    "suspended": (
        gettext_lazy("Suspended by the issuer"),
        gettext_lazy("Status list read now"),
        gettext_lazy("Entry {index} of {list} is 1."),
    ),
    "no_list": (gettext_lazy("Status not known"), gettext_lazy("No status list could be read"), ""),
    "list_unreadable": (
        gettext_lazy("Status not known"),
        gettext_lazy("The status list could not be trusted"),
        "{why}",
    ),
    "within_dates": (
        gettext_lazy("Within its dates"),
        gettext_lazy("From {begins} to {ends}"),
        gettext_lazy("From {begins} to {ends}."),
    ),
    "no_end": (
        gettext_lazy("Within its dates"),
        gettext_lazy("From {begins}, no end date"),
        gettext_lazy("From {begins}, no end date."),
    ),
    "not_yet": (gettext_lazy("Not valid yet"), gettext_lazy("Begins {begins}"), gettext_lazy("Begins {begins}.")),
    "expired": (
        gettext_lazy("Past its end date"),
        gettext_lazy("Valid from {begins} until {ends}"),
        gettext_lazy("An expired credential was true while it ran. It is not the same as a revoked one."),
    ),
    "dates_unreadable": (gettext_lazy("Its dates cannot be read"), "", "{why}"),
    **foreign.WORDS,
    **origin.WORDS,
    **desk.WORDS,
}


@dataclass(frozen=True)
class Worded:
    """A check as the page shows it; `result` is a check's own, or `late` for what has merely run out."""

    result: str
    word: str
    title: str
    summary: str
    detail: str


def _worded_fact(key: str, value: Any, zone: tzinfo) -> Any:
    if key == "problem":
        return origin.PROBLEMS.get(value, value)
    return date_format(value.astimezone(zone), "j F Y") if isinstance(value, datetime) else value


def worded(check: Check, zone: tzinfo = UTC) -> Worded:
    """Put one check into words; its days are those of the issuer's zone."""
    found = (check.key, check.result, check.finding, tuple(check.facts.items()))
    try:
        return _worded(found, zone, get_language())
    except TypeError:  # a fact that is a list, of foreign documents
        return _in_words(check, zone)


@lru_cache(maxsize=1024)
def _worded(found: tuple[str, Result, str, tuple[tuple[str, Any], ...]], zone: tzinfo, language: str | None) -> Worded:
    """The same words for the same finding, in one language: every page says some of them again."""
    key, result, finding, facts = found
    return _in_words(Check(key, result, finding, dict(facts)), zone)


def _in_words(check: Check, zone: tzinfo) -> Worded:
    facts = {key: _worded_fact(key, value, zone) for key, value in check.facts.items()}
    title, summary, detail = (str(text).format(**facts) for text in WORDS[check.finding])
    if check.finding in {"expired", "ended"}:
        return Worded("late", str(gettext_lazy("Past its date")), title, summary, detail)
    return Worded(check.result.value, str(RESULTS[check.result]), title, summary, detail)
