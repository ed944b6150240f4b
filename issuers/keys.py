"""Stages of a key: create → seal again under a newer secret; and signing. The private key never leaves this module.

Stored under envelope encryption: AES-256-GCM with a key-encryption key from the environment, bound to issuer and key
by the additional data, so that two rows cannot be swapped (SECURITY T1, T2; docs/decisions/0003).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from issuers.models import AuditEvent, Issuer, SigningKey, User
from issuers.signing import did as dids
from issuers.signing import jwt, multikey, proofs
from issuers.signing.prepared import Prepared

_NONCE = 12
Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


class SigningRefused(Exception):
    """Document, key and row do not belong to one issuer, or a key cannot be opened."""


@lru_cache
def _keks(entries: tuple[str, ...]) -> dict[str, AESGCM]:
    opened = {}
    for entry in entries:
        name, _, text = entry.partition(":")
        try:
            raw = base64.b64decode(text, validate=True)
        except ValueError:
            raw = b""
        # The entry itself stays out of the message: it is a secret.
        if not name or len(raw) != 32 or name in opened:
            raise ImproperlyConfigured(
                "KEY_ENCRYPTION_KEYS wants 'name:base64 of 32 bytes', newest first, each name once"
            )
        opened[name] = AESGCM(raw)
    return opened


def keks() -> dict[str, AESGCM]:
    """Key-encryption keys by name, newest first."""
    return _keks(tuple(settings.KEY_ENCRYPTION_KEYS))


def _bound_to(issuer_id: int, multibase: str) -> bytes:
    return f"laurel signing key|{issuer_id}|{multibase}".encode()


def _seal(private: Private, issuer_id: int, multibase: str) -> tuple[str, bytes]:
    name, kek = next(iter(keks().items()))
    raw = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    nonce = os.urandom(_NONCE)
    return name, nonce + kek.encrypt(nonce, raw, _bound_to(issuer_id, multibase))


def _open(key: SigningKey) -> Any:
    kek = keks().get(key.kek)
    if kek is None:
        raise SigningRefused(f"key-encryption key {key.kek!r} is not in KEY_ENCRYPTION_KEYS")
    sealed = bytes(key.secret)
    try:
        raw = kek.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound_to(key.issuer_id, key.multibase))
    except InvalidTag as error:
        raise SigningRefused(
            f"key {key.multibase} does not open: it belongs to another row or another secret"
        ) from error
    return serialization.load_der_private_key(raw, password=None)


def create(issuer: Issuer, by: User | None) -> list[SigningKey]:
    """An Ed25519 and a P-256 pair for a new issuer."""
    made = []
    for kind, private in (
        (SigningKey.Kind.ED25519, ed25519.Ed25519PrivateKey.generate()),
        (SigningKey.Kind.P256, ec.generate_private_key(ec.SECP256R1())),
    ):
        multibase = multikey.encode(private.public_key())
        kek, secret = _seal(private, issuer.pk, multibase)
        key = SigningKey.objects.create(issuer=issuer, kind=kind, multibase=multibase, kek=kek, secret=secret)
        AuditEvent.objects.record(issuer, by, "key.created", key, kind=kind)
        made.append(key)
    return made


def seal_again(key: SigningKey) -> bool:
    """Close a key under the newest key-encryption key; afterwards the older one may be forgotten. False if it is already."""
    if key.kek == next(iter(keks())):
        return False
    kek, secret = _seal(_open(key), key.issuer_id, key.multibase)
    return SigningKey.objects.filter(pk=key.pk, kek=key.kek).update(kek=kek, secret=secret) == 1


def did(issuer: Issuer) -> str:
    """did:web of the issuer's slug on SITE_URL's host."""
    return dids.did_web(settings.SITE_URL, issuer.slug)


def document(issuer: Issuer) -> dict[str, Any]:
    """The DID document: every published key, retired ones too."""
    entries = [
        dids.PublicKeyEntry(fragment=key.multibase, multibase=key.multibase, kind=key.kind)
        for key in issuer.keys.published()
    ]
    return dids.document(did(issuer), entries)


def _current(issuer: Issuer, kind: str) -> SigningKey:
    key = issuer.keys.signing().filter(kind=kind).first()
    if key is None or key.issuer_id != issuer.pk:
        raise SigningRefused(f"{issuer} has no signing key of kind {kind}")
    return key


def signer(issuer: Issuer) -> Callable[[Prepared], str]:
    """A function that signs prepared documents of this issuer with eddsa-rdfc-2022; the key is opened once.

    `created` is the document's own validFrom: signing again gives the same bytes.
    """
    key = _current(issuer, SigningKey.Kind.ED25519)
    private, own = _open(key), did(issuer)

    def sign_one(prepared: Prepared) -> str:
        if prepared.issuer_id != own:
            raise SigningRefused(f"a document of {prepared.issuer_id} came to the key of {own}")
        created = datetime.fromisoformat(prepared.document["validFrom"])
        return proofs.sign(prepared, private, f"{own}#{key.multibase}", created)

    return sign_one


def sign(issuer: Issuer, prepared: Prepared) -> str:
    """Sign one document; see `signer`."""
    return signer(issuer)(prepared)


def sign_jwt(issuer: Issuer, prepared: Prepared) -> str:
    """The same document as VC-JWT, ES256."""
    key, own = _current(issuer, SigningKey.Kind.P256), did(issuer)
    if prepared.issuer_id != own:
        raise SigningRefused(f"a document of {prepared.issuer_id} came to the key of {own}")
    return jwt.encode(prepared, _open(key), f"{own}#{key.multibase}")


def public_key(issuer: Issuer, multibase: str) -> Any | None:
    """The published key of this fragment, or None."""
    key = issuer.keys.published().filter(multibase=multibase).first()
    return multikey.decode(key.multibase) if key else None


def _profile_key() -> tuple[ed25519.Ed25519PrivateKey, str]:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(settings.VC_API_KEY)
    return private, multikey.encode(private.public_key())


def profile_did() -> str:
    """did:key of the VC-API profile. Its key is in the environment, and no institution's (docs/decisions/0010)."""
    return f"did:key:{_profile_key()[1]}"


def profile_signer(created: datetime) -> Callable[[Prepared], str]:
    """A function that signs for the VC-API profile, with its key and in its name alone."""
    private, multibase = _profile_key()
    own = f"did:key:{multibase}"

    def sign_one(prepared: Prepared) -> str:
        if prepared.issuer_id != own:
            raise SigningRefused(f"a document of {prepared.issuer_id} came to the key of {own}")
        return proofs.sign(prepared, private, f"{own}#{multibase}", created)

    return sign_one
