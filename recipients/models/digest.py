"""The weekly mail: who wants it, and when the next one is due."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from issuers.models import User


class Digest(models.Model):
    """One person's answer to whether they want a mail on Monday mornings. No row: nobody has asked them yet.

    Not a tenant row: it is the person's, across institutions. `next_at` is the queue; `week` is the Monday of the last week
    that was looked at, so that two workers never write one week twice.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="digest")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    on_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    week = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(on_at__isnull=True) | Q(stopped_at__isnull=True), name="digest_on_or_stopped"
            ),
            models.CheckConstraint(
                condition=Q(next_at__isnull=True) | Q(on_at__isnull=False), name="digest_due_only_when_on"
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="digest_due", condition=Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.user_id}"
