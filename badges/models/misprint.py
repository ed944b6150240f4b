"""A version whose certificates are printed the slow way, since a fast one did not look like it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from badges.models.version import AchievementVersion
from issuers.models import User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class MisprintQuerySet(TenantQuerySet["Misprint"]):
    """Misprints by whether they still stand."""

    def standing(self) -> MisprintQuerySet:
        return self.filter(settled_at__isnull=True)


class Misprint(TenantModel):
    """One comparison of a spliced certificate with WeasyPrint's that found a difference (badges/misprinting.py).

    While it stands, every certificate of the version is printed by WeasyPrint; who settles it lets splicing be tried again.
    """

    version = models.ForeignKey(
        AchievementVersion, on_delete=models.PROTECT, related_name="misprints", db_constraint=False
    )
    credential = models.CharField(max_length=22, help_text="Public id of the certificate that was compared.")
    why = models.CharField(max_length=300)
    found_at = models.DateTimeField(db_default=Now(), editable=False)
    settled_at = models.DateTimeField(null=True)
    settled_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )

    objects = TenantManager.from_queryset(MisprintQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(settled_at__isnull=True), name="one_misprint_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"misprint of {self.version_id}"
