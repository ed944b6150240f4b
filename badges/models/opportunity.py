"""What people can do here that counts: sessions, quizzes, tasks, hours. What they did is recipients.Activity."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class ActivityKind(TenantModel):
    """A kind of the institution's own, beside those of badges.criteria.facts.KINDS."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="activity_kinds")
    key = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "key"], name="one_activity_kind_a_key"),
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z][a-z0-9_]{0,39}$"), name="activity_kind_form"),
        ]

    def __str__(self) -> str:
        return self.name


class OpportunityQuerySet(TenantQuerySet["Opportunity"]):
    """Opportunities as staff look for them."""

    def current(self) -> OpportunityQuerySet:
        return self.filter(archived_at__isnull=True)

    def newest_first(self) -> OpportunityQuerySet:
        return self.order_by("-id")


class Opportunity(TenantModel):
    """One thing that people can do: this session, this quiz. Facts name it by `kind` and `key`.

    Staff make one before it happens; a fact about something that nobody had named makes it (`made_by` is empty then).
    `value` and `unit` are what taking part in it is worth, such as 1.5 hours.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="opportunities")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=200)
    title = models.CharField(_("title"), max_length=200)
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("tags"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    value = models.DecimalField(_("worth"), max_digits=12, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    archived_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(OpportunityQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind", "key"], name="one_opportunity_a_key"),
            models.UniqueConstraint(fields=["issuer", "id"], name="opportunity_issuer_id"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(starts_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="opportunity_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["issuer", "-starts_at"], name="opportunity_by_start")]

    def __str__(self) -> str:
        return self.title
