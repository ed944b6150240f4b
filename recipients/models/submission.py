"""What people hand in to show what they can do, and what assessors found in it (docs/decisions/0022)."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from badges.models import Achievement, AchievementVersion
from badges.rubric import Rubric
from issuers.models import Issuer, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients.models.credential import AchievementCredential
from recipients.models.recipient import Recipient


class Turn(models.TextChoices):
    """Whose marking is waited for, or was the last."""

    FIRST = "first", _("First assessor")
    SECOND = "second", _("Second assessor")
    MODERATOR = "moderator", _("Moderator")


class SubmissionQuerySet(TenantQuerySet["Submission"]):
    """Submissions by where they stand."""

    def begun(self) -> SubmissionQuerySet:
        """In the learner's hand."""
        return self.filter(submitted_at__isnull=True, withdrawn_at__isnull=True)

    def waiting(self) -> SubmissionQuerySet:
        """Handed in, and not decided."""
        return self.filter(submitted_at__isnull=False, withdrawn_at__isnull=True, decided_at__isnull=True)

    def decided(self) -> SubmissionQuerySet:
        return self.filter(decided_at__isnull=False)

    def unawarded(self) -> SubmissionQuerySet:
        """Demonstrated, and the award is still to be made; nobody who was erased is awarded anything."""
        due = self.filter(demonstrated_at__isnull=False, awarded_at__isnull=True, award_refused_at__isnull=True)
        return due.filter(recipient__erased_at__isnull=True)

    def listed(self) -> SubmissionQuerySet:
        """With the number of the try: earlier ones that were decided, and this one. What was taken back is no try."""
        earlier = Submission.objects.decided().filter(
            achievement=OuterRef("achievement"), recipient=OuterRef("recipient"), number__lt=OuterRef("number")
        )
        counted = earlier.order_by().values("recipient").annotate(count=Count("pk")).values("count")
        found = self.select_related("achievement", "version", "recipient", "assessor", "issuer")
        return found.annotate(nth=Coalesce(Subquery(counted), 0) + 1)


class Submission(TenantModel):
    """One try of one person at one assessed achievement, by the rubric of the version it was begun with.

    `turn` says whose marking is waited for; `assessor` is the member who has it in hand. An earlier try stays as it is.
    """

    Turn = Turn

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="submissions")
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    achievement = models.ForeignKey(
        Achievement, on_delete=models.PROTECT, related_name="submissions", db_constraint=False
    )
    version = models.ForeignKey(
        AchievementVersion, on_delete=models.PROTECT, related_name="submissions", db_constraint=False
    )
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="submissions", db_constraint=False)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="submissions")
    number = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(_("name"), max_length=200)
    route = models.CharField(_("way to show it"), max_length=120, blank=True)
    due_on = models.DateField(_("agreed day"), null=True, blank=True)
    levels_public = models.BooleanField(default=True, help_text="The credential says which levels were reached.")
    edits = models.PositiveIntegerField(default=0)

    started_at = models.DateTimeField(db_default=Now(), editable=False)
    saved_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    turn = models.CharField(max_length=9, choices=Turn, default=Turn.FIRST)
    assessor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="assessing")
    assigned_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    demonstrated_at = models.DateTimeField(null=True)
    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.PROTECT, null=True, related_name="submissions", db_constraint=False
    )
    awarded_at = models.DateTimeField(null=True)
    award_refused_at = models.DateTimeField(null=True)
    award_refusal = models.CharField(max_length=40, blank=True)

    objects = TenantManager.from_queryset(SubmissionQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "achievement", "recipient", "number"], name="one_submission_a_try"
            ),
            models.UniqueConstraint(fields=["issuer", "id"], name="submission_issuer_id"),
            models.UniqueConstraint(
                fields=["issuer", "achievement", "recipient"],
                condition=Q(decided_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_submission",
            ),
            models.CheckConstraint(condition=Q(turn__in=Turn.values), name="submission_turn_known"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(submitted_at__isnull=False, withdrawn_at__isnull=True),
                name="decided_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(demonstrated_at__isnull=True) | Q(decided_at__isnull=False), name="demonstrated_is_decided"
            ),
            models.CheckConstraint(
                condition=Q(awarded_at__isnull=True) | Q(demonstrated_at__isnull=False), name="awarded_is_demonstrated"
            ),
        ]
        indexes = [
            models.Index(
                fields=["issuer", "submitted_at"],
                name="submission_waiting",
                condition=Q(submitted_at__isnull=False, withdrawn_at__isnull=True, decided_at__isnull=True),
            ),
            models.Index(fields=["user", "-id"], name="submission_of_user"),
            models.Index(
                fields=["id"],
                name="submission_unawarded",
                condition=Q(demonstrated_at__isnull=False, awarded_at__isnull=True, award_refused_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.public_id}"

    @property
    def assessment(self) -> dict[str, Any]:
        """How it is assessed, as published when it was begun."""
        found: dict[str, Any] = self.version.content["assessment"]
        return found

    @property
    def rubric(self) -> Rubric:
        """What it is judged by."""
        rubric = Rubric.of(self.version.content)
        assert rubric is not None
        return rubric

    @property
    def state(self) -> str:
        """Where it stands, as pills say it."""
        if self.withdrawn_at:
            return "withdrawn"
        if self.decided_at:
            return "demonstrated" if self.demonstrated_at else "not_demonstrated"
        return "handed_in" if self.submitted_at else "begun"


class ArtefactKind(models.TextChoices):
    """What a piece of evidence is."""

    FILE = "file", _("File")
    LINK = "link", _("Link")
    VIDEO = "video", _("Video")
    TEXT = "text", _("Text")


_FILE = 5003  # of advisory locks


class ArtefactQuerySet(TenantQuerySet["Artefact"]):
    """Pieces in their order."""

    def there(self) -> ArtefactQuerySet:
        return self.filter(removed_at__isnull=True).order_by("position", "id")

    def alone(self, key: str) -> None:
        """Until the transaction ends nobody else keeps or deletes the file of this key."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_FILE, key])


class Artefact(TenantModel):
    """One piece of evidence. Of a file `key` names the bytes in the media storage, which no public address serves.

    `public`: the learner wants it on the credential. Nothing else ever leaves the hands of learner and assessors.
    """

    Kind = ArtefactKind

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="artefacts", db_constraint=False)
    kind = models.CharField(max_length=5, choices=ArtefactKind)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("title"), max_length=200)
    description = models.CharField(_("what it shows"), max_length=600, blank=True)
    url = models.CharField(_("address"), max_length=2048, blank=True)
    text = models.TextField(_("text"), max_length=20_000, blank=True)
    key = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    public = models.BooleanField(default=False)
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    removed_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(ArtefactQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ArtefactKind.values), name="artefact_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="file", sha256__gt="", url="", text="")
                | Q(kind__in=["link", "video"], url__gt="", key="", text="")
                | Q(kind="text", key="", url=""),
                name="artefact_is_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["key"], name="artefact_by_key", condition=~Q(key=""))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """A picture that we encoded ourselves, and may be shown in a page."""
        return self.media_type in {"image/png", "image/jpeg"}


class ReviewerInviteQuerySet(TenantQuerySet["ReviewerInvite"]):
    """Invitations by whether they open something."""

    def open(self) -> ReviewerInviteQuerySet:
        return self.filter(
            withdrawn_at__isnull=True, used_at__isnull=True, expires_at__gt=Now(), submission__decided_at__isnull=True
        )


class ReviewerInvite(TenantModel):
    """A link for somebody without an account, to assess this one submission. Its token is stored hashed.

    It stands for one turn: once that is decided, the link says so and opens nothing.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="invites", db_constraint=False)
    turn = models.CharField(max_length=9, choices=Turn)
    address = models.CharField(_("email address"), max_length=254)
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(ReviewerInviteQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="reviewer_invite_issuer_id"),
            models.UniqueConstraint(
                fields=["submission", "turn"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_reviewer_invite_a_turn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.turn}"


class Marking(TenantModel):
    """What one assessor found: a level for each criterion, words, and a decision. Decided ones never change.

    `levels` and `notes` are by the place of the criterion, as text. `name` and `role` are as the assessor gave them.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="markings", db_constraint=False)
    turn = models.CharField(max_length=9, choices=Turn)
    assessor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="markings")
    invite = models.ForeignKey(
        ReviewerInvite, on_delete=models.PROTECT, null=True, related_name="markings", db_constraint=False
    )
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(_("your role"), max_length=120, blank=True)
    method = models.CharField(_("how you assessed"), max_length=200, blank=True)
    levels = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    feedback = models.TextField(_("feedback"), max_length=5000, blank=True)
    saved_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)
    demonstrated = models.BooleanField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["submission", "turn"], name="one_marking_a_turn"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, demonstrated__isnull=True)
                | Q(decided_at__isnull=False, demonstrated__isnull=False),
                name="marking_decided_says_what",
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.turn}"

    @property
    def marks(self) -> dict[int, int]:
        """Level by criterion."""
        return {int(criterion): int(level) for criterion, level in self.levels.items()}
