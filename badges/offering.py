"""Stage: what people can do here is named, described and put away. Its key never changes: rules and facts name it by that."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from badges.criteria.facts import KINDS, STATES
from badges.models import ActivityKind, Opportunity
from issuers import clock
from issuers.cleaning import Refused
from issuers.models import AuditEvent, Issuer, User

_MOST_OF_ONE_NAME = 100


class Described(TypedDict, total=False):
    """What staff say of an opportunity."""

    title: str
    tags: list[str]
    place: str
    starts_at: datetime | None
    ends_at: datetime | None
    value: Decimal | None
    unit: str


@transaction.atomic
def offer(issuer: Issuer, by: User, *, kind: str, key: str, **said: Unpack[Described]) -> Opportunity:
    """Make one under this key, or the next free one: `webinar-2`."""
    for number in range(1, _MOST_OF_ONE_NAME):
        free = key if number == 1 else f"{key}-{number}"
        made = Opportunity(issuer=issuer, kind=kind, key=free, made_by=by, **said)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            continue
        AuditEvent.objects.record(issuer, by, "opportunity.made", made)
        return made
    raise Refused("too_many_of_one_name", most=_MOST_OF_ONE_NAME)


@transaction.atomic
def describe(opportunity: Opportunity, by: User, **said: Unpack[Described]) -> bool:
    """Say it differently; False where nothing is different."""
    changed: dict[str, Any] = {name: value for name, value in said.items() if getattr(opportunity, name) != value}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(opportunity, name, value)
    opportunity.save(update_fields=list(changed))
    AuditEvent.objects.record(opportunity.issuer, by, "opportunity.edited", opportunity)
    return True


@transaction.atomic
def archive(opportunity: Opportunity, by: User) -> bool:
    """Out of the lists that one chooses from. What was recorded counts as before."""
    current = Opportunity.objects.filter(pk=opportunity.pk, archived_at__isnull=True)
    archived = bool(current.update(archived_at=clock.now()))
    if archived:
        AuditEvent.objects.record(opportunity.issuer, by, "opportunity.archived", opportunity)
    return archived


@transaction.atomic
def restore(opportunity: Opportunity, by: User) -> bool:
    """Back into the lists."""
    archived = Opportunity.objects.filter(pk=opportunity.pk, archived_at__isnull=False)
    restored = bool(archived.update(archived_at=None))
    if restored:
        AuditEvent.objects.record(opportunity.issuer, by, "opportunity.restored", opportunity)
    return restored


@transaction.atomic
def add_kind(issuer: Issuer, by: User, *, key: str, name: str) -> ActivityKind:
    """A kind of the institution's own. Raises Refused where there is one of this name."""
    if key in {*KINDS, *STATES} or ActivityKind.objects.filter(issuer=issuer, key=key).exists():
        raise Refused("kind_exists", value=name)
    made = ActivityKind.objects.create(issuer=issuer, key=key, name=name)
    AuditEvent.objects.record(issuer, by, "kind.added", made)
    return made


@transaction.atomic
def rename_kind(kind: ActivityKind, by: User, name: str) -> bool:
    """Call it differently everywhere; its key, and so every rule and fact, stays."""
    renamed = bool(ActivityKind.objects.filter(pk=kind.pk).exclude(name=name).update(name=name))
    if renamed:
        AuditEvent.objects.record(kind.issuer, by, "kind.renamed", kind)
    return renamed
