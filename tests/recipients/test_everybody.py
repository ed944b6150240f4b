"""One rule and everybody at once, against everybody one by one: on 5,000 random pairs of a rule and a person's facts."""

import secrets
from collections import defaultdict
from datetime import timedelta
from itertools import count, cycle

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from badges.criteria import rules
from badges.criteria.evaluating import every_period
from badges.criteria.facts import HELD, MEMBER
from badges.criteria.soundness import check
from issuers.tenancy import scope
from recipients import everybody, knowing
from recipients.models import AchievementCredential, Activity, GroupMember, Recipient
from tests import factories
from tests.badges.criteria.making import HISTORIES, KEYS, KINDS, NOW, document, documents

pytestmark = pytest.mark.django_db
PEOPLE, RULES = 125, 20
NOWS = cycle([NOW, NOW - timedelta(days=45), NOW - timedelta(days=90)])
NUMBERS = count()


def wide(said, **more):
    """A rare condition of every kind and key at once: random rules seldom meet two tries of one quiz."""
    return document(*({**said, "kind": kind, "key": key} for kind in KINDS for key in KEYS), of="any", **more)


RARE = [
    wide({"type": "score", "take": "last", "at_least": 40}),
    wide({"type": "score", "take": "first", "at_least": 40}, every="month"),
    wide({"type": "improved", "at_least": 20}),
    # A moment at which drawn facts lie, in both zones.
    wide({"type": "deadline", "by": "2026-10-25", "time": "13:00"}),
    document(
        *(
            {"type": "holds", "credentials": [key], "at_least": 1, "to": day}
            for key in KEYS
            for day in ("2026-08-31", "2026-11-01")
        ),
        *(
            {"type": "sum", "kind": kind, "unit": unit, "at_least": 90}
            for kind in KINDS
            for unit in ("hours", "minutes")
        ),
        of="at_least",
        n=2,
    ),
]


def drawn(strategy, number):
    """So many of them, as the property tests draw them."""
    found = []

    @settings(
        max_examples=number, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    @given(strategy)
    def keep(one):
        found.append(one)

    keep()
    return found


class World:
    """An institution where the keys of the drawn facts are sessions, credentials and groups."""

    def __init__(self, zone):
        self.issuer = factories.IssuerFactory(time_zone=zone)
        self.versions = {key: self._achievement(key) for key in KEYS}
        self.award = factories.AwardFactory(version=self.versions["a"], issuer=self.issuer)
        self.status_list = factories.StatusListFactory(issuer=self.issuer)
        self.groups = {key: factories.GroupFactory(issuer=self.issuer, key=key) for key in KEYS}
        self.rows = defaultdict(list)

    def _achievement(self, key):
        """Public ids are one institution's alone, so that they are the keys with its number."""
        made = factories.AchievementFactory(issuer=self.issuer, public_id=f"{key}-{self.issuer.pk}")
        return factories.AchievementVersionFactory(issuer=self.issuer, achievement=made)

    def told(self, said):
        """The document as it is written here."""
        if isinstance(said, list):
            return [self.told(one) for one in said]
        if not isinstance(said, dict):
            return said
        held = {"credentials": [f"{key}-{self.issuer.pk}" for key in said.get("credentials", ())]}
        return {key: held.get(key) or self.told(value) for key, value in said.items()}

    def knows(self, person, facts):
        for one in facts:
            {HELD: self._held, MEMBER: self._belongs}.get(one.kind, self._did)(person, one)

    def _did(self, person, one):
        row = Activity(
            issuer=self.issuer,
            recipient=person,
            kind=one.kind,
            key=one.key,
            tags=sorted(one.tags),
            value=one.value,
            unit=one.unit,
            peer=one.peer,
            at=one.at,
            day=one.at.astimezone(knowing.ZoneInfo(self.issuer.time_zone)).date(),
            source=one.source,
            external_id=str(next(NUMBERS)),
            confirmed_at=NOW,
        )
        row.withdrawn_at = NOW if one.place == "withdrawn" else None
        self.rows[Activity].append(row)

    def _held(self, person, one):
        """Every fifth has ended in one of the ways in which a credential ends."""
        number = next(NUMBERS)
        how = ["revoked_at", "cancelled_at", "declined_at", "suspended_at", "expires_at"]
        ended = {how[number // 5 % 5]: NOW - timedelta(days=60)} if number % 5 == 0 else {}
        self.rows[AchievementCredential].append(
            AchievementCredential(
                issuer=self.issuer,
                achievement=self.versions[one.key].achievement,
                version=self.versions[one.key],
                award=self.award,
                recipient=person,
                award_key=f"{number}",
                name="Ana",
                salt="",
                document="{}",
                awarded_on=one.at.date(),
                valid_from=NOW - timedelta(days=600),
                created_at=one.at,
                offer_expires_at=NOW,
                status_list=self.status_list,
                status_index=number,
                **ended,
            )
        )

    def _belongs(self, person, one):
        self.rows[GroupMember].append(
            GroupMember(issuer=self.issuer, group=self.groups[one.key], recipient=person, joined_at=one.at)
        )

    def write(self):
        for model, rows in self.rows.items():
            model.objects.bulk_create(rows, ignore_conflicts=model is GroupMember)
        self.rows.clear()

    def people(self, number):
        """Every tenth has two addresses, and has proved both."""
        users = [factories.UserFactory() for _ in range(number // 10)]
        rows = [
            Recipient(
                issuer=self.issuer,
                name="Ana",
                address=(address := f"{secrets.token_hex(6)}@example.org"),
                address_key=address,
            )
            for _ in range(number + len(users))
        ]
        for place, user in enumerate(users):
            rows[place].user = rows[number + place].user = user
        return Recipient.objects.bulk_create(rows)


def one_by_one(issuer, rule, people, histories):
    """(person, period) → (met_at, done), of the pure evaluation."""
    return {
        (person.pk, verdict.award_key): (verdict.met_at, tuple(found.done for found in verdict.whole.findings()))
        for person in people
        for verdict in every_period(rule, histories[person.pk])
    }


def in_the_database(issuer, rule, now):
    return {
        (found.recipient, found.period): (found.met_at, found.done)
        for found in everybody.standings(issuer, rule, now=now)
    }


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Apia"])
def test_everybody_at_once_is_everybody_one_by_one(zone):
    """2 institutions × 20 rules × 125 people: 5,000 pairs."""
    asked = drawn(documents().filter(lambda said: not check(said)), RULES)
    told = cycle(drawn(HISTORIES.filter(len), PEOPLE))
    world = World(zone)
    with scope(world.issuer):
        rows = world.people(PEOPLE)
        for person in rows:
            world.knows(person, next(told))
        world.write()
        for said in RARE + asked[:RULES]:
            agree(world, rules.read(world.told(said)), rows[:PEOPLE], next(NOWS), said)


def agree(world, rule, people, now, said):
    histories = knowing.histories(world.issuer, people, now=now)
    singly, at_once = one_by_one(world.issuer, rule, people, histories), in_the_database(world.issuer, rule, now)
    assert at_once.keys() <= singly.keys(), said
    for (person, period), (met_at, done) in singly.items():
        found = at_once.get((person, period))
        if found is None:
            dated = [one.dated for one in rule.needs.conditions()]
            assert met_at is None, (said, person, period)
            assert not any(some for some, counts in zip(done, dated, strict=True) if counts), (said, person, period)
        else:
            assert found == (met_at, done), (said, person, period, histories[person])
    met = {(found.recipient, found.period) for found in everybody.standings(world.issuer, rule, now=now, only_met=True)}
    assert met == {key for key, (met_at, _) in singly.items() if met_at}, said
