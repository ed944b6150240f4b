"""Batches, and the lists of people they are made from."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.models import Achievement, AchievementVersion, RuleVersion
from issuers.models import Issuer, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class Source(models.TextChoices):
    """How people came into a batch."""

    FORM = "form", _("one person")
    PASTE = "paste", _("pasted list")
    FILE = "file", _("file")
    COMMAND = "command", _("command line")
    RULE = "rule", _("rule")
    ASSESSED = "assessed", _("assessment")
    APPLIED = "applied", _("application")
    API = "api", _("API")


class RecipientList(TenantModel):
    """People about to be awarded: the file as it came, how its columns are read, and the report of the check.

    A task makes `report` (recipients.importing.Report as JSON); nothing else is written before somebody confirms.
    """

    Source = Source

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="recipient_lists")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    achievement = models.ForeignKey(
        Achievement, on_delete=models.PROTECT, related_name="recipient_lists", db_constraint=False
    )
    source = models.CharField(max_length=8, choices=Source)
    file_name = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    mapping = models.JSONField(null=True, help_text="{column index: field}; null until suggested.")
    date_order = models.CharField(max_length=3, blank=True)
    report = models.JSONField(null=True)
    refusal = models.JSONField(null=True, help_text="{code, line, params}: the file as a whole could not be read.")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["issuer", "id"], name="recipient_list_issuer_id")]

    def __str__(self) -> str:
        return self.file_name or self.get_source_display()


class AwardQuerySet(TenantQuerySet["Award"]):
    """Batches."""

    def newest_first(self) -> AwardQuerySet:
        return self.select_related("achievement", "made_by").order_by("-id")


class Award(TenantModel):
    """One batch: one achievement version given to some people at once. Its states are counted from the credentials."""

    Source = Source

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="awards")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="awards", db_constraint=False)
    version = models.ForeignKey(
        AchievementVersion, on_delete=models.PROTECT, related_name="awards", db_constraint=False
    )
    recipient_list = models.OneToOneField(
        RecipientList, on_delete=models.PROTECT, null=True, related_name="award", db_constraint=False
    )
    rule_version = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, null=True, related_name="awards", db_constraint=False
    )
    source = models.CharField(max_length=8, choices=Source)
    file_name = models.CharField(max_length=200, blank=True)
    # A form's own key: pressing twice, or sending again after a lost answer, meets the first batch.
    request_key = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    total = models.PositiveIntegerField(default=0, help_text="Credentials written with this batch.")
    already = models.PositiveIntegerField(default=0, help_text="People who had it before.")
    release_at = models.DateTimeField(help_text="Mails leave from here on; until then everything can be undone.")
    cancelled_at = models.DateTimeField(null=True)
    reminders_stopped_at = models.DateTimeField(null=True, help_text="Nobody of this batch is reminded.")

    objects = TenantManager.from_queryset(AwardQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "request_key"], name="one_award_a_request"),
            models.UniqueConstraint(fields=["issuer", "id"], name="award_issuer_id"),
        ]

    def __str__(self) -> str:
        return f"{self.achievement} × {self.total}"
