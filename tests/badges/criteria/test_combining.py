"""Conditions together, periods and their keys."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from badges.criteria import rules
from badges.criteria.evaluating import Reason, every_period, touched
from badges.criteria.facts import History
from badges.criteria.periods import current, holding
from tests.badges.criteria.making import BERLIN, NOW, TERMS, at, document, fact, verdict


def attended(key, **more):
    return {"type": "set", "kind": "session", "keys": [key], "at_least": 1, **more}


A, B, C, D = (attended(key) for key in "abcd")
OVER = attended("e", to="2026-10-31")


def on(day, keys):
    return [fact(key=key, when=f"2026-10-{day:02} 10:00") for key in keys]


def group(*conditions, of, **n):
    return {"of": of, **n, "conditions": list(conditions)}


COMBINED = [
    (document(A, B), "", False, (0, 2)),
    (document(A, B), "a", False, (1, 2)),
    (document(A, B), "ab", True, (2, 2)),
    (document(A, B, of="any"), "", False, (0, 1)),
    (document(A, B, of="any"), "b", True, (1, 1)),
    (document(A, B, C, of="at_least", n=2), "c", False, (1, 2)),
    (document(A, B, C, of="at_least", n=2), "ac", True, (2, 2)),
    (document(A, B, C, of="at_least", n=2), "abc", True, (2, 2)),
    (document(A, group(B, C, of="any")), "a", False, (1, 2)),
    (document(A, group(B, C, of="any")), "bc", False, (1, 2)),
    (document(A, group(B, C, of="any")), "ac", True, (2, 2)),
    (document(A, group(B, C, of="all"), of="any"), "b", False, (0, 1)),
    (document(A, group(B, C, of="all"), of="any"), "bc", True, (1, 1)),
    (document(A, group(B, C, D, of="at_least", n=2)), "abd", True, (2, 2)),
    (document(A, group(B, C, D, of="at_least", n=2)), "ab", False, (1, 2)),
    # of one condition alone, its own
    (document({"type": "count", "kind": "session", "at_least": 5}), "abc", False, (3, 5)),
]


@pytest.mark.parametrize(("said", "keys", "met", "progress"), COMBINED)
def test_rule_is_met_when_as_many_as_it_needs_are(said, keys, met, progress):
    found = verdict(said, on(1, keys))

    assert (found.met, found.progress, found.met_at is not None) == (met, progress, met)
    assert (found.share == 1) is met


MOMENTS = [
    (document(A, B, C), 3),
    (document(A, B, C, of="any"), 1),
    (document(A, B, C, of="at_least", n=2), 2),
    (document(group(A, B, of="all"), C, of="any"), 2),
    (document(C, group(A, B, of="any")), 3),
]


@pytest.mark.parametrize(("said", "day"), MOMENTS)
def test_rule_was_met_when_the_last_that_it_needed_was(said, day):
    facts = [*on(1, "a"), *on(2, "b"), *on(3, "c")]

    assert verdict(said, facts).met_at == at(f"2026-10-{day:02} 10:00")


def test_share_is_of_those_that_have_come_furthest():
    three = {"type": "count", "kind": "session", "at_least": 3}

    assert verdict(document(three, D), on(1, "ab")).share == Fraction(1, 3)
    assert verdict(document(three, D, of="any"), on(1, "ab")).share == Fraction(2, 3)


def steps(said, keys):
    return [found.condition.keys[0] for found in verdict(said, on(1, keys)).steps()]


STEPS = [
    (document(A, B, C), "b", ["a", "c"]),
    (document(A, B, C), "abc", []),
    (document(A, B, of="any"), "", ["a"]),
    (document(A, B, C, of="at_least", n=2), "b", ["a"]),
    # what has come furthest is the shortest way
    (document(A, group(B, C, of="all"), of="any"), "b", ["c"]),
    (document(group(A, B, of="all"), group(C, D, of="all"), of="any"), "c", ["d"]),
    # what is over is no way
    (document(OVER, A, of="any"), "", ["a"]),
    (document(OVER, A), "", []),
    (document(A, group(OVER, B, of="all")), "", []),
    (document(A, OVER, B, of="at_least", n=2), "", ["a", "b"]),
]


@pytest.mark.parametrize(("said", "keys", "nearest"), STEPS)
def test_next_steps_are_the_shortest_way_that_is_open(said, keys, nearest):
    assert steps(said, keys) == nearest
    found = verdict(said, on(1, keys))
    assert found.open is (found.met or bool(nearest))


def test_evidence_is_what_met_it_each_once():
    facts = on(1, "ab")

    found = verdict(document(A, {"type": "count", "kind": "session", "at_least": 2}, D), facts)

    assert found.evidence() == facts


# ---- periods

WEEKLY = document({"type": "count", "kind": "session", "at_least": 2}, every="week")
TERMLY = document({"type": "count", "kind": "session", "at_least": 1}, every="term", terms=TERMS)


@pytest.mark.parametrize(
    ("every", "day", "key", "first", "last"),
    [
        ("week", "2026-11-26", "week/2026-W48", "2026-11-23", "2026-11-29"),
        # ISO 8601: the week belongs to the year of its Thursday
        ("week", "2027-01-01", "week/2026-W53", "2026-12-28", "2027-01-03"),
        ("week", "2024-12-30", "week/2025-W01", "2024-12-30", "2025-01-05"),
        ("month", "2028-02-29", "month/2028-02", "2028-02-01", "2028-02-29"),
        ("month", "2026-12-31", "month/2026-12", "2026-12-01", "2026-12-31"),
        ("term", "2026-09-30", "term/2026-summer", "2026-04-01", "2026-09-30"),
        ("term", "2026-10-05", "term/2026-winter", "2026-10-05", "2027-03-31"),
    ],
)
def test_every_period_has_a_key_of_its_own(every, day, key, first, last):
    rule = rules.read({**WEEKLY, "every": every, "terms": TERMS})

    period = holding(rule, date.fromisoformat(day))

    assert (period.key, str(period.window.start), str(period.window.end)) == (key, first, last)


@pytest.mark.parametrize(
    ("day", "key"), [("2026-01-01", "2026-summer"), ("2026-10-02", "2026-winter"), ("2027-05-01", "2026-winter")]
)
def test_between_terms_the_next_one_is_shown_and_after_the_last_that_one(day, key):
    rule = rules.read(TERMLY)

    assert holding(rule, date.fromisoformat(day)) is None
    assert current(rule, date.fromisoformat(day)).key == f"term/{key}"


def test_once_ever_has_the_key_of_an_award_by_hand():
    assert verdict(document(A), []).award_key == "once"


def test_period_counts_its_own_days_alone():
    week = verdict(WEEKLY, [*on(4, "a"), *on(5, "b")], now=at("2026-10-06 12:00"))

    assert (week.award_key, week.progress, week.met) == ("week/2026-W41", (1, 2), False)
    assert verdict(WEEKLY, [*on(5, "a"), *on(11, "b")], now=at("2026-10-11 12:00")).met


def test_week_begins_on_monday_where_the_institution_is():
    sunday_in_utc = datetime(2026, 10, 4, 22, 30, tzinfo=UTC)

    assert verdict(WEEKLY, [fact(when=sunday_in_utc)], now=at("2026-10-06 12:00")).progress == (1, 2)


def test_history_has_one_verdict_for_each_period_in_which_something_was_done():
    facts = [*on(5, "a"), *on(6, "b"), *on(14, "a"), fact("task", "t", "2026-10-20 10:00")]

    found = every_period(rules.read(WEEKLY), History.of(facts, zone=BERLIN, now=NOW))

    assert [(one.award_key, one.met) for one in found] == [("week/2026-W41", True), ("week/2026-W42", False)]


def test_what_was_done_between_terms_counts_for_none():
    facts = [fact(when="2026-10-02 10:00"), fact(when="2026-10-05 00:00")]

    found = every_period(rules.read(TERMLY), History.of(facts, zone=BERLIN, now=NOW))

    assert [(one.award_key, one.met) for one in found] == [("term/2026-winter", True)]


def test_history_of_a_rule_that_is_met_once_is_one_verdict():
    found = every_period(rules.read(document(A)), History.of([], zone=BERLIN, now=NOW))

    assert [(one.award_key, one.met) for one in found] == [("once", False)]


def test_credentials_and_groups_stand_through_every_period():
    said = {**WEEKLY, "needs": group({"type": "member", "group": "choir"}, A, of="all")}
    facts = [fact("group", "choir", "2025-01-01 10:00"), *on(5, "a")]

    assert verdict(said, facts, now=at("2026-10-06 12:00")).met


def test_condition_whose_days_are_outside_a_period_is_closed_in_it():
    said = document(attended("a", **{"from": "2026-11-01"}), every="month")

    found = verdict(said, [], now=at("2026-10-06 12:00"))

    assert (found.whole.members[0].reason, found.open) == (Reason.NOT_NOW, False)


def test_deadline_that_was_kept_in_another_period_was_not_late():
    said = document({"type": "deadline", "kind": "session", "key": "a", "by": "2026-10-20"}, every="week")

    found = verdict(said, on(5, "a"), now=at("2026-10-13 12:00"))

    assert found.whole.members[0].reason is Reason.NOTHING_YET


# ---- which rules a fact concerns


def test_new_fact_touches_the_rules_that_look_at_it():
    score = {"type": "score", "kind": "assessment", "key": "quiz-2", "at_least": 70}
    tagged = {"type": "count", "tags": ["webinar"], "at_least": 1}
    read = [rules.read(document(one)) for one in (A, B, score, tagged)]

    assert touched(read, fact(key="a")) == [read[0]]
    assert touched(read, fact(key="z", tags=["webinar"])) == [read[3]]
    assert touched(read, fact("assessment", "quiz-2", value=1)) == [read[2]]
    assert touched(read, fact("assessment", "quiz-2")) == []
    assert [rule.kinds() for rule in read] == [{"session"}, {"session"}, {"assessment"}, {""}]


def test_rule_says_which_credentials_it_stands_on():
    holds = {"type": "holds", "credentials": ["bronze", "silver"], "at_least": 1}
    inner = {"of": "any", "conditions": [{**holds, "credentials": ["gold"]}, A]}

    assert rules.read(document(holds, inner)).stands_on() == {"bronze", "silver", "gold"}
