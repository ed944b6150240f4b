"""Data Integrity proofs of others: the rdfc and jcs suites of vc-di-eddsa 1.0 and vc-di-ecdsa 1.0, sets of proofs included.

hashData = hash(canonical proof options) || hash(canonical document without proof). Chains (previousProof) and every other suite
are not judged: they could be told neither right nor wrong here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from issuers.signing.canonical import IRI
from verification.foreign import contexts, jcs, keys, moments
from verification.foreign.linked import Linked, NotCovered
from verification.foreign.plain import plain

SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019")
MOST_PROOFS = 4
_NEEDED = {"type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue"}
_KNOWN = _NEEDED | {"@context", "id", "created", "expires", "domain", "challenge", "nonce"}
_PLAIN = _NEEDED | {"created"}
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class ProofRefused(ValueError):
    """A proof that cannot hold (`proof_malformed`), or that we cannot judge (`proof_unsupported`)."""

    def __init__(self, finding: str, why: str) -> None:
        super().__init__(why)
        self.finding = finding


@dataclass(frozen=True)
class Proof:
    """One proof of a document, its form checked."""

    suite: str
    method: str
    signature: bytes
    options: Mapping[str, Any]

    @property
    def linked(self) -> bool:
        """Whether it covers the graph rather than the text."""
        return "-rdfc-" in self.suite

    @property
    def curve(self) -> str:
        return "Ed25519" if self.suite.startswith("eddsa") else "P-256 or P-384"


def proofs(document: Mapping[str, Any]) -> list[Proof]:
    """All proofs of a document, none left out. Raises ProofRefused."""
    given = document.get("proof")
    listed = given if isinstance(given, list) else [given]
    if not listed or len(listed) > MOST_PROOFS:
        raise ProofRefused("proof_malformed", f"a document with {len(listed)} proofs")
    return [_proof(each) for each in listed]


def _proof(given: Any) -> Proof:
    if not isinstance(given, Mapping):
        raise ProofRefused("proof_malformed", "the proof is no object")
    if given.get("type") != "DataIntegrityProof" or given.get("cryptosuite") not in SUITES:
        name = plain(given.get("cryptosuite") or given.get("type") or "nothing", 60)
        raise ProofRefused("proof_unsupported", f"a proof of kind {name}")
    if "previousProof" in given:
        raise ProofRefused("proof_unsupported", "a chain of proofs")
    unknown = set(given) - _KNOWN
    if unknown or not set(given) >= _NEEDED:
        named = ", ".join(sorted(unknown or _NEEDED - set(given)))
        raise ProofRefused(
            "proof_malformed", f"{plain(named, 100)} in the proof is {'unknown' if unknown else 'missing'}"
        )
    if not all(isinstance(given[key], str) for key in _PLAIN & set(given)):
        raise ProofRefused("proof_malformed", "a field of the proof is no text")
    _require_sense(given)
    if "@context" in given and "-jcs-" not in given["cryptosuite"]:
        raise ProofRefused("proof_malformed", "a proof of this kind takes its contexts from the document")
    options = {key: value for key, value in given.items() if key != "proofValue"}
    return Proof(given["cryptosuite"], given["verificationMethod"], _signature(given["proofValue"]), options)


def _require_sense(given: Mapping[str, Any]) -> None:
    if given["proofPurpose"] != "assertionMethod":
        purpose = plain(given["proofPurpose"], 60)
        raise ProofRefused("proof_malformed", f"the proof was made for {purpose}, not to assert anything")
    if not IRI.fullmatch(given["verificationMethod"]):
        raise ProofRefused("proof_malformed", "verificationMethod is no address")
    if "created" not in given:
        raise ProofRefused("proof_malformed", "the proof does not say when it was made (created)")
    if not _CREATED.fullmatch(given["created"]):
        raise ProofRefused("proof_malformed", "created is not a moment with its time zone")


def _signature(value: str) -> bytes:
    try:
        raw = base58.b58decode(value[1:]) if value.startswith("z") and len(value) < 200 else b""
    except ValueError as error:
        raise ProofRefused("proof_malformed", "proofValue is not base58btc") from error
    if len(raw) not in {64, 96} or "z" + base58.b58encode(raw).decode() != value:
        raise ProofRefused("proof_malformed", "proofValue is not a signature in base58btc")
    return raw


def lapsed(proof: Proof, now: datetime) -> bool:
    """Whether the proof says of itself that it is over; what cannot be read is over."""
    try:
        return "expires" in proof.options and moments.moment(proof.options["expires"]) < now
    except ValueError:
        return True


def holds(proof: Proof, document: Mapping[str, Any], linked: Callable[[], Linked], key: keys.PublicKey) -> bool:
    """Whether the signature fits document and options. `linked` gives the document as a graph, made once. Raises NotCovered."""
    if not _right_kind(proof, key):
        return False
    hashed = hashlib.sha384 if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size == 384 else hashlib.sha256
    if proof.linked:
        ways = [(_linked_options(proof, document), linked().canonical.encode())]
    else:
        ways = _texts(proof, document)
    return any(keys.fits(key, proof.signature, b"".join(hashed(part).digest() for part in parts)) for parts in ways)


def _right_kind(proof: Proof, key: keys.PublicKey) -> bool:
    if proof.suite.startswith("eddsa"):
        return isinstance(key, ed25519.Ed25519PublicKey) and len(proof.signature) == 64
    return isinstance(key, ec.EllipticCurvePublicKey) and len(proof.signature) == (key.key_size // 8) * 2


def _linked_options(proof: Proof, document: Mapping[str, Any]) -> bytes:
    """Proof options as a graph, read with the contexts of the document (section 3.2.5, proof configuration)."""
    listed = contexts.required(document.get("@context"))
    plain_proof = set(proof.options) | {"proofValue"} == _PLAIN
    if listed[0] == contexts.VC_2 and plain_proof:
        return _constant(proof)
    return Linked({"@context": list(listed), **proof.options}).canonical.encode()


def _constant(proof: Proof) -> bytes:
    """The same graph without asking a context: VC 2.0 protects these words, so that no other context changes them."""
    security, xsd = "https://w3id.org/security#", "http://www.w3.org/2001/XMLSchema#"
    terms = (
        f'<http://purl.org/dc/terms/created> "{proof.options["created"]}"^^<{xsd}dateTime>',
        f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{security}DataIntegrityProof>",
        f'<{security}cryptosuite> "{proof.suite}"^^<{security}cryptosuiteString>',
        f"<{security}proofPurpose> <{security}assertionMethod>",
        f"<{security}verificationMethod> <{proof.method}>",
    )
    return "".join(f"_:c14n0 {term} .\n" for term in terms).encode()


def _texts(proof: Proof, document: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Options and document as RFC 8785 spells them.

    Contexts are copied into the options before they are signed (section 3.3.1). Some write them into the proof as the standard
    asks, some sign them and leave them out, and its own older examples do neither: each covers the same fields.
    """
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    if "@context" in proof.options:
        own, whole = (_list(place.get("@context")) for place in (proof.options, document))
        if whole != own:  # the suite lets a document have more; nothing would sign those
            raise NotCovered(
                "context_unknown", "/proof/@context", "the contexts of the proof are not those of the document"
            )
        unsigned["@context"] = proof.options["@context"]
    try:
        whole_text = jcs.canonical(unsigned)
        made = [(jcs.canonical(proof.options), whole_text)]
        if "@context" not in proof.options:
            made.append((jcs.canonical({**proof.options, "@context": document.get("@context")}), whole_text))
        return made
    except ValueError as error:
        raise NotCovered("not_linked", "", str(error)) from error


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
