"""Revoked, suspended, fine, or could not tell: BitstringStatusListEntry, StatusList2021Entry and 1EdTechRevocationList.

A list counts only if it is the issuer's own, signed, current, and of the purpose that the entry names (SECURITY T9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from badges.openbadges import validate
from verification import status_list
from verification.foreign import dids, moments, signed
from verification.foreign.plain import plain
from verification.foreign.shelf import Missing, Shelf, origin
from verification.report import Check, Result

MOST_ENTRIES = 4
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_LISTS = {
    "BitstringStatusListEntry": ("BitstringStatusListCredential", "BitstringStatusList"),
    "StatusList2021Entry": ("StatusList2021Credential", "StatusList2021"),
}
_REVOCATION_LIST = "1EdTechRevocationList"


class Untold(ValueError):
    """The status cannot be told; the message says why."""


def entries(document: Mapping[str, Any]) -> list[Any]:
    """Every entry, in order."""
    given = document.get("credentialStatus")
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def check(document: Mapping[str, Any], issuer: str, shelf: Shelf, now: datetime) -> Check:
    """The worst of all entries. Raises Missing."""
    listed = entries(document)
    if not listed:
        return Check("status", Result.PASSED, "no_status")
    if len(listed) > MOST_ENTRIES:
        return _untold("status_unreadable", f"{len(listed)} entries")
    found: list[Check] = []
    missing: Missing | None = None
    for entry in listed:
        try:
            found.append(_entry(entry, document, issuer, shelf, now))
        except Missing as error:
            missing = error
    if missing is not None:
        raise missing
    order = [Result.FAILED, Result.UNKNOWN, Result.PASSED]
    return min(found, key=lambda each: order.index(each.result))


def _untold(finding: str, why: str) -> Check:
    return Check("status", Result.UNKNOWN, finding, {"why": plain(why)})


def _entry(entry: Any, document: Mapping[str, Any], issuer: str, shelf: Shelf, now: datetime) -> Check:
    kinds = sorted(_types(entry)) if isinstance(entry, Mapping) else []
    if kinds == [_REVOCATION_LIST]:
        return _revocation_list(entry, document, issuer, shelf)
    if len(kinds) != 1 or kinds[0] not in _LISTS:
        return Check("status", Result.UNKNOWN, "status_kind_unknown", {"kind": plain(", ".join(kinds), 60)})
    purpose, index, address = (entry.get(f"status{name}") for name in ("Purpose", "ListIndex", "ListCredential"))
    if purpose not in {"revocation", "suspension"}:
        return _untold("status_unreadable", f"a status of purpose {plain(purpose, 40)} is not known here")
    if not isinstance(index, str) or not _INDEX.fullmatch(index) or not isinstance(address, str):
        return _untold("status_unreadable", f"“{plain(index, 40)}” is no place in a list")
    if entry.get("statusSize", 1) != 1:
        return _untold("status_unreadable", "entries of more than one bit are not known here")
    resource = shelf.get(address)
    if resource.problem:
        return _unreachable(address, resource.problem)
    try:
        bit = _bit(resource.body, entry, issuer, shelf, now)
    except ValueError as error:
        return _untold("list_untrusted", str(error))
    facts = {"index": index, "list": plain(address), "purpose": purpose}
    words = ("suspended", "not_suspended") if purpose == "suspension" else ("revoked", "not_revoked")
    return Check("status", Result.FAILED if bit else Result.PASSED, words[0] if bit else words[1], facts)


def _unreachable(address: str, problem: str) -> Check:
    return Check("status", Result.UNKNOWN, "status_unreachable", {"list": plain(address), "problem": problem})


def _bit(body: bytes, entry: Mapping[str, Any], issuer: str, shelf: Shelf, now: datetime) -> bool:
    """The entry's bit in a list that holds. Raises ValueError, and Missing for the list's own key."""
    listed = signed.read(body.decode())
    kind = next(iter(_types(entry)))
    document, (credential_type, subject_type) = listed.document, _LISTS[kind]
    subject = document.get("credentialSubject")
    if (
        not isinstance(subject, Mapping)
        or not {credential_type} <= _types(document)
        or subject_type not in _types(subject)
    ):
        raise Untold("what stands there is no status list")
    if listed.issuer != issuer:
        raise Untold(f"the list is not the issuer's, but {plain(listed.issuer or 'nobody', 120)}’s")
    if document.get("id", entry["statusListCredential"]) != entry["statusListCredential"]:
        raise Untold("the list says that it is another one")
    if entry["statusPurpose"] not in _several(subject.get("statusPurpose")):
        raise Untold("the list has another purpose")
    if not signed.judge(listed, shelf, now).holds:
        raise Untold("the list is not signed by the issuer")
    _require_current(document, now)
    return status_list.bit(_encoded(subject, kind), int(entry["statusListIndex"]))


def _types(value: Mapping[str, Any]) -> set[str]:
    return {each for each in _several(value.get("type")) if isinstance(each, str)}


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _require_current(document: Mapping[str, Any], now: datetime) -> None:
    version = 1 if "issuanceDate" in document else 2
    if moments.of_credential(document, version, now).result is not Result.PASSED:
        raise Untold("the list is not current")


def _encoded(subject: Mapping[str, Any], kind: str) -> str:
    """StatusList2021 has no multibase mark before its base64url."""
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str):
        raise Untold("the list is empty")
    return f"u{encoded.rstrip('=')}" if kind == "StatusList2021Entry" and not encoded.startswith("u") else encoded


def _revocation_list(entry: Mapping[str, Any], document: Mapping[str, Any], issuer: str, shelf: Shelf) -> Check:
    """1EdTech's: an unsigned list of ids. What stands in it counts; what does not counts only from the issuer's own site."""
    address = entry.get("id")
    if not isinstance(address, str):
        return _untold("status_unreadable", "the entry names no list")
    resource = shelf.get(address)
    if resource.problem:
        return _unreachable(address, resource.problem)
    try:
        listed = validate.parse_strict(resource.body)
        revoked = _is_listed(listed, document)
    except ValueError as error:
        return _untold("list_untrusted", str(error))
    facts = {"list": plain(address)}
    if listed.get("issuer") != issuer or not _at_home(address, issuer):
        return _untold("list_untrusted", "the list is not the issuer's own, and nobody signed it")
    return Check(
        "status", Result.FAILED if revoked else Result.PASSED, "revoked_listed" if revoked else "not_listed", facts
    )


def _is_listed(listed: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Named, and not with `revoked: false`."""
    named = listed.get("revokedCredential", listed.get("revokedCredentials"))
    if not isinstance(named, list) or not isinstance(document.get("id"), str):
        raise Untold("what stands there is no revocation list, or the credential has no id")
    for each in named:
        if not isinstance(each, Mapping) or not isinstance(each.get("id"), str):
            raise Untold("the revocation list cannot be read")
        if each["id"] == document["id"] and each.get("revoked", True) is not False:
            return True
    return False


def _at_home(address: str, issuer: str) -> bool:
    home = dids.document_address(issuer)
    return home is not None and origin(home) == origin(address)


def addresses(document: Mapping[str, Any]) -> list[str]:
    """The lists that its status needs, to be fetched before anything is judged."""
    found = []
    for entry in entries(document)[:MOST_ENTRIES]:
        if isinstance(entry, Mapping):
            name = "id" if _REVOCATION_LIST in _types(entry) else "statusListCredential"
            if isinstance(entry.get(name), str) and _types(entry) & {*_LISTS, _REVOCATION_LIST}:
                found.append(entry[name])
    return found
