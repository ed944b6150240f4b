"""Each condition by itself: how far, since when, and why not."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from badges.criteria.evaluating import Reason
from tests.badges.criteria.making import BERLIN, NOW, at, fact, finding

COUNT = {"type": "count", "kind": "session", "tags": ["webinar"], "at_least": 3}
SET = {"type": "set", "kind": "module", "keys": ["m1", "m2", "m3"], "at_least": 2}
SUM = {"type": "sum", "kind": "volunteering", "unit": "hours", "at_least": 20}
SCORE = {"type": "score", "kind": "assessment", "key": "quiz-2", "at_least": 70}
IMPROVED = {"type": "improved", "kind": "assessment", "key": "quiz-2", "at_least": 10}
DEADLINE = {"type": "deadline", "kind": "module", "key": "m1", "by": "2026-10-01"}
PEERS = {"type": "peers", "kind": "help", "at_least": 2}
HOLDS = {"type": "holds", "credentials": ["bronze", "silver", "gold"], "at_least": 2}
MEMBER = {"type": "member", "group": "class-10b"}


def webinar(key, when="2026-10-01 10:00", **said):
    return fact("session", key, when, **{"tags": ["webinar"], **said})


def hours(value, when="2026-10-01 10:00", unit="hours", source="log:1", **said):
    return fact("volunteering", "food-bank", when, value=value, unit=unit, source=source, **said)


def quiz(value, when="2026-10-01 10:00", **said):
    return fact("assessment", "quiz-2", when, value=value, **said)


def helped(peer, when="2026-10-01 10:00", **said):
    return fact("help", "maths", when, peer=peer, **said)


def held(key, when="2026-10-01 10:00"):
    return fact("credential", key, when)


DONE = [
    # nothing yet, some of it, exactly as much, more
    (COUNT, [], 0, Reason.NOTHING_YET),
    (COUNT, [webinar("a"), webinar("b")], 2, Reason.SHORT),
    (COUNT, [webinar("a"), webinar("b"), webinar("c")], 3, Reason.MET),
    (COUNT, [webinar(key) for key in "abcde"], 3, Reason.MET),
    # the same fact twice, the same session twice, another tag, another kind
    (COUNT, [webinar("a"), webinar("a"), webinar("b")], 2, Reason.SHORT),
    (COUNT, [webinar("a"), webinar("a", "2026-10-02 10:00"), webinar("b")], 2, Reason.SHORT),
    (COUNT, [webinar("a"), webinar("b"), webinar("c", tags=["lecture"])], 2, Reason.SHORT),
    (COUNT, [webinar("a"), webinar("b"), webinar("c", tags=["webinar", "evening"])], 3, Reason.MET),
    (COUNT, [webinar("a"), webinar("b"), fact("task", "c", tags=["webinar"])], 2, Reason.SHORT),
    # with a tag alone, whatever the kind; what a person holds was not done
    ({"type": "count", "tags": ["x"], "at_least": 2}, [fact(tags="x"), fact("task", "b", tags="x")], 2, Reason.MET),
    ({"type": "count", "tags": ["x"], "at_least": 1}, [fact("credential", "b", tags="x")], 0, Reason.NOTHING_YET),
    # two tags are both wanted
    ({"type": "count", "tags": ["x", "y"], "at_least": 1}, [fact(tags="x"), fact(tags="y")], 0, Reason.NOTHING_YET),
    (SET, [fact("module", "m1"), fact("module", "m9")], 1, Reason.SHORT),
    (SET, [fact("module", "m1"), fact("module", "m3")], 2, Reason.MET),
    (SET, [fact("module", "m1"), fact("task", "m3")], 1, Reason.SHORT),
    # hours: the same entry sent twice is one, two entries of two hours are two; minutes count, other units and nothing do not
    (SUM, [hours(12), hours(12)], 12, Reason.SHORT),
    (SUM, [hours(10), hours(10, source="log:2")], 20, Reason.MET),
    (SUM, [hours(19), hours(59, unit="minutes")], "19.98", Reason.SHORT),
    (SUM, [hours(19), hours(60, unit="minutes")], 20, Reason.MET),
    (SUM, [hours("19.5"), hours("0.5", source="log:2")], 20, Reason.MET),
    (SUM, [hours(19), hours(60, unit="points"), hours(None, source="log:2")], 19, Reason.SHORT),
    (SUM, [hours(21), hours(-5, source="log:2")], 20, Reason.MET),
    ({**SUM, "unit": "minutes", "at_least": 90}, [hours("1.5")], 90, Reason.MET),
    ({**SUM, "unit": "points", "at_least": 5}, [hours(5)], 0, Reason.NOTHING_YET),
    # a score: exactly as much, just below, of another quiz, without a value
    (SCORE, [quiz(70)], 70, Reason.MET),
    (SCORE, [quiz("69.99")], "69.99", Reason.SHORT),
    (SCORE, [quiz(100)], 70, Reason.MET),
    (SCORE, [quiz(-5)], 0, Reason.SHORT),
    (SCORE, [fact("assessment", "quiz-3", value=90)], 0, Reason.NOTHING_YET),
    (SCORE, [quiz(None)], 0, Reason.NOTHING_YET),
    ({**SCORE, "unit": "percent"}, [quiz(80, unit="points")], 0, Reason.NOTHING_YET),
    ({**SCORE, "unit": "percent"}, [quiz(80, unit="percent")], 70, Reason.MET),
    # the best try, unless it says otherwise
    (SCORE, [quiz(80), quiz(40, "2026-10-02 10:00")], 70, Reason.MET),
    ({**SCORE, "take": "first"}, [quiz(80), quiz(40, "2026-10-02 10:00")], 70, Reason.MET),
    ({**SCORE, "take": "first"}, [quiz(40), quiz(80, "2026-10-02 10:00")], 40, Reason.FIRST_COUNTS),
    ({**SCORE, "take": "last"}, [quiz(80), quiz(40, "2026-10-02 10:00")], 40, Reason.LAST_COUNTS),
    ({**SCORE, "take": "last"}, [quiz(40), quiz(80, "2026-10-02 10:00")], 70, Reason.MET),
    ({**SCORE, "take": "last"}, [quiz(40), quiz(50, "2026-10-02 10:00")], 50, Reason.SHORT),
    # of two tries at the same moment the better one counts
    ({**SCORE, "take": "last"}, [quiz(40), quiz(80)], 70, Reason.MET),
    ({**SCORE, "take": "first"}, [quiz(80), quiz(40)], 70, Reason.MET),
    ({**SCORE, "take": "last"}, [quiz(80, source="file:1"), quiz(40, source="file:2")], 70, Reason.MET),
    # improving takes two tries, one after the other
    (IMPROVED, [], 0, Reason.NOTHING_YET),
    (IMPROVED, [quiz(90)], 0, Reason.ONE_TRY),
    (IMPROVED, [quiz(50), quiz(90)], 0, Reason.ONE_TRY),
    (IMPROVED, [quiz(50), quiz(60, "2026-10-02 10:00")], 10, Reason.MET),
    (IMPROVED, [quiz(50), quiz("59.5", "2026-10-02 10:00")], "9.5", Reason.SHORT),
    (IMPROVED, [quiz(60), quiz(50, "2026-10-02 10:00")], 0, Reason.SHORT),
    (IMPROVED, [quiz(60), quiz(40, "2026-10-02 10:00"), quiz(65, "2026-10-03 10:00")], 5, Reason.SHORT),
    (IMPROVED, [quiz(50), quiz(70, "2026-10-02 10:00"), quiz(40, "2026-10-03 10:00")], 10, Reason.MET),
    # in time, too late, not at all
    (DEADLINE, [fact("module", "m1", "2026-10-01 23:59")], 1, Reason.MET),
    (DEADLINE, [fact("module", "m1", "2026-10-02 00:00")], 0, Reason.LATE),
    (DEADLINE, [fact("module", "m1", "2026-10-02 00:00"), fact("module", "m1", "2026-09-02 00:00")], 1, Reason.MET),
    (DEADLINE, [fact("module", "m2", "2026-09-30 10:00")], 0, Reason.OVER),
    ({**DEADLINE, "time": "17:00"}, [fact("module", "m1", "2026-10-01 17:00")], 1, Reason.MET),
    ({**DEADLINE, "time": "17:00"}, [fact("module", "m1", "2026-10-01 17:01")], 0, Reason.LATE),
    # different peers; nobody is none
    (PEERS, [helped("p1"), helped("p1", "2026-10-02 10:00")], 1, Reason.SHORT),
    (PEERS, [helped("p1"), helped("p2")], 2, Reason.MET),
    (PEERS, [helped("p1"), helped("")], 1, Reason.SHORT),
    (HOLDS, [held("bronze")], 1, Reason.SHORT),
    (HOLDS, [held("bronze"), held("gold")], 2, Reason.MET),
    (HOLDS, [held("bronze"), fact("session", "gold")], 1, Reason.SHORT),
    (MEMBER, [], 0, Reason.NOTHING_YET),
    (MEMBER, [fact("group", "class-9a")], 0, Reason.NOTHING_YET),
    (MEMBER, [fact("group", "class-10b")], 1, Reason.MET),
]


@pytest.mark.parametrize(("condition", "facts", "done", "reason"), DONE)
def test_condition_counts_and_says_why(condition, facts, done, reason):
    found = finding(condition, facts)

    assert (found.done, found.reason) == (Decimal(done), reason)
    assert found.met is (found.done == found.goal)


SINCE = [
    (COUNT, [webinar("a"), webinar("b", "2026-10-03 10:00"), webinar("c", "2026-10-02 10:00")], "2026-10-03 10:00"),
    (COUNT, [webinar(key, f"2026-10-0{day} 10:00") for day, key in enumerate("abcde", 1)], "2026-10-03 10:00"),
    (SET, [fact("module", "m1"), fact("module", "m2", "2026-10-05 10:00")], "2026-10-05 10:00"),
    (SUM, [hours(15), hours(5, "2026-10-06 10:00"), hours(9, "2026-10-07 10:00")], "2026-10-06 10:00"),
    (SCORE, [quiz(75), quiz(90, "2026-10-02 10:00")], "2026-10-01 10:00"),
    # by the latest try: since there was none below any more
    (
        {**SCORE, "take": "last"},
        [quiz(90), quiz(10, "2026-10-02 10:00"), quiz(75, "2026-10-03 10:00"), quiz(80, "2026-10-04 10:00")],
        "2026-10-03 10:00",
    ),
    (IMPROVED, [quiz(50), quiz(60, "2026-10-02 10:00"), quiz(90, "2026-10-03 10:00")], "2026-10-02 10:00"),
    (HOLDS, [held("gold", "2026-10-04 10:00"), held("bronze")], "2026-10-04 10:00"),
]


@pytest.mark.parametrize(("condition", "facts", "since"), SINCE)
def test_condition_was_met_when_the_last_of_it_was_done(condition, facts, since):
    found = finding(condition, facts)

    assert (found.met_at, str(found.day)) == (at(since), since[:10])


# ---- days where the institution is

OCTOBER = {"type": "count", "kind": "session", "at_least": 1, "from": "2026-10-01", "to": "2026-10-31"}


@pytest.mark.parametrize(
    ("when", "met"),
    [
        ("2026-09-30 23:59", False),
        ("2026-10-01 00:00", True),
        ("2026-10-31 23:59", True),
        ("2026-11-01 00:00", False),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_first_and_last_day_are_whole_days_of_the_institution(when, met, zone):
    zone = ZoneInfo(zone)

    assert finding(OCTOBER, [fact(when=at(when, zone))], zone=zone).met is met


def test_the_same_moment_is_another_day_elsewhere():
    evening = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)

    assert finding(OCTOBER, [fact(when=evening)], zone=ZoneInfo("UTC")).met
    assert not finding(OCTOBER, [fact(when=evening)], zone=BERLIN).met


def test_day_on_which_clocks_go_back_has_25_hours():
    day = {**OCTOBER, "from": "2026-10-25", "to": "2026-10-25"}
    first, last = datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 22, 59, tzinfo=UTC)

    assert finding(day, [fact(when=first)]).met
    assert finding(day, [fact(when=last)]).met
    assert not finding(day, [fact(when=datetime(2026, 10, 25, 23, tzinfo=UTC))]).met


def test_order_of_tries_is_that_of_time_and_not_of_clocks():
    # 02:45 in summer time is a quarter of an hour before 02:00 in winter time.
    tries = [quiz(50, at("2026-10-25 02:45", fold=0)), quiz(80, at("2026-10-25 02:00", fold=1))]

    assert finding(IMPROVED, tries).met
    assert finding({**SCORE, "take": "last"}, tries).met


def test_deadline_within_the_hour_that_comes_twice_ends_with_the_second_one():
    by = {**DEADLINE, "by": "2026-10-25", "time": "02:30"}

    assert finding(by, [fact("module", "m1", at("2026-10-25 02:30", fold=1))]).met
    assert finding(by, [fact("module", "m1", at("2026-10-25 02:31", fold=1))]).reason is Reason.LATE


def test_deadline_within_the_hour_that_is_left_out_ends_after_it():
    by = {**DEADLINE, "by": "2026-03-29", "time": "02:30"}

    assert finding(by, [fact("module", "m1", "2026-03-29 03:30")]).met
    assert finding(by, [fact("module", "m1", "2026-03-29 03:31")]).reason is Reason.LATE


# ---- what can still be done

TIME = [
    ("2026-09-30 12:00", Reason.NOT_BEGUN, True),
    ("2026-10-01 00:00", Reason.NOTHING_YET, True),
    ("2026-10-31 23:59", Reason.NOTHING_YET, True),
    ("2026-11-01 00:00", Reason.OVER, False),
]


@pytest.mark.parametrize(("now", "reason", "still_open"), TIME)
def test_days_begin_and_end(now, reason, still_open):
    found = finding(OCTOBER, [], now=at(now))

    assert (found.reason, found.open) == (reason, still_open)


def test_what_was_done_in_time_stays_done():
    assert finding(OCTOBER, [fact(when="2026-10-31 20:00")], now=at("2027-05-01 12:00")).reason is Reason.MET


@pytest.mark.parametrize(
    ("now", "reason"), [("2026-10-01 17:00", Reason.NOTHING_YET), ("2026-10-01 17:01", Reason.OVER)]
)
def test_deadline_is_over_when_its_clock_says_so(now, reason):
    assert finding({**DEADLINE, "time": "17:00"}, [], now=at(now)).reason is reason


def test_too_late_is_said_with_its_day():
    found = finding(DEADLINE, [fact("module", "m1", "2026-10-05 09:00"), fact("module", "m1", "2026-10-04 09:00")])

    assert (found.reason, str(found.day), found.open) == (Reason.LATE, "2026-10-04", False)


def test_first_try_that_was_not_enough_closes_the_condition():
    assert not finding({**SCORE, "take": "first"}, [quiz(40)]).open
    assert finding({**SCORE, "take": "last"}, [quiz(40)]).open


def test_fact_from_the_future_has_not_happened():
    assert finding(SCORE, [quiz(80, "2026-10-02 10:00")], now=at("2026-10-02 09:59")).reason is Reason.NOTHING_YET
    assert finding(SCORE, [quiz(80, "2026-10-02 10:00")], now=at("2026-10-02 10:00")).met


def test_finding_says_what_counted_and_what_is_missing():
    counted = [fact("module", "m2")]

    found = finding(SET, [*counted, fact("module", "m9")])

    assert (list(found.counted), found.missing, found.left) == (counted, ("m1", "m3"), 1)


def test_fact_must_say_its_zone_and_have_a_number():
    with pytest.raises(ValueError, match="zone"):
        fact(when=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="number"):
        fact(value="NaN")
