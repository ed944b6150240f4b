"""Which institutions a command is about."""

from __future__ import annotations

from django.core.management import CommandError
from django.db.models import QuerySet

from issuers.models import Issuer


def issuers(slug: str | None) -> QuerySet[Issuer]:
    """The one of a short name, or all of them without one. Raises CommandError where there is none."""
    found = Issuer.objects.filter(slug=slug) if slug else Issuer.objects.all()
    if not found:
        raise CommandError(f"No institution has the short name {slug!r}.")
    return found.order_by("pk")
