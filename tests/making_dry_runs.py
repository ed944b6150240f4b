"""Dry runs, for tests."""

import factory

from recipients.models import DryRun, DryRunOutcome
from tests.factories import RecipientFactory
from tests.making import TenantFactory, of
from tests.making_criteria import RuleFactory


class DryRunFactory(TenantFactory):
    class Meta:
        model = DryRun

    rule = of(RuleFactory)
    document = factory.SelfAttribute("rule.draft")
    digest = "0" * 64


class DryRunOutcomeFactory(TenantFactory):
    class Meta:
        model = DryRunOutcome

    dry_run = of(DryRunFactory)
    recipient = of(RecipientFactory)
    outcome = "far"
