"""Goals, leaderboards, weekly mails."""

import factory

from recipients.models import Digest, Goal, LeaderboardEntry
from tests import factories
from tests.making import Factory, TenantFactory, UserFactory, of


class GoalFactory(TenantFactory):
    """Of one person, for later."""

    class Meta:
        model = Goal

    achievement = of(factories.AchievementFactory)
    recipient = of(factories.RecipientFactory)


class LeaderboardEntryFactory(TenantFactory):
    class Meta:
        model = LeaderboardEntry

    user = factory.SubFactory(UserFactory)


class DigestFactory(Factory):
    class Meta:
        model = Digest

    user = factory.SubFactory(UserFactory)
