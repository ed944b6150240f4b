"""What people want to earn next: chosen by themselves, or set by staff for a group."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.models import Achievement
from issuers.models import Issuer, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.group import Group
from recipients.models.recipient import Recipient


class GoalQuerySet(TenantQuerySet["Goal"]):
    """Goals by whether they stand."""

    def standing(self) -> GoalQuerySet:
        """Neither taken away by the person, nor ended by staff."""
        return self.filter(removed_at__isnull=True)

    def of_groups(self) -> GoalQuerySet:
        return self.filter(group__isnull=False).select_related("group", "achievement", "set_by").order_by("-id")

    def in_order(self) -> GoalQuerySet:
        """Of one person: as they arranged it."""
        return self.order_by("position", "id")


class Goal(TenantModel):
    """One achievement to earn, for one person or for everybody in a group.

    Whether it is reached is never stored: the credential says it. `until` is its last day; a goal of one's own without a
    day waits for a week to come. `set_by` is empty where the person chose it.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="goals")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="goals", db_constraint=False)
    recipient = models.ForeignKey(
        Recipient, on_delete=models.CASCADE, null=True, related_name="goals", db_constraint=False
    )
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="goals", db_constraint=False)
    set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    until = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(GoalQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, group__isnull=True)
                | Q(recipient__isnull=True, group__isnull=False),
                name="goal_of_one_or_of_a_group",
            ),
            models.UniqueConstraint(
                fields=["recipient", "achievement"],
                condition=Q(removed_at__isnull=True, recipient__isnull=False),
                name="one_goal_a_person",
            ),
            models.UniqueConstraint(
                fields=["group", "achievement"],
                condition=Q(removed_at__isnull=True, group__isnull=False),
                name="one_goal_a_group",
            ),
            models.UniqueConstraint(fields=["issuer", "id"], name="goal_issuer_id"),
        ]

    def __str__(self) -> str:
        return f"{self.achievement_id} for {self.recipient_id or self.group_id}"
