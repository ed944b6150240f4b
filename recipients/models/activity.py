"""What people did, as facts: one row each, counted once however often it is sent (decision 0016)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.criteria.facts import Fact
from issuers.models import Issuer, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.recipient import Recipient

# What `Activity.fact` is made of.
FACT_FIELDS = ("kind", "key", "at", "tags", "value", "unit", "place", "source", "external_id", "peer")


def fact_of(row: Sequence[Any]) -> Fact:
    """As rules see it: the values of FACT_FIELDS."""
    kind, key, at, tags, value, unit, place, source, external_id, peer = row
    return Fact(kind, key, at, frozenset(tags), value, unit, place, f"{source}:{external_id}", peer)


class ActivityQuerySet(TenantQuerySet["Activity"]):
    """Activities by whether they count."""

    def counting(self) -> ActivityQuerySet:
        """Facts: confirmed, and not withdrawn."""
        return self.filter(confirmed_at__isnull=False, withdrawn_at__isnull=True)

    def waiting(self) -> ActivityQuerySet:
        """Told by the person; staff have not looked yet."""
        return self.filter(confirmed_at__isnull=True, refused_at__isnull=True, withdrawn_at__isnull=True)

    def newest_first(self) -> ActivityQuerySet:
        return self.select_related("recipient").order_by("-id")


class Activity(TenantModel):
    """One thing that one person did.

    (`issuer`, `source`, `external_id`) is unique, withdrawn rows included: what was taken back does not come back by being
    sent again. `day` is the local date where the institution is. `evaluated_at` is empty while rules have not seen the row
    as it stands; a worker takes such rows.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="activities")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="activities", db_constraint=False)
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("what it was"), max_length=200, help_text="Of the opportunity, among those of its kind.")
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    at = models.DateTimeField(_("when"))
    day = models.DateField()
    place = models.CharField(_("place"), max_length=200, blank=True)
    peer = models.CharField(max_length=254, blank=True, help_text="Who was helped, as the source tells people apart.")
    note = models.CharField(_("note"), max_length=2000, blank=True)
    evidence_url = models.CharField(_("link to evidence"), max_length=2048, blank=True)
    source = models.CharField(max_length=60, help_text="Where it came from: staff, file, check-in, log, events:<key> …")
    external_id = models.CharField(max_length=200, help_text="Its own number there, or the digest of what was sent.")
    recorded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by", db_constraint=False
    )
    evaluated_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = TenantManager.from_queryset(ActivityQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "source", "external_id"], name="one_fact_once"),
            models.UniqueConstraint(fields=["issuer", "id"], name="activity_issuer_id"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(refused_at__isnull=True), name="confirmed_or_refused"
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "recipient", "kind"], name="activity_of_person"),
            models.Index(fields=["issuer", "kind", "day"], name="activity_of_kind"),
            models.Index(
                fields=["id"],
                name="activity_unevaluated",
                condition=Q(evaluated_at__isnull=True, confirmed_at__isnull=False),
            ),
            models.Index(
                fields=["issuer", "id"],
                name="activity_waiting",
                condition=Q(confirmed_at__isnull=True, refused_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def fact(self) -> Fact:
        """As rules see it."""
        return fact_of([getattr(self, name) for name in FACT_FIELDS])
