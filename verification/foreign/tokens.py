"""VC-JWT of others: compact JWS with RS256, ES256, ES384 or EdDSA.

Open Badges 3.0, section 8.2; VC-JOSE-COSE 1.0; VC 1.1, section 6.3.1. The header decides nothing but which key and which of
these few algorithms: `none`, shared secrets, critical extensions and addresses of keys are refused. Claims that repeat the
document must agree with it; what they add to a VC 1.1 `vc` is put where it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from badges.openbadges import validate
from verification.foreign import keys, moments
from verification.foreign.plain import plain

# RFC 7518 and RFC 8037; RFC 9864 gives EdDSA the name of its curve.
ALGORITHMS = ("RS256", "ES256", "ES384", "EdDSA", "Ed25519")
_HEADER = {"alg", "kid", "jwk", "typ", "cty", "iss"}
_TYPES = {"jwt", "vc+jwt", "vc+ld+jwt", "application/vc+jwt"}
_CLAIMS = {"iss", "jti", "sub", "nbf", "exp", "iat"}


class TokenRefused(ValueError):
    """A token that cannot be judged: `token_unsupported` (another algorithm), `token_malformed`, `claims_disagree`."""

    def __init__(self, finding: str, why: str) -> None:
        super().__init__(why)
        self.finding = finding


@dataclass(frozen=True)
class Parts:
    """A compact JWS, taken apart: its header, its claims, and what its signature covers."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    covered: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True)
class Token:
    """A token that carries a credential: the document that its claims amount to."""

    document: Mapping[str, Any]
    parts: Parts

    @property
    def algorithm(self) -> str:
        return str(self.parts.header["alg"])

    @property
    def kid(self) -> str:
        return str(self.parts.header.get("kid", ""))

    @property
    def jwk(self) -> Any:
        return self.parts.header.get("jwk")


def looks_like(text: str) -> bool:
    """Three or five parts in base64url, the first of which is an object: a token, whatever its worth."""
    return text.startswith("eyJ") and text.count(".") in {2, 4} and not any(mark.isspace() for mark in text)


def read(made: Parts) -> Token:
    """A credential's token, its header and claims checked. Raises TokenRefused."""
    _require_header(made.header)
    return Token(_document(made.claims), made)


def parts(text: str) -> Parts:
    """Take a compact token apart. Raises TokenRefused."""
    pieces = text.split(".")
    if len(pieces) == 5:
        raise TokenRefused("token_unsupported", "it is encrypted (JWE)")
    if len(pieces) != 3:
        raise TokenRefused("token_malformed", "a token has three parts")
    try:
        header, claims = (validate.parse_strict(keys.from_base64url(part)) for part in pieces[:2])
        signature = keys.from_base64url(pieces[2])
    except ValueError as error:
        raise TokenRefused("token_malformed", plain(error)) from error
    return Parts(header, claims, f"{pieces[0]}.{pieces[1]}".encode(), signature)


def _require_header(header: Mapping[str, Any]) -> None:
    if header.get("alg") not in ALGORITHMS:
        raise TokenRefused("token_unsupported", f"the algorithm {plain(header.get('alg', 'none'), 40)}")
    unknown = set(header) - _HEADER
    if unknown:
        raise TokenRefused("token_malformed", f"the header must not hold {plain(', '.join(sorted(unknown)), 80)}")
    if str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise TokenRefused("token_malformed", f"it says that it is a {plain(header['typ'], 40)}")
    if not isinstance(header.get("kid", ""), str) or not isinstance(header.get("jwk", {}), Mapping):
        raise TokenRefused("token_malformed", "kid or jwk in the header cannot be read")
    if not header.get("kid") and not header.get("jwk"):
        raise TokenRefused("token_malformed", "the header names no key")


def _document(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """The credential, without the claims that only repeat it."""
    if "vc" in claims:
        return _filled(claims)
    document = {key: value for key, value in claims.items() if key not in _CLAIMS}
    subject = document.get("credentialSubject")
    subject_id = subject.get("id") if isinstance(subject, Mapping) else None
    _agree(claims, "iss", _identifier(document.get("issuer")))
    _agree(claims, "jti", document.get("id"))
    _agree(claims, "sub", subject_id)
    _agree_moment(claims, "nbf", document.get("validFrom", document.get("issuanceDate")))
    _agree_moment(claims, "exp", document.get("validUntil", document.get("expirationDate")))
    return document


def _filled(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """VC 1.1, section 6.3.1: these claims are added to `vc`, and must agree with what stands there; others are not shown."""
    document = claims["vc"]
    if not isinstance(document, Mapping):
        raise TokenRefused("token_malformed", "vc is no credential")
    made = dict(document)
    if "iss" in claims:
        made.setdefault("issuer", claims["iss"])
    if "jti" in claims:
        made.setdefault("id", claims["jti"])
    for claim, name in (("nbf", "issuanceDate"), ("exp", "expirationDate")):
        if claim in claims and name not in made:
            made[name] = _stamp(claims[claim], claim)
    subject = made.get("credentialSubject")
    if "sub" in claims and isinstance(subject, Mapping):
        made["credentialSubject"] = {"id": claims["sub"], **subject}
    return _document({**made, **{key: claims[key] for key in _CLAIMS if key in claims}})


def _identifier(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value


def _agree(claims: Mapping[str, Any], claim: str, said: Any) -> None:
    if claim in claims and (not isinstance(claims[claim], str) or claims[claim] != said):
        raise TokenRefused(
            "claims_disagree", f"{claim} says {plain(claims[claim], 80)}, the credential {plain(said, 80)}"
        )


def _agree_moment(claims: Mapping[str, Any], claim: str, said: Any) -> None:
    """To the second: NumericDate may have fractions, and the text may too."""
    if claim not in claims:
        return
    stamp = _stamp(claims[claim], claim)
    try:
        apart = abs((moments.moment(stamp) - moments.moment(said)).total_seconds())
    except ValueError as error:
        raise TokenRefused("claims_disagree", f"{claim} says {stamp}, the credential {plain(said, 80)}") from error
    if apart >= 1:
        raise TokenRefused("claims_disagree", f"{claim} says {stamp}, the credential {plain(said, 80)}")


def _stamp(value: Any, claim: str) -> str:
    from_epoch = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if from_epoch is None or not -62135596800 <= from_epoch <= 253402300799:
        raise TokenRefused("token_malformed", f"{claim} is no date")
    return (moments.EPOCH + timedelta(seconds=int(from_epoch))).isoformat()


def fits(made: Parts, algorithm: str, key: keys.PublicKey) -> bool:
    """Whether the signature fits, by an algorithm that is this kind of key's own."""
    own = {
        "RS256": isinstance(key, rsa.RSAPublicKey),
        "ES256": isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1",
        "ES384": isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp384r1",
        "EdDSA": isinstance(key, ed25519.Ed25519PublicKey),
        "Ed25519": isinstance(key, ed25519.Ed25519PublicKey),
    }
    return own[algorithm] and keys.fits(key, made.signature, made.covered)
