"""What was earned waits for what holds it, says why, and is lost by nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from badges.models import Achievement, Rule
from issuers.cleaning import address
from issuers.models import AuditEvent, Issuer
from issuers.tenancy import across_issuers, scope
from recipients import correcting, earning, recording
from recipients.activities import Deed
from recipients.earning import Hold
from recipients.models import Earning
from tests import factories
from tests.badges.criteria.making import document
from tests.making_rules import credentials, earnings, switched_on, work

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ATTENDED = document({"type": "count", "kind": "session", "at_least": 1})


@pytest.fixture
def issuer():
    return factories.IssuerFactory(undo_minutes=10)


def attends(issuer, *people, **said):
    """Each an hour after the one before."""
    deeds = [
        Deed(
            address(f"{who}@example.org"), "session", "webinar", said.get("at", NOON) + timedelta(hours=n), who.title()
        )
        for n, who in enumerate(people)
    ]
    with scope(issuer):
        recording.record(issuer, deeds, source="file")
    work()


def change(rule, **values):
    with scope(rule.issuer):
        Rule.objects.filter(pk=rule.pk).update(**values)


def held(rule):
    with scope(rule.issuer):
        return earning.held(Rule.objects.select_related("issuer", "achievement").get(pk=rule.pk))


def names():
    return [row.name for row in credentials()]


@pytest.mark.parametrize(
    ("model", "values", "hold"),
    [
        (Rule, {"paused_at": timezone.now()}, Hold.PAUSED),
        (Rule, {"switched_on_at": None}, Hold.OFF),
        (Achievement, {"archived_at": timezone.now()}, Hold.ARCHIVED),
        (Issuer, {"approved_at": None}, Hold.NOT_APPROVED),
        (Issuer, {"closed_at": timezone.now()}, Hold.CLOSED),
    ],
)
def test_what_is_earned_meanwhile_waits_and_says_why(issuer, model, values, hold):
    rule = switched_on(issuer, ATTENDED, approval=Rule.Approval.ONE)
    attends(issuer, "ana")
    owner = factories.UserFactory()
    with scope(issuer):
        before = dict(model.objects.values_list("pk", *values)) if len(values) == 1 else {}
        model.objects.update(**values)
        earning.approve(issuer, [row.pk for row in earnings()], owner)
    work()
    assert (names(), held(rule)) == ([], {hold: 1})

    with scope(issuer):
        for pk, value in before.items():
            model.objects.filter(pk=pk).update(**dict.fromkeys(values, value))
    work()
    assert (names(), held(rule)) == (["Ana"], {})


def test_paused_rule_finds_on(issuer):
    rule = switched_on(issuer, ATTENDED, paused_at=timezone.now())
    attends(issuer, "ana")
    assert held(rule) == {Hold.PAUSED: 1}

    change(rule, paused_at=None)
    work()
    assert names() == ["Ana"]


def test_last_day_is_of_what_was_done_not_of_when_it_was_told(issuer):
    rule = switched_on(issuer, ATTENDED, ends_on=NOON.date())
    attends(issuer, "ana")
    attends(issuer, "ben", at=NOON + timedelta(days=1))
    assert (names(), held(rule)) == (["Ana"], {Hold.ENDED: 1})

    change(rule, ends_on=NOON.date() + timedelta(days=1))
    work()
    assert names() == ["Ana", "Ben"]


def test_first_ones_are_awarded_and_who_came_after_the_cap_is_counted(issuer):
    rule = switched_on(issuer, ATTENDED, cap=2)
    attends(issuer, "ana", "ben", "cem", "dora")
    attends(issuer, "eve", at=NOON + timedelta(hours=9))
    assert (names(), held(rule)) == (["Ana", "Ben"], {Hold.FULL: 3})

    with scope(issuer):
        assert correcting.cancel(credentials()[0], by=None)
    work()
    assert (names()[2:], held(rule)) == (["Cem"], {Hold.FULL: 2})


def test_cap_counts_people_not_periods(issuer):
    rule = switched_on(issuer, ATTENDED | {"every": "week"}, cap=1)
    attends(issuer, "ana")
    attends(issuer, "ben", "ana", at=NOON - timedelta(days=7))

    assert (names(), held(rule)) == (["Ana", "Ana"], {Hold.FULL: 1})


def test_those_without_a_place_do_not_stand_before_who_has_one(issuer, monkeypatch):
    monkeypatch.setattr(earning, "AT_ONCE", 2)
    rule = switched_on(issuer, ATTENDED | {"every": "week"}, cap=1)
    attends(issuer, "ana", "ben", "cem", "dora")
    attends(issuer, "ana", at=NOON + timedelta(days=4))

    assert (names(), held(rule)) == (["Ana", "Ana"], {Hold.FULL: 3})


def test_nobody_approves_what_they_earned_themselves(issuer):
    switched_on(issuer, ATTENDED, approval=Rule.Approval.TWO)
    attends(issuer, "ana")
    ana, others = factories.UserFactory(email="ana@example.org"), [factories.UserFactory() for _ in range(2)]
    own = [row.pk for row in earnings()]
    with scope(issuer):
        assert earning.approve(issuer, own, ana) == 0
        assert earning.approve(issuer, own, others[0]) == 1
        assert earning.second(issuer, own, ana) == 0
        assert earning.second(issuer, own, others[1]) == 1


def test_one_person_approves(issuer):
    rule = switched_on(issuer, ATTENDED, approval=Rule.Approval.ONE)
    attends(issuer, "ana", "ben")
    assert held(rule) == {Hold.APPROVAL: 2}
    by, (ana, ben) = factories.UserFactory(), [row.pk for row in earnings()]
    with scope(issuer):
        assert earning.approve(issuer, [ana], by) == 1
        assert earning.approve(issuer, [ana], by) == 0
        assert earning.refuse(issuer, [ben], by, "Was not there") == 1
    work()

    assert names() == ["Ana"]
    assert held(rule) == {}
    with scope(issuer):
        trail = AuditEvent.objects.filter(action__startswith="earning.").order_by("id")
        assert [(event.action, event.details) for event in trail] == [
            ("earning.approved", {"people": 1}),
            ("earning.refused", {"people": 1}),
        ]
        assert earning.approve(issuer, [ben], by) == 0
        assert earning.take_back_refusal(issuer, [ben], by) == 1
    work()
    assert held(rule) == {Hold.APPROVAL: 1}


def test_two_different_people_approve(issuer):
    rule = switched_on(issuer, ATTENDED, approval=Rule.Approval.TWO)
    attends(issuer, "ana")
    first, other, ids = factories.UserFactory(), factories.UserFactory(), [row.pk for row in earnings()]
    with scope(issuer):
        assert earning.second(issuer, ids, other) == 0
        assert earning.approve(issuer, ids, first) == 1
        assert earning.second(issuer, ids, first) == 0
    work()
    assert (names(), held(rule)) == ([], {Hold.SECOND: 1})

    with scope(issuer):
        assert earning.second(issuer, ids, other) == 1
    work()
    assert names() == ["Ana"]


def test_doubted_one_is_kept_or_revoked_by_staff_alone(issuer):
    switched_on(issuer, ATTENDED)
    attends(issuer, "ana", "ben")
    with scope(issuer):
        for fact in list(earning.Recipient.objects.get(name=name).activities.get() for name in ("Ana", "Ben")):
            recording.withdraw(fact, None)
    work()
    by = factories.UserFactory()
    with scope(issuer):
        ana, ben = earning.doubts(issuer).order_by("id")
        assert earning.keep_doubted(issuer, [ana.pk], by) == 1
        assert list(earning.doubts(issuer)) == [ben]
        assert correcting.revoke(ben.credential, reason="Was not there", by=by)
        assert not earning.doubts(issuer).exists()
        assert earning.keep_doubted(issuer, [ana.pk, ben.pk], by) == 0
    work()
    assert [row.revoked_at is None for row in credentials()] == [True, False]


def test_undo_window_is_the_rules_own(issuer):
    switched_on(issuer, ATTENDED, undo_minutes=30)
    attends(issuer, "ana")

    award = credentials()[0].award
    assert award.release_at - award.created_at == timedelta(minutes=30)


def test_nobody_decides_about_what_another_institution_earned(issuer):
    switched_on(issuer, ATTENDED, approval=Rule.Approval.ONE)
    attends(issuer, "ana")
    other, by, ids = factories.IssuerFactory(), factories.UserFactory(), [row.pk for row in earnings()]
    with scope(other):
        assert earning.approve(other, ids, by) == earning.refuse(other, ids, by, "") == 0
    with across_issuers("a test looks"):
        assert Earning.objects.get().approved_at is None
