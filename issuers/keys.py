"""Stages of a key: create → retire or withdraw; seal again under a newer secret; and signing.

The private key never leaves this module. It is stored under envelope encryption: AES-256-GCM with a key-encryption key
from the environment, bound to issuer and key by the additional data, so that two rows cannot be swapped (SECURITY T1,
T2; docs/decisions/0003). It is erased when the key signs no more (docs/decisions/0007).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.conf import settings
from django.db import transaction

from issuers import clock, marks, sealing
from issuers.models import AuditEvent, Issuer, SigningKey, User
from issuers.signing import did as dids
from issuers.signing import jwt, multikey, proofs
from issuers.signing.prepared import Prepared
from issuers.waking import wake

Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


class SigningRefused(Exception):
    """Document, key and row do not belong to one issuer, or a key cannot be opened."""


def _bound_to(issuer_id: int, multibase: str) -> bytes:
    return f"laurel signing key|{issuer_id}|{multibase}".encode()


def _seal(private: Private, issuer_id: int, multibase: str) -> tuple[str, bytes]:
    raw = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return sealing.seal(raw, _bound_to(issuer_id, multibase))


def _open(key: SigningKey) -> Any:
    try:
        raw = sealing.opened(key.kek, bytes(key.secret), _bound_to(key.issuer_id, key.multibase))
    except sealing.NotOpened as error:
        raise SigningRefused(f"key {key.multibase} does not open: {error}") from error
    return serialization.load_der_private_key(raw, password=None)


def _make(issuer: Issuer, kind: str) -> SigningKey:
    ed = kind == SigningKey.Kind.ED25519
    private: Private = ed25519.Ed25519PrivateKey.generate() if ed else ec.generate_private_key(ec.SECP256R1())
    multibase = multikey.encode(private.public_key())
    kek, secret = _seal(private, issuer.pk, multibase)
    return SigningKey.objects.create(issuer=issuer, kind=kind, multibase=multibase, kek=kek, secret=secret)


def create(issuer: Issuer, by: User | None) -> list[SigningKey]:
    """An Ed25519 and a P-256 pair for a new issuer."""
    made = [_make(issuer, kind) for kind in SigningKey.Kind.values]
    for key in made:
        AuditEvent.objects.record(issuer, by, "key.created", key, kind=key.kind)
    return made


def _one_at_a_time(issuer: Issuer) -> None:
    """Deeds on an issuer's keys wait for each other until the end of the transaction."""
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)


def _end(key: SigningKey, **values: Any) -> None:
    """The key signs no more: its private half is erased with the same statement."""
    SigningKey.objects.filter(pk=key.pk).update(secret=b"", kek="", **values)


@transaction.atomic
def rotate(
    issuer: Issuer, kind: str, by: User | None, reason: str = "", *, replacing: int | None = None
) -> SigningKey | None:
    """A new pair takes over; the old public half stays published for ever, so that what it signed stays valid.

    With `replacing`, only that key is followed: None if it signs no more, so that pressing twice changes it once.
    """
    _one_at_a_time(issuer)
    old = issuer.keys.signing().filter(kind=kind).first()
    if replacing is not None and (old is None or old.pk != replacing):
        return None
    if old is not None:
        _end(old, retired_at=clock.now(), reason=reason)
    fresh = _make(issuer, kind)
    AuditEvent.objects.record(issuer, by, "key.rotated", fresh, kind=kind)
    return fresh


@transaction.atomic
def compromise(key: SigningKey, by: User | None, reason: str) -> bool:
    """Others may know it: it is published no more, another signs at once, and what it signed is signed again.

    False if it was marked before. Which credentials wait is seen from their own `signed_with`; workers are only woken.
    """
    _one_at_a_time(key.issuer)
    marked = SigningKey.objects.get(pk=key.pk)
    if marked.compromised_at is not None:
        return False
    _end(marked, compromised_at=clock.now(), reason=reason)
    AuditEvent.objects.record(key.issuer, by, "key.compromised", key, kind=key.kind)
    if marked.retired_at is None:
        successor = _make(key.issuer, key.kind)
        AuditEvent.objects.record(key.issuer, by, "key.created", successor, kind=key.kind)
    marks.all_changed()
    wake("recipients.tasks.sign_again")
    return True


def seal_again(key: SigningKey) -> bool:
    """Close a key under the newest key-encryption key; afterwards the older one may be forgotten. False if it is already."""
    if key.kek == sealing.newest():
        return False
    kek, secret = _seal(_open(key), key.issuer_id, key.multibase)
    # Where a rotation came between, the private half is gone and stays so.
    sealed = SigningKey.objects.signing().filter(pk=key.pk, kek=key.kek).update(kek=kek, secret=secret) == 1
    if sealed:
        AuditEvent.objects.record(key.issuer, None, "key.resealed", key)
    return sealed


def opens(key: SigningKey) -> bool:
    """Whether the private half can be used: a signing key whose key-encryption key we have."""
    try:
        return multikey.encode(_open(key).public_key()) == key.multibase
    except SigningRefused:
        return False


class Slugged(Protocol):
    """Whatever names an institution in addresses."""

    @property
    def slug(self) -> str: ...


def did(issuer: Slugged) -> str:
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


def refuse_foreign(prepared: Prepared, own: str) -> None:
    """A document is signed for the issuer that it names, and for no other. Raises SigningRefused."""
    if prepared.issuer_id != own:
        raise SigningRefused(f"a document of {prepared.issuer_id} came to the key of {own}")


def signer(issuer: Issuer) -> Callable[[Prepared], str]:
    """A function that signs prepared documents of this issuer with eddsa-rdfc-2022; the key is opened once.

    `created` is the document's own validFrom: signing again gives the same bytes.
    """
    key = _current(issuer, SigningKey.Kind.ED25519)
    private, own = _open(key), did(issuer)

    def sign_one(prepared: Prepared) -> str:
        refuse_foreign(prepared, own)
        created = datetime.fromisoformat(prepared.document["validFrom"])
        return proofs.sign(prepared, private, f"{own}#{key.multibase}", created)

    return sign_one


def sign(issuer: Issuer, prepared: Prepared) -> str:
    """Sign one document; see `signer`."""
    return signer(issuer)(prepared)


def sign_jwt(issuer: Issuer, prepared: Prepared) -> str:
    """The same document as VC-JWT, ES256."""
    key, own = _current(issuer, SigningKey.Kind.P256), did(issuer)
    refuse_foreign(prepared, own)
    return jwt.encode(prepared, _open(key), f"{own}#{key.multibase}")


def public_key(issuer: Issuer, multibase: str) -> Any | None:
    """The published key of this fragment, or None."""
    key = issuer.keys.published().filter(multibase=multibase).first()
    return multikey.decode(key.multibase) if key else None


def public_keys(issuer: Issuer) -> dict[str, Any]:
    """Every published key by DID URL."""
    return by_url(issuer, issuer.keys.published().values_list("multibase", flat=True))


def by_url(issuer: Slugged, names: Iterable[str]) -> dict[str, Any]:
    """Public keys by DID URL, of names that are known to be published."""
    own = did(issuer)
    return {f"{own}#{name}": _decoded(name) for name in names}


@lru_cache(maxsize=512)
def _decoded(name: str) -> Any:
    return multikey.decode(name)


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
