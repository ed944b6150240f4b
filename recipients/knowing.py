"""What rules may ask for at an institution, how its things are called, and what is known of its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from badges.criteria import rules, soundness
from badges.criteria.facts import HELD, KINDS, MEMBER, Fact, History
from badges.models import Achievement, ActivityKind, Opportunity, Rule
from badges.wording.names import Names
from issuers import clock
from issuers.models import Issuer
from recipients.models import AchievementCredential, Activity, Group, GroupMember, Recipient


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


def same_people(issuer: Issuer, people: Iterable[Recipient]) -> dict[int, int]:
    """Every row that is one of these people → the row asked for: who has proved two addresses is one person."""
    asked = list(people)
    users = {row.user_id: row.pk for row in reversed(asked) if row.user_id}
    others = Recipient.objects.filter(issuer=issuer, user__in=users).values_list("pk", "user_id")
    mine = {row.pk: users[row.user_id] if row.user_id else row.pk for row in asked}
    return {pk: users[user] for pk, user in others if user} | mine


def held(issuer: Issuer, now: datetime) -> QuerySet[AchievementCredential, tuple[int, str, datetime]]:
    """Credentials that stand now: (recipient, the achievement's public id, since when)."""
    standing = AchievementCredential.objects.live().filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        issuer=issuer,
        declined_at__isnull=True,
        suspended_at__isnull=True,
    )
    return standing.values_list("recipient_id", "achievement__public_id", "created_at")


def histories(issuer: Issuer, people: Iterable[Recipient], *, now: datetime | None = None) -> dict[int, History]:
    """What is known of each of these people, by recipient: three queries for all of them."""
    asked = list(people)
    whose = same_people(issuer, asked)
    now, zone = now or clock.now(), ZoneInfo(issuer.time_zone)
    facts: dict[int, list[Fact]] = defaultdict(list)
    for activity in Activity.objects.counting().filter(issuer=issuer, recipient__in=whose):
        facts[whose[activity.recipient_id]].append(activity.fact())
    for row, public_id, since in held(issuer, now).filter(recipient__in=whose):
        facts[whose[row]].append(Fact(HELD, public_id, since, source="credential"))
    groups = GroupMember.objects.filter(issuer=issuer, recipient__in=whose, group__archived_at__isnull=True)
    for row, key, since in groups.values_list("recipient_id", "group__key", "joined_at"):
        facts[whose[row]].append(Fact(MEMBER, key, since))
    first = {row.pk: whose[row.pk] for row in asked}
    made = {pk: History.of(facts[pk], zone=zone, now=now) for pk in set(first.values())}
    return {pk: made[owner] for pk, owner in first.items()}
