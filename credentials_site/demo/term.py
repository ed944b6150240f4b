"""This term at Northmoor: webinars with a rule that is on, who came, a group with a goal, work to be assessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from badges import offering, publishing, ruling, starting
from badges.models import Achievement, Opportunity
from badges.packs import MENTORING, MICRO_CREDENTIAL, WEBINARS, Pack
from credentials_site.demo import words
from credentials_site.demo.people import people
from issuers import clock
from issuers.cleaning import Address, address
from issuers.models import Issuer, User
from issuers.tenancy import scope
from recipients import aiming, grouping, knowing, recording
from recipients.activities import Deed
from recipients.models import Group

# Title, days from today, and how many of the thirty of the group came.
WEBINARS_HELD = (
    ("Reading a paper in an hour", -16, 24),
    ("Asking a question in a lecture", -9, 18),
    ("Notes that you read again", -2, 11),
    ("Before the examination", 5, 0),
)
GROUP, GROUP_NAME = "first-years", "First-year students"


def tell(issuer: Issuer, by: User) -> None:
    """One transaction, so that a stop leaves nothing half told; found again by a second run. Workers award what was earned."""
    with scope(issuer), transaction.atomic():
        if Group.objects.filter(issuer=issuer, key=GROUP).exists():
            return
        curious = _begun(issuer, by, WEBINARS)[0]
        helper, mentor = _begun(issuer, by, MENTORING)
        _begun(issuer, by, MICRO_CREDENTIAL)
        listed = [(words.STUDENT[0], address(words.STUDENT[1])), *list(people())[:29]]
        group = grouping.make(issuer, by, key=GROUP, name=GROUP_NAME)
        grouping.join(group, listed, by)
        _hold(issuer, by, listed)
        for achievement in (curious, helper, mentor):
            _switch_on(issuer, by, achievement)
        until = clock.now().date() + timedelta(days=6)
        aiming.set_for_group(issuer, group, curious, until=until, note="The last one is next week.", by=by)
        _told_by_the_student(issuer)


def _begun(issuer: Issuer, by: User, pack: Pack) -> list[Achievement]:
    made = starting.begin(issuer, by, pack)
    for achievement in made:
        publishing.publish(achievement, by)
    return made


def _switch_on(issuer: Issuer, by: User, achievement: Achievement) -> None:
    rule = ruling.of(achievement)
    assert rule is not None
    ruling.switch_on(rule, by, known=knowing.known(issuer, achievement))


def _hold(issuer: Issuer, by: User, listed: Sequence[tuple[str, Address]]) -> None:
    """The webinars, and who came: the student of the printed sign-in missed the last one."""
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    for number, (title, days, came) in enumerate(WEBINARS_HELD, start=1):
        session = _session(issuer, by, f"webinar-{number}", title, noon + timedelta(days=days))
        deeds = [_came(session, name, to) for name, to in listed[1 if days == -2 else 0 :][:came]]
        recording.record(issuer, deeds, source="file", by=by)


def _session(issuer: Issuer, by: User, key: str, title: str, starts: datetime) -> Opportunity:
    found = Opportunity.objects.filter(issuer=issuer, kind="session", key=key).first()
    made = found or offering.offer(issuer, by, kind="session", key=key, title=title, tags=["webinar"])
    offering.describe(made, by, title=title, starts_at=starts, ends_at=starts + timedelta(hours=1), place="Online")
    made.refresh_from_db()
    return made


def _came(session: Opportunity, name: str, to: Address) -> Deed:
    assert session.starts_at is not None
    return Deed(
        address=to,
        kind="session",
        key=session.key,
        at=session.starts_at,
        name=name,
        title=session.title,
        tags=tuple(session.tags),
    )


def _told_by_the_student(issuer: Issuer) -> None:
    """Hours that nobody saw: they wait for staff under “To confirm”."""
    name, email = words.STUDENT
    told = Deed(
        address=address(email),
        kind="mentoring",
        key="First-year statistics",
        at=clock.now() - timedelta(days=1),
        name=name,
        value=Decimal("2.5"),
        unit="hours",
        note="Regression, with two students of my corridor.",
    )
    recording.record(issuer, [told], source="log", confirmed=False)
