"""What a rule found that somebody has earned: held where it must be approved, then awarded, and doubted where facts change."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from badges.models import Achievement, RuleVersion
from issuers.models import Issuer, User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.credential import AchievementCredential
from recipients.models.recipient import Recipient


class EarningQuerySet(TenantQuerySet["Earning"]):
    """Earnings by what is to be done with them."""

    def open(self) -> EarningQuerySet:
        """Neither awarded, nor refused, nor gone with a fact that was taken back."""
        return self.filter(settled_at__isnull=True)

    def doubted(self) -> EarningQuerySet:
        """Awarded, and not met any more: staff decide."""
        return self.filter(doubted_at__isnull=False, doubt_settled_at__isnull=True, credential__isnull=False)


class Earning(TenantModel):
    """One verdict that was met, of one person and period. `award_key` is the verdict's, and the credential's afterwards.

    `settled_at`: awarded (`credential` is set, unless the person had it already), refused, or met no more before it was awarded.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="earnings")
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="earnings", db_constraint=False)
    rule_version = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, related_name="earnings", db_constraint=False
    )
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="earnings", db_constraint=False)
    award_key = models.CharField(max_length=80)
    met_at = models.DateTimeField()
    noticed_at = models.DateTimeField(db_default=Now())
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    seconded_at = models.DateTimeField(null=True)
    seconded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    refusal = models.CharField(max_length=300, blank=True)
    lapsed_at = models.DateTimeField(null=True, help_text="Met no more, before it was awarded.")
    credential = models.OneToOneField(
        AchievementCredential, on_delete=models.PROTECT, null=True, related_name="earning", db_constraint=False
    )
    settled_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="The person has, or needs, no notice of it any more.")
    doubted_at = models.DateTimeField(null=True, help_text="Awarded, and met no more.")
    doubt_settled_at = models.DateTimeField(null=True)
    doubt_settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TenantManager.from_queryset(EarningQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "achievement", "recipient", "award_key"], name="earned_once_a_key"
            ),
            models.UniqueConstraint(fields=["issuer", "id"], name="earning_issuer_id"),
            models.CheckConstraint(
                condition=Q(seconded_at__isnull=True) | Q(approved_at__isnull=False), name="seconded_was_approved"
            ),
            models.CheckConstraint(
                condition=Q(seconded_by__isnull=True)
                | Q(approved_by__isnull=True)
                | ~Q(seconded_by=models.F("approved_by")),
                name="seconded_by_another",
            ),
            models.CheckConstraint(
                condition=(Q(refused_at__isnull=True) & Q(lapsed_at__isnull=True)) | Q(settled_at__isnull=False),
                name="refused_is_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "id"], name="earning_open", condition=Q(settled_at__isnull=True)),
            models.Index(
                fields=["id"], name="earning_untold", condition=Q(told_at__isnull=True, credential__isnull=False)
            ),
            models.Index(
                fields=["issuer", "id"],
                name="earning_doubted",
                condition=Q(doubted_at__isnull=False, doubt_settled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.achievement_id} {self.award_key}"
