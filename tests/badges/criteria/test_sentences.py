"""A rule and a verdict in words."""

from datetime import date

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

from badges.criteria import rules
from badges.criteria.facts import KINDS
from badges.wording import kinds
from badges.wording.names import Names, amount, number
from badges.wording.sentences import condition_sentence, sentence
from badges.wording.verdicts import next_step, overall, progress, step, why
from tests.badges.criteria.making import TERMS, at, document, fact, finding, verdict

NAMES = Names(
    titles={
        ("assessment", "quiz-2"): "Quiz 2",
        ("module", "m1"): "Module 1",
        ("module", "m2"): "Module 2",
        ("module", "m3"): "Module 3",
        ("credential", "bronze"): "Bronze",
        ("credential", "silver"): "Silver",
        ("credential", "gold"): "Gold",
        ("group", "class-10b"): "Class 10b",
        ("kind", "own_debate"): "Debate",
    },
    day=lambda day: date_format(day, "j F"),
)
WEBINARS = {"type": "count", "kind": "session", "tags": ["webinar"], "at_least": 3}
AUTUMN = {"from": "2026-09-01", "to": "2026-12-20"}
SCORE = {"type": "score", "kind": "assessment", "key": "quiz-2", "at_least": 70}
SET = {"type": "set", "kind": "module", "keys": ["m1", "m2", "m3"], "at_least": 2}
HOLDS = {"type": "holds", "credentials": ["bronze", "silver", "gold"], "at_least": 2}
SUM = {"type": "sum", "kind": "volunteering", "unit": "hours", "at_least": 20}
IMPROVED = {"type": "improved", "kind": "assessment", "key": "quiz-2", "at_least": 10}
DEADLINE = {"type": "deadline", "kind": "module", "key": "m1", "by": "2026-10-01"}
PEERS = {"type": "peers", "kind": "help", "at_least": 3}
MEMBER = {"type": "member", "group": "class-10b"}

SAID = [
    (
        document({**WEBINARS, **AUTUMN}, SCORE),
        "Attended at least 3 different sessions tagged *webinar* between 1 September and 20 December, and scored at least 70 in *Quiz 2*",
    ),
    (document({**WEBINARS, "at_least": 1}), "Attended at least 1 session tagged *webinar*"),
    (document({**WEBINARS, "tags": ["a", "b"]}), "Attended at least 3 different sessions tagged *a* and *b*"),
    (document({"type": "count", "tags": ["green"], "at_least": 5}), "Did at least 5 different things tagged *green*"),
    (document({"type": "count", "kind": "own_debate", "at_least": 2}), "Has at least 2 different entries of *Debate*"),
    (
        document({**WEBINARS, "from": "2026-09-01"}),
        "Attended at least 3 different sessions tagged *webinar* from 1 September on",
    ),
    (
        document({**WEBINARS, "to": "2026-12-20"}),
        "Attended at least 3 different sessions tagged *webinar* by 20 December",
    ),
    (
        document({**WEBINARS, "from": "2026-10-01", "to": "2026-10-01"}),
        "Attended at least 3 different sessions tagged *webinar* on 1 October",
    ),
    (document({**SCORE, "unit": "percent"}), "Scored at least 70% in *Quiz 2*"),
    (document({**SCORE, "take": "first"}), "Scored at least 70 in *Quiz 2* at the first try"),
    (document({**SCORE, "take": "last"}), "Scored at least 70 in *Quiz 2* at the latest try"),
    (document(IMPROVED), "Improved by at least 10 in *Quiz 2* since the first try"),
    (document(SET), "Completed at least 2 of *Module 1*, *Module 2* and *Module 3*"),
    (document({**SET, "at_least": 3}), "Completed *Module 1*, *Module 2* and *Module 3*"),
    (document({**SET, "keys": ["m1", "x"]}), "Completed *Module 1* and *x*"),
    (document(SUM), "Volunteered at least 20 hours"),
    (document({**SUM, "at_least": 1}), "Volunteered at least 1 hour"),
    (document({**SUM, "at_least": 0.5}), "Volunteered at least 0.5 hours"),
    (document({**SUM, "kind": "session", "unit": "credits"}), "Attended sessions worth at least 20 credits"),
    (document(DEADLINE), "Completed *Module 1* by 1 October"),
    (document({**DEADLINE, "time": "17:00"}), "Completed *Module 1* by 17:00 on 1 October"),
    (document(PEERS), "Helped at least 3 different peers"),
    (document({**PEERS, "at_least": 1}), "Helped at least 1 peer"),
    (document({**PEERS, "kind": "peer_review"}), "Reviewed the work of at least 3 different peers"),
    (document({**PEERS, "kind": "own_debate"}), "Helped at least 3 different peers by *Debate*"),
    (document(HOLDS), "Holds at least 2 of *Bronze*, *Silver* and *Gold*"),
    (
        document({**HOLDS, "credentials": ["gold"], "at_least": 1, **AUTUMN}),
        "Earned *Gold* between 1 September and 20 December",
    ),
    (document(MEMBER), "Belongs to *Class 10b*"),
    # together
    (
        document(SUM, PEERS, MEMBER),
        "Volunteered at least 20 hours, helped at least 3 different peers, and belongs to *Class 10b*",
    ),
    (document(SUM, PEERS, of="any"), "Volunteered at least 20 hours, or helped at least 3 different peers"),
    (
        document(SUM, PEERS, MEMBER, of="at_least", n=2),
        "At least 2 of these (volunteered at least 20 hours; helped at least 3 different peers; belongs to *Class 10b*)",
    ),
    (
        document(MEMBER, {"of": "any", "conditions": [SUM, PEERS]}),
        "Belongs to *Class 10b*, and one of these (volunteered at least 20 hours; helped at least 3 different peers)",
    ),
    (
        document(MEMBER, {"of": "all", "conditions": [SUM, PEERS]}, of="any"),
        "Belongs to *Class 10b*, or all of these (volunteered at least 20 hours; helped at least 3 different peers)",
    ),
    (document({"of": "at_least", "n": 1, "conditions": [SUM]}), "Volunteered at least 20 hours"),
    (document(MEMBER, {"of": "any", "conditions": [SUM]}), "Belongs to *Class 10b*, and volunteered at least 20 hours"),
    (
        document(MEMBER, {"of": "at_least", "n": 2, "conditions": [SUM, PEERS, SCORE]}),
        "Belongs to *Class 10b*, and at least 2 of these (volunteered at least 20 hours; helped at least 3 different peers; scored at least 70 in *Quiz 2*)",
    ),
    # again and again
    (document(PEERS, every="week"), "In each week: helped at least 3 different peers"),
    (document(PEERS, every="month"), "In each month: helped at least 3 different peers"),
    (document(PEERS, every="term", terms=TERMS), "In each term: helped at least 3 different peers"),
]


@pytest.mark.parametrize(("said", "words"), SAID)
def test_rule_reads_as_a_sentence(said, words):
    assert sentence(rules.read(said), NAMES) == words


def test_days_have_their_year_unless_a_page_says_them_otherwise():
    said = condition_sentence(rules.condition({**WEBINARS, **AUTUMN}))

    assert (
        said == "Attended at least 3 different sessions tagged *webinar* between 1 September 2026 and 20 December 2026"
    )


def test_page_marks_names_its_own_way():
    quoted = Names(titles=NAMES.titles, mark=lambda text: f"“{text}”")

    assert condition_sentence(rules.condition(SCORE), quoted) == "Scored at least 70 in “Quiz 2”"


def test_every_kind_has_its_words():
    assert set(kinds.KINDS) == set(KINDS)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (20, "hours", "20 hours"),
        (1, "points", "1 point"),
        (90, "minutes", "90 minutes"),
        ("2.50", "", "2.5"),
        (100, "percent", "100%"),
    ],
)
def test_amounts_are_said_without_needless_zeros(value, unit, said):
    assert amount(rules.exact(value), unit) == said
    assert number(rules.exact(100)) == "100"


def attended(*keys, when="2026-10-01 10:00"):
    return [fact("session", key, when, tags=["webinar"]) for key in keys]


def quiz(value, when="2026-10-01 10:00"):
    return fact("assessment", "quiz-2", when, value=value)


LATER = "2026-10-02 10:00"
OCTOBER = at("2026-10-15 12:00")
NEXT = [
    (WEBINARS, [], "Attend 3 more different sessions tagged *webinar*."),
    ({**WEBINARS, **AUTUMN}, attended("a", "b"), "Attend 1 more session tagged *webinar* by 20 December."),
    ({**WEBINARS, "from": "2026-11-01"}, [], "Attend 3 more different sessions tagged *webinar* from 1 November on."),
    (SET, [], "Complete 2 more of *Module 1*, *Module 2* and *Module 3*."),
    (SET, [fact("module", "m2")], "Complete *Module 1* or *Module 3*."),
    ({**SET, "at_least": 3}, [fact("module", "m2")], "Complete *Module 1* and *Module 3*."),
    (SUM, [fact("volunteering", "x", value="12.5", unit="hours")], "Volunteer 7.5 hours more."),
    (SCORE, [quiz(55)], "Score at least 70 in *Quiz 2*."),
    (IMPROVED, [], "Take *Quiz 2*, and later improve on it by at least 10."),
    (IMPROVED, [quiz(50)], "Score at least 60 in *Quiz 2*, 10 more than at the first try."),
    ({**DEADLINE, "by": "2026-10-20", "time": "17:00"}, [], "Complete *Module 1* by 17:00 on 20 October."),
    (PEERS, [fact("help", peer="p")], "Help 2 more different peers."),
    ({**PEERS, "kind": "own_debate"}, [], "Help 3 more different peers by *Debate*."),
    (HOLDS, [fact("credential", "gold")], "Earn *Bronze* or *Silver*."),
    (MEMBER, [], "Join *Class 10b*."),
    ({"type": "count", "kind": "own_debate", "at_least": 1}, [], "Get 1 more entry of *Debate*."),
    # nothing to do: done, or over
    (SCORE, [quiz(70)], ""),
    (DEADLINE, [], ""),
]


@pytest.mark.parametrize(("condition", "facts", "words"), NEXT)
def test_next_step_is_said_in_the_words_of_the_rule(condition, facts, words):
    assert next_step(verdict(condition, facts, now=OCTOBER), NAMES) == words


def test_several_next_steps_are_one_sentence():
    said = document(WEBINARS, SCORE, {"of": "any", "conditions": [MEMBER, SUM]})

    words = next_step(verdict(said, attended("a"), now=OCTOBER), NAMES)

    assert (
        words
        == "Attend 2 more different sessions tagged *webinar*, score at least 70 in *Quiz 2*, and join *Class 10b*."
    )


def test_next_step_in_a_period_ends_with_the_period():
    words = next_step(verdict(document(PEERS, every="month"), [], now=OCTOBER), NAMES)

    assert words == "Help 3 more different peers by 31 October."


WHY = [
    (WEBINARS, [], "Nothing yet."),
    (WEBINARS, attended("a"), "1 of 3 so far."),
    (WEBINARS, attended("a", "b", "c"), "Done on 1 October."),
    (SUM, [fact("volunteering", "x", value="12.5", unit="hours")], "12.5 of 20 hours so far."),
    ({**WEBINARS, "to": "2026-10-10"}, attended("a"), "It was open until 10 October, and came to 1 of 3."),
    ({**WEBINARS, "from": "2026-11-01"}, [], "It begins on 1 November."),
    ({**DEADLINE, "time": "17:00"}, [], "It was open until 17:00 on 1 October, and came to 0 of 1."),
    (DEADLINE, [fact("module", "m1", LATER)], "Done on 2 October, after the deadline."),
    ({**SCORE, "take": "first"}, [quiz(40)], "Only the first try counts, and it came to 40 of 70."),
    (
        {**SCORE, "take": "last"},
        [quiz(80), quiz(40, LATER)],
        "An earlier try was enough, but the latest one counts: 40 of 70.",
    ),
    (IMPROVED, [quiz(50)], "One try so far. A later one is compared with it."),
]


@pytest.mark.parametrize(("condition", "facts", "words"), WHY)
def test_reason_is_said(condition, facts, words):
    assert why(finding(condition, facts, now=OCTOBER), NAMES) == words


def test_condition_outside_a_period_says_so():
    found = verdict(document({**WEBINARS, "from": "2026-11-01"}, every="month"), [], now=OCTOBER).whole.members[0]

    assert why(found, NAMES) == "Its days are outside this period."


def test_progress_of_one_condition_is_its_own_and_of_several_how_many():
    assert overall(verdict(WEBINARS, attended("a"), now=OCTOBER)) == "1 of 3"
    assert overall(verdict(document(WEBINARS, SCORE), [quiz(70)], now=OCTOBER)) == "1 of 2"
    assert progress(finding(SUM, [])) == "0 of 20 hours"


def test_numbers_and_days_follow_the_readers_language():
    with override("de"):
        assert number(rules.exact(2.5)) == "2,5"
        assert "1. Dezember 2026" in str(Names(day=lambda day: date_format(day)).day(date(2026, 12, 1)))


def test_step_of_a_condition_can_stand_alone():
    assert step(finding(SCORE, [quiz(55)], now=OCTOBER), NAMES) == "score at least 70 in *Quiz 2*"
