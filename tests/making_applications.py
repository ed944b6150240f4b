"""Application forms, their questions, and what people sent."""

import secrets

import factory
from django.utils import timezone

from badges.models import Achievement
from recipients import links
from recipients.models import Application, ApplicationForm, Question
from recipients.questions import Answered, Asked, Kind
from tests.making import TenantFactory, of


class _AchievementFactory(TenantFactory):
    class Meta:
        model = Achievement

    name = factory.Sequence(lambda n: f"Library Guide {n}")
    slug = factory.Sequence(lambda n: f"library-guide-{n}")


class ApplicationFormFactory(TenantFactory):
    """Open, and answered by staff."""

    class Meta:
        model = ApplicationForm

    achievement = of(_AchievementFactory)
    intro = "Tell us what you did."
    opened_at = factory.LazyFunction(timezone.now)


class QuestionFactory(TenantFactory):
    class Meta:
        model = Question

    form = of(ApplicationFormFactory)
    position = factory.Sequence(lambda n: n)
    kind = Kind.SHORT.value
    label = factory.Sequence(lambda n: f"Question {n}")


class ApplicationFactory(TenantFactory):
    """Proved, and waiting for an answer."""

    class Meta:
        model = Application

    form = of(ApplicationFormFactory)
    request_key = factory.LazyFunction(lambda: secrets.token_urlsafe(16))
    public_id = factory.LazyFunction(lambda: Application().public_id)
    token_hash = factory.LazyAttribute(
        lambda o: links.digest(links.application_token(Application(public_id=o.public_id)))
    )
    name = factory.Sequence(lambda n: f"Ines Applicant {n}")
    address = factory.Sequence(lambda n: f"ines{n}@example.org")
    address_key = factory.SelfAttribute("address")
    answers = factory.LazyFunction(
        lambda: [Answered(Asked("0000000a", Kind.SHORT, "Where did you guide?"), "In the old library").to_json()]
    )
    submitted_at = factory.LazyFunction(timezone.now)
    proved_at = factory.LazyFunction(timezone.now)
