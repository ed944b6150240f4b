"""Before anything is promised: whose certificate could not be printed, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from badges.models import AchievementVersion
from badges.rendering.certificate import DoesNotFit, MissingGlyph
from issuers import clock
from recipients import composing, printing
from recipients.importing import Fault, Person, Report
from recipients.models import AchievementCredential

# What a list calls what a certificate prints of a person.
_PRINTED = ("grade", "license_number", "role", "term", "credits")


def printable(report: Report, version: AchievementVersion) -> Report:
    """The report with those among its faults for whose certificate there is no room, or a letter that no font has."""
    if not version.content["certificate"]["layout"]:  # nothing is printed of it
        return report
    faults = {person.line: fault for person in report.people for fault in _faults(person, version)}
    if not faults:
        return report
    people = tuple(person for person in report.people if person.line not in faults)
    every = sorted([*report.faults, *faults.values()], key=lambda fault: fault.line)
    notices = tuple(notice for notice in report.notices if notice.line not in faults)
    return replace(report, people=people, faults=tuple(every), notices=notices)


def _faults(person: Person, version: AchievementVersion) -> Iterator[Fault]:
    try:
        printing.refuse_unprintable(_as_issued(person, version))
    except printing.CannotPrint as error:
        cause = error.__cause__
        if isinstance(cause, MissingGlyph):
            lost = cause.characters
            column, value = _column(person, lambda text: any(letter in text for letter in lost))
            yield Fault(person.line, column, "no_letter", value[:200], params={"letters": lost}, who=person.name)
        elif isinstance(cause, DoesNotFit):
            printed = cause.text
            column, value = _column(person, lambda text: text in printed or text.upper() in printed)
            yield Fault(person.line, column, "no_room", value[:200], params={"length": len(value)}, who=person.name)


def _column(person: Person, guilty: Callable[[str], bool]) -> tuple[str | None, str]:
    """Field and text of what is to blame: the name, or whatever else is printed of a person."""
    texts = {"recipient_name": person.name} | {name: getattr(person, name) for name in _PRINTED}
    texts |= {f"custom.{label}": text for label, text in person.custom.items()}
    return next(((name, text) for name, text in texts.items() if text and guilty(text)), (None, ""))


def _as_issued(person: Person, version: AchievementVersion) -> AchievementCredential:
    """What would be written for this person now; it is only looked at."""
    issuer, now = version.issuer, clock.now()
    zone = ZoneInfo(issuer.time_zone)
    return AchievementCredential(
        issuer=issuer,
        achievement=version.achievement,
        version=version,
        name=person.name,
        values=composing.said(person),
        awarded_on=person.issued_on or now.astimezone(zone).date(),
        expires_at=composing.ends(person, version, now, zone),
    )
