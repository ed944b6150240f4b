"""The mail server, as it is when something is wrong with it."""

import factory
from django.utils import timezone

from recipients.models import MailServer, Trouble
from tests.making import Factory


class MailServerFactory(Factory):
    class Meta:
        model = MailServer

    id = 1
    down_since = factory.LazyFunction(timezone.now)
    why = Trouble.UNREACHABLE
