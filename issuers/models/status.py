"""Status lists: where a credential's bit stands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from issuers.models.issuer import Issuer
from issuers.tenancy import TenantModel


class StatusPurpose(models.TextChoices):
    """Revocation is for good; suspension can be lifted. A credential has exactly one entry."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class StatusList(TenantModel):
    """One list of one issuer and purpose. Index `p` of `taken` positions is a keyed permutation of p: unique, not guessable."""

    Purpose = StatusPurpose
    # Herd privacy: VC Bitstring Status List asks for at least 131,072 entries.
    SIZE = 131_072
    FULL = SIZE // 2

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    purpose = models.CharField(max_length=12, choices=StatusPurpose)
    number = models.PositiveIntegerField()
    seed = models.BinaryField()
    taken = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "purpose", "number"], name="status_list_number"),
            models.UniqueConstraint(fields=["issuer", "id"], name="status_list_issuer_id"),
            models.CheckConstraint(condition=Q(taken__lte=65_536), name="status_list_half_full"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number}"
