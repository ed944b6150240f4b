"""Status lists: where a credential's bit stands."""

from __future__ import annotations

import secrets

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from issuers.models.issuer import Issuer
from issuers.status_indexes import index_at
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class StatusPurpose(models.TextChoices):
    """Revocation is for good; suspension can be lifted. A credential has exactly one entry."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class StatusListQuerySet(TenantQuerySet["StatusList"]):
    """Lists, and places in them."""

    @transaction.atomic
    def take(self, issuer: Issuer, purpose: str, count: int) -> list[tuple[StatusList, int]]:
        """`count` fresh places, each used once for ever; a list that is half full is followed by a new one."""
        # One writer at a time for each issuer: the row is locked until the places are stored with their credentials.
        Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
        places: list[tuple[StatusList, int]] = []
        while len(places) < count:
            current = self.filter(issuer=issuer, purpose=purpose).order_by("-number").first()
            if current is None or current.taken >= StatusList.FULL:
                number = current.number + 1 if current else 1
                current = self.create(issuer=issuer, purpose=purpose, number=number, seed=secrets.token_bytes(32))
            upto = min(current.taken + count - len(places), StatusList.FULL)
            seed = bytes(current.seed)
            places += [(current, index_at(place, seed, StatusList.SIZE)) for place in range(current.taken, upto)]
            self.filter(pk=current.pk).update(taken=upto)
        return places


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

    objects = TenantManager.from_queryset(StatusListQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "purpose", "number"], name="status_list_number"),
            models.UniqueConstraint(fields=["issuer", "id"], name="status_list_issuer_id"),
            models.CheckConstraint(condition=Q(taken__lte=65_536), name="status_list_half_full"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number}"
