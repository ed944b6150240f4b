"""The builder's page says a rule as fields, and fields as a rule: what goes in comes out."""

import pytest
from hypothesis import given, settings

from badges.criteria.soundness import check
from badges.forms.rule import RuleForm
from badges.forms.rule_fields import Choosers
from badges.wording.names import NAMES
from tests.badges.criteria.making import document, documents
from tests.badges.criteria.test_checking import ALL, COUNT, SCORE, SUM

KINDS = [("session", "Session attended"), ("assessment", "Assessment taken"), ("module", "Module completed")]
CHOOSERS = Choosers(kinds=KINDS, titles={("assessment", "quiz-2"): "Quiz 2", ("module", "m1"): "Week one"})


def there_and_back(said, choosers=CHOOSERS):
    form = RuleForm.of(said, choosers, edits=7)
    assert form.is_valid(), [part.errors for part in form.forms()]
    assert form.edits == 7
    return form.document()


@pytest.mark.parametrize("condition", ALL, ids=lambda one: one["type"])
def test_each_type_of_condition_comes_back_as_it_was(condition):
    assert there_and_back(document(condition)) == document(condition)


@settings(max_examples=60, deadline=None)
@given(documents())
def test_every_rule_comes_back_as_it_was(said):
    made = there_and_back(said)

    assert check(made) == check(said)
    assert RuleForm.of(made, CHOOSERS, edits=0).data == RuleForm.of(said, CHOOSERS, edits=0).data


def test_things_are_chosen_by_their_titles():
    form = RuleForm.of(document(SCORE), CHOOSERS, edits=0)

    assert form.rows[0].form["key"].value() == "Quiz 2"
    assert (
        there_and_back(document({**SCORE, "key": "something new"}))["needs"]["conditions"][0]["key"] == "something new"
    )


def test_two_things_of_one_title_are_told_apart():
    twice = Choosers(kinds=KINDS, titles={("assessment", "q1"): "Quiz", ("assessment", "q2"): "Quiz"})
    said = document({**SCORE, "key": "q2"})

    assert RuleForm.of(said, twice, edits=0).rows[0].form["key"].value() == "Quiz · q2"
    assert there_and_back(said, twice) == said


def test_what_is_not_complete_is_kept_as_it_was_typed():
    said = document({**COUNT, "at_least": "many"}, {"type": "sum", "unit": "hours"}, {"type": "holds"})

    assert there_and_back(said) == said


def test_faults_stand_at_their_fields():
    said = document({**COUNT, "at_least": "many"}, {"of": "any", "conditions": [{**SUM, "at_least": 0}, SCORE]})
    form = RuleForm.of(said, CHOOSERS, edits=0)
    form.tell(check(said), NAMES)
    count, group = form.rows

    assert count.form.errors == {"at_least": ["Here a whole number is wanted. Write it as that."]}
    assert list(group.inner[0].form.errors) == ["at_least"]
    assert not group.inner[1].form.errors


def test_sets_and_stacks_ask_for_all_where_they_do_not_say_how_many():
    form = RuleForm.of(document({"type": "set", "kind": "module", "keys": ["m1", "m2"]}), CHOOSERS, edits=0)

    assert form.is_valid()
    assert form.document()["needs"]["conditions"][0]["at_least"] == 2
