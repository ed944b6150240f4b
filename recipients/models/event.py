"""Keys with which other systems tell what people did, what they sent, and why it was refused (docs/decisions/0020)."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from issuers.models import Issuer, SealedModel, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet


def new_key_id() -> str:
    """The public name of a key, which senders say with each message."""
    return f"ek_{new_public_id()}"


class Way(models.TextChoices):
    """Each key is for one: an xAPI secret travels with each request, and must not be one that signs."""

    EVENTS = "events", _("Signed events")
    XAPI = "xapi", _("xAPI statements")


class EventKeyQuerySet(TenantQuerySet["EventKey"]):
    """Keys by whether they are good."""

    def in_use(self) -> EventKeyQuerySet:
        return self.filter(withdrawn_at__isnull=True)

    def as_listed(self) -> EventKeyQuerySet:
        """Newest first, each with who made it and the status of its last call."""
        calls = EventCall.objects.filter(key=OuterRef("pk")).order_by("-pk")
        last = models.Subquery(calls.values("status")[:1])
        return self.select_related("made_by").annotate(last_status=last).order_by("-id")


class EventKey(SealedModel):
    """One key of one other system, for one way of sending: its secret signs events, or is the password of xAPI.

    Withdrawn, the secret is erased.

    A key that follows another one has its `origin`: both are the same system, so that what was sent with the first and is
    sent again with the second is still one fact. At most two of one origin are in use.
    """

    Way = Way

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="event_keys")
    key_id = models.CharField(max_length=25, unique=True, default=new_key_id, editable=False)
    origin = models.CharField(
        max_length=25, help_text="The key_id of the first of its line; part of the source of facts."
    )
    name = models.CharField(_("name"), max_length=80)
    way = models.CharField(_("how it sends"), max_length=6, choices=Way, default=Way.EVENTS)
    request_key = models.CharField(max_length=32, help_text="Of the form, so that pressing twice makes one.")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TenantManager.from_queryset(EventKeyQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="event_key_issuer_id"),
            models.UniqueConstraint(fields=["issuer", "request_key"], name="one_event_key_a_request"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) & ~Q(secret=b"") | Q(withdrawn_at__isnull=False) & Q(secret=b""),
                name="only_event_keys_in_use_have_a_secret",
            ),
        ]
        indexes = [models.Index(fields=["issuer", "origin"], name="event_key_by_origin")]

    def __str__(self) -> str:
        return self.key_id

    def bound_to(self) -> bytes:
        return f"laurel event key|{self.issuer_id}|{self.key_id}".encode()

    @property
    def source(self) -> str:
        """Where its facts say that they came from."""
        return f"{self.way}:{self.origin}"


class EventMessage(TenantModel):
    """A message that was taken: whoever sends it again gets the first answer. Forgotten after some days; facts stay."""

    key = models.ForeignKey(EventKey, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    origin = models.CharField(max_length=25)
    message_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "origin", "message_id"], name="event_message_once"),
        ]
        indexes = [models.Index(fields=["at"], name="event_message_by_age")]

    def __str__(self) -> str:
        return self.message_id


class EventCall(TenantModel):
    """One call with a key, for whoever wonders why nothing arrives. Only the last ones stay; nobody is named in them."""

    key = models.ForeignKey(EventKey, on_delete=models.CASCADE, related_name="calls", db_constraint=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    status = models.PositiveSmallIntegerField()
    recorded = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    message_id = models.CharField(max_length=200, blank=True)
    faults = models.JSONField(default=list)
    more_faults = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["issuer", "key", "-id"], name="event_call_newest"),
            models.Index(fields=["at"], name="event_call_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.status}"

    @property
    def taken(self) -> bool:
        """Whether it was accepted."""
        return self.status < 300
