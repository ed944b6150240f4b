"""Showing it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from issuers.models import User
from issuers.tenancy import TenantModel
from recipients.models.credential import AchievementCredential


class Share(TenantModel):
    """The holder agreed to pass this credential on to one network. Says what was consented to, not who looked."""

    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.CASCADE, related_name="shares", db_constraint=False
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    network = models.CharField(max_length=24)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["credential", "network"], name="share_of_credential")]

    def __str__(self) -> str:
        return f"{self.network} {self.credential_id}"
