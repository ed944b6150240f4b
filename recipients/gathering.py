"""Stage: a file of what people did, read and checked before anything is written. Large files are checked by a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Now

from badges.models import Opportunity
from issuers import clock
from issuers.cleaning import Address, Refused
from issuers.cleaning import address as cleaned_address
from issuers.models import Issuer, User
from issuers.tenancy import across_issuers, scope
from issuers.waking import wake
from recipients import activities, importing, leasing
from recipients.importing import DeedReport, Entry, Export, Reading, deeds, exports, headings_of_deeds, moments
from recipients.models import Activity, ActivityFile, Recipient

# Files up to this size are checked at once; the page of a larger one polls.
AT_ONCE = 64 * 1024
# A file that nobody confirmed holds names and addresses for nothing.
KEPT_FOR = timedelta(days=14)
SOURCE = "file"
_SOME = 2_000


@transaction.atomic
def start(issuer: Issuer, *, file_name: str, content: bytes, by: User | None) -> ActivityFile:
    """Keep a file as it came and have it checked. Raises FileRefused for a small one that cannot be read."""
    if len(content) <= AT_ONCE:
        exports.read(content, file_name)
    made = ActivityFile.objects.create(issuer=issuer, file_name=file_name[:200], content=content, made_by=by)
    _look(made)
    return made


def _look(file: ActivityFile) -> None:
    if len(file.content) <= AT_ONCE:
        _check(file)
        file.refresh_from_db()
    else:
        wake("recipients.tasks.check_activity_files")


def export_of(file: ActivityFile) -> Export:
    """The people in the file. Raises FileRefused."""
    return exports.read(bytes(file.content), file.file_name)


def reading_of(file: ActivityFile) -> Reading | None:
    """How it is read, once that was proposed."""
    return Reading.from_json(file.reading) if file.reading else None


def report_of(file: ActivityFile) -> DeedReport | None:
    """The report, once there is one."""
    return DeedReport.from_json(file.report) if file.report else None


def propose(issuer: Issuer, export: Export) -> Reading:
    """How a file is read before anybody has said anything."""
    table = export.table
    columns = headings_of_deeds.suggest(table.columns, table.rows)
    said = set(columns.values())
    scored = headings_of_deeds.SCORE in said
    hours = "value" in said and not said & {"joined", "length"}
    reading = Reading(
        what=Reading.SCORED if scored else Reading.DID,
        kind="assessment" if scored else "volunteering" if hours else "session",
        zone=issuer.time_zone,
        columns=columns,
        title="" if scored or "title" in said else export.about.get("title", ""),
    )
    return with_opportunity(issuer, replace(reading, at=_begins(export, reading)), export)


def _begins(export: Export, reading: Reading) -> str:
    """When the meeting began, as a clock of the institution shows it; '' where the file does not say it for certain."""
    zone, text = ZoneInfo(reading.zone), export.about.get("begins", "")
    today = clock.now().astimezone(zone).date()
    order = deeds.order_of(export, reading, today=today) or moments.order_of([text], today=today)
    try:
        found = moments.moment(text, order=order, zone=zone) if text else deeds.begins(export, reading, order)
    except Refused:
        found = deeds.begins(export, reading, order)
    return found.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if found else ""


def with_opportunity(issuer: Issuer, reading: Reading, export: Export) -> Reading:
    """With the keys of what there is already under these names: the same file twice is about the same things."""
    there = Opportunity.objects.filter(issuer=issuer, kind=reading.kind)
    if reading.what == Reading.SCORED:
        scored = [index for index, field in reading.columns.items() if field == headings_of_deeds.SCORE]
        items = {i: reading.items.get(i) or headings_of_deeds.item(export.table.columns[i].heading) for i in scored}
        called = {one.title.casefold(): one.key for one in there}
        keys = {i: called[item.casefold()] for i, item in items.items() if item.casefold() in called}
        return replace(reading, items=items, keys=keys)
    chosen = there.filter(key__in=_keys(reading)).order_by("-id").first() if reading.title or reading.key else None
    if chosen is None:
        return replace(reading, key="")
    tags = tuple(dict.fromkeys([*chosen.tags, *reading.tags]))[: activities.MOST_TAGS]
    worth = (reading.value, reading.unit) if chosen.value is None else (chosen.value, chosen.unit)
    return replace(
        reading,
        key=chosen.key,
        title=chosen.title,
        tags=tags,
        place=chosen.place or reading.place,
        value=worth[0],
        unit=worth[1],
    )


def _keys(reading: Reading) -> list[str]:
    """Of the thing that was chosen; else what one of this name, and of this day, would have."""
    if reading.key:
        return [reading.key]
    if not reading.by_day:
        return [activities.key_of(reading.title)]
    if not reading.at:
        return []
    at = moments.moment(reading.at, order="YMD", zone=ZoneInfo(reading.zone))
    return [activities.key_of(reading.title, deeds.day_of(at, ZoneInfo(reading.zone)))]


def _check(file: ActivityFile) -> None:
    try:
        export = export_of(file)
    except importing.FileRefused as refused:
        _write(file, refusal={"code": refused.code, "line": refused.line, "params": refused.params})
        return
    reading = reading_of(file) or propose(file.issuer, export)
    report = deeds.check(export, reading, now=clock.now(), known=_known(file.issuer, export, reading))
    _write(file, reading=reading.to_json(), report=report.to_json(), refusal=None)


def _known(issuer: Issuer, export: Export, reading: Reading) -> dict[str, Address]:
    """Addresses by student number, of those whose number nobody else has."""
    columns = [index for index, field in reading.columns.items() if field in {"student_id", "login"}]
    rows = export.table.rows
    numbers = {row.cells[i].strip() for row in rows for i in columns if i < len(row.cells)} - {""}
    people: dict[str, list[str]] = {}
    for number, address in Recipient.objects.filter(
        issuer=issuer, student_id__in=numbers, erased_at__isnull=True
    ).values_list("student_id", "address"):
        people.setdefault(number, []).append(address)
    return {number: cleaned_address(some[0]) for number, some in people.items() if len(some) == 1}


def _write(file: ActivityFile, **values: object) -> None:
    ActivityFile.objects.filter(pk=file.pk, confirmed_at__isnull=True).update(
        checked_at=clock.now(), lease_until=None, **values
    )


@transaction.atomic
def read_as(file: ActivityFile, reading: Reading) -> bool:
    """Read the file differently and check again. False once it is confirmed."""
    waiting = ActivityFile.objects.filter(pk=file.pk, confirmed_at__isnull=True)
    changed = waiting.update(reading=reading.to_json(), report=None, checked_at=None, attempts=0)
    if changed:
        file.refresh_from_db()
        _look(file)
    return bool(changed)


@dataclass(frozen=True)
class Forecast:
    """What confirming would do: what is new, what had been told before, and who is neither known nor named."""

    new: tuple[Entry, ...]
    told: tuple[Entry, ...]
    strangers: tuple[Entry, ...]


def forecast(issuer: Issuer, report: DeedReport) -> Forecast:
    """Look, without writing, at what is there already."""
    numbers = [entry.deed.number for entry in report.entries]
    told: set[str] = set()
    for first in range(0, len(numbers), _SOME):
        rows = Activity.objects.filter(issuer=issuer, source=SOURCE, external_id__in=numbers[first : first + _SOME])
        told |= set(rows.values_list("external_id", flat=True))
    unnamed = {entry.deed.address.key for entry in report.entries if not entry.deed.name}
    known = Recipient.objects.filter(issuer=issuer, address_key__in=unnamed).values_list("address_key", flat=True)
    strange = unnamed - set(known)
    fresh = [entry for entry in report.entries if entry.deed.number not in told]
    return Forecast(
        new=tuple(entry for entry in fresh if entry.deed.address.key not in strange),
        told=tuple(entry for entry in report.entries if entry.deed.number in told),
        strangers=tuple(entry for entry in fresh if entry.deed.address.key in strange),
    )


@transaction.atomic
def confirm(file: ActivityFile, by: User, *, told_before: int) -> bool:
    """The one click; False for whoever comes second. What was read is kept no longer than it is needed."""
    open_ = ActivityFile.objects.filter(pk=file.pk, confirmed_at__isnull=True)
    return bool(
        open_.update(confirmed_at=clock.now(), confirmed_by=by, told_before=told_before, content=b"", report=None)
    )


def name_thing(issuer: Issuer, reading: Reading, entries: tuple[Entry, ...], by: User) -> None:
    """Make what the file is about, as staff described it; what there is already stays as it is."""
    if reading.what != Reading.DID or not reading.title or not entries:
        return
    first = min((entry.deed for entry in entries), key=lambda deed: deed.at)
    thing = Opportunity(
        issuer=issuer, kind=first.kind, key=first.key, title=first.title, tags=list(first.tags), place=first.place
    )
    zone = ZoneInfo(reading.zone)
    begins = moments.moment(reading.at, order="YMD", zone=zone) if reading.at else first.at
    thing.starts_at, thing.value, thing.unit, thing.made_by = begins, reading.value, reading.unit, by
    Opportunity.objects.bulk_create([thing], ignore_conflicts=True)


def count(file: ActivityFile, recorded: int) -> None:
    """How many facts came of it."""
    ActivityFile.objects.filter(pk=file.pk).update(recorded=recorded)


def check_next() -> bool:
    """A worker's part: check the oldest file that waits. False when none does."""
    with across_issuers("workers check the files of every issuer"):
        unchecked = ActivityFile.objects.filter(checked_at__isnull=True).select_related("issuer")
        # A file that took its worker down every time: the page that waits for it is told.
        refusal: dict[str, Any] = {"code": "not_checked", "line": None, "params": {}}
        found = leasing.take_oldest(unchecked, refusal=refusal, checked_at=clock.now())
    if found is None:
        return False
    with scope(found.issuer):
        _check(found)
    return True


def forget_abandoned() -> int:
    """Remove files that nobody confirmed within two weeks; the number of them."""
    with across_issuers("sweep"):
        old = ActivityFile.objects.filter(confirmed_at__isnull=True, created_at__lt=Now() - KEPT_FOR)
        return old.delete()[0]
