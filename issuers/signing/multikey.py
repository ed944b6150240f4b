"""Public keys as text: Multikey (W3C CID 1.0 section 2.2.2) and JWK."""

from __future__ import annotations

import base64

import base58
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey
_ED25519, _P256 = b"\xed\x01", b"\x80\x24"


def encode(key: PublicKey) -> str:
    """`z6Mk…` for Ed25519, `zDn…` for P-256."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        raw = _ED25519 + key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    else:
        raw = _P256 + key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    return "z" + base58.b58encode(raw).decode()


def decode(text: str) -> PublicKey:
    """The key of a multibase text. Raises ValueError."""
    raw = base58.b58decode(text[1:]) if text.startswith("z") else b""
    if raw.startswith(_ED25519) and len(raw) == 34:
        return ed25519.Ed25519PublicKey.from_public_bytes(raw[2:])
    if raw.startswith(_P256) and len(raw) == 35:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw[2:])
    raise ValueError("neither an Ed25519 nor a P-256 multikey")


def jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """JWK of a P-256 key, as JWT verifiers want it."""
    numbers = key.public_numbers()

    def coordinate(number: int) -> str:
        return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()

    return {"kty": "EC", "crv": "P-256", "x": coordinate(numbers.x), "y": coordinate(numbers.y)}
