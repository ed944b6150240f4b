"""Data Integrity proofs of this profile: eddsa-rdfc-2022 by did:key; one, a set of them, or a chain (Data Integrity 1.0).

hashData = SHA-256(canonical proof options) || SHA-256(canonical document). A proof that follows others (previousProof) is
made over the document with those in it (section 4.5), so that none of them can be taken away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from issuers.signing.canonical import IRI, NotCanonical, canonicalize
from verification.foreign import keys
from verification.vc_api import contexts, moments
from verification.vc_api.problems import Problem

SUITE = "eddsa-rdfc-2022"
MOST_PROOFS = 8
_NEEDED = ("type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue")
_TEXTS = (*_NEEDED, "id", "created", "expires", "challenge", "nonce")
_SIGNATURE_BYTES = 64
_METHOD = "did:key:"


@dataclass(frozen=True)
class Expected:
    """What a proof must have been made for. None asks for nothing."""

    purpose: str
    challenge: str | None = None
    domain: str | None = None


def public_key(method: str) -> keys.PublicKey:
    """The key of a DID URL `did:key:z…#z…`: it says it itself. Raises Problem, for weak keys too."""
    did, _, fragment = method.partition("#")
    text = did.removeprefix(_METHOD)
    if not did.startswith(_METHOD) or text != fragment:
        raise Problem("INVALID_VERIFICATION_METHOD", f"{method[:200]} is no did:key with its own key as fragment")
    try:
        return keys.from_multibase(text)
    except keys.NotAKey as error:
        raise Problem("INVALID_VERIFICATION_METHOD", f"{method[:200]}: {error}") from error


def verify(document: Mapping[str, Any], expected: Expected, now: datetime) -> list[str]:
    """Check every proof of a document; the DIDs of those who made them. Raises Problem."""
    given = document.get("proof")
    listed = _listed(given)
    ids = [proof["id"] for proof in listed if "id" in proof]
    for place, proof in enumerate(listed):
        pointer = f"/{place}" if isinstance(given, list) else ""
        _require_form(proof, pointer)
        _require_expected(proof, expected, now, pointer)
        if ids.count(proof.get("id", "")) > 1:
            raise _refused("stands on another proof too", f"{pointer}/id")
        _verify_one(document, proof, _previous(proof, listed, pointer), pointer)
    return [str(proof["verificationMethod"]).partition("#")[0] for proof in listed]


def _listed(given: Any) -> list[Mapping[str, Any]]:
    listed = given if isinstance(given, list) else [given]
    if not 1 <= len(listed) <= MOST_PROOFS or not all(isinstance(proof, Mapping) for proof in listed):
        raise _refused("must be an object, or a list of up to eight", "")
    return listed


def _refused(detail: str, pointer: str) -> Problem:
    return Problem("PROOF_VERIFICATION_ERROR", detail, f"/proof{pointer}")


def _require_form(proof: Mapping[str, Any], pointer: str) -> None:
    for name in _NEEDED:
        if name not in proof:
            raise _refused("is missing", f"{pointer}/{name}")
    for name in _TEXTS:
        if name in proof and not isinstance(proof[name], str):
            raise _refused("must be a string", f"{pointer}/{name}")
    if proof["type"] != "DataIntegrityProof" or proof["cryptosuite"] != SUITE:
        raise _refused(f"only DataIntegrityProof with {SUITE}", f"{pointer}/cryptosuite")
    if "id" in proof and not IRI.fullmatch(proof["id"]):
        raise _refused("must be a URL", f"{pointer}/id")
    domain = proof.get("domain", "")
    if not all(isinstance(item, str) for item in (domain if isinstance(domain, list) else [domain])):
        raise _refused("must be strings", f"{pointer}/domain")
    if "@context" in proof:
        raise _refused("a proof of this suite has the contexts of its document", f"{pointer}/@context")


def _require_expected(proof: Mapping[str, Any], expected: Expected, now: datetime, pointer: str) -> None:
    if proof["proofPurpose"] != expected.purpose:
        raise _refused(f"made for {proof['proofPurpose']}, not for {expected.purpose}", f"{pointer}/proofPurpose")
    if expected.challenge is not None and proof.get("challenge") != expected.challenge:
        raise Problem("INVALID_CHALLENGE_ERROR", "is not the one that was asked for", f"/proof{pointer}/challenge")
    domain = proof.get("domain")
    if expected.domain is not None and domain not in (expected.domain, [expected.domain]):
        raise Problem("INVALID_DOMAIN_ERROR", "is not the one that was asked for", f"/proof{pointer}/domain")
    times = {name: _time(proof, name, pointer) for name in ("created", "expires") if name in proof}
    if "expires" in times and times["expires"] < max(now, times.get("created", now)):
        raise _refused("the proof has expired", f"{pointer}/expires")


def _time(proof: Mapping[str, Any], name: str, pointer: str) -> datetime:
    try:
        return moments.moment(proof[name], zone_may_lack=True)
    except ValueError as error:
        raise _refused(str(error), f"{pointer}/{name}") from error


def _previous(proof: Mapping[str, Any], listed: Sequence[Mapping[str, Any]], pointer: str) -> list[Mapping[str, Any]]:
    """The proofs that this one follows; all of them are verified like any other."""
    if "previousProof" not in proof:
        return []
    named = proof["previousProof"] if isinstance(proof["previousProof"], list) else [proof["previousProof"]]
    if not named or not all(isinstance(item, str) for item in named):
        raise _refused("must be a string or a list of strings", f"{pointer}/previousProof")
    found = [other for other in listed if other is not proof and other.get("id") in named]
    if {other["id"] for other in found} != set(named):
        raise _refused("names a proof that is not here", f"{pointer}/previousProof")
    return found


def _verify_one(
    document: Mapping[str, Any], proof: Mapping[str, Any], previous: list[Mapping[str, Any]], pointer: str
) -> None:
    key = public_key(proof["verificationMethod"])
    if not isinstance(key, Ed25519PublicKey):
        raise _refused(f"{SUITE} wants an Ed25519 key", f"{pointer}/verificationMethod")
    signature = _signature(proof["proofValue"], f"{pointer}/proofValue")
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    hashed = _hash({"@context": _contexts(document), **options}, f"/proof{pointer}")
    hashed += _hash(unsigned | ({"proof": previous} if previous else {}), "")
    try:
        key.verify(signature, hashed)
    except InvalidSignature as error:
        raise _refused("the signature does not fit the document", f"{pointer}/proofValue") from error


def _contexts(document: Mapping[str, Any]) -> list[Any]:
    """Those of the document; VC 1.1 knows no Data Integrity proof, so that without its context it is added."""
    listed: list[Any] = document["@context"]
    knows = contexts.VC_2 in listed or contexts.DATA_INTEGRITY in listed
    return listed if knows else [*listed, contexts.DATA_INTEGRITY]


def _hash(document: Mapping[str, Any], pointer: str) -> bytes:
    return hashlib.sha256(canonical(document, pointer).encode()).digest()


def canonical(document: Mapping[str, Any], pointer: str = "") -> str:
    """The canonical form that covers all of a document. Raises Problem for a term, type or id that it would lose."""
    try:
        return canonicalize(document, contexts.load_context)
    except NotCanonical as error:
        raise Problem("DATA_LOSS_DETECTION_ERROR", str(error), pointer) from error


def _signature(value: str, pointer: str) -> bytes:
    """Multibase base58btc of 64 bytes, in its one spelling."""
    try:
        raw = base58.b58decode(value[1:]) if value.startswith("z") and len(value) < 200 else b""
    except ValueError as error:
        raise _refused("is not base58btc", pointer) from error
    if len(raw) != _SIGNATURE_BYTES or "z" + base58.b58encode(raw).decode() != value:
        raise _refused("must be z and 64 bytes in base58btc", pointer)
    return raw
