"""Stage: a decision becomes a promise (docs/issuance-cycle.md, step 4). One transaction writes everything; the rest is delivery."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count

from badges.models import Achievement, AchievementVersion, RuleVersion
from issuers import clock
from issuers.models import AuditEvent, Issuer, StatusList, User
from issuers.waking import wake
from recipients import announcing, composing, copying, knowing
from recipients.importing import Person
from recipients.models import AchievementCredential, Award, Evidence, OutgoingEmail, Recipient, RecipientList

# People whose rows are in memory at once.
BATCH = 1000


class NotAllowed(Exception):
    """This institution or achievement cannot issue now; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Forecast:
    """What issuing to these people would do."""

    new: tuple[Person, ...]
    already: tuple[tuple[Person, AchievementCredential], ...]


def standing_credentials(achievement: Achievement, keys: Sequence[str]) -> dict[str, AchievementCredential]:
    """Who of these addresses has it now: neither revoked, cancelled, declined nor expired. By address key."""
    has = AchievementCredential.objects.live().filter(
        achievement=achievement, recipient__address_key__in=keys, declined_at__isnull=True
    )
    now = clock.now()
    found = has.select_related("recipient").order_by("id")
    return {row.recipient.address_key: row for row in found if row.expires_at is None or row.expires_at > now}


def _answered(achievement: Achievement, keys: Mapping[str, str]) -> dict[str, AchievementCredential]:
    """Who of these addresses is not given it under the key that a rule found, whatever became of what they were given."""
    issuer = achievement.issuer
    rows = Recipient.objects.filter(issuer=issuer, address_key__in=list(keys))
    found = {row.pk: row.address_key for row in rows}
    whose = knowing.persons(issuer, found)
    given: dict[int, list[AchievementCredential]] = {}
    for credential in knowing.awarded(issuer, [achievement.pk], whose):
        given.setdefault(whose[credential.recipient_id], []).append(credential)
    return {
        address: credential
        for pk, address in found.items()
        if pk in whose
        for credential in given.get(whose[pk], ())
        if keys[address] in credential.answered
    }


def forecast(
    achievement: Achievement, people: Sequence[Person], award_keys: Mapping[str, str] | None = None
) -> Forecast:
    """Who is new, and who has it already; somebody who is named twice counts once. Writes nothing.

    `award_keys` (address key → key) are those of a rule's verdicts.
    """
    people = list({person.address.key: person for person in reversed(people)}.values())[::-1]
    if award_keys is None:
        has = standing_credentials(achievement, [person.address.key for person in people])
    else:
        has = _answered(achievement, award_keys)
    return Forecast(
        new=tuple(person for person in people if person.address.key not in has),
        already=tuple((person, has[person.address.key]) for person in people if person.address.key in has),
    )


def refuse_unless_allowed(issuer: Issuer, achievement: Achievement) -> None:
    """Raises NotAllowed: not approved yet, closed, put away, or nothing published."""
    if issuer.approved_at is None:
        raise NotAllowed("not_approved")
    if issuer.closed_at is not None:
        raise NotAllowed("closed")
    if achievement.archived_at is not None:
        raise NotAllowed("archived")
    if achievement.latest is None:
        raise NotAllowed("not_published")


@transaction.atomic
def intend(
    issuer: Issuer,
    version: AchievementVersion,
    people: Sequence[Person],
    *,
    source: str,
    by: User | None,
    request_key: str,
    file_name: str = "",
    recipient_list: RecipientList | None = None,
    skip_undo: bool = False,
    undo_minutes: int | None = None,
    award_keys: Mapping[str, str] | None = None,
    rule_version: RuleVersion | None = None,
) -> Award:
    """Award `version` to `people`; the same `request_key` gives the first award again, and nobody is awarded twice.

    A rule says under which key each address is awarded, and how long its batches can be undone; else keys are counted, and
    the institution says how long. Two requests at the same time wait for each other at the issuer's row. Raises NotAllowed.
    """
    issuer = Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    if before := Award.objects.filter(issuer=issuer, request_key=request_key).first():
        return before
    refuse_unless_allowed(issuer, version.achievement)
    now = clock.database_now()
    expected = forecast(version.achievement, people, award_keys)
    minutes = issuer.undo_minutes if undo_minutes is None else undo_minutes
    award = Award.objects.create(
        issuer=issuer,
        achievement=version.achievement,
        version=version,
        recipient_list=recipient_list,
        rule_version=rule_version,
        source=source,
        file_name=file_name,
        request_key=request_key,
        made_by=by,
        created_at=now,
        total=len(expected.new),
        already=len(expected.already),
        release_at=now if skip_undo else now + timedelta(minutes=minutes),
    )
    _write(award, expected.new, award_keys)
    details = {"people": award.total, "already": award.already, "source": source}
    AuditEvent.objects.record(issuer, by, "award.made", award, **details)
    announcing.award_made(award)
    wake("recipients.tasks.sign")
    return award


def _write(award: Award, people: Sequence[Person], award_keys: Mapping[str, str] | None) -> None:
    issuer, now = award.issuer, award.created_at
    for start in range(0, len(people), BATCH):
        _Writing(award, issuer, award.version, now, award_keys).write(people[start : start + BATCH])
    if issuer.frozen_at is None and people:
        Issuer.objects.filter(pk=issuer.pk, frozen_at__isnull=True).update(frozen_at=now)


class _Writing:
    """Writes the rows of one batch."""

    def __init__(
        self,
        award: Award,
        issuer: Issuer,
        version: AchievementVersion,
        now: datetime,
        award_keys: Mapping[str, str] | None,
    ) -> None:
        self.award, self.issuer, self.version, self.now = award, issuer, version, now
        self.award_keys = award_keys
        self.zone = ZoneInfo(issuer.time_zone)
        self.today = now.astimezone(self.zone).date()
        self.composer = composing.Composer(issuer, version)

    def write(self, people: Sequence[Person]) -> None:
        recipients = self._recipients(people)
        keys = self._award_keys([recipients[person.address.key] for person in people])
        places = StatusList.objects.take(self.issuer, self.version.status_purpose, len(people))
        made: list[AchievementCredential] = []
        evidence: list[Evidence] = []
        for person, (status_list, index) in zip(people, places, strict=True):
            recipient = recipients[person.address.key]
            credential = self._credential(person, recipient, keys[recipient.pk], status_list, index)
            own = self._evidence(person, credential)
            credential.document = self.composer.compose(credential, own)
            made.append(credential)
            evidence += own
        copying.write(made)
        for piece in evidence:  # it was made before its credential had a number
            piece.credential_id = piece.credential.pk
        copying.write(evidence)
        copying.write([self._offer(row) for row in made])

    def _recipients(self, people: Sequence[Person]) -> dict[str, Recipient]:
        """One row a person; what the newest list says of them is kept."""
        rows = [
            Recipient(
                issuer=self.issuer,
                name=person.name,
                address=person.address.mail_to,
                address_key=person.address.key,
                student_id=person.student_id,
            )
            for person in people
        ]
        copying.write_over(rows, unique=["issuer", "address_key"], update=["name", "address"])
        return {row.address_key: row for row in rows}

    def _award_keys(self, recipients: list[Recipient]) -> dict[int, str]:
        """A rule's own; else `once`, and after something that ended `once/2`, `once/3` …: the unique constraint counts with us."""
        if self.award_keys is not None:
            return {row.pk: self.award_keys[row.address_key] for row in recipients}
        before = (
            AchievementCredential.objects.filter(achievement=self.version.achievement, recipient__in=recipients)
            .values_list("recipient_id")
            .annotate(count=Count("id"))
        )
        counts = dict(before)
        return {row.pk: f"once/{counts[row.pk] + 1}" if row.pk in counts else "once" for row in recipients}

    def _credential(
        self, person: Person, recipient: Recipient, key: str, status_list: StatusList, index: int
    ) -> AchievementCredential:
        return AchievementCredential(
            issuer=self.issuer,
            achievement=self.version.achievement,
            version=self.version,
            award=self.award,
            recipient=recipient,
            award_key=key,
            name=person.name,
            values=composing.said(person),
            salt=secrets.token_urlsafe(12),
            awarded_on=person.issued_on or self.today,
            valid_from=self.now,
            expires_at=composing.ends(person, self.version, self.now, self.zone),
            status_list=status_list,
            status_index=index,
            created_at=self.now,
            offer_expires_at=self.now + timedelta(days=self.issuer.offer_days),
        )

    def _evidence(self, person: Person, credential: AchievementCredential) -> list[Evidence]:
        pieces = [*([person.evidence] if person.evidence else []), *person.more_evidence]
        own: dict[str, Any] = {"issuer": self.issuer, "credential": credential}
        return [Evidence(**own, position=place, **asdict(piece)) for place, piece in enumerate(pieces)]

    def _offer(self, credential: AchievementCredential) -> OutgoingEmail:
        return OutgoingEmail.prepared(
            OutgoingEmail.Kind.OFFER, credential=credential, not_before=self.award.release_at, created_at=self.now
        )
