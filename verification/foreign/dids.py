"""Whose key is it: from the name of a key (verificationMethod, kid) to the key, and whether the issuer stands behind it.

did:key and did:jwk are keys themselves; did:web and https issuers publish a document (W3C Controlled Identifiers 1.0); an https
key may also be a bare JWK (Open Badges 3.0, section 8.2.4). A key counts only if it is found by its exact id, is controlled by the
issuer, and is listed for assertions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from badges.openbadges import validate
from verification.foreign import keys, moments
from verification.foreign.plain import plain
from verification.foreign.shelf import Shelf, fetchable, host, origin
from verification.report import Check, Result

_WEB = re.compile(r"did:web:([A-Za-z0-9.\-]+(?:%3[Aa][0-9]{1,5})?)((?::[A-Za-z0-9._~%\-]+)*)", re.ASCII)
MOST_METHODS = 100


@dataclass(frozen=True)
class Found:
    """A key, or why there is none, and the check that says whose it is."""

    key: keys.PublicKey | None
    check: Check


def host_of(identifier: str) -> str:
    """The host that vouches for an issuer's identifier, or ''."""
    address = document_address(identifier)
    return host(address) if address else ""


def document_address(identifier: str) -> str | None:
    """Where the document of a did:web or https identifier stands (did:web method, section 3.2). None for any other."""
    if identifier.startswith(("https://", "http://")):
        return fetchable(identifier)
    found = _WEB.fullmatch(identifier)
    if found is None:
        return None
    place = found[1].replace("%3A", ":").replace("%3a", ":")
    steps = [unquote(step) for step in found[2].split(":")[1:]]
    if any(step in {".", ".."} or re.search(r"[^A-Za-z0-9._~\-]", step) for step in steps):
        return None
    return fetchable(f"https://{place}/{'/'.join(steps) or '.well-known'}/did.json")


def find(method: str, issuer: str, shelf: Shelf, now: datetime) -> Found:
    """The key of that name, and whether it is this issuer's. Raises Missing."""
    controller = method.partition("#")[0]
    facts = {"method": plain(method), "did": plain(issuer)}
    try:
        if controller.startswith(("did:key:", "did:jwk:")):
            key = _of_itself(method)
            owner = controller
        elif controller.startswith("did:") and not controller.startswith("did:web:"):
            kind = plain(":".join(controller.split(":")[:2]), 40)
            return _unknown("key_kind_unknown", {**facts, "kind": kind})
        else:
            return _published(method, issuer, shelf, now, facts)
    except keys.NotAKey as error:
        return Found(None, Check("key", Result.FAILED, "key_unusable", {**facts, "why": plain(error)}))
    if owner != issuer:
        return Found(key, Check("key", Result.FAILED, "key_of_another", facts))
    return Found(key, Check("key", Result.PASSED, "key_is_issuer", facts))


def brought(jwk: Any, issuer: str, shelf: Shelf, now: datetime) -> Found:
    """A key that travels in the token itself (Open Badges 3.0, section 8.2.3): the issuer's if it says so. Raises Missing."""
    facts = {"method": "jwk", "did": plain(issuer)}
    try:
        key = keys.from_jwk(jwk)
        if issuer.startswith(("did:key:", "did:jwk:")):
            return _brought_by_itself(key, issuer, facts)
        address = document_address(issuer)
        resource = shelf.get(address) if address else None
        document = validate.parse_strict(resource.body) if resource and not resource.problem else {}
    except keys.NotAKey as error:
        return Found(None, Check("key", Result.FAILED, "key_unusable", {**facts, "why": plain(error)}))
    except ValueError:
        document = {}
    names = [_absolute(entry.get("id"), issuer) for entry in _methods(document)]
    for name, entry in zip(names, _methods(document), strict=True):
        if _is_key(entry, key):
            return _listed(document, name, issuer, now, {**facts, "method": plain(name), "host": host_of(issuer)})
    if names:
        return Found(key, Check("key", Result.FAILED, "key_not_listed", facts))
    return Found(key, Check("key", Result.UNKNOWN, "key_in_hand", facts))


def _brought_by_itself(key: keys.PublicKey, issuer: str, facts: Mapping[str, Any]) -> Found:
    own = _of_itself(f"{issuer}#{issuer[8:]}" if issuer.startswith("did:key:") else f"{issuer}#0")
    if keys.same(key, own):
        return Found(key, Check("key", Result.PASSED, "key_is_issuer", dict(facts)))
    return Found(key, Check("key", Result.FAILED, "key_of_another", dict(facts)))


def _is_key(entry: Mapping[str, Any], key: keys.PublicKey) -> bool:
    try:
        return keys.same(_key(entry), key)
    except keys.NotAKey:
        return False


def _of_itself(method: str) -> keys.PublicKey:
    """did:key:z6Mk…#z6Mk… and did:jwk:eyJ…#0."""
    controller, _, fragment = method.partition("#")
    body = controller.split(":", 2)[2]
    if controller.startswith("did:key:"):
        if fragment != body:
            raise keys.NotAKey("the name of the key is not the key")
        return keys.from_multibase(body)
    if fragment != "0":
        raise keys.NotAKey("a did:jwk has one key, #0")
    try:
        return keys.from_jwk(validate.parse_strict(keys.from_base64url(body)))
    except ValueError as error:
        raise keys.NotAKey(plain(error)) from error


def _unknown(finding: str, facts: Mapping[str, Any]) -> Found:
    return Found(None, Check("key", Result.UNKNOWN, finding, dict(facts)))


def _published(method: str, issuer: str, shelf: Shelf, now: datetime, facts: Mapping[str, Any]) -> Found:
    controller = method.partition("#")[0]
    address = document_address(controller)
    if address is None:
        return _unknown("key_unreachable", {**facts, "host": "", "problem": "refused"})
    facts = {**facts, "host": host(address)}
    resource = shelf.get(address)
    if resource.problem:
        return _unknown("key_unreachable", {**facts, "problem": resource.problem})
    try:
        document = validate.parse_strict(resource.body)
    except ValueError as error:
        return _unknown("key_document_unreadable", {**facts, "why": plain(error)})
    if "kty" in document and controller.startswith("https://"):
        return _bare(document, controller, issuer, facts)
    return _listed(document, method, issuer, now, facts)


def _bare(document: Mapping[str, Any], address: str, issuer: str, facts: Mapping[str, Any]) -> Found:
    """A JWK at an https address: the issuer's if it stands on the issuer's own site."""
    key = keys.from_jwk(document)
    home = document_address(issuer)
    if home is None or origin(home) != origin(address):
        return Found(key, Check("key", Result.FAILED, "key_of_another", dict(facts)))
    return Found(key, Check("key", Result.PASSED, "key_on_site", dict(facts)))


def _listed(document: Mapping[str, Any], method: str, issuer: str, now: datetime, facts: Mapping[str, Any]) -> Found:
    """The method of exactly this id, in a document that says it is its controller's own."""
    controller = method.partition("#")[0]
    entry = next((found for found in _methods(document) if _absolute(found.get("id"), controller) == method), None)
    if document.get("id") != controller or entry is None:
        return Found(None, Check("key", Result.FAILED, "key_not_listed", dict(facts)))
    key = _key(entry)
    asserting = document.get("assertionMethod")
    named = [_absolute(_name(each), controller) for each in (asserting if isinstance(asserting, list) else [asserting])]
    if method not in named:
        return Found(key, Check("key", Result.FAILED, "key_not_for_this", dict(facts)))
    if not controller == issuer == entry.get("controller"):
        return Found(key, Check("key", Result.FAILED, "key_of_another", dict(facts)))
    if _over(entry, now):
        return Found(key, Check("key", Result.FAILED, "key_revoked", dict(facts)))
    return Found(key, Check("key", Result.PASSED, "key_of_issuer", dict(facts)))


def _methods(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Verification methods, those written into assertionMethod included; at most so many."""
    count = 0
    for place in ("verificationMethod", "assertionMethod"):
        listed = document.get(place)
        for each in listed if isinstance(listed, list) else [listed]:
            count += 1
            if isinstance(each, Mapping) and count <= MOST_METHODS:
                yield each


def _name(entry: Any) -> Any:
    return entry.get("id") if isinstance(entry, Mapping) else entry


def _absolute(name: Any, controller: str) -> str:
    """A method may be named by its fragment alone (DID Core, section 3.2.2)."""
    if not isinstance(name, str):
        return ""
    return f"{controller}{name}" if name.startswith("#") else name


def _key(entry: Mapping[str, Any]) -> keys.PublicKey:
    if "publicKeyMultibase" in entry:
        return keys.from_multibase(entry["publicKeyMultibase"])
    if "publicKeyJwk" in entry:
        return keys.from_jwk(entry["publicKeyJwk"])
    raise keys.NotAKey("published in a form that is not known here")


def _over(entry: Mapping[str, Any], now: datetime) -> bool:
    """Revoked or expired: nothing verifies with it from then on (Controlled Identifiers 1.0, section 2.2)."""
    for word in ("revoked", "expires"):
        if word in entry:
            try:
                if moments.moment(entry[word]) <= now:
                    return True
            except ValueError:
                return True
    return False
