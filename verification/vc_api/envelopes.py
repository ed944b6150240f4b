"""Enveloped credentials and presentations (VCDM 2.0 sections 4.13.1 and 4.13.2): a data: URL with a JWT in it.

Judged where the key can be had: `kid` is a did:key, Ed25519, P-256 or P-384. Any other envelope is refused, never passed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from badges.openbadges import validate
from verification.foreign import keys
from verification.vc_api import checking, contexts, proofs
from verification.vc_api.problems import Problem, malformed

CREDENTIAL, PRESENTATION = "EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"
_CLAIMS = {CREDENTIAL: "vc", PRESENTATION: "vp"}
_TOKEN = re.compile(
    r"data:application/(?:(?:vc|vp)(?:-ld)?\+jwt|jwt)(?:;base64url)?,([\w-]+\.[\w-]+\.[\w-]+)", re.ASCII
)
_LEEWAY = timedelta(minutes=5)


def is_one(document: Mapping[str, Any], kind: str) -> bool:
    """Whether it says that it is an envelope."""
    given = document.get("type")
    return kind in given if isinstance(given, list) else kind == given


def opened(document: Mapping[str, Any], kind: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """What is inside, all claims of the token, and the DID whose key signed it. Raises Problem."""
    token = _token(document, kind)
    header, claims = (_strict(part) for part in token.split(".")[:2])
    method = str(header.get("kid", ""))
    key = proofs.public_key(method)
    try:
        jwt.decode(token, key, algorithms=[_algorithm(key)], leeway=_LEEWAY, options={"verify_aud": False})
    except jwt.InvalidTokenError as error:
        raise Problem("PROOF_VERIFICATION_ERROR", f"the token does not hold: {error}", "/id") from error
    inside = claims.get(_CLAIMS[kind], claims)
    if not isinstance(inside, dict):
        raise malformed("/id", "there is no document in the token")
    signer = method.partition("#")[0]
    if claims.get("iss", signer) != signer:
        raise Problem("PROOF_VERIFICATION_ERROR", "iss is not whose key signed it", "/id")
    return inside, claims, signer


def _algorithm(key: keys.PublicKey) -> str:
    """The one that goes with a key, whatever the token says of itself."""
    if isinstance(key, EllipticCurvePublicKey):
        return "ES384" if key.key_size == 384 else "ES256"
    return "EdDSA"


def _strict(part: str) -> dict[str, Any]:
    """Header or claims, read as strictly as a document that comes without an envelope. Raises Problem."""
    try:
        read = validate.parse_strict(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError as error:
        raise Problem("PARSING_ERROR", f"the token cannot be read: {error}", "/id") from error
    checking.bounded(read)
    return read


def _token(document: Mapping[str, Any], kind: str) -> str:
    """The shape is exact: base context, the one type, a data: URL, and nothing else."""
    context = document.get("@context")
    if (context[:1] if isinstance(context, list) else [context]) != [contexts.VC_2]:
        raise malformed("/@context", f"must be {contexts.VC_2}")
    if document.get("type") not in (kind, [kind]):
        raise malformed("/type", f"must be {kind}")
    if set(document) != {"@context", "id", "type"}:
        raise malformed("", "an envelope has @context, id and type")
    found = _TOKEN.fullmatch(document["id"]) if isinstance(document["id"], str) else None
    if found is None:
        raise malformed("/id", "must be a data: URL with a JWT")
    return found[1]
