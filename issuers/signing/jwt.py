"""VC-JWT with ES256 (Open Badges 3.0, section 8.2: JSON Web Token Proof Format)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from issuers.signing.prepared import Prepared

ALGORITHM = "ES256"


def _numeric(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def encode(prepared: Prepared, private_key: ec.EllipticCurvePrivateKey, kid: str) -> str:
    """Compact JWS: the credential itself is the payload, with iss, jti, sub, nbf and exp beside it."""
    document = prepared.document
    payload: dict[str, Any] = {
        **document,
        "iss": prepared.issuer_id,
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": _numeric(document["validFrom"]),
    }
    if "validUntil" in document:
        payload["exp"] = _numeric(document["validUntil"])
    return jwt.encode(payload, private_key, algorithm=ALGORITHM, headers={"kid": kid, "typ": "JWT"})


def decode(token: str, public_key: ec.EllipticCurvePublicKey) -> dict[str, Any]:
    """The payload of a token whose signature fits. Raises jwt.InvalidTokenError."""
    claims: dict[str, Any] = jwt.decode(
        token,
        public_key,
        algorithms=[ALGORITHM],
        options={"verify_exp": False, "verify_nbf": False, "verify_aud": False},
    )
    return claims
