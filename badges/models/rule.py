"""What earns an achievement by itself: the document in versions, and beside them whether and how it runs (decision 0016)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.models.achievement import Achievement
from issuers.models import Issuer, User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class Approval(models.TextChoices):
    """Who looks before a credential leaves."""

    NONE = "none", _("Award at once")
    ONE = "one", _("Hold until somebody approves")
    TWO = "two", _("Hold until two different people approve")


class RuleQuerySet(TenantQuerySet["Rule"]):
    """Rules by whether they award."""

    def on(self) -> RuleQuerySet:
        """Switched on and not paused; the end date is compared where the institution is (recipients.earning)."""
        return self.filter(switched_on_at__isnull=False, paused_at__isnull=True, achievement__archived_at__isnull=True)


class Rule(TenantModel):
    """The rule of one achievement. `draft` is what staff are writing; `version` is what runs, once it was switched on.

    `ends_on` stops the rule itself, and stands outside of the document; `cap` is the most people it may award.
    `all_due_at` is set where everybody must be looked at: a rule switched on, a new version, a pause that ended.
    """

    Approval = Approval

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="rules")
    achievement = models.OneToOneField(Achievement, on_delete=models.PROTECT, related_name="rule", db_constraint=False)
    draft = models.JSONField(null=True, help_text="rule/1, perhaps not complete yet.")
    edits = models.PositiveIntegerField(default=0)
    version = models.ForeignKey(
        "RuleVersion", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    approval = models.CharField(_("before it is awarded"), max_length=4, choices=Approval, default=Approval.NONE)
    undo_minutes = models.PositiveSmallIntegerField(_("minutes before mails leave"), default=0)
    cap = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    edited_at = models.DateTimeField(db_default=Now())
    switched_on_at = models.DateTimeField(null=True)
    switched_on_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    paused_at = models.DateTimeField(null=True)
    all_due_at = models.DateTimeField(null=True)
    all_done_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(RuleQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="rule_issuer_id"),
            models.CheckConstraint(condition=Q(approval__in=Approval.values), name="rule_approval_known"),
            models.CheckConstraint(condition=Q(undo_minutes__lte=1440), name="rule_undo_within_a_day"),
            models.CheckConstraint(
                condition=Q(switched_on_at__isnull=True) | Q(version__isnull=False), name="rule_on_has_version"
            ),
            models.CheckConstraint(condition=Q(cap__isnull=True) | Q(cap__gte=1), name="rule_cap"),
        ]
        indexes = [
            models.Index(fields=["id"], name="rule_all_due", condition=Q(all_due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.achievement_id}"

    def over_on(self, day: date) -> bool:
        """Whether its last day lies before this one; days are those of the institution."""
        return self.ends_on is not None and self.ends_on < day


class RuleVersion(TenantModel):
    """One frozen document. Rows are only ever added; awards point at the version that earned them."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions", db_constraint=False)
    number = models.PositiveIntegerField()
    document = models.JSONField(help_text="rule/1 (badges/criteria/rule.schema.json), in which no fault was found.")
    kinds = ArrayField(
        models.CharField(max_length=40, blank=True), help_text="Of the facts it looks at; '' for any, by tags."
    )
    made_by = models.ForeignKey(User, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "rule", "number"], name="rule_version_number"),
            models.UniqueConstraint(fields=["issuer", "id"], name="rule_version_issuer_id"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.rule_id} ({self.number})"

    @property
    def needs(self) -> dict[str, Any]:
        """What it asks."""
        return self.document["needs"]
