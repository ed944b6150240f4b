"""What people can do, what they did, the rules that look at it, and what they earned by them."""

import secrets
from copy import deepcopy

import factory
from django.utils import timezone

from badges.models import ActivityKind, Opportunity, Rule, RuleVersion
from recipients.models import Activity, Earning, Group, GroupMember
from tests.factories import AchievementFactory, RecipientFactory
from tests.making import TenantFactory, of


class ActivityKindFactory(TenantFactory):
    class Meta:
        model = ActivityKind

    key = factory.Sequence(lambda n: f"lab_visit_{n}")
    name = factory.Sequence(lambda n: f"Lab visit {n}")


class OpportunityFactory(TenantFactory):
    class Meta:
        model = Opportunity

    kind = "session"
    key = factory.Sequence(lambda n: f"webinar-{n}")
    title = factory.Sequence(lambda n: f"Webinar {n}")


# Three different sessions tagged webinar: A17.
THREE_WEBINARS = {
    "format": "rule/1",
    "needs": {
        "of": "all",
        "conditions": [{"type": "count", "kind": "session", "tags": ["webinar"], "at_least": 3}],
    },
}


class RuleFactory(TenantFactory):
    """A draft that does not run."""

    class Meta:
        model = Rule

    achievement = of(AchievementFactory)
    draft = factory.LazyFunction(lambda: deepcopy(THREE_WEBINARS))


class RuleVersionFactory(TenantFactory):
    class Meta:
        model = RuleVersion

    rule = of(RuleFactory)
    number = 1
    document = factory.SelfAttribute("rule.draft")
    kinds = factory.LazyFunction(lambda: ["session"])


class ActivityFactory(TenantFactory):
    """A fact: confirmed, and not looked at by rules yet."""

    class Meta:
        model = Activity

    recipient = of(RecipientFactory)
    kind = "session"
    key = factory.Sequence(lambda n: f"webinar-{n}")
    tags = factory.LazyFunction(lambda: ["webinar"])
    at = factory.LazyFunction(timezone.now)
    day = factory.LazyAttribute(lambda row: row.at.date())
    source = "staff"
    external_id = factory.LazyFunction(lambda: secrets.token_hex(16))
    confirmed_at = factory.LazyFunction(timezone.now)


class GroupFactory(TenantFactory):
    class Meta:
        model = Group

    key = factory.Sequence(lambda n: f"cohort-{n}")
    name = factory.Sequence(lambda n: f"Cohort {n}")


class GroupMemberFactory(TenantFactory):
    class Meta:
        model = GroupMember

    group = of(GroupFactory)
    recipient = of(RecipientFactory)


class EarningFactory(TenantFactory):
    class Meta:
        model = Earning

    rule_version = of(RuleVersionFactory)
    achievement = factory.SelfAttribute("rule_version.rule.achievement")
    recipient = of(RecipientFactory)
    award_key = "once"
    met_at = factory.LazyFunction(timezone.now)
