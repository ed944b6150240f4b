"""Who somebody is at the institutions that know them, and what is known of them there. A person's own pages ask it.

Inside `across_issuers`. What is read is what rules see (recipients.knowing), of all institutions in the same queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from badges.criteria.facts import HELD, MEMBER, Fact, History
from issuers import clock
from issuers.models import Issuer, User
from recipients.models import AchievementCredential, Activity, GroupMember, Recipient


@dataclass(frozen=True)
class Held:
    """One credential that stands. Until its mails may leave, nobody but staff knows of it."""

    issuer: int
    achievement: int
    award_key: str
    since: datetime
    public_id: str
    claimed: bool


@dataclass(frozen=True)
class Oneself:
    """One person, by institution: the rows that are them, their history, what they hold, where they belong."""

    user: User
    now: datetime
    rows: tuple[Recipient, ...]
    histories: Mapping[int, History]
    held: tuple[Held, ...]
    groups: frozenset[int]

    @property
    def issuers(self) -> dict[int, Issuer]:
        return {row.issuer_id: row.issuer for row in self.rows}

    def row_at(self, issuer: int) -> Recipient | None:
        """The first row at an institution: what is written there of oneself hangs on it."""
        return next((row for row in self.rows if row.issuer_id == issuer), None)

    def week(self, issuer: int) -> tuple[date, date]:
        """Monday and Sunday, where the institution is."""
        today = self.histories[issuer].today
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)


def proved_addresses(user: User) -> list[str]:
    """Keys of the addresses that this person has proved."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [email.lower() for email in proved]


def known_as(user: User) -> tuple[Recipient, ...]:
    """Rows that are this person: linked ones, and those of proved addresses that are nobody's yet.

    The latter are theirs from now on in memory; recipients.recognising writes it down.
    """
    own = Q(user=user) | Q(user__isnull=True, address_key__in=proved_addresses(user))
    rows = Recipient.objects.filter(own, erased_at__isnull=True, issuer__closed_at__isnull=True)
    found = tuple(rows.select_related("issuer").order_by("id"))
    for row in found:
        row.user = user
    return found


def standing(now: datetime) -> QuerySet[AchievementCredential]:
    """Credentials that stand now: neither taken back, declined, on hold nor run out. As recipients.knowing.held has them."""
    return AchievementCredential.objects.live().filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now), declined_at__isnull=True, suspended_at__isnull=True
    )


def look(user: User) -> Oneself:
    """All that is known of a person: six queries, however many institutions."""
    now, rows = clock.now(), known_as(user)
    if not rows:
        return Oneself(user, now, (), {}, (), frozenset())
    whose = {row.pk: row.issuer_id for row in rows}
    facts: dict[int, list[Fact]] = defaultdict(list)
    done = Activity.objects.counting().filter(issuer__in=set(whose.values()), recipient__in=whose)
    for activity in done:
        facts[activity.issuer_id].append(activity.fact())
    held = _held(user, whose, now, facts)
    groups = _groups(whose, facts)
    zones = {row.issuer_id: ZoneInfo(row.issuer.time_zone) for row in rows}
    histories = {issuer: History.of(facts[issuer], zone=zone, now=now) for issuer, zone in zones.items()}
    return Oneself(user, now, rows, histories, held, groups)


def _held(user: User, whose: Mapping[int, int], now: datetime, facts: dict[int, list[Fact]]) -> tuple[Held, ...]:
    """What stands is a fact at once, as rules see it; it is shown once its mails may leave."""
    own = standing(now).filter(Q(recipient__in=whose) | Q(holder=user)).select_related("award", "achievement")
    shown = []
    for row in own.defer("document", "signed"):
        if row.recipient_id in whose:
            facts[row.issuer_id].append(Fact(HELD, row.achievement.public_id, row.created_at, source="credential"))
        if row.award.release_at <= now or row.claimed_at:
            claimed = row.claimed_at is not None
            made = row.created_at
            shown.append(Held(row.issuer_id, row.achievement_id, row.award_key, made, row.public_id, claimed))
    return tuple(sorted(shown, key=lambda one: one.since, reverse=True))


def _groups(whose: Iterable[int], facts: dict[int, list[Fact]]) -> frozenset[int]:
    members = GroupMember.objects.filter(recipient__in=list(whose), group__archived_at__isnull=True)
    found = set()
    for issuer, group, key, since in members.values_list("issuer_id", "group_id", "group__key", "joined_at"):
        facts[issuer].append(Fact(MEMBER, key, since))
        found.add(group)
    return frozenset(found)
