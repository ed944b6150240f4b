"""Applying for an achievement: the form that staff make, its questions, and what people sent (decision 0023)."""

from __future__ import annotations

import secrets
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.models import Achievement
from issuers import clock
from issuers.models import Issuer, User
from issuers.public_ids import new_public_id
from issuers.tenancy import TenantManager, TenantModel, TenantQuerySet
from recipients import lessons
from recipients.lessons import Lesson
from recipients.models.credential import AchievementCredential
from recipients.questions import Answered, Asked, Kind


class AnsweredBy(models.TextChoices):
    """Who or what answers."""

    STAFF = "staff", _("Staff look at each one")
    RULE = "rule", _("The achievement’s rule")
    ANSWERS = "answers", _("The answers themselves")


class ApplicationFormQuerySet(TenantQuerySet["ApplicationForm"]):
    """Forms by whether people can send them."""

    def opened(self) -> ApplicationFormQuerySet:
        """Opened by staff, and not closed; its days are compared where the institution is (`is_open`)."""
        return self.filter(opened_at__isnull=False, closed_at__isnull=True, achievement__archived_at__isnull=True)


class ApplicationForm(TenantModel):
    """The public form of one achievement. `edits` is what two people at once meet at, and what an applicant's page saw."""

    AnsweredBy = AnsweredBy

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="application_forms")
    achievement = models.OneToOneField(
        Achievement, on_delete=models.PROTECT, related_name="application_form", db_constraint=False
    )
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    intro = models.TextField(_("what applicants should know"), max_length=5000, blank=True, help_text="Markdown.")
    tutorial = models.TextField(
        _("tutorial"),
        max_length=20_000,
        blank=True,
        help_text="Markdown; each heading of the second level begins a page.",
    )
    answered = models.CharField(_("who answers"), max_length=8, choices=AnsweredBy, default=AnsweredBy.STAFF)
    most = models.PositiveSmallIntegerField(_("applications of one person"), default=1)
    opens_on = models.DateField(_("first day"), null=True, blank=True)
    closes_on = models.DateField(_("last day"), null=True, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    edits = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    edited_at = models.DateTimeField(db_default=Now())

    objects = TenantManager.from_queryset(ApplicationFormQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="application_form_issuer_id"),
            models.CheckConstraint(condition=Q(answered__in=AnsweredBy.values), name="application_answered_known"),
            models.CheckConstraint(condition=Q(most__gte=1, most__lte=100), name="application_most"),
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(closes_on__isnull=True) | Q(closes_on__gte=models.F("opens_on")),
                name="application_form_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.achievement_id}"

    def asked(self) -> list[Asked]:
        """Its questions, in order."""
        return [question.asked() for question in self.questions.all()]

    def today(self) -> date:
        """The day it is where the institution is."""
        return clock.now().astimezone(ZoneInfo(self.issuer.time_zone)).date()

    @property
    def lessons(self) -> list[Lesson]:
        """What is read before the questions are asked."""
        return lessons.split(self.tutorial)

    @property
    def standing(self) -> str:
        """draft, closed, before (its first day), over (its last day) or open."""
        if self.opened_at is None:
            return "draft"
        if self.closed_at is not None or self.achievement.archived_at is not None:
            return "closed"
        today = self.today()
        if self.opens_on and today < self.opens_on:
            return "before"
        return "over" if self.closes_on and today > self.closes_on else "open"

    @property
    def is_open(self) -> bool:
        """Whether people can send it now."""
        return self.standing == "open" and self.issuer.approved_at is not None and self.issuer.closed_at is None


def new_key() -> str:
    """Names a question, whatever its words and place become."""
    return secrets.token_hex(4)


class Question(TenantModel):
    """One question of a form. `accepted` and `at_least` are for the form that answers by itself."""

    form = models.ForeignKey(ApplicationForm, on_delete=models.CASCADE, related_name="questions", db_constraint=False)
    key = models.CharField(max_length=8, default=new_key)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    label = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    required = models.BooleanField(default=True)
    options = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    accepted = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    at_least = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["issuer", "form", "key"], name="one_question_a_key")]

    def __str__(self) -> str:
        return self.label

    def asked(self) -> Asked:
        """As an applicant is asked."""
        return Asked(
            key=self.key,
            kind=Kind(self.kind),
            label=self.label,
            hint=self.hint,
            required=self.required,
            options=tuple(self.options),
            accepted=tuple(self.accepted),
            at_least=self.at_least,
        )


class Decision(models.TextChoices):
    """How an application was answered."""

    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


class ApplicationQuerySet(TenantQuerySet["Application"]):
    """Applications by where they stand. What nobody proved is none yet."""

    def proved(self) -> ApplicationQuerySet:
        return self.filter(proved_at__isnull=False)

    def waiting(self) -> ApplicationQuerySet:
        """For an answer."""
        return self.proved().filter(decided_at__isnull=True, withdrawn_at__isnull=True)

    def with_form(self) -> ApplicationQuerySet:
        return self.select_related(
            "issuer", "form__issuer", "form__achievement", "credential__award", "credential__recipient", "decided_by"
        )

    def matching(self, words: str) -> ApplicationQuerySet:
        found = self
        for word in words.split()[:6]:
            found = found.filter(Q(name__icontains=word) | Q(address_key__icontains=word))
        return found


class Application(TenantModel):
    """What one person sent, with the questions as they were asked. It counts from `proved_at` on: the mailbox is theirs.

    Of one person and form one stands open at a time. `release_at` is when the person is told what was decided: until then
    staff can take it back. `missing` are keys of questions, where the answers themselves did not earn it. `looked_at` is
    when a rule was last asked. `round` counts decisions that were taken back.
    """

    Decision = Decision

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="applications")
    form = models.ForeignKey(
        ApplicationForm, on_delete=models.PROTECT, related_name="applications", db_constraint=False
    )
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    request_key = models.CharField(max_length=64, help_text="Of the page it was sent from: pressing twice sends once.")
    token_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("email address"), max_length=254)
    address_key = models.CharField(max_length=254)
    answers = models.JSONField(default=list, help_text="[{question, answer}] (recipients.questions.Answered).")
    submitted_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    code_attempts = models.PositiveSmallIntegerField(default=0)
    codes = models.PositiveSmallIntegerField(default=0, help_text="Codes mailed so far.")
    proved_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    missing = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    release_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    credential = models.ForeignKey(
        AchievementCredential, on_delete=models.PROTECT, null=True, related_name="applications", db_constraint=False
    )
    round = models.PositiveSmallIntegerField(default=0)

    objects = TenantManager.from_queryset(ApplicationQuerySet)()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="application_issuer_id"),
            models.UniqueConstraint(fields=["issuer", "request_key"], name="one_application_a_page"),
            models.UniqueConstraint(
                fields=["issuer", "form", "address_key"],
                condition=Q(proved_at__isnull=False, decided_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_application",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decision="")
                | Q(decided_at__isnull=False, decision__in=Decision.values, proved_at__isnull=False),
                name="decided_with_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(withdrawn_at__isnull=True), name="decided_or_withdrawn"
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "-id"], name="application_newest"),
            models.Index(fields=["address_key"], name="application_by_address"),
            models.Index(
                fields=["id"],
                name="application_waiting",
                condition=Q(proved_at__isnull=False, decided_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.Index(fields=["submitted_at"], name="application_unproved", condition=Q(proved_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.public_id

    def answered(self) -> list[Answered]:
        """Questions and answers as they were sent."""
        return [Answered.from_json(one) for one in self.answers]

    @property
    def state(self) -> str:
        """unproved, waiting, accepted, declined or withdrawn."""
        if self.withdrawn_at:
            return "withdrawn"
        return self.decision or ("waiting" if self.proved_at else "unproved")

    @property
    def told(self) -> str:
        """The same for the person, who is told of a decision once it can no longer be taken back.

        What was accepted and then undone by staff is being looked at again.
        """
        undone = self.credential is not None and self.credential.cancelled_at is not None
        held_back = self.release_at is not None and self.release_at > clock.now()
        return "waiting" if self.decision and (held_back or undone) else self.state
