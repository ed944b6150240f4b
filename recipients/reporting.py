"""How many people took part: by opportunity, by kind, by tag, in a time. A person with two addresses is one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Func, Max, Sum
from django.db.models.functions import Coalesce

from badges.models import Opportunity
from issuers.models import Issuer
from recipients.models import Activity
from recipients.models.activity import ActivityQuerySet

# Users and recipients are numbered apart, so that one of them counts downwards.
_WHO = Coalesce("recipient__user_id", -F("recipient_id"))
PEOPLE = Count(_WHO, distinct=True)


@dataclass(frozen=True)
class Asked:
    """Which facts a report is about; empty parts ask for nothing."""

    begins: date | None = None
    ends: date | None = None
    kind: str = ""
    group: str = ""

    def facts(self, issuer: Issuer) -> ActivityQuerySet:
        """Those that count."""
        rows: ActivityQuerySet = Activity.objects.counting().filter(issuer=issuer)
        if self.begins:
            rows = rows.filter(day__gte=self.begins)
        if self.ends:
            rows = rows.filter(day__lte=self.ends)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.group:
            rows = rows.filter(recipient__groups__group__key=self.group)
        return rows


@dataclass(frozen=True)
class Line:
    """One line of a report: so many different people, so often."""

    label: str
    people: int
    activities: int
    kind: str = ""
    public_id: str = ""
    tags: tuple[str, ...] = ()


def altogether(issuer: Issuer, asked: Asked) -> tuple[int, int]:
    """Different people, and activities."""
    found = asked.facts(issuer).aggregate(people=PEOPLE, activities=Count("pk"))
    return found["people"], found["activities"]


def by_tag(issuer: Issuer, asked: Asked) -> list[Line]:
    """Whoever did two things with one tag is one person of it."""
    rows = asked.facts(issuer).annotate(tag=Func(F("tags"), function="unnest")).values("tag")
    counted = rows.annotate(people=PEOPLE, activities=Count("pk")).order_by("-people", "tag")
    return [Line(row["tag"], row["people"], row["activities"]) for row in counted]


def by_kind(issuer: Issuer, asked: Asked, labels: dict[str, str]) -> list[Line]:
    """Whatever it was tagged with."""
    counted = asked.facts(issuer).values("kind").annotate(people=PEOPLE, activities=Count("pk")).order_by("-people")
    return [
        Line(labels.get(row["kind"], row["kind"]), row["people"], row["activities"], kind=row["kind"])
        for row in counted
    ]


def by_opportunity(issuer: Issuer, asked: Asked, most: int = 500) -> list[Line]:
    """The latest first."""
    counted = (
        asked.facts(issuer)
        .values("kind", "key")
        .annotate(people=PEOPLE, activities=Count("pk"), last=Max("at"))
        .order_by("-last", "key")[:most]
    )
    things = {(one.kind, one.key): one for one in Opportunity.objects.filter(issuer=issuer)}
    return [_line(things.get((row["kind"], row["key"])), row) for row in counted]


def _line(thing: Opportunity | None, row: Mapping[str, Any]) -> Line:
    if thing is None:
        return Line(row["key"], row["people"], row["activities"], row["kind"])
    return Line(thing.title, row["people"], row["activities"], row["kind"], thing.public_id, tuple(thing.tags))


def taking_part(issuer: Issuer, thing: Opportunity) -> dict[str, Any]:
    """What one opportunity came to: people, activities, and sums by unit."""
    rows = Activity.objects.counting().filter(issuer=issuer, kind=thing.kind, key=thing.key)
    found = rows.aggregate(people=PEOPLE, activities=Count("pk"))
    sums = rows.filter(value__isnull=False).values("unit").annotate(total=Sum("value")).order_by("unit")
    return {"people": found["people"], "activities": found["activities"], "sums": list(sums)}
