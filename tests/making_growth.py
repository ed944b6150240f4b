"""Words that people are found by, and tallies beside those that triggers write."""

import factory
from django.utils import timezone

from recipients.models import SearchWord, Tally
from tests import factories
from tests.making import TenantFactory, of


class SearchWordFactory(TenantFactory):
    class Meta:
        model = SearchWord

    recipient = of(factories.RecipientFactory)
    word = factory.Sequence(lambda n: f"word{n}")


class TallyFactory(TenantFactory):
    """A slip. No row stands behind its numbers, so that `tallies_add_up` would name it."""

    class Meta:
        model = Tally

    achievement = of(factories.AchievementFactory)
    day = factory.LazyFunction(lambda: timezone.now().date())
