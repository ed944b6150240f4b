"""People who are listed together: a cohort, a club, a course. Rules and goals may be for one."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, User
from issuers.tenancy import TenantModel
from recipients.models.recipient import Recipient


class Group(TenantModel):
    """One list of people under a name. Rules ask for it by `key`, which stays when the name changes."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="groups")
    key = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=120)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "key"], name="one_group_a_key"),
            models.UniqueConstraint(fields=["issuer", "id"], name="group_issuer_id"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(TenantModel):
    """One person's place in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members", db_constraint=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="groups", db_constraint=False)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    evaluated_at = models.DateTimeField(null=True, help_text="Empty while rules have not seen it.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["group", "recipient"], name="once_in_a_group")]
        indexes = [
            models.Index(fields=["id"], name="member_unevaluated", condition=models.Q(evaluated_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.recipient_id}"
