"""A year at Northmoor, told to the stages: who earned what when, and what became of it. Safe to run again after a stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter

from anymail.signals import AnymailTrackingEvent, EventType
from django.db import transaction

from badges.models import Achievement
from credentials_site.demo import words
from credentials_site.demo.people import people
from credentials_site.demo.team import person_with
from issuers import clock
from issuers.cleaning import Address, address
from issuers.models import Issuer, User
from issuers.tenancy import across_issuers, scope
from recipients import bouncing, claiming, correcting, delivering, holding, issuing, links, networks, sending, sharing
from recipients.importing import Evidence, Person
from recipients.models import AchievementCredential, Award, OutgoingEmail
from verification import counting

Visibility = AchievementCredential.Visibility


@dataclass(frozen=True)
class Batch:
    """Days before today, which achievement, and who of the three hundred."""

    days: int
    achievement: int
    first: int
    last: int
    file_name: str


YEAR = (
    Batch(380, 2, 0, 24, "lab-safety-autumn.csv"),
    Batch(330, 0, 24, 48, "mentors-2025.xlsx"),
    Batch(290, 3, 48, 72, "writing-autumn-term.csv"),
    Batch(250, 1, 72, 96, "cs341-results.csv"),
    Batch(210, 2, 96, 120, "lab-safety-spring.csv"),
    Batch(160, 4, 120, 144, "coast-spring.csv"),
    Batch(120, 5, 144, 168, "ad210.xlsx"),
    Batch(90, 0, 168, 192, "mentors-summer.xlsx"),
    Batch(60, 3, 192, 216, "writing-summer-school.csv"),
    Batch(40, 4, 210, 240, "coast-summer.csv"),
    Batch(21, 1, 236, 264, "cs341-resit.csv"),
    Batch(7, 5, 262, 288, "ad210-autumn.xlsx"),
    Batch(1, 2, 284, 300, "lab-safety-new-students.csv"),
)


@dataclass(frozen=True)
class Own:
    """What the student of the printed sign-in got, and whether she took it."""

    days: int
    achievement: int
    taken: bool


# Of each batch: whose mail came back.
CAME_BACK = 10
STUDENT = (Own(200, 2, True), Own(100, 0, True), Own(30, 3, True), Own(2, 1, False))


def tell(issuer: Issuer, achievements: Sequence[Achievement], by: User) -> None:
    """The whole year, oldest first; each batch is one transaction, so that a stop leaves whole batches."""
    everybody = list(people())
    now = clock.now().replace(hour=9, minute=12, second=0, microsecond=0)
    entries: list[Batch | Own] = [*YEAR, *STUDENT]
    for entry in sorted(entries, key=lambda entry: -entry.days):
        moment, achievement = now - timedelta(days=entry.days), achievements[entry.achievement]
        if isinstance(entry, Batch):
            group = everybody[entry.first : entry.last]
            listed = [_person(number + 2, name, to, entry.achievement) for number, (name, to) in enumerate(group)]
            _issue(issuer, achievement, listed, moment, by, entry.file_name)
        else:
            _tell_student(issuer, achievement, entry, moment - timedelta(minutes=20), by)


def _tell_student(issuer: Issuer, achievement: Achievement, entry: Own, moment: datetime, by: User) -> None:
    name, email = words.STUDENT
    award = _issue(issuer, achievement, [_person(1, name, address(email), entry.achievement)], moment, by, "")
    if award and entry.taken:
        with across_issuers("the demo's student"):
            _take(award.credentials.listed().get(), Visibility.PUBLIC, moment + timedelta(hours=5))


def _person(line: int, name: str, to: Address, achievement: int) -> Person:
    grades = {1: ("Pass", "Merit", "Distinction"), 5: ("A", "B", "A"), 3: ("Pass", "Pass", "Distinction")}
    grade = grades.get(achievement, ("", "", ""))[line % 3]
    evidence = Evidence(url=f"https://portfolio.example.org/{line}", name="Portfolio") if line % 4 == 0 else None
    return Person(line=line, name=name, address=to, grade=grade, evidence=evidence)


def _issue(  # noqa: PLR0917 -- the parts of one sentence
    issuer: Issuer,
    achievement: Achievement,
    listed: list[Person],
    moment: datetime,
    by: User,
    file_name: str,
) -> Award | None:
    """Intend and deliver one batch as it was at that moment; None when an earlier run did."""
    key = f"demo/{file_name or achievement.slug}"
    with across_issuers("the demo"):
        if Award.objects.filter(issuer=issuer, request_key=key).exists():
            return None
    today = clock.now()
    # One transaction: workers see the batch when it is delivered, so that its moments lie in its own time.
    with transaction.atomic(), clock.at(moment), scope(issuer):
        version = achievement.latest
        assert version is not None
        source = Award.Source.FILE if file_name else Award.Source.FORM
        award = issuing.intend(
            issuer, version, listed, source=source, by=by, request_key=key, file_name=file_name, skip_undo=True
        )
        _deliver()
        if file_name:
            _what_became_of_it(award, moment, today, by)
    return award


def _deliver() -> None:
    """What workers would do at that moment."""
    for step in (delivering.sign_chunk, delivering.render_chunk, sending.send_chunk):
        while step():
            continue


def _what_became_of_it(award: Award, moment: datetime, today: datetime, by: User) -> None:
    """Most claim within days; some never look, one declines, one is revoked, held, corrected. In the order of time."""
    deeds: list[tuple[datetime, Callable[[datetime], None]]] = []
    for number, credential in enumerate(award.credentials.listed().order_by("id")):
        later = moment + timedelta(hours=3 + 7 * (number % 11))
        place = number % 12
        refused = credential.recipient.address.endswith("full.example.org")
        if number == CAME_BACK and not refused and later < today:
            deeds.append((later, partial(_come_back, credential)))
        if refused or place in {5, 10} or later + timedelta(days=1) > today:
            continue
        if place == 7:
            deeds.append((later, partial(_follow, credential)))
        elif place == 9:
            deeds.append((later, partial(_decline, credential)))
        else:
            shown = (Visibility.PUBLIC, Visibility.LINK, Visibility.PUBLIC, Visibility.PRIVATE)[number % 4]
            deeds.append((later, partial(_take, credential, shown)))
            deeds.append((later + timedelta(days=1), partial(_afterwards, credential, number, by)))
    for when, deed in sorted(deeds, key=itemgetter(0)):
        deed(when)


def _come_back(credential: AchievementCredential, moment: datetime) -> None:
    """The provider tells of a mailbox that there is no more; nobody has heard of the credential since."""
    email = OutgoingEmail.objects.get(credential=credential, kind=OutgoingEmail.Kind.OFFER)
    said = f"550 5.1.1 <{email.to}>: Recipient address rejected: User unknown"
    told = {"event_type": EventType.BOUNCED, "timestamp": moment, "message_id": email.message_id}
    with clock.at(moment):
        bouncing.take([AnymailTrackingEvent(**told, mta_response=said)])


def _follow(credential: AchievementCredential, moment: datetime) -> None:
    email = OutgoingEmail.objects.get(credential=credential, kind=OutgoingEmail.Kind.OFFER)
    with clock.at(moment):
        claiming.follow(links.claim_token(email, credential.pk))


def _decline(credential: AchievementCredential, moment: datetime) -> None:
    with clock.at(moment):
        claiming.decline(credential)


def _take(credential: AchievementCredential, visibility: str, moment: datetime) -> None:
    user = person_with(credential.recipient.address_key, credential.name)
    _follow(credential, moment)
    with clock.at(moment):
        claiming.accept(credential)
        claiming.claim(credential, user, visibility=visibility)
        holding.show_evidence(credential, set(credential.evidence.values_list("pk", flat=True)))
        if visibility == Visibility.PUBLIC and credential.pk % 2:
            sharing.consent(credential, user, networks.BY_KEY["linkedin-profile"])
            for _look in range(1 + credential.pk % 5):
                counting.count(credential.public_id)


def _afterwards(credential: AchievementCredential, number: int, by: User, moment: datetime) -> None:
    """What staff did later to a few of them, and the mail that told them."""
    credential.refresh_from_db()
    with clock.at(moment):
        if number == 2:
            correcting.revoke(credential, reason="Issued to the wrong group by mistake.", by=by)
        elif number == 4 and credential.version.status_purpose == "suspension":
            correcting.suspend(credential, reason="The yearly check of the eye washers is outstanding.", by=by)
        elif number == 6:
            same = address(credential.recipient.address)
            name = f"Dr {credential.name}"
            correcting.correct(credential, name=name, address=same, by=by, reason="Asked for by the student")
        else:
            return
        _deliver()
