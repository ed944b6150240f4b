"""How it grew: the timeline, stacks with their parts, personal bests; and bests alone, as the pure module counts them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from badges.criteria.facts import Fact, History
from recipients import bests
from tests import factories
from tests.architecture.walk import signed_in
from tests.published import claimed, publish
from tests.recipients.running import deed, holds, running
from tests.recipients.test_goals import text

TODAY = date(2026, 11, 25)  # a Wednesday


def _day(day, **values):
    values = {"kind": "session", "key": str(day), **values}
    return Fact(at=datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12), **values)


def _bests(*facts):
    now = datetime(2026, 11, 25, 18, tzinfo=UTC)
    return bests.of(History.of(facts, zone=ZoneInfo("UTC"), now=now).every(""), TODAY)


def test_most_sessions_in_a_month_count_each_session_once():
    october = [_day(date(2026, 10, day)) for day in (1, 2, 3)]
    again = _day(date(2026, 10, 20), key="2026-10-01")
    found = _bests(*october, again, _day(date(2026, 11, 2)))

    assert found.sessions == bests.Month(Decimal(3), date(2026, 10, 1), Decimal(1))


def test_streak_is_of_weeks_and_breaks_where_one_is_missing():
    days = [
        date(2026, 9, 7),
        date(2026, 9, 20),
        date(2026, 9, 21),
        date(2026, 10, 26),
        date(2026, 11, 8),
        date(2026, 11, 16),
    ]
    found = _bests(*map(_day, days))

    # 7, 14 and 21 September; then 26 October, 2 November (the 8th is its Sunday), nothing, and 16 November.
    assert (found.streak.longest, found.streak.ended) == (3, date(2026, 9, 21))
    assert _bests(*map(_day, [date(2026, 11, 8), date(2026, 11, 10), date(2026, 11, 16)])).streak.now == 3


@pytest.mark.parametrize(("last", "now"), [(date(2026, 11, 16), 1), (date(2026, 11, 13), 0)])
def test_streak_goes_on_while_this_week_is_not_over(last, now):
    assert _bests(_day(last)).streak.now == now


def test_best_score_is_in_percent_where_there_are_any():
    quiz = {"kind": "assessment", "key": "quiz"}
    found = _bests(
        _day(date(2026, 10, 1), **quiz, value=Decimal(55), unit="percent"),
        _day(date(2026, 10, 8), **quiz, value=Decimal(80), unit="percent"),
        _day(date(2026, 10, 9), kind="assessment", key="marathon", value=Decimal(9000), unit="points"),
    )

    assert (found.score.value, found.score.key) == (Decimal(80), "quiz")
    assert (found.improved.value, found.improved.key) == (Decimal(25), "quiz")


def test_minutes_are_hours_and_a_poorer_try_is_no_improvement():
    found = _bests(
        _day(date(2026, 10, 1), kind="volunteering", key="a", value=Decimal(90), unit="minutes"),
        _day(date(2026, 10, 2), kind="mentoring", key="b", value=Decimal(2), unit="hours"),
        _day(date(2026, 10, 1), kind="assessment", key="q", value=Decimal(80)),
        _day(date(2026, 10, 8), kind="assessment", key="q", value=Decimal(70)),
    )

    assert (found.all_hours, found.improved) == (Decimal("3.5"), None)


def test_who_did_nothing_has_no_bests():
    assert _bests() == bests.Bests(None, None, Decimal(0), None, None, None)


# The page


@pytest.fixture
def user():
    return factories.UserFactory(email="amal@example.org", name="Amal Student")


@pytest.fixture
def me(issuer, user):
    return factories.RecipientFactory(issuer=issuer, name="Amal Student", address="amal@example.org", user=user)


@pytest.fixture
def grown(user):
    client = signed_in(user)
    return lambda query="": text(client.get(reverse("wallet-growth") + query))


@pytest.mark.django_db
def test_a20_growth_tells_personal_bests_in_plain_words(grown, issuer, me):
    """Competing with oneself: best month, best score, most improved, hours given, weeks in a row; nobody else is named."""
    factories.OpportunityFactory(issuer=issuer, kind="assessment", key="quiz-2", title="Quiz 2")
    factories.RecipientFactory(issuer=issuer, user=factories.UserFactory(), name="Somebody Better")
    for number in range(4):
        deed(me, f"webinar-{number}", days_ago=0)
    deed(me, "webinar-0", days_ago=7)
    deed(me, "quiz-2", kind="assessment", value=60, unit="percent", days_ago=9)
    deed(me, "quiz-2", kind="assessment", value=85, unit="percent", days_ago=2)
    deed(me, "food-bank", kind="volunteering", value=6, unit="hours")

    said = grown()

    assert f"4 sessions in {timezone.now():%B %Y} Your best month, and it is this one." in said
    assert "85% Your best score, in Quiz 2." in said.replace(" .", ".")
    assert "25% better Than at your first try, in Quiz 2." in said.replace(" .", ".")
    assert "6 hours Given altogether." in said
    assert "2 weeks in a row" in said


@pytest.mark.django_db
def test_a23_timeline_and_stack_show_how_it_grew(grown, user, issuer, me):
    """Two of three parts of a milestone, and a month with what was earned and done."""
    parts = [running(issuer, f"Part {letter}") for letter in "ABC"]
    keys = [rule.achievement.public_id for rule in parts]
    running(issuer, "Milestone", {"type": "holds", "credentials": keys, "at_least": 3})
    holds(me, parts[0]), holds(me, parts[2])
    held = claimed(publish(issuer, name="Poster Session"), user=user)
    factories.OpportunityFactory(issuer=issuer, key="webinar-1", title="Reading a contract")
    deed(me, "webinar-1")

    said = grown()

    assert "Milestone 2 of 3 Earn “Part B”." in said
    assert "Earned: Part A Not yet: Part B Earned: Part C" in said
    assert f"{held.awarded_on:%B %Y} Poster Session" in said
    assert "Session attended 1 Reading a contract" in said


@pytest.mark.django_db
def test_timeline_goes_back_in_time(grown, issuer, me):
    for month in range(8):
        deed(me, f"webinar-{month}", days_ago=31 * month)

    assert "webinar-0" in grown()
    assert "webinar-7" not in grown()
    first_shown = (timezone.now() - timedelta(days=31 * 5)).date().replace(day=1)
    assert "webinar-7" in grown(f"?until={first_shown}")


@pytest.mark.django_db
def test_facts_of_others_are_not_in_ones_growth(grown, issuer, me):
    deed(factories.RecipientFactory(issuer=issuer), "somebody-elses")
    deed(me, "told-only", confirmed_at=None)

    assert "somebody-elses" not in grown()
    assert "told-only" not in grown()
