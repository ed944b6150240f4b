"""did:web of an issuer: its name, and its document with every key that still vouches for something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from issuers.signing import multikey

CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]


@dataclass(frozen=True)
class PublicKeyEntry:
    """One published key: the DID URL's fragment, the multibase text, and its kind (ed25519 or p256)."""

    fragment: str
    multibase: str
    kind: str


@lru_cache(maxsize=512)
def did_web(site_url: str, slug: str) -> str:
    """`did:web:<host>:i:<slug>`; a port is written `%3A8000` (did:web method, section 3.1)."""
    return f"did:web:{quote(urlsplit(site_url).netloc, safe='.-')}:i:{slug}"


def document(did: str, keys: Sequence[PublicKeyEntry]) -> dict[str, Any]:
    """The DID document. The Ed25519 fragment is the key itself, so that a verifier can read it without asking."""
    methods = [_method(did, key) for key in keys]
    return {
        "@context": CONTEXTS,
        "id": did,
        "verificationMethod": methods,
        # Strings, not objects: 1EdTech's validator reads them so.
        "assertionMethod": [method["id"] for method in methods],
    }


def _method(did: str, key: PublicKeyEntry) -> dict[str, Any]:
    method: dict[str, Any] = {"id": f"{did}#{key.fragment}", "type": "Multikey", "controller": did}
    public = multikey.decode(key.multibase)
    if isinstance(public, ec.EllipticCurvePublicKey):
        return {**method, "type": "JsonWebKey", "publicKeyJwk": multikey.jwk(public)}
    return {**method, "publicKeyMultibase": key.multibase}
