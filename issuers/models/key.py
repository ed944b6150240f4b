"""Signing keys; the private halves are closed under a key-encryption key from the environment."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from issuers.models.issuer import Issuer
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class KeyKind(models.TextChoices):
    """Ed25519 for embedded proofs, P-256 for VC-JWT."""

    ED25519 = "ed25519"
    P256 = "p256"


# The fragment of the proof's verification method. Quotes inside of JSON's texts are escaped, so that no text looks like it.
_METHOD = r'"verificationMethod":"[^"#]*#([^"]+)"'


def signed_with() -> models.GeneratedField:
    """Which key a row's `signed` text names, read by the database itself, so that the two can never disagree."""
    named = Func(F("signed"), Value(_METHOD), function="substring")
    text = models.CharField(max_length=120, null=True)
    return models.GeneratedField(expression=named, output_field=text, db_persist=True)


class SigningKeyQuerySet(TenantQuerySet["SigningKey"]):
    """Keys by what they are good for."""

    def signing(self) -> SigningKeyQuerySet:
        return self.filter(retired_at__isnull=True, compromised_at__isnull=True)

    def published(self) -> SigningKeyQuerySet:
        """Retired keys stay published, so that what they signed stays valid; compromised ones go."""
        return self.filter(compromised_at__isnull=True).order_by("id")

    def withdrawn(self) -> SigningKeyQuerySet:
        """Known to others: nothing is believed because of them."""
        return self.filter(compromised_at__isnull=False)


class SigningKey(TenantModel):
    """One key pair of one issuer. `secret` is AES-256-GCM under the key-encryption key that `kek` names.

    A key signs, then it is retired (still published) or compromised (not published any more). Its private half ends with
    its signing: the row of a key that signs no more has an empty `secret`.
    """

    Kind = KeyKind

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=8, choices=KeyKind)
    multibase = models.CharField(max_length=120, unique=True, help_text="Public half; also the DID URL's fragment.")
    secret = models.BinaryField()
    kek = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    retired_at = models.DateTimeField(null=True)
    compromised_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="Why it signs no more.")

    objects = TenantManager.from_queryset(SigningKeyQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind"],
                condition=Q(retired_at__isnull=True, compromised_at__isnull=True),
                name="one_signing_key_a_kind",
            ),
            models.UniqueConstraint(fields=["issuer", "id"], name="signing_key_issuer_id"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, compromised_at__isnull=True) & ~Q(secret=b"")
                | (Q(retired_at__isnull=False) | Q(compromised_at__isnull=False)) & Q(secret=b""),
                name="only_signing_keys_have_a_secret",
            ),
        ]

    def __str__(self) -> str:
        return self.multibase

    @property
    def signs(self) -> bool:
        """Whether it is in use now."""
        return self.retired_at is None and self.compromised_at is None

    @property
    def ended_at(self) -> datetime | None:
        """When it signed for the last time, at the latest."""
        return min((moment for moment in (self.retired_at, self.compromised_at) if moment), default=None)
