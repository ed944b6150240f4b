"""Institutions and their members."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from issuers import brand
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet

if TYPE_CHECKING:
    from issuers.models.user import User


class Role(models.TextChoices):
    """What a member may do; the permission table is issuers/access.py."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Administrator")
    DESIGNER = "designer", _("Designer")
    AWARDER = "awarder", _("Awarder")
    REVIEWER = "reviewer", _("Reviewer")
    VIEWER = "viewer", _("Viewer")


class IssuerQuerySet(models.QuerySet["Issuer"]):
    """Institutions by what they may do now."""

    def active(self) -> IssuerQuerySet:
        return self.filter(approved_at__isnull=False, closed_at__isnull=True)


@lru_cache(maxsize=512)
def brand_url(slug: str, colour: str) -> str:
    """Address of a brand's stylesheet; it changes with the colour, so that it can be cached for ever."""
    return reverse("issuer-brand", args=[slug]) + "?v=" + brand.version(colour)


class Issuer(models.Model):
    """One institution (tenant). Never deleted: its slug stands in DIDs and on paper, and is never used again."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name in addresses"), max_length=40, unique=True)
    website = models.URLField(_("website"), max_length=2048, blank=True)
    email = models.EmailField(_("contact address"), max_length=254)
    description = models.CharField(_("about"), max_length=600, blank=True)
    logo = models.CharField(max_length=200, blank=True, help_text="Key of a PNG in the media storage.")
    dark_logo = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="The same for dark grounds."
    )
    brand = models.CharField(_("brand colour"), max_length=7, default="#1f5c45")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=16, default="en")
    linkedin_id = models.CharField(_("LinkedIn page number"), max_length=20, blank=True)
    undo_minutes = models.PositiveSmallIntegerField(_("minutes before mails leave"), default=10)
    offer_days = models.PositiveSmallIntegerField(_("days an offer stays open"), default=180)
    reminders = models.BooleanField(_("reminders"), default=True, db_default=True)
    slip_number = models.BooleanField(_("claim slips ask for the student number"), default=False, db_default=False)
    leaderboard = models.BooleanField(_("leaderboard"), default=False, db_default=False)
    leaderboard_from = models.DateField(_("leaderboard counts from"), null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    approved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True, help_text="First credential issued: slug and host stay from here on.")

    objects = IssuerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"), name="slug_form"),
            models.CheckConstraint(condition=Q(brand__regex=r"^#[0-9a-f]{6}$"), name="brand_form"),
            models.CheckConstraint(condition=Q(undo_minutes__lte=1440), name="undo_within_a_day"),
            models.CheckConstraint(condition=Q(offer_days__gte=1, offer_days__lte=3650), name="offer_days_range"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def brand_url(self) -> str:
        """Address of the brand's stylesheet."""
        return brand_url(self.slug, self.brand)

    @property
    def public_url(self) -> str:
        """The institution's page, absolute."""
        return settings.SITE_URL + reverse("issuer", args=[self.slug])


class MembershipQuerySet(TenantQuerySet["Membership"]):
    """Members, told apart by role."""

    def owners(self) -> MembershipQuerySet:
        return self.filter(role=Role.OWNER)

    def listed(self) -> MembershipQuerySet:
        return self.select_related("user").order_by("created_at", "id")


class Membership(TenantModel):
    """One person's place in one institution."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(MembershipQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "user"], name="one_membership_a_person"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class InvitationQuerySet(TenantQuerySet["Invitation"]):
    """Invitations by where they stand."""

    def open(self) -> InvitationQuerySet:
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=Now())


class Invitation(TenantModel):
    """A place offered by email. The row is also the queue of its mail; the link's token is stored hashed."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("email address"), max_length=254)
    address_key = models.CharField(max_length=254)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    invited_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)

    objects = TenantManager.from_queryset(InvitationQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "address_key"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_an_address",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invited_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"
