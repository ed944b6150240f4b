"""Mails to people: one row a mail, taken by a worker under a lease, tried again, and visible when it fails."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, User
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.application import Application
from recipients.models.credential import AchievementCredential


class EmailKind(models.TextChoices):
    """What a mail says; templates/emails/<kind>.{subject.txt,txt,html}."""

    OFFER = "offer", _("claim link")
    LINKS = "links", _("all links of an address")
    ADDRESS_CODE = "address_code", _("code for an address")
    CORRECTED = "corrected", _("corrected")
    REVOKED = "revoked", _("revoked")
    SUSPENDED = "suspended", _("suspended")
    REINSTATED = "reinstated", _("reinstated")
    APPLICATION = "application", _("application received, with its code")
    ANSWER = "answer", _("answer to an application")
    ASSESS = "assess", _("link to assess")
    NOT_YET = "not_yet", _("feedback on work")
    DIGEST = "digest", _("week")


class OutgoingEmailQuerySet(TenantQuerySet["OutgoingEmail"]):
    """Mails by where they stand."""

    def waiting(self) -> OutgoingEmailQuerySet:
        return self.filter(
            sent_at__isnull=True, refused_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True
        )

    def due(self) -> OutgoingEmailQuerySet:
        return self.waiting().filter(not_before__lte=Now())


class OutgoingEmail(TenantModel):
    """One mail. The issuer is empty for mails that no institution sends (all links of an address): '*' alone sees those.

    `sequence` counts deliberate repeats, so that (credential, kind, sequence) makes each mail happen once, and (application,
    kind, sequence) too. `sending_at` is set and committed before SMTP starts: found set by a later try, the mail may be a
    repeat and says so in `unsure_at`, with the same Message-ID.
    """

    Kind = EmailKind

    issuer = models.ForeignKey(  # type: ignore[assignment]
        Issuer, on_delete=models.PROTECT, null=True, related_name="emails"
    )
    kind = models.CharField(max_length=16, choices=EmailKind)
    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.PROTECT, null=True, related_name="emails", db_constraint=False
    )
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, null=True, related_name="emails", db_constraint=False
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    sequence = models.PositiveSmallIntegerField(default=0)
    to = models.CharField(max_length=254)
    address_key = models.CharField(max_length=254)
    context = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sending_at = models.DateTimeField(null=True)
    unsure_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    response = models.CharField(max_length=300, blank=True)

    objects = TenantManager.from_queryset(OutgoingEmailQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "kind", "sequence"],
                condition=Q(credential__isnull=False),
                name="one_mail_a_reason",
            ),
            models.UniqueConstraint(
                fields=["issuer", "application", "kind", "sequence"],
                condition=Q(application__isnull=False),
                name="one_mail_an_application",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="email_waiting",
                condition=Q(
                    sent_at__isnull=True, refused_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True
                ),
            ),
            models.Index(fields=["credential", "-id"], name="email_of_credential"),
            models.Index(
                fields=["issuer", "credential"],
                name="email_offer_unsent",
                condition=(Q(refused_at__isnull=False) | Q(failed_at__isnull=False)) & Q(kind="offer"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    @classmethod
    def prepared(
        cls, kind: str, *, credential: AchievementCredential, not_before: datetime, to: str = "", **values: Any
    ) -> OutgoingEmail:
        """An unsaved mail about a credential, to its holder if it has one, else to the address it was awarded to."""
        recipient, holder = credential.recipient, credential.holder
        address = to or (holder.email if holder else recipient.address)
        return cls(
            issuer=credential.issuer,
            kind=kind,
            credential=credential,
            user=holder,
            to=address,
            address_key=address.lower(),
            message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
            not_before=not_before,
            **values,
        )

    @classmethod
    def about(
        cls, application: Application, kind: str, *, not_before: datetime, sequence: int = 0, **values: Any
    ) -> OutgoingEmail:
        """An unsaved mail about an application, to the address that it was sent with."""
        return cls(
            issuer=application.issuer,
            kind=kind,
            application=application,
            sequence=sequence,
            to=application.address,
            address_key=application.address_key,
            message_id=f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>",
            not_before=not_before,
            **values,
        )


class MailStop(models.Model):
    """An address that asked for no more mails, from everybody or from one institution. Not a tenant row: it is the person's."""

    id = models.BigAutoField(primary_key=True)
    address_key = models.CharField(max_length=254)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_key", "issuer"], nulls_distinct=False, name="one_stop_an_address")
        ]

    def __str__(self) -> str:
        return self.address_key
