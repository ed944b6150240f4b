"""Stage: the leaderboard of an institution, for those who want one. It counts, and shows one's own neighbourhood.

Off until the institution switches it on, and nobody stands on it who has not asked to. Only those on it see it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Count, Value
from django.db.models.functions import Concat

from issuers import clock
from issuers.models import Issuer, User
from recipients.models import AchievementCredential, Activity, LeaderboardEntry, Recipient

# So many on each side; and with fewer than so many altogether a pseudonym hides nobody.
BESIDE, FEWEST = 2, 3
LATELY = timedelta(days=90)


class NameTaken(Exception):
    """Somebody else stands there under this name."""


@dataclass(frozen=True)
class Place:
    """One line: a name, and what it counts."""

    place: int
    name: str
    credentials: int
    activities: int
    own: bool

    @property
    def total(self) -> int:
        return self.credentials + self.activities


@dataclass(frozen=True)
class Board:
    """One's own neighbourhood. `lines` is empty while there are too few people to hide among."""

    since: date
    people: int
    own: Place
    lines: tuple[Place, ...]

    @property
    def to_next(self) -> int:
        """How many more would bring one level with the line above; 0 on the first one."""
        above = [line.total for line in self.lines if line.total > self.own.total]
        return min(above) - self.own.total if above else 0


def join(issuer: Issuer, user: User, pseudonym: str = "") -> None:
    """Stand on it from now on, or under another name. Raises NameTaken."""
    if pseudonym.casefold() in {name.casefold() for pk, name in _names(issuer).items() if pk != user.pk}:
        raise NameTaken
    values = {"pseudonym": pseudonym, "left_at": None, "joined_at": clock.now()}
    try:
        with transaction.atomic():
            LeaderboardEntry.objects.update_or_create(issuer=issuer, user=user, defaults=values)
    except IntegrityError as error:
        raise NameTaken from error


def leave(issuer: Issuer, user: User) -> bool:
    """Off at once, and the name is forgotten. False for whoever was not on it."""
    there = LeaderboardEntry.objects.filter(issuer=issuer, user=user, left_at__isnull=True)
    return there.update(left_at=clock.now(), pseudonym="") == 1


def entry_of(issuer: Issuer, user: User) -> LeaderboardEntry | None:
    """One's own wish, while it stands."""
    return LeaderboardEntry.objects.filter(issuer=issuer, user=user, left_at__isnull=True).first()


def since(issuer: Issuer) -> date:
    """From when on it counts: the day that the institution names, such as the first of term, else the last 90 days."""
    today = clock.now().astimezone(ZoneInfo(issuer.time_zone)).date()
    named = issuer.leaderboard_from
    return named if named and named <= today else today - LATELY


def board(issuer: Issuer, user: User) -> Board:
    """The lines around one's own. Whoever asks has an entry."""
    names, begins = _names(issuer), since(issuer)
    credentials, activities = _credentials(issuer, names, begins), _activities(issuer, names, begins)
    totals = {pk: credentials[pk] + activities[pk] for pk in names}
    order = sorted(names, key=lambda pk: (-totals[pk], pk))
    places = {pk: 1 + sum(other > totals[pk] for other in totals.values()) for pk in order}
    lines = [Place(places[pk], names[pk], credentials[pk], activities[pk], pk == user.pk) for pk in order]
    here = order.index(user.pk)
    near = lines[max(here - BESIDE, 0) : here + BESIDE + 1] if len(lines) >= FEWEST else []
    return Board(begins, len(lines), lines[here], tuple(near))


def _names(issuer: Issuer) -> dict[int, str]:
    """What each is called there: the pseudonym, and the own name only without one."""
    on_it = LeaderboardEntry.objects.filter(issuer=issuer, left_at__isnull=True)
    known = Recipient.objects.filter(issuer=issuer, user__in=on_it.filter(pseudonym="").values("user"))
    called = dict(known.order_by("-id").values_list("user_id", "name"))
    return {
        entry.user_id: entry.pseudonym or called.get(entry.user_id) or str(entry.user)
        for entry in on_it.select_related("user")
    }


def _credentials(issuer: Issuer, people: dict[int, str], begins: date) -> Counter[int]:
    """What stands and has left the institution."""
    start = datetime.combine(begins, time.min, ZoneInfo(issuer.time_zone))
    standing = AchievementCredential.objects.live().filter(
        issuer=issuer,
        recipient__user__in=people,
        created_at__gte=start,
        declined_at__isnull=True,
        award__release_at__lte=clock.now(),
    )
    counted = standing.order_by().values("recipient__user").annotate(number=Count("pk"))
    return Counter({row["recipient__user"]: row["number"] for row in counted})


def _activities(issuer: Issuer, people: dict[int, str], begins: date) -> Counter[int]:
    """Different ones, confirmed: the same session twice is one."""
    done = Activity.objects.counting().filter(issuer=issuer, recipient__user__in=people, day__gte=begins)
    thing = Concat("kind", Value("\n"), "key")
    counted = done.order_by().values("recipient__user").annotate(number=Count(thing, distinct=True))
    return Counter({row["recipient__user"]: row["number"] for row in counted})
