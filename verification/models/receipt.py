"""What the hiring desk keeps: a list that was checked once, for whoever has its address."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from issuers import clock
from issuers.public_ids import new_public_id

GIVEN_MOST = 2048  # verification.picking.LINK_MOST
SHOWN_MOST = 300
KEPT_FOR = timedelta(days=90)


class ItemQuerySet(models.QuerySet["VerificationItem"]):
    """Items of receipts."""

    def links(self) -> ItemQuerySet:
        """What can be looked up again: links and numbers. Files were looked at once and are not kept."""
        return self.filter(from_file=False)


class VerificationReceipt(models.Model):
    """One list of links and numbers that somebody had checked. It says when, and not by whom; it lapses after 90 days."""

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    created_at = models.DateTimeField()
    total = models.PositiveSmallIntegerField(help_text="Different links and numbers, each checked once.")
    repeated = models.PositiveSmallIntegerField(default=0, help_text="Lines that named one of them again.")
    left_out = models.JSONField(default=list, help_text="Lines without a link or number: [line, text or '']")

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="receipt_age")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def lapsed(self) -> bool:
        """Past its 90 days: nothing stands at its address, even before it is swept away."""
        return self.created_at < clock.now() - KEPT_FOR


class VerificationItem(models.Model):
    """One link, number or file of a receipt, and what was found there when it was checked. Of a file its name is kept."""

    receipt = models.ForeignKey(VerificationReceipt, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    lines = models.JSONField(help_text="Where it stood in the list, each line.")
    given = models.CharField(
        max_length=GIVEN_MOST, help_text="The link as it is looked up, the number, or the file's name."
    )
    from_file = models.BooleanField(default=False, db_default=False, help_text="Handed in, and not kept.")
    own_id = models.CharField(max_length=24, blank=True, help_text="The public id, where it is one of this site's.")
    # Work that is under way: issuance-cycle.md says how leases and attempts go.
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    # What was found. Empty for what a stranger may not see: private, unclaimed and unknown leave the same row.
    standing = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=SHOWN_MOST, blank=True)
    achievement = models.CharField(max_length=SHOWN_MOST, blank=True)
    issuer_name = models.CharField(max_length=SHOWN_MOST, blank=True)
    report = models.JSONField(null=True, help_text="The checks, without the document.")

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["receipt", "position"], name="one_item_a_position")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(finished_at__isnull=True), name="item_waiting"),
            models.Index(fields=["own_id"], condition=~models.Q(own_id=""), name="item_own"),
        ]

    def __str__(self) -> str:
        return self.given
