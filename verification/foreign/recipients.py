"""Whether a credential was made out to the address that a viewer typed.

Most hold a salted hash of it: IdentityObject in Open Badges 3.0 and 2.0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from verification.report import Check, Result

# md5 is read, since old badges hold it; nobody should make new ones.
_HASHES: dict[str, Callable[[bytes], Any]] = {
    "sha256": hashlib.sha256,
    "md5": lambda text: hashlib.md5(text, usedforsecurity=False),
}
MOST_IDENTITIES = 50


def check(identities: list[Mapping[str, Any]], address: str) -> Check:
    """Passed if one of them is this address, failed if all are others, unknown if there is none that could be."""
    spellings = {address.strip(), address.strip().lower(), address.strip().casefold()}
    told = [_is(identity, spellings) for identity in identities[:MOST_IDENTITIES]]
    if any(told):
        return Check("recipient", Result.PASSED, "recipient_fits")
    if False in told:
        return Check("recipient", Result.FAILED, "recipient_other")
    return Check("recipient", Result.UNKNOWN, "recipient_unnamed")


def of_credential(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Identities in Open Badges 3.0: `identifier` of the subject, and a subject whose id is a mail address."""
    subjects = document.get("credentialSubject")
    return [found for subject in _several(subjects) if isinstance(subject, Mapping) for found in _of_subject(subject)]


def _of_subject(subject: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in _several(subject.get("identifier")):
        if isinstance(each, Mapping) and each.get("identityType", "emailAddress") == "emailAddress":
            yield {"identity": each.get("identityHash"), "hashed": each.get("hashed"), "salt": each.get("salt", "")}
    name = subject.get("id")
    if isinstance(name, str) and name.lower().startswith("mailto:"):
        yield {"identity": name[len("mailto:") :], "hashed": False, "salt": ""}


def of_assertion(assertion: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Identities in Open Badges 2.0: `recipient`."""
    recipient = assertion.get("recipient")
    if not isinstance(recipient, Mapping) or recipient.get("type") not in {"email", "schema:email"}:
        return []
    return [{key: recipient.get(key, "") for key in ("identity", "hashed", "salt")}]


def _is(identity: Mapping[str, Any], spellings: set[str]) -> bool | None:
    """None where it cannot be told."""
    written, salt = identity["identity"], identity["salt"]
    if not isinstance(written, str) or not isinstance(salt, str) or not isinstance(identity["hashed"], bool):
        return None
    if not identity["hashed"]:
        return written.strip().casefold() in {spelling.casefold() for spelling in spellings}
    name, _, digest = written.partition("$")
    if name not in _HASHES:
        return None
    return any(_HASHES[name]((spelling + salt).encode()).hexdigest() == digest.lower() for spelling in spellings)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
