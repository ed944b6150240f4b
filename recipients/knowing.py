"""What rules may ask for at an institution, how its things are called, and what is known of its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from badges.criteria import rules, soundness
from badges.criteria.facts import HELD, KINDS, MEMBER, STATES, Fact, History
from badges.models import Achievement, ActivityKind, Opportunity, Rule
from badges.wording.names import Names
from issuers import clock
from issuers.models import Issuer
from recipients.models import AchievementCredential, Activity, Group, GroupMember, Recipient
from recipients.models.activity import FACT_FIELDS, fact_of


def kinds(issuer: Issuer) -> list[str]:
    """Kinds of activities that there are here: everybody's, and the institution's own."""
    return [*KINDS, *ActivityKind.objects.filter(issuer=issuer).order_by("name").values_list("key", flat=True)]


def known(issuer: Issuer, achievement: Achievement) -> soundness.Known:
    """What the rule of this achievement may ask for, for `soundness.check`."""
    achievements = Achievement.objects.filter(issuer=issuer)
    running = Rule.objects.filter(issuer=issuer).exclude(achievement=achievement).select_related("version")
    return soundness.Known(
        kinds=frozenset(kinds(issuer)),
        things=frozenset(Opportunity.objects.filter(issuer=issuer).values_list("kind", "key")),
        credentials=frozenset(achievements.current().values_list("public_id", flat=True)),
        archived=frozenset(achievements.archived().values_list("public_id", flat=True)),
        groups=frozenset(Group.objects.filter(issuer=issuer, archived_at__isnull=True).values_list("key", flat=True)),
        awards=achievement.public_id,
        stacks={
            rule.achievement.public_id: rules.read(rule.version.document).stands_on()
            for rule in running.filter(version__isnull=False).select_related("achievement")
            if rule.version
        },
    )


def names(issuer: Issuer) -> Names:
    """How things are called here, for the sentences of badges.wording."""
    titles = {("kind", kind.key): kind.name for kind in ActivityKind.objects.filter(issuer=issuer)}
    titles |= {(one.kind, one.key): one.title for one in Opportunity.objects.filter(issuer=issuer)}
    titles |= {(HELD, one.public_id): one.name for one in Achievement.objects.filter(issuer=issuer)}
    titles |= {(MEMBER, one.key): one.name for one in Group.objects.filter(issuer=issuer)}
    return Names(titles=titles)


def names_asked(asked: Iterable[tuple[int, rules.Rule]], mark: Callable[[str], str]) -> dict[int, Names]:
    """How the things are called that these rules of institutions ask for: a query for each sort that is asked for at all."""
    keys: dict[str, set[str]] = defaultdict(set)
    titles: dict[int, dict[tuple[str, str], str]] = {}
    for issuer, rule in asked:
        titles.setdefault(issuer, {})
        for condition in rule.needs.conditions():
            keys[condition.kind] |= set(condition.keys)
    for issuer, kind, key, title in _titles(titles, keys):
        titles[issuer][kind, key] = title
    return {issuer: Names(titles=found, mark=mark) for issuer, found in titles.items()}


def _titles(issuers: Collection[int], asked: Mapping[str, set[str]]) -> list[tuple[int, str, str, str]]:
    found: list[tuple[int, str, str, str]] = []
    if keys := asked.get(HELD):
        rows = Achievement.objects.filter(issuer__in=issuers, public_id__in=keys)
        found += [(issuer, HELD, key, name) for issuer, key, name in rows.values_list("issuer_id", "public_id", "name")]
    if keys := asked.get(MEMBER):
        groups = Group.objects.filter(issuer__in=issuers, key__in=keys).values_list("issuer_id", "key", "name")
        found += [(issuer, MEMBER, key, name) for issuer, key, name in groups]
    things = {key for kind, keys in asked.items() if kind not in STATES for key in keys}
    if things:
        named = Opportunity.objects.filter(issuer__in=issuers, kind__in=asked, key__in=things)
        found += list(named.values_list("issuer_id", "kind", "key", "title"))
    if own := set(asked) - {"", *STATES, *KINDS}:
        kinds = ActivityKind.objects.filter(issuer__in=issuers, key__in=own).values_list("issuer_id", "key", "name")
        found += [(issuer, "kind", key, name) for issuer, key, name in kinds]
    return found


def same_people(issuer: Issuer, people: Iterable[Recipient]) -> dict[int, int]:
    """Every row that is one of these people → the row asked for: who has proved two addresses is one person."""
    asked = list(people)
    users = {row.user_id: row.pk for row in reversed(asked) if row.user_id}
    mine = {row.pk: users[row.user_id] if row.user_id else row.pk for row in asked}
    if not users:
        return mine
    others = Recipient.objects.filter(issuer=issuer, user__in=users).values_list("pk", "user_id")
    return {pk: users[user] for pk, user in others if user} | mine


# One statement, for it is asked for every new fact.
_PERSONS = """
SELECT id, user_id FROM recipients_recipient WHERE issuer_id = %(issuer)s AND erased_at IS NULL AND id = ANY(%(rows)s)
UNION
SELECT other.id, other.user_id FROM recipients_recipient asked
JOIN recipients_recipient other ON other.user_id = asked.user_id AND other.issuer_id = asked.issuer_id
WHERE asked.issuer_id = %(issuer)s AND asked.id = ANY(%(rows)s) AND other.erased_at IS NULL ORDER BY id
"""


def persons(issuer: Issuer, rows: Iterable[int]) -> dict[int, int]:
    """Every row that is one of these people → the person's first row, which stands for them; who was erased is nobody."""
    first: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, {"issuer": issuer.pk, "rows": list(rows)})
        return {row: first.setdefault(user, row) if user else row for row, user in cursor.fetchall()}


def everyone(issuer: Issuer) -> dict[int, int]:
    """The same, of everybody whom the institution knows."""
    rows = Recipient.objects.filter(issuer=issuer, erased_at__isnull=True).order_by("pk").values_list("pk", "user_id")
    first: dict[int, int] = {}
    return {row: first.setdefault(user, row) if user else row for row, user in rows}


def awarded(
    issuer: Issuer, achievements: Iterable[int], rows: Iterable[int]
) -> QuerySet[AchievementCredential, AchievementCredential]:
    """Whatever these rows of people were ever given of these achievements, for `answered`."""
    given = AchievementCredential.objects.filter(issuer=issuer, achievement__in=achievements, recipient__in=rows)
    return given.only("achievement_id", "recipient_id", "award_key", "revoked_at", "cancelled_at").order_by("id")


def held(issuer: Issuer, now: datetime) -> QuerySet[AchievementCredential, tuple[int, str, datetime]]:
    """Credentials that stand now: (recipient, the achievement's public id, since when)."""
    standing = AchievementCredential.objects.standing(now).filter(issuer=issuer)
    return standing.values_list("recipient_id", "achievement__public_id", "created_at")


def histories(issuer: Issuer, people: Iterable[Recipient], *, now: datetime | None = None) -> dict[int, History]:
    """What is known of each of these people, by recipient: three queries for all of them."""
    asked = list(people)
    whose = same_people(issuer, asked)
    made = histories_of(issuer, whose, now=now)
    return {row.pk: made[whose[row.pk]] for row in asked}


def histories_of(
    issuer: Issuer, whose: Mapping[int, int], *, now: datetime | None = None, kinds: Collection[str] = ("", *STATES)
) -> dict[int, History]:
    """What is known of people, by person, where it is known which rows are whose.

    Rules that look at some `kinds` alone need no more than these; an empty one is everything that people do.
    """
    now, zone = now or clock.now(), ZoneInfo(issuer.time_zone)
    facts: dict[int, list[Fact]] = defaultdict(list)
    for row, *said in _deeds(issuer, whose, kinds):
        facts[whose[row]].append(fact_of(said))
    if HELD in kinds:
        for row, public_id, since in held(issuer, now).filter(recipient__in=whose):
            facts[whose[row]].append(Fact(HELD, public_id, since, source="credential"))
    if MEMBER in kinds:
        groups = GroupMember.objects.filter(issuer=issuer, recipient__in=whose, group__archived_at__isnull=True)
        for row, key, since in groups.values_list("recipient_id", "group__key", "joined_at"):
            facts[whose[row]].append(Fact(MEMBER, key, since))
    return {person: History.of(facts[person], zone=zone, now=now) for person in set(whose.values())}


def _deeds(issuer: Issuer, rows: Iterable[int], kinds: Collection[str]) -> QuerySet[Activity, tuple[Any, ...]]:
    done = Activity.objects.counting().filter(issuer=issuer, recipient__in=rows)
    if "" not in kinds:
        done = done.filter(kind__in=kinds)
    return done.values_list("recipient_id", *FACT_FIELDS)
