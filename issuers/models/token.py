"""Tokens with which an institution's own programs speak to the API (docs/decisions/0031). Only their hash is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers import clock
from issuers.models.issuer import Issuer
from issuers.models.user import User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


class Scope(models.TextChoices):
    """What a token may do; each operation of the API asks for one."""

    READ_ACHIEVEMENTS = "achievements:read", _("Read achievements")
    READ_AWARDS = "awards:read", _("Follow awards")
    WRITE_AWARDS = "awards:write", _("Award, release and cancel")
    READ_CREDENTIALS = "credentials:read", _("Read credentials")
    WRITE_CREDENTIALS = "credentials:write", _("Revoke, suspend and correct")
    READ_RECIPIENTS = "recipients:read", _("Read recipients")


class ApiTokenQuerySet(TenantQuerySet["ApiToken"]):
    """Tokens by whether they are good."""

    def in_use(self) -> ApiTokenQuerySet:
        return self.filter(withdrawn_at__isnull=True, expires_at__gt=Now())

    def as_listed(self) -> ApiTokenQuerySet:
        return self.select_related("made_by", "withdrawn_by").order_by("-id")


class ApiToken(TenantModel):
    """One token of one program. `prefix` is its visible beginning; the rest is known to whoever was shown it.

    It carries 256 random bits, so that a plain SHA-256 is as good as a slow hash: there is nothing to guess, and the
    database finds it by its index.
    """

    Scope = Scope

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="api_tokens")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=16)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    request_key = models.CharField(max_length=32, help_text="Of the form, so that pressing twice makes one.")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TenantManager.from_queryset(ApiTokenQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="api_token_issuer_id"),
            models.UniqueConstraint(fields=["issuer", "request_key"], name="one_api_token_a_request"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="api_token_may_something"),
        ]

    def __str__(self) -> str:
        return self.name

    def good_at(self, moment: datetime) -> bool:
        """Whether it opens something then."""
        return self.withdrawn_at is None and self.expires_at > moment

    @property
    def in_use(self) -> bool:
        """Whether it opens something now."""
        return self.good_at(clock.now())

    @property
    def may(self) -> list[str]:
        """Its scopes in words, in the order of the table."""
        return [str(scope.label) for scope in Scope if scope.value in self.scopes]
