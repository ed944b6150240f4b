"""Stage: a list of people, read and checked before anything is written. Large files are checked by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Now

from badges.models import Achievement
from issuers import clock
from issuers.models import Issuer, User
from issuers.tenancy import across_issuers, scope
from issuers.waking import wake
from recipients import foreseeing, importing, leasing
from recipients.models import RecipientList

# Files up to this size are checked at once; the page of a larger one polls.
AT_ONCE = 64 * 1024
# A list that nobody confirmed holds names and addresses for nothing.
KEPT_FOR = timedelta(days=14)


@transaction.atomic
def start(
    issuer: Issuer, achievement: Achievement, *, source: str, file_name: str, content: bytes, by: User | None
) -> RecipientList:
    """Keep a list as it came and have it checked. A file that cannot be read at all is refused with its reason."""
    recipient_list = RecipientList.objects.create(
        issuer=issuer,
        achievement=achievement,
        source=source,
        file_name=file_name[:200],
        content=content,
        made_by=by,
    )
    if len(content) <= AT_ONCE:
        _check(recipient_list)
        recipient_list.refresh_from_db()
    else:
        wake("recipients.tasks.check_lists")
    return recipient_list


def table(recipient_list: RecipientList) -> importing.Table:
    """The list as a table. Raises FileRefused."""
    return _read(recipient_list.source, recipient_list.file_name, bytes(recipient_list.content))


def _read(source: str, file_name: str, content: bytes) -> importing.Table:
    if source == RecipientList.Source.PASTE:
        return importing.paste(content.decode())
    return importing.read(content, file_name)


def refuse_unreadable(source: str, file_name: str, content: bytes) -> None:
    """Raises FileRefused for a small list that is no table, so that it is never kept; a large one is left to the worker."""
    if len(content) <= AT_ONCE:
        _read(source, file_name, content)


def today_of(issuer: Issuer) -> date:
    """The day it is where the institution is."""
    return clock.now().astimezone(ZoneInfo(issuer.time_zone)).date()


def check_one(issuer: Issuer, achievement: Achievement, values: Mapping[str, str]) -> importing.Report:
    """One person from a form, by the rules of a file. `values` is field → text."""
    columns = tuple(importing.Column(index, field) for index, field in enumerate(values))
    row = importing.Row(1, tuple(values.values()))
    mapping = dict(enumerate(values))
    found = importing.check(importing.Table(columns, (row,), "form"), mapping, today=today_of(issuer))
    return printable(found, achievement)


def printable(report: importing.Report, achievement: Achievement) -> importing.Report:
    """The report, with those among its faults whose certificate could not be printed from what is published now."""
    latest = achievement.latest
    return report if latest is None else foreseeing.printable(report, latest)


def _check(recipient_list: RecipientList) -> None:
    try:
        read = table(recipient_list)
    except importing.FileRefused as refused:
        refusal = {"code": refused.code, "line": refused.line, "params": refused.params}
        _write(recipient_list, refusal=refusal)
        return
    mapping = recipient_list.mapping or {str(index): field for index, field in importing.suggest(read.columns).items()}
    today = today_of(recipient_list.issuer)
    order = recipient_list.date_order or None
    report = importing.check(read, {int(key): field for key, field in mapping.items()}, today=today, date_order=order)
    report = printable(report, recipient_list.achievement)
    _write(recipient_list, mapping=mapping, report=report.to_json(), refusal=None)


def _write(recipient_list: RecipientList, **values: object) -> None:
    RecipientList.objects.filter(pk=recipient_list.pk, confirmed_at__isnull=True).update(
        checked_at=clock.now(), lease_until=None, **values
    )


@transaction.atomic
def set_columns(recipient_list: RecipientList, mapping: Mapping[int, str], date_order: str) -> bool:
    """Read the columns differently and check again. False once the list is confirmed."""
    return _again(
        recipient_list, mapping={str(index): field for index, field in mapping.items()}, date_order=date_order
    )


@transaction.atomic
def outdated(recipient_list: RecipientList) -> bool:
    """Whether a day of somebody who was ready has passed since the check; then the list is checked again."""
    report, today = report_of(recipient_list), today_of(recipient_list.issuer)
    if report is None or not any(_ends_too_soon(person, today) for person in report.people):
        return False
    return _again(recipient_list)


def _ends_too_soon(person: importing.Person, today: date) -> bool:
    """The check itself would say so today: who is awarded today has tomorrow at least (fields.expires_on)."""
    first = today if person.issued_on else today + timedelta(days=1)
    return person.expires_on is not None and person.expires_on < first


def _again(recipient_list: RecipientList, **values: object) -> bool:
    waiting = RecipientList.objects.filter(pk=recipient_list.pk, confirmed_at__isnull=True)
    changed = waiting.update(report=None, checked_at=None, attempts=0, **values)
    if changed and len(recipient_list.content) <= AT_ONCE:
        recipient_list.refresh_from_db()
        _check(recipient_list)
    elif changed:
        wake("recipients.tasks.check_lists")
    return bool(changed)


def check_next() -> bool:
    """A worker's part: check the oldest list that waits. False when none does."""
    with across_issuers("workers check the lists of every issuer"):
        unchecked = RecipientList.objects.filter(checked_at__isnull=True).select_related("issuer")
        # A list that took its worker down every time: the page that waits for it is told.
        refusal: dict[str, Any] = {"code": "not_checked", "line": None, "params": {}}
        found = leasing.take_oldest(unchecked, refusal=refusal, checked_at=clock.now())
    if found is None:
        return False
    with scope(found.issuer):
        _check(found)
    return True


def report_of(recipient_list: RecipientList) -> importing.Report | None:
    """The report, once there is one."""
    return importing.Report.from_json(recipient_list.report) if recipient_list.report else None


def forget_abandoned() -> int:
    """Remove lists that nobody confirmed within two weeks; the number of them."""
    with across_issuers("sweep"):
        old = RecipientList.objects.filter(confirmed_at__isnull=True, created_at__lt=Now() - KEPT_FOR)
        return old.delete()[0]
