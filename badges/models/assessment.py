"""What an achievement asks to be shown, and how it is judged: competency, resources, rubric, tries, assessors."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badges.models.achievement import Achievement
from issuers.tenancy import TenantModel

MOST_TRIES = 10


class Assessment(TenantModel):
    """How the draft of one achievement is assessed. A version freezes it whole; work that was begun keeps that version.

    `competency_based`, `personalized`, `job_embedded` and `research` say how it is so, in a sentence; '' says nothing.
    """

    achievement = models.OneToOneField(
        Achievement, on_delete=models.CASCADE, related_name="assessment", db_constraint=False
    )
    competency = models.CharField(_("the competency"), max_length=200, blank=True)
    competency_url = models.CharField(_("its address"), max_length=2048, blank=True)
    task = models.TextField(_("what to hand in"), max_length=5000, blank=True)
    routes = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=3)
    due_by_agreement = models.BooleanField(default=False)
    competency_based = models.CharField(max_length=300, blank=True)
    personalized = models.CharField(max_length=300, blank=True)
    job_embedded = models.CharField(max_length=300, blank=True)
    research = models.CharField(max_length=300, blank=True)
    research_url = models.CharField(max_length=2048, blank=True)
    second_assessor = models.BooleanField(default=False)
    sample_percent = models.PositiveSmallIntegerField(default=0)
    distributed = models.BooleanField(default=False, help_text="Work goes to an assessor as soon as it arrives.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "id"], name="assessment_issuer_id"),
            models.CheckConstraint(condition=Q(tries__gte=1, tries__lte=MOST_TRIES), name="assessment_tries"),
            models.CheckConstraint(condition=Q(sample_percent__lte=100), name="assessment_sample"),
        ]

    def __str__(self) -> str:
        return self.competency


class RubricLevel(TenantModel):
    """One column of the rubric, from the lowest. Each level after one that counts as demonstrated counts too."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="levels", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("level"), max_length=60)
    demonstrated = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["assessment", "position"], name="one_level_a_place")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class RubricCriterion(TenantModel):
    """One row of the rubric. `looks` has a text for each level: what it looks like in this criterion."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="criteria", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("criterion"), max_length=200)
    description = models.CharField(_("what is looked for"), max_length=600, blank=True)
    looks = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["assessment", "position"], name="one_criterion_a_place")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Resource(TenantModel):
    """Something to learn from on the way: a book, a page, a person to ask."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="resources", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("resource"), max_length=200)
    url = models.CharField(_("its address"), max_length=2048, blank=True)
    note = models.CharField(_("a word about it"), max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name
