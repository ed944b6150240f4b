"""Somebody else's signer and verifier, for the tests alone: pyld's own canonical form, and Ed25519. Shares no code with ours."""

import hashlib
import json
from functools import cache
from pathlib import Path

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyld import jsonld

ROOT = Path(__file__).resolve().parents[3]
V2, V1 = "https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"
FILES = {
    V2: "badges/openbadges/contexts/credentials-v2.json",
    V1: "verification/foreign/contexts/credentials-v1.json",
    EXAMPLES: "verification/vc_api/credentials-examples-v2.json",
    INTEGRITY: "badges/openbadges/contexts/data-integrity-v2.json",
}


@cache
def _load(url):
    return json.loads((ROOT / FILES[url]).read_text())


def _loader(url, options=None):
    return {"contextUrl": None, "documentUrl": url, "document": _load(url), "contentType": "application/ld+json"}


def canonical(document):
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _loader, "base": None}
    return jsonld.normalize(document, options | {"rdfDirection": "i18n-datatype"})


def digest(document, proof, contexts=None):
    """Data of the signature: the options and the document, with the proofs that this one follows in it."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    named = proof.get("previousProof", [])
    before = document.get("proof", [])
    before = before if isinstance(before, list) else [before]
    previous = [other for other in before if other is not proof and named and other.get("id") in named]
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    parts = (
        {"@context": contexts or document["@context"], **options},
        unsigned | ({"proof": previous} if previous else {}),
    )
    return b"".join(hashlib.sha256(canonical(part).encode()).digest() for part in parts)


class Stranger:
    """A did:key and what it signs."""

    def __init__(self, byte):
        self.key = Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32)
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        multibase = "z" + base58.b58encode(b"\xed\x01" + raw).decode()
        self.did, self.method = f"did:key:{multibase}", f"did:key:{multibase}#{multibase}"

    def proof(self, document, contexts=None, **changes):
        """A proof of `document` as it stands, read with `contexts`; a change to None leaves that member out before signing."""
        whole = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-11-01T10:00:00Z",
            "verificationMethod": self.method,
            "proofPurpose": "assertionMethod",
        }
        proof = {name: value for name, value in {**whole, **changes}.items() if value is not None}
        value = "z" + base58.b58encode(self.key.sign(digest(document, proof, contexts))).decode()
        return {**proof, "proofValue": value}

    def signed(self, document, **changes):
        return {**document, "proof": self.proof(document, **changes)}

    def presented(self, presentation, **changes):
        return self.signed(presentation, **{"proofPurpose": "authentication", **changes})


def holds(document):
    """Whether the one proof of a document fits, by the key that its method names."""
    proof = document["proof"]
    raw = base58.b58decode(proof["verificationMethod"].partition("#")[2][1:])
    try:
        Ed25519PublicKey.from_public_bytes(raw[2:]).verify(
            base58.b58decode(proof["proofValue"][1:]), digest(document, proof)
        )
    except InvalidSignature:
        return False
    return True


def credential(version=V2, **changes):
    """As small as can be, by `did:example:issuer`."""
    begun = {"issuanceDate": "2023-01-01T00:00:00Z"} if version == V1 else {}
    subject = {"id": "did:example:subject"}
    contexts = [V1, INTEGRITY] if version == V1 else [V2]
    document = {"@context": contexts, "type": ["VerifiableCredential"], "issuer": "did:example:issuer", **begun}
    return {**document, "credentialSubject": subject, **changes}


def presentation(**changes):
    return {"@context": [V2], "type": ["VerifiablePresentation"], **changes}
