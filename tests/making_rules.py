"""Rules that run, and what they find, by the stages that the product uses."""

from copy import deepcopy

from badges.criteria import rules
from badges.models import Rule, RuleVersion
from issuers import clock
from issuers.tenancy import across_issuers, scope
from recipients import noticing
from recipients.models import AchievementCredential, Earning
from recipients.tasks import award_earned
from tests.published import publish


def switched_on(issuer, document, name="Curious Learner", **options):
    """A rule of a published achievement that is switched on and has looked at everybody who is there."""
    achievement = publish(issuer, name=name).achievement
    with scope(issuer):
        rule = Rule.objects.create(issuer=issuer, achievement=achievement, **options)
    return with_version(rule, document)


def with_version(rule, document):
    """The next version of a rule: it has looked at everybody again."""
    with scope(rule.issuer):
        version = RuleVersion.objects.create(
            issuer=rule.issuer,
            rule=rule,
            number=rule.versions.count() + 1,
            document=deepcopy(document),
            kinds=sorted(rules.read(document).kinds()),
        )
        rule.version, rule.switched_on_at = version, rule.switched_on_at or clock.now()
        rule.all_due_at = clock.now()
        rule.save()
    noticing.look_at_everybody()
    with scope(rule.issuer):
        return Rule.objects.select_related("issuer", "achievement", "version").get(pk=rule.pk)


def work():
    """Everything that is new is looked at, and what may be awarded is, as workers do."""
    while noticing.look_at_everybody() + noticing.evaluate_chunk() + award_earned():
        continue


def earnings(**conditions):
    with across_issuers("a test looks"):
        found = Earning.objects.select_related("recipient", "credential", "rule_version")
        return list(found.filter(**conditions).order_by("id"))


def credentials(**conditions):
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.listed().filter(**conditions).order_by("id"))
