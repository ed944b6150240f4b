"""The door of a session: who is expected, when one may check in, and the secret that its codes are made of (decision 0021)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.models import Opportunity
from issuers.models import Issuer, User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.group import Group


def new_secret() -> bytes:
    """256 bits of a door's own."""
    return secrets.token_bytes(32)


class CheckInQuerySet(TenantQuerySet["CheckIn"]):
    """Doors by whether one may check in."""

    def open(self, now: datetime) -> CheckInQuerySet:
        """Within the window, not closed by hand, of something that still takes place."""
        return self.filter(
            opens_at__lte=now,
            closes_at__gt=now,
            closed_at__isnull=True,
            opportunity__archived_at__isnull=True,
            issuer__closed_at__isnull=True,
        )

    def with_what(self) -> CheckInQuerySet:
        return self.select_related("issuer", "opportunity", "group")


class CheckIn(TenantModel):
    """One door. Without a window nobody checks in; the tick list works with or without.

    `closed_at` is set where somebody ended the window by hand. `group` is who is expected; everybody where it is empty.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="check_ins")
    opportunity = models.OneToOneField(
        Opportunity, on_delete=models.PROTECT, related_name="check_in", db_constraint=False
    )
    group = models.ForeignKey(
        Group,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("expected"),
    )
    secret = models.BinaryField(default=new_secret, editable=False)
    opens_at = models.DateTimeField(_("opens"), null=True)
    closes_at = models.DateTimeField(_("closes"), null=True)
    closed_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(CheckInQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="check_in_window",
            ),
        ]
        indexes = [models.Index(fields=["closes_at"], name="check_in_by_end", condition=Q(closed_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.opportunity_id}"

    @property
    def key(self) -> bytes:
        """What codes are made with. The site's own secret is in it, so that a copy of the database makes none."""
        return hmac.new(settings.SECRET_KEY.encode(), b"laurel door|" + bytes(self.secret), hashlib.sha256).digest()

    def is_open(self, now: datetime) -> bool:
        """Whether somebody may check in."""
        if self.opens_at is None or self.closes_at is None or self.closed_at is not None:
            return False
        return self.opens_at <= now < self.closes_at
