"""What is told to other systems: where to, what, and whether it arrived (docs/decisions/0032)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, SealedModel, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


def new_message_id() -> str:
    """The `webhook-id` of a message, the same however often it is sent."""
    return f"msg_{new_public_id()}"


class WebhookType(models.TextChoices):
    """What can be told; `type` in the message."""

    COMPLETED = "award.completed", _("An award is complete: everybody’s mail has left, or could not")
    CLAIMED = "credential.claimed", _("A credential was claimed")
    CORRECTED = "credential.corrected", _("A credential was corrected")
    SUSPENDED = "credential.suspended", _("A credential was put on hold")
    REINSTATED = "credential.reinstated", _("A hold was lifted")
    REVOKED = "credential.revoked", _("A credential was revoked")
    EXPIRED = "credential.expired", _("A credential has expired")
    ERASED = "credential.erased", _("Its holder had a credential erased")


# Sent by a button, to one endpoint, whatever it has chosen.
TEST = "webhook.test"


class Disabled(models.TextChoices):
    """Why nothing is sent to an endpoint."""

    PAUSED = "paused", _("Paused by a person")
    GONE = "gone", _("It answered 410: gone for good")
    FAILING = "failing", _("It took nothing for three days")


class WebhookEndpointQuerySet(TenantQuerySet["WebhookEndpoint"]):
    """Endpoints."""

    def as_listed(self) -> WebhookEndpointQuerySet:
        waiting = WebhookDelivery.objects.waiting().filter(endpoint=models.OuterRef("pk"))
        return self.select_related("made_by").annotate(waits=models.Exists(waiting)).order_by("-id")


class WebhookEndpoint(TenantModel):
    """An address of another system that wants to be told. While it is disabled, what there is to tell waits for it.

    `failures` counts tries in a row that failed. `with_address` says that messages about a credential may name the address
    that it was awarded to: personal data leaves only to who asked for it.
    """

    Disabled = Disabled

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="webhook_endpoints")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=2048)
    types = models.JSONField(_("what it is told"), default=list)
    with_address = models.BooleanField(_("with the person’s address"), default=False)
    request_key = models.CharField(max_length=32, help_text="Of the form, so that pressing twice makes one.")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=8, choices=Disabled, blank=True)
    failures = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, help_text="The last time it took something.")
    slow_at = models.DateTimeField(null=True, help_text="The last time it let us wait for seconds.")

    objects = TenantManager.from_queryset(WebhookEndpointQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="webhook_endpoint_issuer_id"),
            models.UniqueConstraint(fields=["issuer", "request_key"], name="one_webhook_endpoint_a_request"),
            models.CheckConstraint(
                condition=Q(disabled_at__isnull=True, disabled_why="")
                | Q(disabled_at__isnull=False, disabled_why__in=Disabled.values),
                name="disabled_webhooks_say_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def signs(self) -> bool:
        """Whether it has a secret. It has none after a leak, until somebody makes another."""
        return self.secrets.filter(until__isnull=True).exists()


class WebhookSecretQuerySet(TenantQuerySet["WebhookSecret"]):
    """Secrets by whether they sign."""

    def signing(self) -> WebhookSecretQuerySet:
        """Newest first: what a receiver looks at first fits soonest."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=Now())).order_by("-id")


class WebhookSecret(SealedModel):
    """A secret of an endpoint. The newest one signs; one that another follows signs beside it `until` a moment."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets", db_constraint=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    until = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(WebhookSecretQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "endpoint"], condition=Q(until__isnull=True), name="one_webhook_secret_signs_on"
            )
        ]

    def __str__(self) -> str:
        return f"webhook secret {self.public_id}"

    def bound_to(self) -> bytes:
        return f"laurel webhook secret|{self.issuer_id}|{self.public_id}".encode()


class WebhookMessage(TenantModel):
    """Something that happened, as it is told: written in the transaction of the deed, and sent byte for byte.

    `payload` names nobody; `named` says the same with the person's address, and is empty where no endpoint asked for it.
    `sequence` grows with each message about one subject. A batch that is not complete yet has a message that is not ready.
    """

    message_id = models.CharField(max_length=26, unique=True, default=new_message_id, editable=False)
    type = models.CharField(max_length=24)
    subject = models.CharField(
        max_length=22, help_text="Public id of the credential, award or endpoint that it is about."
    )
    sequence = models.BigIntegerField(default=0)
    payload = models.TextField(blank=True)
    named = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ready_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="webhook_message_issuer_id"),
            models.UniqueConstraint(
                fields=["issuer", "subject", "type"],
                condition=Q(type__in=[WebhookType.COMPLETED, WebhookType.EXPIRED, WebhookType.ERASED]),
                name="told_once",
            ),
            models.CheckConstraint(
                condition=Q(ready_at__isnull=True) | ~Q(payload=""), name="ready_webhook_messages_say_something"
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "subject", "-sequence"], name="webhook_message_of_subject"),
            models.Index(fields=["created_at"], name="webhook_message_by_age"),
            models.Index(fields=["id"], name="webhook_message_not_ready", condition=Q(ready_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class WebhookDeliveryQuerySet(TenantQuerySet["WebhookDelivery"]):
    """Deliveries by where they stand."""

    def waiting(self) -> WebhookDeliveryQuerySet:
        return self.filter(delivered_at__isnull=True, failed_at__isnull=True)

    def failed(self) -> WebhookDeliveryQuerySet:
        return self.filter(failed_at__isnull=False)

    def trying(self) -> WebhookDeliveryQuerySet:
        """Tried in vain, and to be tried again."""
        return self.waiting().filter(problem__gt="")

    def delivered(self) -> WebhookDeliveryQuerySet:
        return self.filter(delivered_at__isnull=False)

    def listed(self) -> WebhookDeliveryQuerySet:
        return self.select_related("message", "endpoint")


class WebhookDelivery(TenantModel):
    """One message on its way to one endpoint, again and again until it is taken or given up; what the last try brought.

    `subject` and `sequence` repeat the message's: whatever is about the same waits for its turn by an index.
    """

    message = models.ForeignKey(
        WebhookMessage, on_delete=models.CASCADE, related_name="deliveries", db_constraint=False
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_constraint=False
    )
    subject = models.CharField(max_length=22)
    sequence = models.BigIntegerField()
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(default=0, help_text="Of the last answer; 0: there was none.")
    problem = models.CharField(max_length=12, blank=True, help_text="Why the last try failed: a code.")
    excerpt = models.CharField(max_length=500, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    replayed_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(WebhookDeliveryQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["message", "endpoint"], name="one_delivery_a_message_and_endpoint"),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(failed_at__isnull=True), name="delivered_or_failed"
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_newest"),
            models.Index(
                fields=["endpoint", "not_before", "id"],
                name="webhook_delivery_waiting",
                condition=Q(delivered_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(
                fields=["issuer", "endpoint"],
                name="webhook_delivery_leased",
                condition=Q(delivered_at__isnull=True, failed_at__isnull=True, lease_until__isnull=False),
            ),
            models.Index(
                fields=["endpoint", "subject", "sequence"],
                name="webhook_delivery_in_turn",
                condition=Q(delivered_at__isnull=True, failed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.endpoint_id}"

    @property
    def text(self) -> str:
        """The body, as it is sent: with the person's address only where the endpoint asked for it."""
        return self.message.named if self.endpoint.with_address and self.message.named else self.message.payload

    @property
    def state(self) -> str:
        """delivered, failed, trying, or waiting for its first try."""
        if self.delivered_at or self.failed_at:
            return "delivered" if self.delivered_at else "failed"
        return "trying" if self.problem else "waiting"

    @classmethod
    def of(cls, message: WebhookMessage, endpoint: WebhookEndpoint, *, not_before: datetime | Any) -> WebhookDelivery:
        """An unsaved delivery of a message that is ready."""
        return cls(
            issuer_id=message.issuer_id,
            message=message,
            endpoint=endpoint,
            subject=message.subject,
            sequence=message.sequence,
            not_before=not_before,
        )
