"""What is refused as a rule, and where."""

import pytest

from badges.criteria import soundness
from badges.criteria.checking import Problem
from badges.criteria.soundness import Known, check
from tests.badges.criteria.making import TERMS, document

COUNT = {
    "type": "count",
    "kind": "session",
    "tags": ["webinar"],
    "at_least": 3,
    "from": "2026-09-01",
    "to": "2026-12-20",
}
SCORE = {"type": "score", "kind": "assessment", "key": "quiz-2", "at_least": 70, "take": "best"}
SET = {"type": "set", "kind": "module", "keys": ["m1", "m2"], "at_least": 2}
SUM = {"type": "sum", "kind": "volunteering", "unit": "hours", "at_least": 20}
HOLDS = {"type": "holds", "credentials": ["bronze", "silver"], "at_least": 1}
MEMBER = {"type": "member", "group": "class-10b"}
DEADLINE = {"type": "deadline", "kind": "module", "key": "m1", "by": "2026-10-01", "time": "17:00"}
PEERS = {"type": "peers", "kind": "help", "at_least": 2}
IMPROVED = {"type": "improved", "kind": "assessment", "key": "quiz-2", "at_least": 10}
ALL = [COUNT, SCORE, SET, SUM, HOLDS, MEMBER, DEADLINE, PEERS, IMPROVED]
FIRST = "/needs/conditions/0"


def faults(said, known=soundness.ANYTHING):
    return {problem.pointer: problem.code for problem in check(said, known)}


@pytest.mark.parametrize("condition", ALL)
def test_each_condition_is_sound_by_itself(condition):
    assert check(document(condition)) == []


def test_all_together_in_groups_and_periods_are_sound():
    inner = {"of": "at_least", "n": 2, "conditions": ALL[3:6]}

    assert check(document(*ALL[:3], inner, of="any")) == []
    assert check(document(*ALL[:3], inner, every="term", terms=TERMS)) == []


WITHOUT = [(one, name) for one in ALL for name in one if name not in {"take", "from", "to", "time", "tags"}]


@pytest.mark.parametrize(("condition", "name"), WITHOUT)
def test_what_is_needed_is_missed_where_it_should_stand(condition, name):
    said = {key: value for key, value in condition.items() if key != name}
    alone = {"tags": ["x"], **said} if name == "kind" and condition["type"] in {"count", "sum", "peers"} else said

    assert check(document(alone)) == (
        [] if "tags" in alone and name == "kind" else [Problem(f"{FIRST}/{name}", "missing", name)]
    )


CHANGED = [
    # form
    (COUNT, "at_least", 0, "too-small"),
    (COUNT, "at_least", 1001, "too-large"),
    (COUNT, "at_least", 2.5, "wrong-type"),
    (COUNT, "at_least", "3", "wrong-type"),
    (COUNT, "at_least", True, "wrong-type"),
    (COUNT, "at_least", None, "wrong-type"),
    (COUNT, "tags", [], "too-few"),
    (COUNT, "tags", ["x", "x"], "twice"),
    (COUNT, "tags", [" x"], "wrong-form"),
    (COUNT, "tags", ["x" * 61], "too-long"),
    (COUNT, "tags", "webinar", "wrong-type"),
    (COUNT, "kind", "Session", "wrong-form"),
    (COUNT, "kind", "session\n", "wrong-form"),
    (COUNT, "from", "1 September", "wrong-form"),
    (COUNT, "from", "2026-02-30", "no-day"),
    (COUNT, "to", "2026-08-31", "ends-before-start"),
    (COUNT, "to", "2026-12-20\n", "wrong-form"),
    (COUNT, "key", "quiz-2", "unknown-key"),
    (COUNT, "type", "counts", "not-a-choice"),
    (COUNT, "type", ["count"], "not-a-choice"),
    (SCORE, "take", "average", "not-a-choice"),
    (SCORE, "at_least", 0, "too-small"),
    (SCORE, "at_least", float("nan"), "wrong-type"),
    (SCORE, "at_least", float("inf"), "wrong-type"),
    (SCORE, "at_least", 10**400, "too-large"),
    (SCORE, "key", "", "wrong-form"),
    (SCORE, "key", "a\x00b", "wrong-form"),
    (SCORE, "key", "\ud800", "wrong-form"),
    (SCORE, "key", "x" * 201, "too-long"),
    (DEADLINE, "by", "2026-13-01", "no-day"),
    (DEADLINE, "time", "24:00", "wrong-form"),
    (SET, "keys", ["m1", "m1"], "twice"),
    (SET, "keys", [f"m{number}" for number in range(101)], "too-many"),
    # meaning
    (SCORE, "at_least", 69.999, "too-exact"),
    (SET, "at_least", 3, "more-than-named"),
    (HOLDS, "at_least", 3, "more-than-named"),
    (COUNT, "kind", "dancing", "unknown-kind"),
    (COUNT, "kind", "credential", "not-recorded"),
    (COUNT, "kind", "group", "not-recorded"),
]


@pytest.mark.parametrize(("condition", "name", "value", "code"), CHANGED)
def test_fault_is_named_where_it_is(condition, name, value, code):
    found = faults(document({**condition, name: value}))

    assert {where for where in found if where.startswith(f"{FIRST}/{name}")} == set(found)
    assert list(found.values())[0] == code


UNMEETABLE = [
    ({"type": "count", "at_least": 3}, "kind", "asks-anything"),
    ({"type": "sum", "unit": "hours", "at_least": 3}, "kind", "asks-anything"),
    ({"type": "peers", "at_least": 3}, "kind", "asks-anything"),
    ({**SCORE, "unit": "percent", "at_least": 101}, "at_least", "more-than-all"),
    ({**IMPROVED, "unit": "percent", "at_least": 101}, "at_least", "more-than-all"),
    ({**SUM, "at_least": 26, "from": "2026-09-01", "to": "2026-09-01"}, "at_least", "more-than-time"),
    (
        {**SUM, "unit": "minutes", "at_least": 1501, "from": "2026-09-01", "to": "2026-09-01"},
        "at_least",
        "more-than-time",
    ),
]


@pytest.mark.parametrize(("condition", "where", "code"), UNMEETABLE)
def test_condition_that_nobody_can_meet_is_refused(condition, where, code):
    assert faults(document(condition)) == {f"{FIRST}/{where}": code}


def test_hours_that_a_day_has_are_sound():
    day = {"from": "2026-10-25", "to": "2026-10-25"}

    assert check(document({**SUM, "at_least": 25, **day})) == []
    assert check(document({**SUM, "unit": "points", "at_least": 2600, **day})) == []


WHOLE = [
    ({}, {"/format": "missing", "/needs": "missing"}),
    ([], {"": "wrong-type"}),
    (None, {"": "wrong-type"}),
    ("rule/1", {"": "wrong-type"}),
    ({**document(COUNT), "format": "rule/2"}, {"/format": "not-a-choice"}),
    ({**document(COUNT), "cap": 3}, {"/cap": "unknown-key"}),
    (document(), {"/needs/conditions": "too-few"}),
    (document(*[COUNT] * 21), {"/needs/conditions": "too-many"}),
    (document(COUNT, of="most"), {"/needs/of": "not-a-choice"}),
    (document(COUNT, SCORE, of="at_least"), {"/needs/n": "missing"}),
    (document(COUNT, SCORE, of="at_least", n=3), {"/needs/n": "more-than-named"}),
    (document(COUNT, SCORE, n=1), {"/needs/n": "unneeded"}),
    (document(COUNT, SCORE, COUNT), {"/needs/conditions/2": "said-twice"}),
    (document(COUNT, {"of": "any", "conditions": []}), {"/needs/conditions/1/conditions": "too-few"}),
    (document(COUNT, {"of": "any"}), {"/needs/conditions/1/conditions": "missing"}),
    (document({"of": "at_least", "n": 3, "conditions": [COUNT, SCORE]}), {f"{FIRST}/n": "more-than-named"}),
    (
        document({"of": "any", "conditions": [{"of": "all", "conditions": [COUNT]}]}),
        {f"{FIRST}/conditions/0": "too-deep"},
    ),
    (document("attend"), {FIRST: "wrong-type"}),
    (document({}), {f"{FIRST}/type": "missing"}),
    # calendars
    (document(COUNT, every="day"), {"/every": "not-a-choice"}),
    (document(COUNT, every="term"), {"/terms": "missing"}),
    (document(COUNT, every="week", terms=TERMS), {"/terms": "unneeded"}),
    (document(COUNT, every="term", terms=[]), {"/terms": "too-few"}),
    (document(COUNT, every="term", terms=[TERMS[0], {**TERMS[1], "key": TERMS[0]["key"]}]), {"/terms": "twice"}),
    (document(COUNT, every="term", terms=[{**TERMS[0], "key": "Summer"}]), {"/terms/0/key": "wrong-form"}),
    (document(COUNT, every="term", terms=[{**TERMS[0], "to": "2026-03-31"}]), {"/terms/0/to": "ends-before-start"}),
    (
        document(COUNT, every="term", terms=[TERMS[1], {**TERMS[0], "to": "2026-10-05"}]),
        {"/terms/0/from": "terms-overlap"},
    ),
    # contradictions
    (document(HOLDS, every="month"), {"/every": "nothing-anew"}),
    (document(MEMBER, COUNT, of="any", every="week"), {"/every": "nothing-anew"}),
    (document({"of": "any", "conditions": [MEMBER, COUNT]}, HOLDS, every="week"), {"/every": "nothing-anew"}),
    (document(DEADLINE, {**COUNT, "from": "2026-11-01"}, every="week"), {"/needs": "never-together"}),
    (
        document({**COUNT, "from": "2027-04-01", "to": "2027-05-01"}, every="term", terms=TERMS),
        {"/needs": "never-together"},
    ),
    (document({**SUM, "at_least": 170}, every="week"), {"/needs": "never-together"}),
]


@pytest.mark.parametrize(("said", "found"), WHOLE)
def test_rule_that_does_not_hold_together_is_refused(said, found):
    assert faults(said) == found


POSSIBLE = [
    document(MEMBER, COUNT, every="week"),
    # one way is enough
    document(DEADLINE, {**COUNT, "from": "2026-11-01"}, of="any", every="week"),
    document(DEADLINE, {**COUNT, "from": "2026-10-01"}, every="month"),
    # the first week has one day, the next one has room
    document({**SUM, "at_least": 150, "from": "2026-09-06", "to": "2026-12-20"}, every="week"),
    document({**SUM, "at_least": 700, "from": "2026-01-31", "to": "2026-03-31"}, every="month"),
    document({**SUM, "at_least": 700, "to": "2026-03-01"}, every="month"),
    # what stands is not enough by itself
    document({"of": "all", "conditions": [MEMBER, COUNT]}, of="any", every="week"),
    # without a period the days may lie apart
    document(DEADLINE, {**COUNT, "from": "2026-11-01"}),
]


@pytest.mark.parametrize("said", POSSIBLE)
def test_rule_that_some_period_has_room_for_is_sound(said):
    assert check(said) == []


# ---- what it refers to

KNOWN = Known(
    kinds={"session", "module", "own_debate"},
    things={("module", "m1"), ("module", "m2"), ("session", "m3")},
    credentials={"bronze", "silver", "me"},
    archived={"tin"},
    groups={"class-10b"},
)
REFERRED = [
    (SET, None),
    ({**SET, "kind": "own_debate"}, "/keys/0"),
    ({**SET, "keys": ["m1", "m3"]}, "/keys/1"),
    ({**DEADLINE, "key": "m9"}, "/key"),
    ({**COUNT, "kind": "own_debate"}, None),
    (HOLDS, None),
    ({**HOLDS, "credentials": ["bronze", "tin"]}, "/credentials/1"),
    ({**HOLDS, "credentials": ["iron", "silver"]}, "/credentials/0"),
    (MEMBER, None),
    ({**MEMBER, "group": "class-9a"}, "/group"),
]


@pytest.mark.parametrize(("condition", "where"), REFERRED)
def test_what_is_referred_to_must_be_there(condition, where):
    found = check(document(condition), KNOWN)

    assert {problem.pointer for problem in found} >= ({FIRST + where} if where else set())
    assert bool(found) is bool(where)


def test_archived_is_told_from_unknown():
    credentials = [*HOLDS["credentials"], "tin", "iron"]

    found = faults(document({**HOLDS, "credentials": credentials}), KNOWN)

    assert found == {f"{FIRST}/credentials/2": "archived", f"{FIRST}/credentials/3": "unknown-credential"}


def stacked(credentials, stacks, awards="me"):
    said = document(COUNT, {"of": "any", "conditions": [SCORE, {**HOLDS, "credentials": credentials}]})
    return check(said, Known(awards=awards, stacks={key: frozenset(asked) for key, asked in stacks.items()}))


def test_circle_of_stacks_is_refused_with_its_way():
    assert stacked(["bronze"], {"bronze": ["tin"], "tin": []}) == []
    assert stacked(["bronze"], {"bronze": ["me"]}, awards="") == []
    [alone] = stacked(["me", "bronze"], {})
    [long] = stacked(["silver", "bronze"], {"bronze": ["tin", "lead"], "tin": ["lead"], "lead": ["me"]})

    assert (alone.code, alone.keys) == ("circle", ("me", "me"))
    assert (long.pointer, long.keys) == (f"{FIRST[:-1]}1/conditions/1/credentials/1", ("me", "bronze", "lead", "me"))


def test_circle_of_others_is_not_this_rules_fault_and_ends():
    assert stacked(["bronze"], {"bronze": ["tin"], "tin": ["bronze"]}) == []
