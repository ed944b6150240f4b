"""Taking what was offered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.activity import Activity
from recipients.models.credential import AchievementCredential


class ClaimLinkQuerySet(TenantQuerySet["ClaimLink"]):
    """Links by how they reach their person."""

    def slips(self) -> ClaimLinkQuerySet:
        """Printed ones, newest first."""
        return self.filter(printed_at__isnull=False).select_related("printed_by").order_by("-id")


class ClaimLink(TenantModel):
    """One mailed link: 256 random bits, stored as SHA-256. Every mailed link of an offer stays good until it is claimed.

    A printed slip is one too (decision 0030): 80 random bits, `printed_at` set, no address; `tries` counts wrong student
    numbers where the institution asks for it.
    """

    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.CASCADE, related_name="claim_links", db_constraint=False
    )
    token_hash = models.CharField(max_length=64, unique=True)
    address_key = models.CharField(max_length=254, help_text="Where the link went.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    printed_at = models.DateTimeField(null=True)
    printed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)

    objects = TenantManager.from_queryset(ClaimLinkQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["printed_by"], name="claim_link_printed_by", condition=Q(printed_by__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.token_hash[:8]}"


class AutoAccept(TenantModel):
    """This person takes whatever this issuer awards, without being asked again."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="auto_accepts")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["issuer", "user"], name="one_auto_accept_an_issuer")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issuer_id}"


class NoticeKind(models.TextChoices):
    """What an in-app notice says."""

    OFFERED = "offered", _("offered")
    CLAIMED = "claimed", _("accepted for you")
    CORRECTED = "corrected", _("corrected")
    REVOKED = "revoked", _("revoked")
    SUSPENDED = "suspended", _("suspended")
    REINSTATED = "reinstated", _("reinstated")
    EARNED = "earned", _("earned by a rule")
    CONFIRMED = "confirmed", _("an activity of one's own was confirmed")
    REFUSED = "refused", _("an activity of one's own does not count")


class Notice(TenantModel):
    """One in-app notice of one person: about a credential, or about something that they told of themselves."""

    Kind = NoticeKind

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.CASCADE, null=True, related_name="notices", db_constraint=False
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, null=True, related_name="notices", db_constraint=False
    )
    kind = models.CharField(max_length=12, choices=NoticeKind)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(credential__isnull=False, activity__isnull=True)
                | Q(credential__isnull=True, activity__isnull=False),
                name="notice_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["credential", "user"], condition=Q(kind=NoticeKind.EARNED), name="earned_is_said_once"
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="notice_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.credential_id or self.activity_id}"
