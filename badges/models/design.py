"""Looks, as versioned JSON: a starter adjusted today, a free drawing later."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.models.achievement import Achievement
from issuers.tenancy import TenantModel


class BadgeDesign(TenantModel):
    """The badge of one achievement's draft: a drawing (`spec`, badge/1) or an uploaded picture, never both."""

    achievement = models.OneToOneField(Achievement, on_delete=models.CASCADE, related_name="badge", db_constraint=False)
    starter = models.CharField(max_length=40, blank=True)
    choices = models.JSONField(default=dict, help_text="What was typed into the starter's form.")
    spec = models.JSONField(null=True, help_text="badge/1, badges/rendering/badge.schema.json")
    picture = models.CharField(max_length=200, blank=True, help_text="Key of a re-encoded PNG in the media storage.")
    alt = models.CharField(_("what the picture shows, in words"), max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(spec__isnull=True) | Q(picture=""), name="badge_drawn_or_uploaded")
        ]

    def __str__(self) -> str:
        return self.alt or self.starter


class CertificateDesign(TenantModel):
    """The certificate of one achievement's draft."""

    achievement = models.OneToOneField(
        Achievement, on_delete=models.CASCADE, related_name="certificate", db_constraint=False
    )
    starter = models.CharField(max_length=40, blank=True)
    choices = models.JSONField(default=dict, help_text="What was typed into the starter's form.")
    layout = models.JSONField(help_text="certificate/1, badges/rendering/certificate.schema.json")

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return self.starter

    @property
    def is_own(self) -> bool:
        """Whether `layout` is the master: drawn freely, not derived from a starter and its choices."""
        return bool(self.choices.get("own"))


class CertificatePreview(TenantModel):
    """One proof that a worker makes: a page picture and its PDF for this design and these sample values.

    `fingerprint` is a hash of all that went in, so that asking twice makes one.
    """

    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="previews", db_constraint=False)
    fingerprint = models.CharField(max_length=64)
    request = models.JSONField(help_text="Layout and values to draw.")
    page = models.CharField(max_length=200, blank=True)
    pdf = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["issuer", "fingerprint"], name="one_preview_a_fingerprint")]

    def __str__(self) -> str:
        return self.fingerprint
