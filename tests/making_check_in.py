"""Doors of sessions."""

from datetime import timedelta

import factory
from django.utils import timezone

from recipients.models import CheckIn
from tests.making import TenantFactory, of
from tests.making_criteria import OpportunityFactory


class CheckInFactory(TenantFactory):
    """Open, from a minute ago for an hour."""

    class Meta:
        model = CheckIn

    opportunity = of(OpportunityFactory)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))
