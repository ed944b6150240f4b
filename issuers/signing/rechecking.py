"""A signed document verified by another road than the one that made it: pyld's own URDNA2015 of document and proof alike.

Slow, and on purpose without anything of canonical.py and compiled.py: a fault in them must not hide itself.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld

from issuers.signing.canonical import ContextLoader


class Mismatch(Exception):
    """A signature that others would not accept. Whatever it was made for must not leave."""


def normalized(document: Any, load_context: ContextLoader) -> str:
    """Canonical N-Quads of a document, by pyld alone."""

    def load(url: str, options: Any = None) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": load_context(url)}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load, "base": None}
    made: str = jsonld.normalize(document, options)
    return made


def verify(signed: str, public_key: Ed25519PublicKey, load_context: ContextLoader) -> None:
    """Read a signed text from its bytes on and check its proof. Raises Mismatch."""
    try:
        document = json.loads(signed)
        proof = document.pop("proof")
        signature = base58.b58decode(proof.pop("proofValue")[1:])
        parts = ({"@context": document["@context"], **proof}, document)
        hashes = [hashlib.sha256(normalized(part, load_context).encode()).digest() for part in parts]
        public_key.verify(signature, b"".join(hashes))
    except InvalidSignature as error:
        raise Mismatch("the signature does not fit the document as another implementation reads it") from error
    except Exception as error:  # pyld lets through whatever its parts raise
        raise Mismatch(f"another implementation cannot read the document: {error}"[:300]) from error
