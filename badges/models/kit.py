"""The brand kit: what an institution chose once, for every new design, mail and page of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet

_HEX = r"^(#[0-9a-f]{6})?$"


class PictureQuerySet(TenantQuerySet["Picture"]):
    """Pictures by where they stand."""

    def offered(self) -> PictureQuerySet:
        return self.filter(put_away_at__isnull=True)

    def library(self) -> PictureQuerySet:
        """What can be laid on a certificate: signatures belong to their signatories."""
        return self.exclude(kind=Picture.Kind.SIGNATURE).order_by("-added_at", "-id")


class Picture(TenantModel):
    """One picture that an institution has. Layouts name it by `key`; the row says that it is theirs, for good.

    It is put away, never deleted: what was published with it goes on printing it.
    """

    class Kind(models.TextChoices):
        LOGO = "logo", _("Logo")
        SIGNATURE = "signature", _("Signature")
        IMAGE = "image", _("Picture")
        BACKGROUND = "background", _("Background")

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="pictures")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    key = models.CharField(max_length=200, help_text="Of the media storage: named after its content.")
    name = models.CharField(_("name"), max_length=120)
    alt = models.CharField(_("what it shows, in words"), max_length=300, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    added_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    put_away_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(PictureQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "key"], name="one_picture_a_key"),
            models.UniqueConstraint(fields=["issuer", "id"], name="picture_issuer_id"),
            models.CheckConstraint(
                condition=Q(kind__in=["logo", "signature", "image", "background"]), name="picture_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SignatoryQuerySet(TenantQuerySet["Signatory"]):
    """Signatories in the order in which they sign."""

    def signing(self) -> SignatoryQuerySet:
        return self.filter(put_away_at__isnull=True).select_related("picture").order_by("position", "id")


class Signatory(TenantModel):
    """Somebody who signs new certificates. `picture` is a signature: ink on nothing."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="signatories")
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("office"), max_length=120, blank=True)
    picture: models.ForeignKey[Picture | None, Picture | None] = models.ForeignKey(
        Picture, on_delete=models.PROTECT, null=True, related_name="signatories", db_constraint=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    put_away_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(SignatoryQuerySet)()

    class Meta(TenantModel.Meta):
        pass

    def __str__(self) -> str:
        return self.name

    @property
    def signer(self) -> dict[str, str]:
        """As a layout's `signers` have it."""
        told = {"name": self.name, "title": self.title}
        return {**told, "picture": self.picture.key} if self.picture else told


class BrandKit(TenantModel):
    """What one institution's new designs and mails begin with; empty means as the design or the product has it.

    What every page wears (both logos, the brand colour) stands on Issuer, which pages have read anyway.
    """

    issuer = models.OneToOneField(Issuer, on_delete=models.PROTECT, related_name="kit")
    accent = models.CharField(_("accent colour"), max_length=7, blank=True)
    paper = models.CharField(_("paper of certificates"), max_length=7, blank=True)
    ink = models.CharField(_("ink of certificates"), max_length=7, blank=True)
    fonts = models.CharField(_("typefaces"), max_length=40, blank=True, help_text="A pair of rendering/typefaces.py.")
    heading = models.CharField(_("heading of certificates"), max_length=120, blank=True)
    lead = models.CharField(_("before the name"), max_length=120, blank=True)
    deed = models.CharField(_("after the name"), max_length=120, blank=True)
    mail_greeting = models.CharField(_("greeting of claim mails"), max_length=120, blank=True)
    mail_sentence = models.CharField(_("a sentence of your own"), max_length=300, blank=True)
    mail_footer = models.CharField(_("foot of mails"), max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(accent__regex=_HEX) & Q(paper__regex=_HEX) & Q(ink__regex=_HEX), name="kit_colours_form"
            )
        ]

    def __str__(self) -> str:
        return f"kit of {self.issuer_id}"
