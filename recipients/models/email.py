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
    REMINDER = "reminder", _("reminder of an offer")
    EXPIRING = "expiring", _("reminder of an end")
    WEBHOOK_OFF = "webhook_off", _("webhook disabled")


# Who gets one of these twice is annoyed, who gets none has lost nothing: where it is not known whether one left, it stays,
# whatever MAIL_NEVER_DUPLICATE says of the others.
AT_MOST_ONCE = (EmailKind.REMINDER, EmailKind.EXPIRING)
# Asked for by the reader a moment ago: these leave even to an address that wants no other mail, and before all others.
ASKED_FOR = (EmailKind.LINKS, EmailKind.ADDRESS_CODE, EmailKind.APPLICATION)
WAITING = Q(sent_at__isnull=True, refused_at__isnull=True, failed_at__isnull=True, cancelled_at__isnull=True)


class OutgoingEmailQuerySet(TenantQuerySet["OutgoingEmail"]):
    """Mails by where they stand."""

    def waiting(self) -> OutgoingEmailQuerySet:
        return self.filter(WAITING)

    def unknown(self) -> OutgoingEmailQuerySet:
        """Left in the middle of sending, and not sent again by itself: whether they arrived is a person's to find out."""
        return self.filter(failed_at__isnull=False, unsure_at__isnull=False)

    def due(self) -> OutgoingEmailQuerySet:
        return self.waiting().filter(not_before__lte=Now())


class OutgoingEmail(TenantModel):
    """One mail. The issuer is empty for mails that no institution sends (all links of an address): '*' alone sees those.

    `sequence` counts deliberate repeats, so that (credential, kind, sequence) makes each mail happen once, and (application,
    kind, sequence) too. `sending_at` is set and committed before SMTP starts: found set by a later try, the mail may be a
    repeat and says so in `unsure_at`, with the same Message-ID. Reminders count as 1 to 4 before an offer lapses and 1 to 3
    before a credential expires (recipients.reminding).

    `attempts` counts how often it was taken. A worker that ends in order takes its lease back: a lease that was left to run
    out is a worker that died, and `crashes` counts those. `deferred_since` is when a server first said "not now".
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
    crashes = models.PositiveSmallIntegerField(default=0, db_default=0)
    deferred_since = models.DateTimeField(null=True)
    sending_at = models.DateTimeField(null=True)
    unsure_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    response = models.CharField(max_length=300, blank=True)

    # What became of it after it had left, as the mail provider tells (recipients.bouncing).
    provider_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    delivered_at = models.DateTimeField(null=True)
    deferred_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    diagnostic = models.CharField(max_length=300, blank=True, default="", db_default="")

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
            models.Index(fields=["not_before", "id"], name="email_waiting", condition=WAITING),
            # Three queues (recipients.mail_queue): a worker finds the first of each institution without looking at the rest.
            models.Index(
                fields=["not_before", "id"], name="email_asked_for", condition=WAITING & Q(kind__in=ASKED_FOR)
            ),
            models.Index(
                fields=["issuer", "not_before", "id"], name="email_offers", condition=WAITING & Q(kind=EmailKind.OFFER)
            ),
            models.Index(
                fields=["issuer", "not_before", "id"], name="email_others", condition=WAITING & ~Q(kind=EmailKind.OFFER)
            ),
            models.Index(fields=["credential", "-id"], name="email_of_credential"),
            models.Index(fields=["provider_id"], name="email_of_provider", condition=~Q(provider_id="")),
            models.Index(
                fields=["issuer", "credential"],
                name="email_offer_unsent",
                condition=(Q(refused_at__isnull=False) | Q(failed_at__isnull=False) | Q(bounced_at__isnull=False))
                & Q(kind=EmailKind.OFFER),
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

    @classmethod
    def to_member(cls, kind: str, issuer: Issuer, user: User, *, not_before: datetime, **values: Any) -> OutgoingEmail:
        """An unsaved mail to somebody who runs an institution, at the address of their account."""
        return cls(
            issuer=issuer,
            kind=kind,
            user=user,
            to=user.email,
            address_key=user.email.lower(),
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


class Trouble(models.TextChoices):
    """Why no mail leaves at all; recipients.views.awards says it to staff."""

    UNREACHABLE = "unreachable", _("it does not answer")
    BUSY = "busy", _("it asks to come later")
    TLS = "tls", _("the connection could not be secured")
    LOGIN = "login", _("it refuses our user name or password")
    SENDER = "sender", _("it refuses our address as a sender")


class MailServer(models.Model):
    """The one server that mails leave by, while something is wrong with it or was: until `paused_until` nobody tries.

    Not a tenant row: when it is away, it is away for everybody, and no mail is to blame.
    """

    Trouble = Trouble

    down_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=12, choices=Trouble, blank=True)
    response = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_mail_server")]

    def __str__(self) -> str:
        return self.why or "answers"
