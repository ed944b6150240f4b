"""Answers as people type them, and which of them earn an achievement."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuers.cleaning import Refused
from issuers.wording import SENTENCES, sentence
from recipients import questions
from recipients.questions import NO, YES, Answered, Asked, Kind

LABELS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=30)


def _asked(kind, **said):
    return Asked("0a1b2c3d", kind, "What is it?", **said)


@st.composite
def asked(draw):
    kind = draw(st.sampled_from(Kind))
    options = tuple(draw(st.lists(st.sampled_from(["red", "green", "blue", "Ελλάδα"]), unique=True, min_size=2)))
    accepted = draw(st.lists(st.sampled_from(options), unique=True)) if kind in questions.CHOICES else []
    least = draw(st.none() | st.decimals(0, 9, places=2)) if kind is Kind.NUMBER else None
    return _asked(
        kind,
        required=draw(st.booleans()),
        options=options if kind in questions.CHOICES else (),
        accepted=tuple(accepted),
        at_least=least,
    )


@settings(max_examples=300, deadline=None)
@given(asked(), st.lists(st.text(max_size=40), max_size=4))
def test_whatever_is_typed_is_an_answer_or_a_sentence(one, given_texts):
    try:
        answer = questions.read(one, given_texts)
    except Refused as refused:
        assert refused.code in SENTENCES
        assert sentence(refused.code, **refused.params)
        return
    stored = Answered.from_json(Answered(one, answer).to_json())
    assert stored == Answered(one, answer)
    assert stored.accepted in {True, False}
    if answer in (None, [], False):
        assert not one.required
    if one.kind is Kind.SEVERAL:
        assert set(answer) <= set(one.options)


@settings(max_examples=100, deadline=None)
@given(st.decimals(-(10**7), 10**7, places=3), st.sampled_from([".", ","]))
def test_numbers_are_read_as_they_are_written(number, point):
    text = f"{number:f}".replace(".", point)

    assert questions.number(text) == number
    assert questions.accepts(_asked(Kind.NUMBER, at_least=number), str(questions.number(text)))
    assert not questions.accepts(_asked(Kind.NUMBER, at_least=number + 1), str(questions.number(text)))


@settings(max_examples=60, deadline=None)
@given(asked(), LABELS, LABELS)
def test_frozen_question_is_the_question(one, label, hint):
    made = Asked(**{**vars(one), "label": label, "hint": hint})

    assert Asked.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    ("kind", "texts", "code"),
    [
        (Kind.SHORT, [""], "required"),
        (Kind.SHORT, ["\u200b"], "required"),
        (Kind.SHORT, ["one\ntwo"], "control_character"),
        (Kind.SHORT, ["x" * 301], "too_long"),
        (Kind.NUMBER, ["1e9"], "invalid_number"),
        (Kind.NUMBER, ["٣"], "invalid_number"),
        (Kind.NUMBER, ["NaN"], "invalid_number"),
        (Kind.DATE, ["2026-02-30"], "invalid_date"),
        (Kind.DATE, ["03/04/26"], "ambiguous_date"),
        (Kind.ONE, ["purple"], "not_offered"),
        (Kind.SEVERAL, ["red", "purple"], "not_offered"),
        (Kind.SEVERAL, [], "required"),
        (Kind.YES_NO, ["maybe"], "not_offered"),
        (Kind.WEB, ["javascript:alert(1)"], "invalid_url"),
        (Kind.WEB, ["http://127.0.0.1/"], "invalid_url"),
        (Kind.AGREEMENT, [""], "agreement_needed"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_sentence(kind, texts, code):
    with pytest.raises(Refused) as refused:
        questions.read(_asked(kind, options=("red", "green")), texts)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("one", "answer", "earns"),
    [
        (_asked(Kind.SHORT, accepted=("Alexandria",)), "  alexandria.", True),
        (_asked(Kind.SHORT, accepted=("Alexandria",)), "Pergamon", False),
        (_asked(Kind.SHORT), "anything", True),
        (_asked(Kind.NUMBER, at_least=Decimal(20)), "19.5", False),
        (_asked(Kind.NUMBER, accepted=("42",)), "42", True),
        (_asked(Kind.ONE, options=("a", "b"), accepted=("b",)), "b", True),
        (_asked(Kind.ONE, options=("a", "b"), accepted=("b",), required=False), None, False),
        (_asked(Kind.SEVERAL, options=("a", "b", "c"), accepted=("a", "b")), ["a", "b"], True),
        (_asked(Kind.SEVERAL, options=("a", "b", "c"), accepted=("a", "b")), ["a"], False),
        (_asked(Kind.SEVERAL, options=("a", "b", "c"), accepted=("a", "b")), ["a", "b", "c"], False),
        (_asked(Kind.SEVERAL, options=("a", "b", "c"), accepted=("a", "b"), at_least=Decimal(1)), ["a"], True),
        (_asked(Kind.SEVERAL, options=("a", "b", "c"), at_least=Decimal(2)), ["a", "c"], True),
        (_asked(Kind.YES_NO, accepted=(YES,)), NO, False),
        (_asked(Kind.AGREEMENT, required=True), False, False),
        (_asked(Kind.LONG), None, True),
    ],
)
def test_which_answers_earn_it(one, answer, earns):
    assert questions.accepts(one, answer) is earns
