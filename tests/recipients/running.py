"""A published achievement with a rule that runs, and deeds of a person who has an account."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from badges.models import Rule
from issuers.tenancy import across_issuers
from tests import factories

LISTS = count(1_000_000)


def needs(*conditions, of="all", **more):
    return {"format": "rule/1", "needs": {"of": of, "conditions": list(conditions)}, **more}


WEBINARS = {"type": "count", "kind": "session", "tags": ["webinar"], "at_least": 3}


def running(issuer, name, *conditions, version=None, document=None, **values):
    """The rule, switched on; `version` is a published one, else it has plain words and no picture."""
    version = version or factories.AchievementVersionFactory(issuer=issuer, achievement__name=name)
    document = document or needs(*(conditions or [WEBINARS]))
    rule = factories.RuleFactory(issuer=issuer, achievement=version.achievement, draft=document, **values)
    kinds = sorted({one.get("kind", "") for one in document["needs"]["conditions"]})
    frozen = factories.RuleVersionFactory(issuer=issuer, rule=rule, document=document, kinds=kinds)
    with across_issuers("a test switches a rule on"):
        Rule.objects.filter(pk=rule.pk).update(version=frozen, switched_on_at=timezone.now())
        found = Rule.objects.select_related("achievement", "version").get(pk=rule.pk)
    found.published = version
    return found


def holds(person, rule, **values):
    """A credential of a row, as if it had been awarded; no stage has made it."""
    award = factories.AwardFactory(issuer=person.issuer, version=rule.published)
    # Beside the lists that the stages make of their own accord.
    values["status_list"] = factories.StatusListFactory(issuer=person.issuer, number=next(LISTS))
    return factories.CredentialFactory(issuer=person.issuer, recipient=person, award=award, **values)


def deed(person, key, days_ago=1, **values):
    """A confirmed fact of a row."""
    at = timezone.now() - timedelta(days=days_ago)
    values = {"tags": ["webinar"], **values}
    return factories.ActivityFactory(issuer=person.issuer, recipient=person, key=key, at=at, **values)
