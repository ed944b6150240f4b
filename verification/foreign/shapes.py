"""Well-formed or not: the rules of Verifiable Credentials 1.1 and 2.0, and for badges the official Open Badges 3.0 schema.

The schema is 2.0's. What 1.1 names otherwise (issuanceDate, expirationDate, its context) is put in 2.0's words before it is
asked, and of several status entries, which 2.0 allows and the schema does not, each is asked by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from issuers.signing.canonical import IRI
from verification.foreign import contexts, schemas
from verification.foreign.plain import plain
from verification.report import Check, Result

BADGES = {"OpenBadgeCredential", "AchievementCredential"}
PRESENTATIONS = {"VerifiablePresentation", "EnvelopedVerifiablePresentation"}
_RENAMED = {"issuanceDate": "validFrom", "expirationDate": "validUntil"}
_TYPED = ("credentialStatus", "credentialSchema", "evidence", "termsOfUse", "refreshService")


def types(document: Mapping[str, Any]) -> set[str]:
    """The names of its types."""
    given = document.get("type")
    return {each for each in (given if isinstance(given, list) else [given]) if isinstance(each, str)}


def kind(document: Mapping[str, Any]) -> str:
    """open_badge_3, credential, open_badge_2, presentation or nothing."""
    named = types(document)
    if named & PRESENTATIONS:
        return "presentation"
    if "VerifiableCredential" in named:
        return "open_badge_3" if named & BADGES else "credential"
    given = document.get("@context")
    for address in given if isinstance(given, list) else [given]:
        if isinstance(address, str) and re.match(r"https?://(w3id\.org/openbadges|openbadges\.org)/", address):
            return "open_badge_2"
    if named & {"Assertion", "BadgeClass"} or ("badge" in document and "recipient" in document):
        return "open_badge_2"
    return "nothing"


def version(document: Mapping[str, Any]) -> int:
    """1 for VC 1.1, 2 for VC 2.0, by the first context."""
    given = document.get("@context")
    first = given[0] if isinstance(given, list) and given else given
    return 1 if first == contexts.VC_1 else 2


def check(document: Mapping[str, Any]) -> Check:
    """The check `form` of a credential."""
    badge = kind(document) == "open_badge_3"
    for pointer, why in _problems(document):
        return _broken(badge, pointer, why)
    if badge:
        for place in _in_words_of_2(document):
            error = schemas.achievement_credential(place)
            if error is not None:
                return _broken(badge, *error)
    return Check("form", Result.PASSED, "badge_well_formed" if badge else "credential_well_formed")


def _broken(badge: bool, pointer: str, why: str) -> Check:
    finding = "badge_malformed" if badge else "credential_malformed"
    return Check("form", Result.FAILED, finding, {"pointer": plain(pointer or "/", 120), "why": plain(why)})


def _problems(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What every credential must be, whichever version (VC 2.0, section 4; VC 1.1, section 4)."""
    if "VerifiableCredential" not in types(document):
        yield "/type", "VerifiableCredential is not among its types"
    if "id" in document and not _is_address(document["id"]):
        yield "/id", "not an absolute address"
    issuer = document.get("issuer")
    if not _is_address(issuer.get("id") if isinstance(issuer, Mapping) else issuer):
        yield "/issuer", "the issuer has no absolute address or DID"
    subjects = document.get("credentialSubject")
    for subject in subjects if isinstance(subjects, list) and subjects else [subjects]:
        if not isinstance(subject, Mapping) or not subject:
            yield "/credentialSubject", "it says nothing about anybody"
        elif "id" in subject and not _is_address(subject["id"]):
            yield "/credentialSubject/id", "not an absolute address"
    for name in _TYPED:
        yield from _untyped(document.get(name), name)


def _untyped(value: Any, name: str) -> Iterator[tuple[str, str]]:
    for each in value if isinstance(value, list) else [value]:
        if each is not None and (not isinstance(each, Mapping) or not types(each)):
            yield f"/{name}", "it has no type"


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and IRI.fullmatch(value) is not None


def _in_words_of_2(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The document as the schema knows it, once for each of its status entries."""
    made = dict(document)
    if version(document) == 1:
        made = {_RENAMED.get(key, key): value for key, value in made.items()}
        given = made.get("@context")
        made["@context"] = [contexts.VC_2, *given[1:]] if isinstance(given, list) else contexts.VC_2
    entries = made.get("credentialStatus")
    if isinstance(entries, list) and entries:
        return [{**made, "credentialStatus": entry} for entry in entries]
    return [made]
