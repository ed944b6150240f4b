"""Data Integrity proofs, cryptosuite eddsa-rdfc-2022 (W3C vc-di-eddsa 1.0, section 3.2).

hashData = SHA-256(canonical proof options) || SHA-256(canonical document without proof); proofValue = z + base58btc.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from issuers.signing.canonical import ContextLoader, NotCanonical, canonicalize
from issuers.signing.prepared import Prepared

SUITE = "eddsa-rdfc-2022"
_DATE_TIME = re.compile(r"-?\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_METHOD = re.compile(r"did:[^\s<>\"{}|\\^`]+")
_SIGNATURE_BYTES = 64
_XSD = "http://www.w3.org/2001/XMLSchema#dateTime"


class ProofError(Exception):
    """The proof does not hold. `code` is one of unsupported, malformed, purpose, mismatch, not_canonical."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def _options(created: str, method: str) -> str:
    """Canonical proof options: one blank node, four quads in this order. Written out, as no context changes them."""
    security = "https://w3id.org/security#"
    terms = [
        f'<http://purl.org/dc/terms/created> "{created}"^^<{_XSD}>',
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof>",
        f'<{security}cryptosuite> "{SUITE}"^^<{security}cryptosuiteString>',
        f"<{security}proofPurpose> <{security}assertionMethod>",
        f"<{security}verificationMethod> <{method}>",
    ]
    return "".join(f"_:c14n0 {term} .\n" for term in terms)


@lru_cache(maxsize=64)
def _hashed_options(created: str, method: str) -> bytes:
    """Kept, for a whole batch is signed with one key in few seconds."""
    return hashlib.sha256(_options(created, method).encode()).digest()


def _hash_data(created: str, method: str, canonical: str) -> bytes:
    return _hashed_options(created, method) + hashlib.sha256(canonical.encode()).digest()


_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def sign(prepared: Prepared, private_key: Ed25519PrivateKey, verification_method: str, created: datetime) -> str:
    """JSON text of the document with its proof. Ed25519 is deterministic: the same input gives the same bytes.

    Raises rechecking.Mismatch when the document's own recheck finds that others would not accept what was made.
    """
    moment = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signature = private_key.sign(_hash_data(moment, verification_method, prepared.canonical))
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": moment,
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
        "proofValue": "z" + base58.b58encode(signature).decode(),
    }
    # The text as it was checked, with the proof as its last member.
    signed = f'{prepared.text[:-1]},"proof":{_as_json(proof)}}}'
    if prepared.recheck is not None:
        prepared.recheck(signed, private_key.public_key)
    return signed


def verify(
    document: Mapping[str, Any],
    public_key: Ed25519PublicKey,
    load_context: ContextLoader,
    canonicalize: Callable[[Mapping[str, Any], ContextLoader], str] = canonicalize,
) -> None:
    """Check the embedded proof against a key; whose key it is, the caller decides. Raises ProofError.

    `canonicalize` may be a shapes.Canonicalizer, which is fast for documents of shapes that it knows.
    """
    proof = document.get("proof")
    if not isinstance(proof, Mapping):
        raise ProofError("malformed", "there is no single proof")
    signature = _signature(proof)
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    try:
        canonical = canonicalize(unsigned, load_context)
    except NotCanonical as error:
        raise ProofError("not_canonical", str(error)) from error
    try:
        public_key.verify(signature, _hash_data(proof["created"], proof["verificationMethod"], canonical))
    except InvalidSignature as error:
        raise ProofError("mismatch", "the signature does not fit the document") from error


def _signature(proof: Mapping[str, Any]) -> bytes:
    known = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
    if set(proof) != known or not all(isinstance(value, str) for value in proof.values()):
        raise ProofError("malformed", f"a proof has exactly {', '.join(sorted(known))}")
    if (proof["type"], proof["cryptosuite"]) != ("DataIntegrityProof", SUITE):
        raise ProofError("unsupported", f"{proof['type']} {proof['cryptosuite']}")
    if proof["proofPurpose"] != "assertionMethod":
        raise ProofError("purpose", f"made for {proof['proofPurpose']}, not to assert")
    if not _DATE_TIME.fullmatch(proof["created"]) or not _METHOD.fullmatch(proof["verificationMethod"]):
        raise ProofError("malformed", "created or verificationMethod cannot be read")
    return _decoded(proof["proofValue"])


def _decoded(value: str) -> bytes:
    try:
        signature = base58.b58decode(value[1:]) if value.startswith("z") else b""
    except ValueError as error:
        raise ProofError("malformed", "proofValue is no base58btc") from error
    if len(signature) != _SIGNATURE_BYTES:
        raise ProofError("malformed", "proofValue is not z and 64 bytes in base58btc")
    return signature
