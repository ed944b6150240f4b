"""What VCDM 2.0 and 1.1 ask of the shape of a credential or presentation, beyond what JSON-LD and the proof say.

One function a rule, each named with its section of VCDM 2.0. The first that is broken is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from issuers.signing.canonical import IRI
from verification.vc_api import contexts, moments, related
from verification.vc_api.problems import malformed

# A millisecond of canonical form for each object; honest documents have some dozens (SECURITY T7).
MOST_OBJECTS = 500
_INDEX = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
# Section 4.5: objects that must have a type; of each, whether an id must stand in it.
_TYPED = {
    "credentialStatus": False,
    "termsOfUse": False,
    "evidence": False,
    "refreshService": False,
    "credentialSchema": True,
}
_WORDS = {"@value", "@language", "@direction"}
# VCDM 1.1 has other names for the dates.
_DATES = {contexts.VC_2: ("validFrom", "validUntil"), contexts.VC_1: ("issuanceDate", "expirationDate")}


def bounded(value: Any) -> None:
    """Not more objects than can be read at once. Raises Problem."""
    waiting, count = [value], 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            count += 1
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    if count > MOST_OBJECTS:
        raise malformed("", f"{count} objects; at most {MOST_OBJECTS}")


def credential(document: Mapping[str, Any], pointer: str = "") -> None:
    """A verifiable credential without regard to its proof. Raises Problem."""
    listed = contexts.require(document)
    _types(document, "VerifiableCredential", pointer)
    _id(document, pointer)
    _issuer(document, pointer)
    _subjects(document, pointer)
    _period(document, str(listed[0]), pointer)
    for name, with_id in _TYPED.items():
        _typed(document, name, pointer, with_id=with_id)
    _status(document, pointer)
    if listed[0] == contexts.VC_2:  # VCDM 1.1 has no such words of its own
        _names(document, pointer)
    related.require(document, pointer)


def presentation(document: Mapping[str, Any]) -> None:
    """A verifiable presentation without regard to its proof, and without what is presented (section 4.13). Raises Problem."""
    contexts.require(document)
    _types(document, "VerifiablePresentation", "")
    _id(document, "")
    if "holder" in document:
        url_of(document["holder"], "/holder")
    _typed(document, "termsOfUse", "", with_id=False)


def url_of(value: Any, pointer: str) -> str:
    """The URL of somebody: a URL itself, or an object that has it as its id (section 4.7). Raises Problem."""
    if isinstance(value, Mapping):
        return _url(value.get("id"), f"{pointer}/id")
    return _url(value, pointer)


def objects(value: Any, pointer: str) -> list[Mapping[str, Any]]:
    """One object, or a list of one or more of them. Raises Problem."""
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(item, Mapping) for item in listed):
        raise malformed(pointer, "must be an object or a list of objects")
    return listed


def _url(value: Any, pointer: str) -> str:
    if not isinstance(value, str) or not IRI.fullmatch(value):
        raise malformed(pointer, "must be a single URL")
    return value


def _id(value: Mapping[str, Any], pointer: str) -> None:
    """Section 4.4: if present, a single URL."""
    if "id" in value:
        _url(value["id"], f"{pointer}/id")


def _texts(value: Any, pointer: str) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(item, str) and item for item in listed):
        raise malformed(pointer, "must be one or more terms or URLs")
    return listed


def _types(document: Mapping[str, Any], wanted: str, pointer: str) -> None:
    """Section 4.5. Whether each maps to a URL, the canonical form finds out."""
    if wanted not in _texts(document.get("type"), f"{pointer}/type"):
        raise malformed(f"{pointer}/type", f"must have {wanted} among its values")


def _issuer(document: Mapping[str, Any], pointer: str) -> None:
    """Section 4.7."""
    url_of(document.get("issuer"), f"{pointer}/issuer")


def _subjects(document: Mapping[str, Any], pointer: str) -> None:
    """Section 4.8: each subject has at least one claim."""
    for place, subject in enumerate(objects(document.get("credentialSubject"), f"{pointer}/credentialSubject")):
        if not subject:
            raise malformed(f"{pointer}/credentialSubject/{place}", "claims nothing")
        _id(subject, f"{pointer}/credentialSubject/{place}")


def _period(document: Mapping[str, Any], version: str, pointer: str) -> None:
    """Section 4.9: dateTimeStamps, the beginning not after the end."""
    found = []
    for name in _DATES[version]:
        if name in document:
            try:
                found.append(moments.moment(document[name]))
            except ValueError as error:
                raise malformed(f"{pointer}/{name}", str(error)) from error
        elif name == "issuanceDate":
            raise malformed(f"{pointer}/{name}", "VCDM 1.1 asks for it")
    if len(found) == 2 and found[0] > found[1]:
        raise malformed(f"{pointer}/{_DATES[version][1]}", "ends before it begins")


def _typed(document: Mapping[str, Any], name: str, pointer: str, *, with_id: bool) -> None:
    """Sections 4.10, 4.11, 5.4 to 5.6: each object says its type."""
    if name not in document:
        return
    for place, item in enumerate(objects(document[name], f"{pointer}/{name}")):
        here = f"{pointer}/{name}/{place}"
        _texts(item.get("type"), f"{here}/type")
        _id(item, here)
        if with_id and "id" not in item:
            raise malformed(f"{here}/id", "must be a single URL")


def _status(document: Mapping[str, Any], pointer: str) -> None:
    """Bitstring Status List 1.0 section 2.1."""
    if "credentialStatus" not in document:
        return
    for place, entry in enumerate(objects(document["credentialStatus"], f"{pointer}/credentialStatus")):
        if "BitstringStatusListEntry" in _texts(entry.get("type"), ""):
            _entry(entry, f"{pointer}/credentialStatus/{place}")


def _entry(entry: Mapping[str, Any], pointer: str) -> None:
    if not isinstance(entry.get("statusPurpose"), str):
        raise malformed(f"{pointer}/statusPurpose", "must be a string")
    if not isinstance(entry.get("statusListIndex"), str) or not _INDEX.fullmatch(entry["statusListIndex"]):
        raise malformed(f"{pointer}/statusListIndex", "must be a whole number in a string, not below 0")
    _url(entry.get("statusListCredential"), f"{pointer}/statusListCredential")
    if entry.get("id") == entry["statusListCredential"]:
        raise malformed(f"{pointer}/id", "must not be the URL of the list")
    size, messages = entry.get("statusSize", 1), entry.get("statusMessage")
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 16:
        raise malformed(f"{pointer}/statusSize", "must be a whole number from 1 to 16")
    if (size > 1 or messages is not None) and not _are_messages(messages, 2**size):
        raise malformed(f"{pointer}/statusMessage", f"must be {2**size} objects with status and message")
    references = entry.get("statusReference", [])
    for reference in references if isinstance(references, list) else [references]:
        _url(reference, f"{pointer}/statusReference")


def _are_messages(value: Any, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(item, Mapping) and isinstance(item.get("status"), str) for item in value)
        and all(isinstance(item.get("message"), str) for item in value)
    )


def _names(document: Mapping[str, Any], pointer: str) -> None:
    """Sections 4.6 and 11.1: a string, or language value objects with nothing else in them."""
    _named(document, pointer)
    if isinstance(document.get("issuer"), Mapping):
        _named(document["issuer"], f"{pointer}/issuer")


def _named(value: Mapping[str, Any], pointer: str) -> None:
    for name in ("name", "description"):
        given = value.get(name, "")
        for item in given if isinstance(given, list) and given else [given]:
            if not isinstance(item, str) and not _is_language_value(item):
                raise malformed(
                    f"{pointer}/{name}", "must be a string, or an object of @value, @language and @direction"
                )


def _is_language_value(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("@value"), str)
        and set(value) <= _WORDS
        and value.get("@direction", "ltr") in ["ltr", "rtl"]
        and isinstance(value.get("@language", ""), str)
    )
