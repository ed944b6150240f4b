"""Achievements as staff edit them. What was issued never changes: it points at an AchievementVersion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, StatusList, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet

if TYPE_CHECKING:
    from badges.models.version import AchievementVersion


class Basis(models.TextChoices):
    """What a credential rests on; '' where the institution does not say."""

    ATTENDANCE = "attendance", _("Attendance")
    MASTERY = "mastery", _("Mastery")


class AchievementQuerySet(TenantQuerySet["Achievement"]):
    """Achievements by where they stand."""

    def current(self) -> AchievementQuerySet:
        return self.filter(archived_at__isnull=True)

    def archived(self) -> AchievementQuerySet:
        return self.filter(archived_at__isnull=False)

    def published(self) -> AchievementQuerySet:
        return self.current().filter(versions__isnull=False).distinct()

    def listed(self) -> AchievementQuerySet:
        return self.select_related("badge").prefetch_related("versions").order_by("name", "id")


class Achievement(TenantModel):
    """One thing that can be earned, in the words of its next version. `edits` guards against two people saving at once."""

    Purpose = StatusList.Purpose
    Basis = Basis

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="achievements")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    slug = models.SlugField(_("short name in addresses"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    achievement_type = models.CharField(_("type"), max_length=40, default="Achievement")
    description = models.CharField(_("description"), max_length=600, blank=True)
    criteria = models.TextField(_("what it takes"), max_length=5000, blank=True)
    basis = models.CharField(_("what it rests on"), max_length=12, choices=Basis, blank=True, default="", db_default="")
    tags = models.JSONField(_("skills"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=16, default="en")
    human_code = models.CharField(_("code"), max_length=40, blank=True)
    field_of_study = models.CharField(_("field of study"), max_length=120, blank=True)
    credits = models.DecimalField(_("credits"), max_digits=7, decimal_places=2, null=True, blank=True)
    hours = models.DecimalField(_("hours"), max_digits=7, decimal_places=2, null=True, blank=True)
    valid_months = models.PositiveSmallIntegerField(_("valid for (months)"), null=True, blank=True)
    status_purpose = models.CharField(max_length=12, choices=StatusList.Purpose, default=StatusList.Purpose.REVOCATION)
    created_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    edited_at = models.DateTimeField(db_default=Now())
    edits = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(AchievementQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "slug"], name="achievement_slug"),
            models.UniqueConstraint(fields=["issuer", "id"], name="achievement_issuer_id"),
            models.CheckConstraint(
                condition=Q(valid_months__isnull=True) | Q(valid_months__gte=1), name="valid_months"
            ),
            models.CheckConstraint(condition=Q(basis__in=["", *Basis.values]), name="achievement_basis_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def latest(self) -> AchievementVersion | None:
        """The newest published version (reads the prefetched ones where a list has them)."""
        return max(self.versions.all(), key=lambda version: version.number, default=None)

    @property
    def public_url(self) -> str:
        """Path of the public page."""
        return reverse("achievement", args=[self.issuer.slug, self.slug])


class Alignment(TenantModel):
    """One line to a skill or framework of others."""

    achievement = models.ForeignKey(
        Achievement, on_delete=models.CASCADE, related_name="alignments", db_constraint=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    target_name = models.CharField(_("skill or standard"), max_length=200)
    target_url = models.CharField(_("its address"), max_length=2048)
    target_framework = models.CharField(_("framework"), max_length=120, blank=True)
    target_code = models.CharField(_("code"), max_length=60, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.target_name
