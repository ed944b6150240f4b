"""Signing keys; the private halves are closed under a key-encryption key from the environment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from issuers.models.issuer import Issuer
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class KeyKind(models.TextChoices):
    """Ed25519 for embedded proofs, P-256 for VC-JWT."""

    ED25519 = "ed25519"
    P256 = "p256"


class SigningKeyQuerySet(TenantQuerySet["SigningKey"]):
    """Keys by what they are good for."""

    def signing(self) -> SigningKeyQuerySet:
        return self.filter(retired_at__isnull=True, compromised_at__isnull=True)

    def published(self) -> SigningKeyQuerySet:
        """Retired keys stay published, so that what they signed stays valid; compromised ones go."""
        return self.filter(compromised_at__isnull=True).order_by("id")


class SigningKey(TenantModel):
    """One key pair of one issuer. `secret` is AES-256-GCM under the key-encryption key that `kek` names."""

    Kind = KeyKind

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=8, choices=KeyKind)
    multibase = models.CharField(max_length=120, unique=True, help_text="Public half; also the DID URL's fragment.")
    secret = models.BinaryField()
    kek = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    retired_at = models.DateTimeField(null=True)
    compromised_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(SigningKeyQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind"],
                condition=Q(retired_at__isnull=True, compromised_at__isnull=True),
                name="one_signing_key_a_kind",
            ),
            models.UniqueConstraint(fields=["issuer", "id"], name="signing_key_issuer_id"),
        ]

    def __str__(self) -> str:
        return self.multibase
