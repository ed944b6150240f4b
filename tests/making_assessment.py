"""Achievements that rest on mastery, and the work that people hand in for them."""

import secrets
from datetime import timedelta

import factory
from django.utils import timezone

from badges.models import Assessment, Resource, RubricCriterion, RubricLevel
from recipients.models import Artefact, Marking, ReviewerInvite, Submission
from tests import factories
from tests.making import TenantFactory, UserFactory, of


class AssessmentFactory(TenantFactory):
    class Meta:
        model = Assessment

    achievement = of(factories.AchievementFactory)
    competency = "Leads a discussion in which everybody speaks"
    task = "A plan, and what came of it."


class RubricLevelFactory(TenantFactory):
    class Meta:
        model = RubricLevel

    assessment = of(AssessmentFactory)
    position = 0
    name = "Demonstrated"
    demonstrated = True


class RubricCriterionFactory(TenantFactory):
    class Meta:
        model = RubricCriterion

    assessment = of(AssessmentFactory)
    position = 0
    name = "Everybody speaks"
    looks = factory.LazyFunction(lambda: ["Some do", "All do"])


class ResourceFactory(TenantFactory):
    class Meta:
        model = Resource

    assessment = of(AssessmentFactory)
    position = 0
    name = "A book on discussions"


ASSESSMENT = {
    "competency": "Leads a discussion in which everybody speaks",
    "competency_url": "",
    "task": "A plan, and what came of it.",
    "routes": [],
    "tries": 3,
    "due_by_agreement": False,
    "second_assessor": False,
    "sample_percent": 0,
    "distributed": False,
    "levels": [{"name": "Not yet", "demonstrated": False}, {"name": "Demonstrated", "demonstrated": True}],
    "criteria": [{"name": "Everybody speaks", "description": "", "looks": ["", ""]}],
    "resources": [],
}


class AssessedVersionFactory(factories.AchievementVersionFactory):
    """A version that rests on mastery."""

    number = 7

    @factory.lazy_attribute
    def content(self):
        plain = factories.AchievementVersionFactory.content.function(self)
        return plain | {"basis": "mastery", "assessment": ASSESSMENT}


class SubmissionFactory(TenantFactory):
    """Handed in, and in nobody's hand."""

    class Meta:
        model = Submission

    version = of(AssessedVersionFactory)
    achievement = factory.SelfAttribute("version.achievement")
    recipient = of(factories.RecipientFactory)
    user = factory.SubFactory(UserFactory)
    name = factory.SelfAttribute("recipient.name")
    submitted_at = factory.LazyFunction(timezone.now)


class ArtefactFactory(TenantFactory):
    """A row alone where it is a file: no bytes lie under its key."""

    class Meta:
        model = Artefact

    submission = of(SubmissionFactory)
    kind = Artefact.Kind.LINK
    name = "The recorded lesson"
    url = "https://example.org/lesson"


class ReviewerInviteFactory(TenantFactory):
    class Meta:
        model = ReviewerInvite

    submission = of(SubmissionFactory)
    turn = "first"
    address = factory.Sequence(lambda n: f"outside{n}@example.org")
    token_hash = factory.LazyFunction(lambda: secrets.token_hex(32))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class MarkingFactory(TenantFactory):
    class Meta:
        model = Marking

    submission = of(SubmissionFactory)
    turn = "first"
    feedback = "Nearly there."
