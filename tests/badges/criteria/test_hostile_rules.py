"""Anything at all, sent as a rule: it is refused at once and in words, or it is one."""

import copy
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from badges.criteria import checking, rules
from badges.criteria.checking import MOST_PROBLEMS, Problem, check_form
from badges.criteria.soundness import check
from badges.wording.faults import SENTENCES, sentence
from badges.wording.names import Names
from tests.badges.criteria.making import TERMS, document, documents
from tests.badges.criteria.test_checking import ALL, CHANGED, COUNT, UNMEETABLE, WHOLE


def test_huge_and_deep_documents_cost_nothing():
    deep = leaf = []
    for _ in range(100_000):
        leaf.append([])
        leaf = leaf[0]
    started = time.process_time()

    for said in ([deep], ["x"] * 10**6, {str(number): 1 for number in range(10**5)}, "x" * 10**6):
        assert check({**document(COUNT), "terms": said}) != []
        assert len(check(document(*[{"of": "any", "conditions": said}] * 20))) <= MOST_PROBLEMS

    assert time.process_time() - started < 1.5


def test_largest_rule_that_fits_is_sound():
    said = document(
        *[{"of": "any", "conditions": [{**COUNT, "at_least": n + 1 + 20 * m} for n in range(20)]} for m in range(20)]
    )

    assert check(said) == []


KEYS = st.sampled_from(
    [
        "format",
        "needs",
        "of",
        "n",
        "conditions",
        "type",
        "kind",
        "keys",
        "key",
        "at_least",
        "from",
        "to",
        "by",
        "every",
        "terms",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["rule/1", "all", "at_least", "count", "set", "holds", "member", "session", "2026-10-01", "term"]),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=5),
    max_leaves=25,
)


def settled(problems):
    """Every fault can be said, and its pointer be followed or completed."""
    for problem in problems:
        assert problem.code in SENTENCES
        assert sentence(problem)
        assert re.fullmatch(r"(/([^~]|~[01])*)?", problem.pointer, re.DOTALL)
    return problems


@settings(deadline=None, max_examples=80)
@given(ANYTHING)
def test_anything_is_refused_without_falling_over(said):
    assert settled(check(said))


def paths(value, path=()):
    yield path
    for step, child in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from paths(child, (*path, step))


SOUND = document(*ALL[:4], {"of": "at_least", "n": 2, "conditions": ALL[4:]}, every="term", terms=TERMS)


@settings(deadline=None, max_examples=80)
@given(st.sampled_from([path for path in paths(SOUND) if path]), ANYTHING)
def test_anything_anywhere_is_refused_or_read(path, value):
    said = copy.deepcopy(SOUND)
    inside = said
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value

    if not settled(check(said)):
        rules.read(said)


FILE = json.loads((Path(checking.__file__).parent / "rule.schema.json").read_text())


@settings(deadline=None, max_examples=40)
@given(documents(), st.sampled_from(["", "kind", "at_least", "of", "type", "conditions"]))
def test_schema_in_the_file_says_the_same_as_the_check_of_the_form(said, lost):
    """Others check by the file alone: what is read piece by piece here, for better sentences, is nothing else."""
    if lost:
        target = said["needs"] if lost in said["needs"] else said["needs"]["conditions"][0]
        target.pop(lost, None)

    assert Draft202012Validator(FILE).is_valid(said) is (check_form(said) == [])


def test_schema_is_a_schema():
    Draft202012Validator.check_schema(FILE)


CODES = [
    (Problem("", "circle", keys=("me", "tin", "me")), "This goes round in a circle: *Gold* → *Tin* → *Gold*."),
    (Problem("", "archived", keys=("tin",)), "*Tin* was archived"),
    (Problem("", "unknown-thing", "module", ("m9",)), "*Module 9* is not there"),
    (Problem("", "unknown-group", keys=("choir",)), "No group is called *Choir*."),
    (Problem("", "wrong-type", "integer"), "Here a whole number is wanted."),
    (Problem("", "too-large", "1000"), "Write at most 1000."),
    (Problem("", "of a later edition"), "This cannot be part of a rule (of a later edition)."),
]


@pytest.mark.parametrize(("problem", "said"), CODES)
def test_fault_is_said_with_the_names_of_things(problem, said):
    titles = {
        ("credential", "me"): "Gold",
        ("credential", "tin"): "Tin",
        ("module", "m9"): "Module 9",
        ("group", "choir"): "Choir",
    }

    assert sentence(problem, Names(titles)).startswith(said)


def test_every_code_has_a_sentence_and_every_sentence_a_code():
    raised = {code for *_, code in [*CHANGED, *UNMEETABLE]} | {code for _, found in WHOLE for code in found.values()}
    referring = {"unknown-thing", "unknown-credential", "archived", "unknown-group", "circle"}

    assert raised | referring | {"too-heavy"} == set(SENTENCES)
