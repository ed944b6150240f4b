"""Public keys of strangers, from every form that they are published in. A weak key is no key."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
# Multicodec prefixes (varints of 0xed, 0x1200, 0x1201) and the bytes that follow.
_ED25519, _P256, _P384 = b"\xed\x01", b"\x80\x24", b"\x81\x24"
_CURVES: dict[str, tuple[ec.EllipticCurve, int]] = {"P-256": (ec.SECP256R1(), 32), "P-384": (ec.SECP384R1(), 48)}
_HASHES: dict[str, hashes.HashAlgorithm] = {"secp256r1": hashes.SHA256(), "secp384r1": hashes.SHA384()}
_LEAST_RSA, _MOST_RSA = 2048, 8192
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
# Points of order 1, 2, 4 and 8, sign bit aside, and the same written above the field's size: for such a key signatures can be
# made that fit any text (RFC 8032 does not forbid them; RFC 7748 section 6 says why one should).
_PRIME = 2**255 - 19
_SMALL = frozenset(
    {
        0,
        1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
        _PRIME - 1,
        _PRIME,
        _PRIME + 1,
    }
)


class NotAKey(ValueError):
    """No key that we can check signatures with; the message says why."""


def ed25519_key(raw: bytes) -> ed25519.Ed25519PublicKey:
    """A key of 32 bytes. Raises NotAKey for those that any signature fits."""
    if len(raw) != 32:
        raise NotAKey("an Ed25519 key has 32 bytes")
    if int.from_bytes(raw, "little") & (2**255 - 1) in _SMALL:
        raise NotAKey("this key is made so that any signature fits it")
    return ed25519.Ed25519PublicKey.from_public_bytes(raw)


def from_multibase(text: Any) -> PublicKey:
    """A Multikey (W3C Controlled Identifiers 1.0, section 2.2.2): base58btc of a prefix and the key. Raises NotAKey."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 200:
        raise NotAKey("not a multibase key in base58btc")
    try:
        raw = base58.b58decode(text[1:])
        if raw.startswith(_ED25519):
            return ed25519_key(raw[2:])
        if raw.startswith(_P256) and len(raw) == 35:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw[2:])
        if raw.startswith(_P384) and len(raw) == 51:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), raw[2:])
    except ValueError as error:
        raise NotAKey(str(error)[:200]) from error
    raise NotAKey("neither Ed25519 nor P-256 nor P-384")


def from_jwk(jwk: Any) -> PublicKey:
    """A JSON Web Key (RFC 7517, RFC 8037). Raises NotAKey; a private key that was published is no key any more."""
    if not isinstance(jwk, Mapping) or "d" in jwk:
        raise NotAKey("not a public key" if not isinstance(jwk, Mapping) else "the private key was published")
    if jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ["verify"]):
        raise NotAKey("this key is not for signatures")
    try:
        return _from_jwk(jwk)
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise NotAKey(f"not a key that can be read: {str(error)[:150]}") from error


def _from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if kind == "OKP" and curve == "Ed25519":
        return ed25519_key(from_base64url(jwk["x"]))
    if kind == "EC" and curve in _CURVES:
        made, size = _CURVES[str(curve)]
        x, y = from_base64url(jwk["x"]), from_base64url(jwk["y"])
        if len(x) != size or len(y) != size:
            raise NotAKey("a coordinate of another length")
        return ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), made).public_key()
    if kind == "RSA":
        numbers = [int.from_bytes(from_base64url(jwk[name]), "big") for name in ("e", "n")]
        return _strong(rsa.RSAPublicNumbers(*numbers))
    raise NotAKey(f"keys of kind {str(kind)[:20]} {str(curve or '')[:20]} are not known here")


def _strong(numbers: rsa.RSAPublicNumbers) -> rsa.RSAPublicKey:
    """Bounds before any arithmetic: a key of a million bits would keep us busy."""
    if not _LEAST_RSA <= numbers.n.bit_length() <= _MOST_RSA:
        raise NotAKey(f"an RSA key of {numbers.n.bit_length()} bits; between {_LEAST_RSA} and {_MOST_RSA} is right")
    if not 3 <= numbers.e < 2**33 or numbers.e % 2 == 0:
        raise NotAKey("an RSA key with a weak exponent")
    return numbers.public_key()


def from_pem(text: Any) -> PublicKey:
    """A key as Open Badges 2.0 publishes it: publicKeyPem. Raises NotAKey."""
    if not isinstance(text, str) or len(text) > 8192:
        raise NotAKey("not a key in PEM")
    try:
        key = serialization.load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise NotAKey("not a key in PEM") from error
    if isinstance(key, rsa.RSAPublicKey):
        return _strong(key.public_numbers())
    if isinstance(key, ed25519.Ed25519PublicKey):
        return ed25519_key(key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _HASHES:
        return key
    raise NotAKey("keys of this kind are not known here")


def from_base64url(text: Any) -> bytes:
    """Base64url without padding (RFC 7515, section 2), in its one spelling: spare bits must be zero. Raises ValueError."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("not base64url as it should be written")
    return raw


def same(one: PublicKey, other: PublicKey) -> bool:
    """Whether two keys are the same key."""
    forms = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return one.public_bytes(*forms) == other.public_bytes(*forms)


def fits(key: PublicKey, signature: bytes, content: bytes) -> bool:
    """Whether a raw signature (r and s side by side for ECDSA, PKCS 1 v1.5 with SHA-256 for RSA) is this key's."""
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, content)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(_der(key, signature), content, ec.ECDSA(_HASHES[key.curve.name]))
    except (InvalidSignature, ValueError):
        return False
    return True


def _der(key: ec.EllipticCurvePublicKey, signature: bytes) -> bytes:
    size = (key.key_size + 7) // 8
    if len(signature) != 2 * size:
        raise ValueError("a signature of another length")
    return utils.encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:size], signature[size:])))
