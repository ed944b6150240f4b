"""Files of what people did, kept until somebody has looked at them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from issuers.models import Issuer, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantModel


class ActivityFile(TenantModel):
    """An attendance report or a gradebook as it came, how it is read, and the report of the check.

    A task makes `report` (recipients.importing.DeedReport as JSON); nothing else is written before somebody confirms. What
    was recorded keeps its numbers; the content goes with it.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="activity_files")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    file_name = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    reading = models.JSONField(null=True, help_text="recipients.importing.Reading; null until proposed.")
    report = models.JSONField(null=True)
    refusal = models.JSONField(null=True, help_text="{code, line, params}: the file as a whole could not be read.")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded = models.PositiveIntegerField(default=0, help_text="Facts that were new.")
    told_before = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["id"], name="activity_file_unchecked", condition=models.Q(checked_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.file_name or self.public_id
