"""A row that waits for a worker: taken for a while by one, tried so often, and given up with what its page then says."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

Row = TypeVar("Row", bound=models.Model)

LEASE = timedelta(minutes=5)
ATTEMPTS = 3


def take_oldest(waiting: QuerySet[Row], **given_up: object) -> Row | None:
    """Lease the oldest row that is free; attempts are counted now, so that one that takes its worker down stops after three.

    `given_up` is written to those: the page that waits for them is told. Inside across_issuers: workers serve everybody.
    """
    free = waiting.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))
    free.filter(attempts__gte=ATTEMPTS).update(lease_until=None, **given_up)
    left = free.filter(attempts__lt=ATTEMPTS).select_for_update(skip_locked=True, of=("self",))
    found = left.order_by("id").first()
    if found is not None:
        rows = waiting.model._default_manager.filter(pk=found.pk)
        rows.update(lease_until=Now() + LEASE, attempts=F("attempts") + 1)
    return found
