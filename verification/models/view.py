"""Counts of public pages."""

from django.db import models

from issuers.tenancy import TenantModel
from recipients.models import AchievementCredential


class PublicView(TenantModel):
    """How often one credential's page was opened on one day. Nobody who looked is identified."""

    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.CASCADE, related_name="views", db_constraint=False
    )
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["credential", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.day}"
