"""What a rule would do if it were on: one run over everybody, with where each person stood in it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.models import Rule
from issuers.models import Issuer, User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.recipient import Recipient


class Outcome(models.TextChoices):
    """Where one person stands."""

    EARNS = "earns", _("Would get it now")
    NEAR = "near", _("Nearly there")
    FAR = "far", _("Not yet")
    CLOSED = "closed", _("Not possible any more")
    HAS = "has", _("Has it already")


class DryRunQuerySet(TenantQuerySet["DryRun"]):
    """Runs by whether they are through."""

    def unfinished(self) -> DryRunQuerySet:
        return self.filter(finished_at__isnull=True, failed_at__isnull=True)

    def finished(self) -> DryRunQuerySet:
        return self.filter(finished_at__isnull=False).order_by("-id")


class DryRun(TenantModel):
    """One run of one document. A worker makes it where there are many people; a new one takes the place of the one before.

    `before_at` and `before_digest` are of the run that it is compared with, `more` and `fewer` the people who would get it
    now and would not then, and the other way round.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="dry_runs")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="dry_runs", db_constraint=False)
    document = models.JSONField(help_text="rule/1, in which no fault was found.")
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="{outcome: people}")
    before_at = models.DateTimeField(null=True)
    before_digest = models.CharField(max_length=64, blank=True)
    more = models.PositiveIntegerField(default=0)
    fewer = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(DryRunQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="dry_run_issuer_id"),
            models.UniqueConstraint(
                fields=["rule"],
                name="one_dry_run_at_a_time",
                condition=Q(finished_at__isnull=True, failed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.made_at}"


class DryRunOutcomeQuerySet(TenantQuerySet["DryRunOutcome"]):
    """People of a run."""

    def changed(self) -> DryRunOutcomeQuerySet:
        """Who stands elsewhere than in the run before."""
        return self.exclude(before=models.F("outcome"))

    def nearest_first(self) -> DryRunOutcomeQuerySet:
        return self.select_related("recipient").order_by("-share", "recipient_id")


class DryRunOutcome(TenantModel):
    """Where one person stood. `share` is how far along, in thousandths; `before` the outcome of the run before, '' for none."""

    Outcome = Outcome

    dry_run = models.ForeignKey(DryRun, on_delete=models.CASCADE, related_name="outcomes", db_constraint=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    outcome = models.CharField(max_length=6, choices=Outcome)
    share = models.PositiveSmallIntegerField(default=0)
    before = models.CharField(max_length=6, blank=True)

    objects = TenantManager.from_queryset(DryRunOutcomeQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["dry_run", "recipient"], name="once_in_a_dry_run"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="dry_run_outcome_known"),
        ]
        indexes = [models.Index(fields=["dry_run", "outcome", "-share", "recipient"], name="dry_run_nearest")]

    def __str__(self) -> str:
        return f"{self.recipient_id} {self.outcome}"
