"""Who wants to be compared with others, and under which name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, User
from issuers.tenancy import TenantModel


class LeaderboardEntry(TenantModel):
    """One person's wish to stand on the leaderboard of one institution. Whoever has none is on none, and sees none.

    Leaving keeps the row and empties the pseudonym.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="leaderboard_entries")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leaderboard_entries")
    pseudonym = models.CharField(_("pseudonym"), max_length=40, blank=True)
    joined_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "user"], name="one_entry_a_leaderboard"),
            models.UniqueConstraint("issuer", Lower("pseudonym"), condition=~Q(pseudonym=""), name="pseudonym_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issuer_id}"
