"""Stages of a person's own log: told → taken back or changed while it waits; staff confirm or refuse it (recording).

What somebody tells of themselves is no fact until staff have looked (decision 0016). Whose rows they are is decided here: the
addresses that a person has proved, at institutions that know them.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from badges.models import Opportunity
from issuers import clock, proving
from issuers.cleaning import address
from issuers.models import Issuer, User
from recipients import activities
from recipients.activities import Deed
from recipients.models import Activity, Recipient

SOURCE = "log"
# What nobody else saw: the rest has its own lists. Kinds of the institution's own come after these.
KINDS = ("volunteering", "mentoring", "help", "peer_review", "contribution", "task")
MOST_WAITING = 100
MOST_HOURS = Decimal(24)


def mine(user: User) -> Any:
    """This person, as each institution that is open knows them."""
    own = Q(user=user) | Q(address_key__in=proving.verified_keys(user), user__isnull=True)
    rows = Recipient.objects.filter(own, erased_at__isnull=True, issuer__closed_at__isnull=True)
    return rows.select_related("issuer").order_by("issuer__name", "user_id", "id")


def entries(user: User) -> Any:
    """What this person told, newest first; what was taken back is left out."""
    told = Activity.objects.filter(source=SOURCE, recipient__in=mine(user), withdrawn_at__isnull=True)
    return told.select_related("issuer", "recipient").order_by("-id")


def hours(user: User) -> list[tuple[Issuer, Decimal]]:
    """Confirmed hours, by institution: told here, or known from elsewhere."""
    counted = Activity.objects.counting().filter(recipient__in=mine(user), kind__in=KINDS, unit="hours")
    sums = counted.values_list("issuer").annotate(total=Sum("value")).order_by("-total")
    issuers = Issuer.objects.in_bulk([issuer for issuer, _total in sums])
    return [(issuers[issuer], total) for issuer, total in sums if total]


def noon(day: date, zone: ZoneInfo, now: datetime) -> datetime:
    """When it was: the middle of that day where the institution is; now, while that has not come. Raises Refused."""
    middle = datetime.combine(day, time(12), tzinfo=zone)
    if day == now.astimezone(zone).date():
        return min(middle, now)
    return activities.at(middle, now=now)


def deed(recipient: Recipient, told: dict[str, Any], *, request_key: str) -> Deed:
    """What the form says, as something this person did; in whose name is never asked. Raises Refused."""
    issuer = recipient.issuer
    kind, title = told["kind"], activities.key(told["what"])
    known = Opportunity.objects.current().filter(issuer=issuer, kind=kind, title__iexact=title).order_by("id").first()
    value = told.get("hours")
    return Deed(
        address=address(recipient.address),
        kind=kind,
        key=known.key if known else title,
        title=known.title if known else title,
        tags=tuple(known.tags) if known else (),
        at=noon(told["day"], ZoneInfo(issuer.time_zone), clock.now()),
        value=value,
        unit="hours" if value else "",
        place=told.get("place", ""),
        peer=told.get("peer", ""),
        note=told.get("note", ""),
        evidence_url=told.get("evidence_url", ""),
        external_id=hashlib.sha256(f"{recipient.pk}|{request_key}".encode()).hexdigest(),
    )


def belongs_to(recipient: Recipient, user: User) -> None:
    """Who has proved the address and tells of themselves is this person: what becomes of it is told to their account."""
    Recipient.objects.filter(pk=recipient.pk, user__isnull=True).update(user=user)


def has_room(recipient: Recipient) -> bool:
    """A hundred may wait: more would be no help to whoever reads them."""
    return Activity.objects.waiting().filter(recipient=recipient, source=SOURCE).count() < MOST_WAITING


def take_back(user: User, activity: Activity) -> bool:
    """While it waits. False once staff have looked, or where it is somebody else's."""
    own = Activity.objects.waiting().filter(pk=activity.pk, source=SOURCE, recipient__in=mine(user))
    return bool(own.update(withdrawn_at=clock.now(), withdrawn_by=user))


def waiting(issuer: Issuer) -> Any:
    """What staff have to look at."""
    return Activity.objects.waiting().filter(issuer=issuer).select_related("recipient").order_by("-id")
