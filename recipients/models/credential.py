"""The credential: a promise written first, then signed, rendered, sent, claimed. State is when it happened."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from badges.criteria.periods import EVER
from badges.models import Achievement, AchievementVersion
from issuers.models import Issuer, SigningKey, StatusList, User
from issuers.models.key import signed_with
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.award import Award
from recipients.models.recipient import Recipient

# What an erasure leaves of a signed text: no document, but it says that there was one.
ERASED = "erased"


class Visibility(models.TextChoices):
    """Who may open the public page of a claimed credential."""

    PUBLIC = "public", _("Public")
    LINK = "link", _("By link only")
    PRIVATE = "private", _("Only me")


def _stands(now: datetime) -> Q:
    ended = ("revoked_at", "cancelled_at", "declined_at", "suspended_at")
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    return valid & Q(**{f"{moment}__isnull": True for moment in ended})


class CredentialQuerySet(TenantQuerySet["AchievementCredential"]):
    """Credentials, in the words of the screen."""

    def live(self) -> CredentialQuerySet:
        return self.filter(revoked_at__isnull=True, cancelled_at__isnull=True)

    def standing(self, now: datetime) -> CredentialQuerySet:
        """What counts for rules: offered or claimed, not taken back, not on hold, not run out."""
        return self.filter(_stands(now))

    def unseen(self, now: datetime) -> CredentialQuerySet:
        """Those that stand and did not when rules last looked, or the other way round; with `stands`."""
        marked = self.annotate(stands=Case(When(_stands(now), then=True), default=False))
        return marked.filter(Q(seen_standing__isnull=True) | ~Q(seen_standing=F("stands")))

    def with_withdrawn_key(self) -> CredentialQuerySet:
        """Signed with a key that others may know: waits to be signed again. What was cancelled is shown nowhere."""
        withdrawn = SigningKey.objects.withdrawn().filter(issuer=OuterRef("issuer"), multibase=OuterRef("signed_with"))
        return self.filter(Exists(withdrawn), cancelled_at__isnull=True)

    def unsigned(self) -> CredentialQuerySet:
        return self.filter(signed_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True)

    def unrendered(self) -> CredentialQuerySet:
        return self.live().filter(signed_at__isnull=False, rendered_at__isnull=True, failed_at__isnull=True)

    def claimed(self) -> CredentialQuerySet:
        return self.filter(claimed_at__isnull=False)

    def unclaimed(self) -> CredentialQuerySet:
        return self.live().filter(claimed_at__isnull=True, declined_at__isnull=True)

    def shown(self) -> CredentialQuerySet:
        """What strangers may open: claimed, and not kept to oneself. Revoked ones stay, and say so."""
        return self.claimed().filter(cancelled_at__isnull=True).exclude(visibility=Visibility.PRIVATE)

    def listed(self) -> CredentialQuerySet:
        return self.select_related("issuer", "achievement", "version", "recipient", "award")

    def newest_first(self) -> CredentialQuerySet:
        return self.order_by("-id")


def credential_url(public_id: str) -> str:
    """The credential's id and address, for ever: no slash at the end, never a redirect."""
    return f"{settings.SITE_URL}/c/{public_id}"


class AchievementCredential(TenantModel):
    """One achievement, given to one person.

    `document` is the unsigned text, byte for byte what will be signed; `signed` is what is served. `award_key` makes
    awarding happen once: double clicks, retries and two files at the same time meet at its unique constraint.
    """

    Visibility = Visibility

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="credentials")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    achievement = models.ForeignKey(
        Achievement, on_delete=models.PROTECT, related_name="credentials", db_constraint=False
    )
    version = models.ForeignKey(
        AchievementVersion, on_delete=models.PROTECT, related_name="credentials", db_constraint=False
    )
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="credentials", db_constraint=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="credentials", db_constraint=False)
    award_key = models.CharField(max_length=80)
    holder = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="credentials")

    # What was said, as it will be printed and signed.
    name = models.CharField(max_length=200)
    values = models.JSONField(default=dict, help_text="student_id, grade, narrative and custom columns, as text.")
    subject_id = models.UUIDField(default=uuid.uuid4, editable=False)
    salt = models.CharField(max_length=32)
    revision = models.PositiveSmallIntegerField(default=1)
    awarded_on = models.DateField()
    valid_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    document = models.TextField()
    signed = models.TextField(blank=True)
    signed_with = signed_with()
    status_list = models.ForeignKey(
        StatusList, on_delete=models.PROTECT, related_name="credentials", db_constraint=False
    )
    status_index = models.PositiveIntegerField()

    # Delivery.
    signed_at = models.DateTimeField(null=True)
    signed_again_at = models.DateTimeField(null=True, help_text="By a new key, after the old one was compromised.")
    rendered_at = models.DateTimeField(null=True)
    pdf = models.CharField(max_length=200, blank=True, help_text="Key in the media storage, named after its content.")
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    # What became of it.
    created_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    offer_expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revocation_reason = models.CharField(max_length=300, blank=True)
    suspended_at = models.DateTimeField(null=True)
    suspension_reason = models.CharField(max_length=300, blank=True)
    corrected_at = models.DateTimeField(null=True)
    shared_at = models.DateTimeField(null=True, help_text="First passed on; written by a trigger of recipients_share.")
    seen_at = models.DateTimeField(null=True, help_text="First looked at; written by a trigger of the looks.")
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.LINK)
    seen_standing = models.BooleanField(null=True, help_text="Whether it stood when rules last looked; empty: never.")

    objects = TenantManager.from_queryset(CredentialQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "achievement", "recipient", "award_key"], name="awarded_once_a_key"
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="status_index_used_once"),
            models.UniqueConstraint(fields=["issuer", "id"], name="credential_issuer_id"),
            models.CheckConstraint(condition=Q(signed_at__isnull=True) | ~Q(signed=""), name="signed_has_text"),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | Q(accepted_at__isnull=False), name="claimed_was_accepted"
            ),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | Q(declined_at__isnull=True), name="claimed_or_declined"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("valid_from")), name="expires_after_start"
            ),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="visibility_known"),
        ]
        indexes = [
            models.Index(fields=["award", "id"], name="credential_of_award"),
            models.Index(fields=["holder", "-id"], name="credential_of_holder"),
            models.Index(fields=["issuer", "signed_with"], name="credential_signed_with"),
            # What waits for a worker (recipients.taking).
            models.Index(
                fields=["issuer", "id"],
                name="credential_to_sign",
                condition=Q(signed_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(
                fields=["issuer", "id"],
                name="credential_to_render",
                condition=Q(
                    signed_at__isnull=False,
                    rendered_at__isnull=True,
                    failed_at__isnull=True,
                    cancelled_at__isnull=True,
                    revoked_at__isnull=True,
                ),
            ),
            # What rules have not seen yet: new, ended, run out, standing again.
            models.Index(fields=["id"], name="credential_new_to_rules", condition=Q(seen_standing__isnull=True)),
            models.Index(
                fields=["id"],
                name="credential_ended_unseen",
                condition=Q(seen_standing=True)
                & (
                    Q(revoked_at__isnull=False)
                    | Q(cancelled_at__isnull=False)
                    | Q(declined_at__isnull=False)
                    | Q(suspended_at__isnull=False)
                ),
            ),
            models.Index(
                fields=["expires_at"],
                name="credential_running_out",
                condition=Q(seen_standing=True, expires_at__isnull=False),
            ),
            models.Index(
                fields=["expires_at"],
                name="credential_back_unseen",
                condition=Q(
                    seen_standing=False,
                    revoked_at__isnull=True,
                    cancelled_at__isnull=True,
                    declined_at__isnull=True,
                    suspended_at__isnull=True,
                ),
            ),
            # Whom to remind of an offer, and of an end (recipients.reminding).
            models.Index(
                fields=["id"],
                name="credential_open_offer",
                condition=Q(
                    offered_at__isnull=False,
                    claimed_at__isnull=True,
                    declined_at__isnull=True,
                    cancelled_at__isnull=True,
                    revoked_at__isnull=True,
                ),
            ),
            models.Index(
                fields=["expires_at"],
                name="credential_reminding",
                condition=Q(claimed_at__isnull=False, revoked_at__isnull=True, expires_at__isnull=False),
            ),
            models.Index(
                fields=["status_list", "status_index"],
                name="credential_bits",
                condition=Q(revoked_at__isnull=False) | Q(suspended_at__isnull=False) | Q(cancelled_at__isnull=False),
            ),
            # States that few rows are in, for lists and counts (recipients.states.in_state).
            models.Index(
                fields=["issuer", "-id"],
                name="credential_ended",
                condition=Q(revoked_at__isnull=False)
                | Q(cancelled_at__isnull=False)
                | Q(suspended_at__isnull=False)
                | Q(declined_at__isnull=False)
                | Q(failed_at__isnull=False),
            ),
            models.Index(
                fields=["issuer", "offer_expires_at"],
                name="credential_open",
                condition=Q(
                    cancelled_at__isnull=True,
                    claimed_at__isnull=True,
                    declined_at__isnull=True,
                    revoked_at__isnull=True,
                ),
            ),
            models.Index(
                fields=["issuer", "-id"],
                name="credential_accepted",
                condition=Q(accepted_at__isnull=False, claimed_at__isnull=True),
            ),
            models.Index(
                fields=["issuer", "expires_at"],
                name="credential_expiring",
                condition=Q(claimed_at__isnull=False, expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.public_id}"

    @property
    def url(self) -> str:
        """Its id and address."""
        return credential_url(self.public_id)

    @property
    def answered(self) -> set[str]:
        """Keys under which a rule has nothing more to give: what was revoked or undone is not given back by it.

        Whoever has it now from anybody, under whatever key, is not given it `once` again.
        """
        live = self.revoked_at is None and self.cancelled_at is None
        return {self.award_key, EVER.key} if live else {self.award_key}

    @property
    def words(self) -> dict[str, Any]:
        """The achievement's words as this person got them."""
        return self.version.words


class CredentialRevision(TenantModel):
    """What a correction replaced: the old text and its index, whose bit is set for good."""

    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.PROTECT, related_name="revisions", db_constraint=False
    )
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    document = models.TextField()
    signed = models.TextField(blank=True)
    signed_with = signed_with()
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    status_index = models.PositiveIntegerField()
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["credential", "number"], name="revision_number"),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="replaced_index_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} revision {self.number}"


class Evidence(TenantModel):
    """What shows that it was earned. The holder chooses whether the public page shows it."""

    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.CASCADE, related_name="evidence", db_constraint=False
    )
    position = models.PositiveSmallIntegerField(default=0)
    url = models.CharField(max_length=2048, blank=True)
    name = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=2000, blank=True)
    genre = models.CharField(max_length=60, blank=True, default="", db_default="", help_text="What kind of work it is.")
    audience = models.CharField(
        max_length=120, blank=True, default="", db_default="", help_text="Whom it was made for."
    )
    shown = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name or self.url

    @property
    def kind(self) -> str:
        """What kind of work, and for whom: `report · first-year students`."""
        return " · ".join(part for part in (self.genre, self.audience) if part)
