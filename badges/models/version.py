"""What was published. Rows are only ever added: the application's role may not change or remove one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from badges.models.achievement import Achievement
from issuers.models import StatusList, User
from issuers.tenancy import TenantModel


class AchievementVersion(TenantModel):
    """One frozen version: words, criteria, alignments and designs as JSON, and the pictures made of them.

    `content` holds {"words": {...}, "alignments": [...], "badge": {...}, "certificate": {...}} (badges/publishing.py).
    """

    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="versions", db_constraint=False)
    number = models.PositiveIntegerField()
    content = models.JSONField()
    status_purpose = models.CharField(max_length=12, choices=StatusList.Purpose)
    badge_svg = models.TextField(blank=True, help_text="Empty where the badge is an uploaded picture.")
    badge_picture = models.CharField(max_length=200, help_text="Key of the 600-pixel PNG in the media storage.")
    badge_small = models.CharField(max_length=200, help_text="Key of the 90-pixel PNG.")
    published_by = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    published_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "achievement", "number"], name="version_number"),
            models.UniqueConstraint(fields=["issuer", "id"], name="version_issuer_id"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.words['name']} ({self.number})"

    @property
    def words(self) -> dict[str, Any]:
        """The words as they were published."""
        return self.content["words"]
