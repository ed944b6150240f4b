"""A fact becomes an award by itself, and what was found is right whatever becomes of the fact."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from badges.models import Rule
from issuers import clock
from issuers.cleaning import address
from issuers.tenancy import scope
from recipients import correcting, noticing, recording
from recipients.activities import Deed
from recipients.models import Activity, GroupMember, Recipient
from tests import factories
from tests.badges.criteria.making import document
from tests.making_rules import credentials, earnings, switched_on, with_version, work
from tests.published import intend, issued, person, publish

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEBINARS = document({"type": "count", "kind": "session", "tags": ["webinar"], "at_least": 3})
QUIZ = {"type": "score", "kind": "assessment", "key": "quiz-2", "at_least": 70}


@pytest.fixture
def issuer():
    return factories.IssuerFactory(time_zone="Asia/Tokyo")


def did(issuer, key="webinar-1", kind="session", who="ana@example.org", **said):
    """A fact as every source records it; the row."""
    deed = Deed(
        address=address(who), kind=kind, key=key, at=said.pop("at", NOON), name=said.pop("name", "Ana Li"),
        tags=tuple(said.pop("tags", ["webinar"])), **said,
    )  # fmt: skip
    with scope(issuer):
        return recording.record(issuer, [deed], source="events:test").new[0]


def scored(issuer, value, **said):
    return did(issuer, "quiz-2", "assessment", value=Decimal(value), unit="percent", **said)


def take_back(fact):
    with scope(fact.issuer):
        assert recording.withdraw(fact, None)


# The rows of PRODUCT.md that this shows.


def test_a17_three_webinars_earn_curious_learner(issuer):
    """“Attend three webinars? Get the Curious Learner badge.”"""
    rule = switched_on(issuer, WEBINARS)
    for hour, number in enumerate((1, 2, 2)):
        did(issuer, f"webinar-{number}", at=NOON - timedelta(hours=hour))
    did(issuer, "lecture", tags=[])
    work()
    assert credentials() == []

    did(issuer, "webinar-3", at=datetime(2026, 11, 20, 16, tzinfo=UTC))
    work()

    (credential,) = credentials()
    assert (credential.achievement.name, credential.name, credential.award_key) == ("Curious Learner", "Ana Li", "once")
    assert (credential.award.source, credential.award.rule_version_id) == ("rule", rule.version_id)
    # The day of the last one where the institution is, whenever that was noticed.
    assert str(credential.awarded_on) == "2026-11-21"


@pytest.mark.parametrize(
    ("name", "condition", "deeds"),
    [
        ("showing up", {"type": "count", "kind": "session", "at_least": 1}, [{}]),
        (
            "improving",
            {"type": "improved", "kind": "assessment", "key": "quiz-2", "unit": "percent", "at_least": 15},
            [
                {"kind": "assessment", "key": "quiz-2", "value": Decimal(50), "unit": "percent"},
                {"kind": "assessment", "key": "quiz-2", "value": Decimal(65), "unit": "percent", "at": NOON + timedelta(1)},
            ],
        ),
        (
            "helping a peer",
            {"type": "peers", "kind": "help", "at_least": 2},
            [{"kind": "help", "key": "maths", "peer": peer} for peer in ("ben", "cem")],
        ),
    ],
)  # fmt: skip
def test_a13_badges_for_showing_up_improving_or_helping_a_peer(issuer, name, condition, deeds):
    """Three kinds of effort, three conditions: attendance, a better score than before, different people helped."""
    switched_on(issuer, document(condition), name=name)
    for said in deeds:
        assert credentials() == []
        with clock.at(NOON + timedelta(days=2)):
            did(issuer, **said)
            work()

    assert [row.achievement.name for row in credentials()] == [name]


def test_a27_modules_early_and_forums_earn_it_and_late_ones_do_not(issuer):
    """“Completing modules early, participating in group forums.”"""
    early = {"type": "deadline", "kind": "module", "key": "module-4", "by": "2026-11-20", "time": "21:00"}
    switched_on(issuer, document(early, {"type": "count", "kind": "contribution", "at_least": 2}))
    for who, minutes in (("in.time@example.org", 0), ("late@example.org", 1)):
        did(issuer, "module-4", "module", who, at=NOON + timedelta(minutes=minutes))
        for post in ("one", "two"):
            did(issuer, post, "contribution", who)
    work()

    assert [row.recipient.address for row in credentials()] == ["in.time@example.org"]


def test_a32_award_needs_nobody_and_happens_once_however_often_it_is_sent(issuer):
    """“Auto-issuing badges based on pre-set criteria.”"""
    switched_on(issuer, document(QUIZ))
    scored(issuer, 80)
    work()
    with scope(issuer):
        deed = Deed(
            address("ana@example.org"), "assessment", "quiz-2", NOON, "Ana Li", value=Decimal(80), unit="percent"
        )
        assert recording.record(issuer, [deed], source="events:test").again == 1
    scored(issuer, 90, at=NOON + timedelta(hours=1))
    work()

    assert len(credentials()) == len(earnings()) == 1


def test_a23_third_credential_of_a_stack_earns_the_milestone_at_once(issuer):
    """“Stacking credentials on a profile shows growth.”"""
    parts = [switched_on(issuer, document(QUIZ | {"key": f"quiz-{n}"}), name=f"Part {n}") for n in range(4)]
    named = [part.achievement.public_id for part in parts]
    whole = document({"type": "holds", "credentials": named, "at_least": 3})
    switched_on(issuer, whole, name="The whole")
    for number in range(3):
        assert "The whole" not in {row.achievement.name for row in credentials()}
        did(issuer, f"quiz-{number}", "assessment", value=Decimal(75))
        work()

    assert {row.achievement.name for row in credentials()} == {"Part 0", "Part 1", "Part 2", "The whole"}
    (part,) = credentials(achievement=parts[0].achievement)
    with scope(issuer):
        assert correcting.revoke(part, reason="Copied", by=None)
    work()
    (milestone,) = earnings(achievement__name="The whole")
    assert milestone.doubted_at and milestone.credential.revoked_at is None


@pytest.mark.parametrize(
    ("every", "keys"),
    [
        ({"every": "week"}, ["week/2026-W46", "week/2026-W47"]),
        ({"every": "month"}, ["month/2026-10", "month/2026-11"]),
        (
            {"every": "term", "terms": [
                {"key": "2026-winter", "name": "Winter", "from": "2026-10-01", "to": "2027-03-31"},
            ]},
            ["term/2026-winter"],
        ),
    ],
)  # fmt: skip
def test_once_a_period_each_has_its_key_and_late_facts_find_theirs(issuer, every, keys):
    switched_on(issuer, document({"type": "count", "kind": "session", "at_least": 1}, **every))
    for key, day in (("now", 20), ("again", 19), ("late", 13 if every["every"] == "week" else -1)):
        did(issuer, key, at=datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=day - 1))
        work()

    assert sorted(row.award_key for row in credentials()) == keys


# Who qualifies already.


def test_new_rule_finds_those_who_already_qualify(issuer):
    for number in range(3):
        for who in ("ana@example.org", "ben@example.org"):
            did(issuer, f"webinar-{number}", who=who, at=NOON + timedelta(days=number))
    did(issuer, "webinar-1", who="cem@example.org")
    work()
    rule = switched_on(issuer, WEBINARS)
    work()

    assert [row.recipient.address for row in credentials()] == ["ana@example.org", "ben@example.org"]
    assert {str(row.awarded_on) for row in credentials()} == {"2026-11-22"}
    assert len({row.award_id for row in credentials()}) == 1
    with scope(issuer):
        rule.refresh_from_db()
    assert (rule.all_due_at, bool(rule.all_done_at)) == (None, True)


def test_new_version_looks_again_and_leaves_what_was_awarded(issuer):
    rule = switched_on(issuer, document(QUIZ), approval=Rule.Approval.ONE)
    scored(issuer, 75)
    work()
    with_version(rule, document(QUIZ | {"at_least": 80}))
    work()
    (row,) = earnings()
    assert row.lapsed_at and row.settled_at and not row.credential

    with_version(rule, document(QUIZ | {"at_least": 60}))
    work()
    (row,) = earnings()
    assert (row.lapsed_at, row.settled_at, row.rule_version.number) == (None, None, 3)


def test_awarded_by_an_older_version_is_not_doubted_for_the_new_one(issuer):
    rule = switched_on(issuer, document(QUIZ))
    fact = scored(issuer, 75)
    work()
    with_version(rule, document(QUIZ | {"at_least": 80}))
    work()
    assert [row.doubted_at for row in earnings()] == [None]

    take_back(fact)
    work()
    assert earnings()[0].doubted_at


# Facts that change.


def test_corrected_fact_after_an_award_is_shown_and_changes_nothing(issuer):
    switched_on(issuer, document(QUIZ))
    fact = scored(issuer, 75)
    work()
    (before,) = credentials()
    with scope(issuer):
        deed = Deed(address("ana@example.org"), "assessment", "quiz-2", NOON, value=Decimal(57), unit="percent")
        made = recording.correct(fact, deed, factories.UserFactory())
    work()

    (row,), (after,) = earnings(), credentials()
    assert row.doubted_at and row.credential == after
    assert (after.revoked_at, after.cancelled_at, after.signed) == (None, None, before.signed)

    with scope(issuer):
        recording.correct(made, Deed(address("ana@example.org"), "assessment", "quiz-2", NOON, value=Decimal(75)), None)
    work()
    assert earnings()[0].doubted_at is None
    assert len(credentials()) == 1


def test_fact_taken_back_before_the_award_takes_the_earning_and_another_brings_it_back(issuer):
    switched_on(issuer, document(QUIZ), approval=Rule.Approval.ONE)
    fact = scored(issuer, 75)
    work()
    take_back(fact)
    work()
    (row,) = earnings()
    assert row.lapsed_at and row.settled_at

    scored(issuer, 90, at=NOON + timedelta(hours=1))
    work()
    (row,) = earnings()
    assert (row.lapsed_at, row.settled_at, row.met_at) == (None, None, NOON + timedelta(hours=1))


def test_leaving_a_group_is_seen_where_it_is_told(issuer):
    with scope(issuer):
        group = factories.GroupFactory(issuer=issuer, key="mentors")
        member = factories.GroupMemberFactory(issuer=issuer, group=group)
    switched_on(issuer, document({"type": "member", "group": "mentors"}))
    work()
    assert len(credentials()) == 1

    with scope(issuer):
        asking = noticing.asking_for(issuer, noticing.Fact("group", "mentors", clock.now()))
        GroupMember.objects.filter(pk=member.pk).delete()
        assert noticing.look_again(issuer, asking) == 1
    work()
    assert earnings()[0].doubted_at


def test_joining_a_group_and_a_credential_that_runs_out_are_news(issuer):
    version = publish(issuer, name="First aid", valid_months=12)
    both = document(
        {"type": "member", "group": "mentors"},
        {"type": "holds", "credentials": [version.achievement.public_id], "at_least": 1},
    )
    switched_on(issuer, both, approval=Rule.Approval.ONE)
    held = issued(version, person())
    with scope(issuer):
        factories.GroupMemberFactory(issuer=issuer, group__key="mentors", recipient=Recipient.objects.get())
    work()
    assert [row.lapsed_at for row in earnings()] == [None]

    with clock.at(held.expires_at + timedelta(days=1)):
        work()
    assert earnings()[0].lapsed_at


# Who has it already, and who is one person.


def test_who_has_it_from_staff_or_had_it_taken_is_not_given_it_by_a_rule(issuer):
    rule = switched_on(issuer, document(QUIZ))
    with scope(issuer):
        version = rule.achievement.latest
    intend(version, person("Ana Li", "ana@example.org"), person("Ben", "ben@example.org"))
    (_, revoked) = credentials()
    with scope(issuer):
        assert correcting.revoke(revoked, reason="No", by=None)
    for who in ("ana@example.org", "ben@example.org"):
        scored(issuer, 90, who=who)
    work()

    assert len(credentials()) == 2
    assert all(row.settled_at and row.credential is None for row in earnings())


def test_two_addresses_of_one_person_earn_together_and_once(issuer):
    user = factories.UserFactory()
    with scope(issuer):
        for name in ("home", "school"):
            factories.RecipientFactory(issuer=issuer, user=user, address=f"{name}@example.org")
    rule = switched_on(issuer, WEBINARS)
    for number, name in enumerate(["school", "home", "school"]):
        did(issuer, f"webinar-{number}", who=f"{name}@example.org")
    work()
    assert [row.recipient.address for row in credentials()] == ["home@example.org"]

    with_version(rule, document({"type": "count", "kind": "session", "at_least": 1}))
    work()
    assert len(credentials()) == len(earnings()) == 1


# Nothing is lost.


def test_row_that_always_fails_stops_after_five_and_its_neighbours_go_on(issuer, monkeypatch):
    switched_on(issuer, document(QUIZ))
    scored(issuer, 75, who="poison@example.org")
    scored(issuer, 75)
    real = noticing.evaluate

    def fails(rule, history, period):
        if any(dated.fact.source.endswith(bad) for dated in history.every("assessment")):
            raise RuntimeError("poison")
        return real(rule, history, period)

    with scope(issuer):
        bad = Activity.objects.get(recipient__address="poison@example.org").external_id
    monkeypatch.setattr("badges.criteria.evaluating.evaluate", fails)
    work()
    assert [row.recipient.address for row in credentials()] == ["ana@example.org"]
    for _ in range(6):
        noticing.try_again()
    with scope(issuer):
        (stuck,) = noticing.set_aside(issuer)
        assert (stuck.attempts, stuck.evaluated_at) == (5, None)
        monkeypatch.undo()
        assert noticing.take_up(issuer) == 1
    work()
    assert len(credentials()) == 2


def test_fact_of_a_clock_that_runs_ahead_counts_when_its_time_has_come(issuer):
    switched_on(issuer, document(QUIZ))
    ahead = clock.now() + timedelta(minutes=4)
    scored(issuer, 75, at=ahead)
    work()
    assert credentials() == []
    assert not noticing.waiting()

    with clock.at(ahead):
        work()
    assert len(credentials()) == 1


def test_oldest_of_every_institution_come_first(issuer, monkeypatch):
    monkeypatch.setattr("recipients.news.CHUNK", 2)
    other = factories.IssuerFactory()
    for number in range(3):
        did(issuer, f"webinar-{number}", who=f"p{number}@example.org")
    did(other, "webinar-1")
    assert noticing.evaluate_chunk() == 2

    with scope(other):
        assert Activity.objects.get().evaluated_at
