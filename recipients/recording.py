"""Stage: what people did becomes facts. One fact counts once, however often and from however many sides at once it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from badges.models import Opportunity
from issuers import clock
from issuers.cleaning import Refused
from issuers.models import AuditEvent, Issuer, User
from issuers.waking import wake
from recipients import writing
from recipients.activities import Deed
from recipients.models import Activity, Notice, Recipient

BATCH = 2_000
EVALUATE = "recipients.tasks.evaluate"


@dataclass(frozen=True)
class Recorded:
    """What came of it: rows that are new, and how many had been told before."""

    new: tuple[Activity, ...]
    again: int


def strangers(issuer: Issuer, deeds: Iterable[Deed]) -> list[Deed]:
    """Those of people whom the institution does not know and who are not named: they cannot be recorded."""
    unnamed = [deed for deed in deeds if not deed.name]
    keys = {deed.address.key for deed in unnamed}
    known = set(Recipient.objects.filter(issuer=issuer, address_key__in=keys).values_list("address_key", flat=True))
    return [deed for deed in unnamed if deed.address.key not in known]


@transaction.atomic
def record(
    issuer: Issuer, deeds: Sequence[Deed], *, source: str, by: User | None = None, confirmed: bool = True
) -> Recorded:
    """Write what is new. Not `confirmed` is what somebody tells of themselves: no fact until staff have looked.

    Raises Refused("name_missing") where somebody is neither known nor named, and writes nothing then.
    """
    if unnamed := strangers(issuer, deeds):
        raise Refused("name_missing", address=unnamed[0].address.typed)
    new: list[Activity] = []
    for some in _batches(deeds):
        new += _write(issuer, some, source, by, confirmed=confirmed)
    if new and by is not None:
        AuditEvent.objects.record(issuer, by, "activity.recorded", issuer, activities=len(new), source=source)
    if new and confirmed:
        wake(EVALUATE)
    return Recorded(tuple(new), len(deeds) - len(new))


def _batches(deeds: Sequence[Deed]) -> Iterable[Sequence[Deed]]:
    return (deeds[start : start + BATCH] for start in range(0, len(deeds), BATCH))


def _write(issuer: Issuer, deeds: Sequence[Deed], source: str, by: User | None, *, confirmed: bool) -> list[Activity]:
    people = _people(issuer, deeds)
    if confirmed:
        _name_opportunities(issuer, deeds)
    zone, now = ZoneInfo(issuer.time_zone), clock.now()
    rows = [
        Activity(
            issuer=issuer,
            recipient=people[deed.address.key],
            kind=deed.kind,
            key=deed.key,
            tags=list(deed.tags),
            value=deed.value,
            unit=deed.unit,
            at=deed.at,
            day=deed.at.astimezone(zone).date(),
            place=deed.place,
            peer=deed.peer,
            note=deed.note,
            evidence_url=deed.evidence_url,
            source=source,
            external_id=deed.number,
            recorded_by=by,
            confirmed_at=now if confirmed else None,
            confirmed_by=by if confirmed else None,
        )
        for deed in sorted(deeds, key=lambda deed: deed.number)
    ]
    # Whoever sends the same at the same time waits here for the other's commit, and then writes nothing.
    writing.insert_new(rows)
    written = Activity.objects.filter(issuer=issuer, public_id__in=[row.public_id for row in rows])
    return list(written.select_related("recipient").order_by("id"))


def _people(issuer: Issuer, deeds: Sequence[Deed]) -> dict[str, Recipient]:
    """One row a person. An attendance list does not change how somebody is called here."""
    rows = {
        deed.address.key: Recipient(
            issuer=issuer,
            name=deed.name,
            address=deed.address.mail_to,
            address_key=deed.address.key,
            student_id=deed.student_id,
        )
        for deed in deeds
        if deed.name
    }
    # In one order everywhere: two senders of the same people must not wait for each other.
    writing.insert_new([rows[key] for key in sorted(rows)])
    keys = {deed.address.key for deed in deeds}
    return {row.address_key: row for row in Recipient.objects.filter(issuer=issuer, address_key__in=keys)}


def _name_opportunities(issuer: Issuer, done: Iterable[Deed | Activity]) -> None:
    """What was done can be asked for by rules from now on; what somebody merely tells of themselves cannot."""
    rows = {
        (one.kind, one.key): Opportunity(
            issuer=issuer,
            kind=one.kind,
            key=one.key,
            title=(one.title if isinstance(one, Deed) else "") or one.key,
            tags=list(one.tags),
        )
        for one in done
    }
    writing.insert_new([rows[name] for name in sorted(rows)])


@transaction.atomic
def confirm(issuer: Issuer, activities: Iterable[int], by: User) -> int:
    """What people told of themselves becomes facts; how many did. Nobody confirms what they told themselves."""
    now, asked = clock.now(), list(activities)
    waiting = Activity.objects.waiting().filter(issuer=issuer, pk__in=asked)
    waiting = waiting.exclude(recipient__in=Recipient.objects.filter(issuer=issuer).being(by))
    confirmed = waiting.update(confirmed_at=now, confirmed_by=by, evaluated_at=None, attempts=0)
    if confirmed:
        _tell(issuer, Activity.objects.filter(confirmed_at=now, confirmed_by=by, pk__in=asked), Notice.Kind.CONFIRMED)
        _name_opportunities(issuer, Activity.objects.filter(issuer=issuer, confirmed_at=now, pk__in=asked))
        AuditEvent.objects.record(issuer, by, "activity.confirmed", issuer, activities=confirmed)
        wake(EVALUATE)
    return confirmed


@transaction.atomic
def refuse(issuer: Issuer, activities: Iterable[int], by: User, *, reason: str) -> int:
    """What people told of themselves does not count, and why; how many."""
    now, asked = clock.now(), list(activities)
    waiting = Activity.objects.waiting().filter(issuer=issuer, pk__in=asked)
    refused = waiting.update(refused_at=now, refusal=reason)
    if refused:
        _tell(issuer, Activity.objects.filter(refused_at=now, pk__in=asked), Notice.Kind.REFUSED)
        AuditEvent.objects.record(issuer, by, "activity.refused", issuer, activities=refused)
    return refused


def _tell(issuer: Issuer, decided: QuerySet[Activity], kind: str) -> None:
    """Whoever told of it reads in the wallet what became of it."""
    mine = decided.filter(issuer=issuer, recipient__user__isnull=False).values_list("pk", "recipient__user_id")
    Notice.objects.bulk_create(Notice(issuer=issuer, user_id=user, activity_id=pk, kind=kind) for pk, user in mine)


@transaction.atomic
def withdraw(activity: Activity, by: User | None) -> bool:
    """Take back a fact: rules look again, and nothing that was awarded changes by it. False where it was taken back before."""
    standing = Activity.objects.filter(pk=activity.pk, withdrawn_at__isnull=True)
    withdrawn = standing.update(withdrawn_at=clock.now(), withdrawn_by=by, evaluated_at=None, attempts=0)
    if withdrawn:
        AuditEvent.objects.record(activity.issuer, by, "activity.withdrawn", activity)
        wake(EVALUATE)
    return bool(withdrawn)


@transaction.atomic
def correct(activity: Activity, deed: Deed, by: User) -> Activity | None:
    """Put a fact right: the old row is taken back, and a new one stands for it. None where it was taken back before."""
    issuer = activity.issuer
    if not Activity.objects.filter(pk=activity.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=clock.now(), withdrawn_by=by, evaluated_at=None, attempts=0
    ):
        return None
    (made,) = _write(issuer, [deed], f"correction:{activity.pk}", by, confirmed=True)
    Activity.objects.filter(pk=made.pk).update(corrects=activity)
    made.corrects = activity
    AuditEvent.objects.record(issuer, by, "activity.corrected", activity)
    wake(EVALUATE)
    return made


@transaction.atomic
def retag(issuer: Issuer, kind: str, key: str, tags: Sequence[str], by: User) -> int:
    """Give what is recorded for one thing other tags; rules look again. How many were different."""
    rows = Activity.objects.filter(issuer=issuer, kind=kind, key=key, withdrawn_at__isnull=True)
    retagged = rows.exclude(tags=list(tags)).update(tags=list(tags), evaluated_at=None)
    if retagged:
        AuditEvent.objects.record(issuer, by, "activity.retagged", issuer, activities=retagged)
        wake(EVALUATE)
    return retagged
