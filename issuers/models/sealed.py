"""Rows that keep a secret of their own, apart from signing keys, which have a stage for themselves (issuers.keys)."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from issuers import sealing
from issuers.tenancy import TenantModel


class SealedModel(TenantModel):
    """A row with a secret under the key-encryption key that `kek` names; both are empty once the secret is erased."""

    secret = models.BinaryField(default=b"")
    kek = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        abstract = True

    def bound_to(self) -> bytes:
        """What the secret is bound to: this institution and this row. It never changes."""
        raise NotImplementedError

    def seal(self, raw: bytes) -> None:
        """Close the secret; the caller saves."""
        self.kek, self.secret = sealing.seal(raw, self.bound_to())

    def opened(self) -> bytes:
        """The secret. Raises sealing.NotOpened."""
        return sealing.opened(self.kek, bytes(self.secret), self.bound_to())

    def seal_again(self) -> bool:
        """Close it under the newest key-encryption key; False if it is already. Raises sealing.NotOpened."""
        if not self.secret or self.kek == sealing.newest():
            return False
        before = self.kek
        self.seal(self.opened())
        # Where the secret was erased in between, it stays so.
        rows = type(self)._default_manager.filter(pk=self.pk, kek=before)
        return rows.update(kek=self.kek, secret=self.secret) == 1


def sealed_models() -> list[type[SealedModel]]:
    """Every model with secrets, for the operator who seals all of them anew."""
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]
