"""How many, by achievement and day, so that no page counts a million rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from badges.models import Achievement
from issuers.models import Issuer
from issuers.tenancy import TenantModel


class Tally(TenantModel):
    """A slip that says what one deed changed, or all slips of an achievement and a day folded into one row.

    Triggers write the slips in the transaction of the deed (decision 0033), recipients.tallying folds them; the sum over
    rows is right at any moment, folded or not. `day` is a day where the institution is. Numbers may be negative in a slip.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="tallies")
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="tallies", db_constraint=False)
    day = models.DateField()
    folded = models.BooleanField(default=False)

    # What became of those that were issued on this day. What was undone is in none of the others.
    issued = models.IntegerField(default=0)
    undone = models.IntegerField(default=0)
    reached = models.IntegerField(default=0, help_text="Their mail has left.")
    opened = models.IntegerField(default=0, help_text="Their link was followed.")
    taken = models.IntegerField(default=0, help_text="Claimed since, on whatever day.")
    passed_on = models.IntegerField(default=0, help_text="Shared at least once.")
    seen = models.IntegerField(default=0, help_text="Looked at at least once.")

    # What happened on this day.
    claimed = models.IntegerField(default=0)
    declined = models.IntegerField(default=0)
    revoked = models.IntegerField(default=0)
    shares = models.IntegerField(default=0)
    looks = models.IntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "achievement", "day"], condition=Q(folded=True), name="one_folded_tally_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "day"], name="tally_of_days"),
            models.Index(fields=["id"], condition=Q(folded=False), name="tally_slips"),
        ]

    def __str__(self) -> str:
        return f"{self.achievement_id} {self.day}"
