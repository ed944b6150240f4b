"""One word of a standing, put into a sentence that a reader takes in at a glance, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from verification.report import Report, Result
from verification.standing import Standing, issuer_known


@dataclass(frozen=True)
class Verdict:
    """`standing` gives colour and icon, `title` the verdict, `said` why, `advice` the next step ('' where none is due)."""

    standing: Standing
    title: Any
    said: Any
    advice: Any = ""


# What a table shows for a standing: a pill of issuers/templatetags/pills.py.
PILLS = {
    Standing.VALID: "valid",
    Standing.REVOKED: "revoked",
    Standing.SUSPENDED: "suspended",
    Standing.EXPIRED: "expired",
    Standing.NOT_YET: "not_yet",
    Standing.OTHER_PERSON: "other_person",
    Standing.RENEWING: "unsure",
    Standing.UNSURE: "unsure",
    Standing.UNKNOWN_ISSUER: "unknown_issuer",
    Standing.NOTHING: "nothing",
    Standing.FAILED: "not_valid",
}
_ASK = _("Ask the holder for the link of their credential: what stands there cannot be edited.")
_ASK_ISSUER = _("Ask the issuer, by an address that you find yourself and not by one in this file.")
# The check that failed first says what is wrong.
_FAILED: dict[str, tuple[Any, Any, Any]] = {
    "form": (
        _("Not written correctly"),
        _("It breaks the rules of its standard, so nothing in it can be relied on."),
        _ASK,
    ),
    "shown": (
        _("It says things that nobody signed"),
        _("Something was added that the signature does not cover. None of it can be relied on."),
        _ASK,
    ),
    "signature": (
        _("This was changed after it was issued"),
        _("The signature does not fit what it says now. Do not rely on it."),
        _ASK,
    ),
    "key": (
        _("Signed by somebody else"),
        _("The key that signed is not one of the issuer that it names. Do not rely on it."),
        _ASK_ISSUER,
    ),
    "issuer": (
        _("Signed by somebody else"),
        _("The document and the key name different issuers. Do not rely on it."),
        _ASK_ISSUER,
    ),
    "paper": (
        _("This paper was changed after it was issued"),
        _("The credential inside is the issuer’s own; what is printed is not what was signed."),
        _ASK,
    ),
}
_DETACHED = _("What is printed is not what was issued at the address that it names. Do not rely on it.")
_OTHERS: dict[Standing, tuple[Any, Any, Any]] = {
    Standing.VALID: (
        _("Valid"),
        _("Every check passed, and this site knows the issuer."),
        _("Whether the person before you is the one it names, no signature can say: look at their papers."),
    ),
    Standing.REVOKED: (_("Revoked"), _("Do not rely on it. The issuer took it back."), _ASK_ISSUER),
    Standing.SUSPENDED: (
        _("Suspended"),
        _("Do not rely on it for now. The issuer has put it on hold."),
        _("Ask again later, or ask the issuer."),
    ),
    Standing.EXPIRED: (
        _("Expired"),
        _("It was genuine and valid until its last day."),
        _("Ask the holder whether it has been renewed."),
    ),
    Standing.NOT_YET: (
        _("Not valid yet"),
        _("It is genuine, and its first day is still to come."),
        _("Check it again on that day."),
    ),
    Standing.OTHER_PERSON: (
        _("Issued to another address"),
        _("Nothing is wrong with it, but it was not issued to the address that you typed."),
        _("People have several addresses: ask the holder which one they gave the issuer."),
    ),
    Standing.RENEWING: (
        _("Being signed again"),
        _("The issuer withdrew the key that signed this, because others may have known it, and signs with a new one."),
        _("Look again in a few minutes."),
    ),
    Standing.UNSURE: (
        _("Could not be confirmed"),
        _("Not everything could be checked. Nothing is proved either way."),
        _("Try again in a minute. If it stays so, ask the issuer."),
    ),
    Standing.UNKNOWN_ISSUER: (
        _("The signature fits, but we do not know this issuer"),
        _("Nobody has changed it since it was signed. That is not proof of who signed: anybody can make a key."),
        _ASK_ISSUER,
    ),
    Standing.NOTHING: (
        _("No credential inside"),
        _("This was read, and there is no signed credential in it. That says nothing about the person."),
        _ASK,
    ),
}
# A stranger's key says nothing about being genuine.
_STRANGER: dict[Standing, Any] = {
    Standing.EXPIRED: _("Its last day has passed. The signature fits, but we do not know this issuer."),
    Standing.NOT_YET: _("Its first day is still to come. The signature fits, but we do not know this issuer."),
    Standing.OTHER_PERSON: _(
        "It was not issued to the address that you typed. The signature fits, but we do not know this issuer."
    ),
}


# Private, unclaimed, mistyped and never there are the same to a stranger.
_NO_PAGE = (
    _("Nothing to see there"),
    _("No credential stands at this address. Either the person keeps it to themselves, or it was mistyped."),
    _("Ask the holder for a link: they can make one in a minute without making it public."),
)


def verdict(standing: Standing, report: Report | None, *, link: bool = False) -> Verdict:
    """The verdict on one report; `link` where an address was looked up rather than a file handed in."""
    if standing is Standing.NOTHING and link:
        return Verdict(standing, *_NO_PAGE)
    if standing is Standing.FAILED and report is not None:
        first = next(check.key for check in report.checks if check.result is Result.FAILED and check.key != "picture")
        title, said, advice = _FAILED.get(first, (_("Not valid"), _("At least one check failed."), _ASK))
        detached = first == "paper" and report.document is None
        return Verdict(standing, title, _DETACHED if detached else said, advice)
    title, said, advice = _OTHERS[standing]
    if report is not None and not issuer_known(report):
        said = _STRANGER.get(standing, said)
    return Verdict(standing, title, said, advice)
