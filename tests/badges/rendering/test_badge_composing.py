"""Composing a badge anew: any choices give a spec that can be drawn, and stored ones of another time do too."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.rendering import badge
from badges.rendering.badge_adjusting import LEAST_SIZE, MOST_SIZE
from badges.rendering.badge_grammar import GRAMMAR, NEAREST, ROOMS, chosen
from badges.rendering.badge_spec import every_part, level_of, main_symbol
from badges.rendering.badge_starters import IDS
from badges.rendering.badge_symbol_set import names

owns = st.fixed_dictionaries({}, optional={key: st.sampled_from(known) for key, known in GRAMMAR.items()})
anything = st.dictionaries(
    st.sampled_from([*GRAMMAR, "shoe"]),
    st.one_of(st.text(max_size=9), st.integers(), st.none(), st.lists(st.text())),
)
letters = "AbcÉž’&<0129مرحب "
texts = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(st.sampled_from(letters), max_size=34),
        "role": st.text(st.sampled_from(letters), max_size=20),
        "institution": st.text(st.sampled_from(letters), max_size=40),
    },
)
hexes = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
FULL = {"name": "Community Mentor", "role": "Guide", "institution": "Northmoor University", "year": "2026"}


def made(starter="seal", own=None, **told):
    return badge.adjust(badge.starter(starter), **{"brand": "#6d1733", "texts": FULL, "own": own or {}, **told})


def part(spec, kind):
    return next((each for each in every_part(spec["parts"]) if each["part"] == kind), None)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(IDS), owns, texts, hexes, st.integers(0, 5), st.sampled_from(names()), st.integers(0, 400))
def test_any_choices_give_a_spec_that_can_be_drawn(starter, own, words, brand, value, symbol, size):
    spec = made(starter, own, brand=brand, texts=words, level=(value, 5), symbol=symbol, size=size)

    assert badge.check(spec) == []
    for pixels in (600, 90):
        svg = badge.draw(spec, size=pixels)
        ET.fromstring(svg)
        assert "nan" not in svg


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(IDS), anything)
def test_choices_that_are_not_known_count_as_not_made(starter, own):
    spec = made(starter, own)

    assert badge.check(spec) == []
    assert set(chosen(starter, own)) == set(GRAMMAR)


def test_word_that_is_too_long_is_a_named_problem():
    spec = made(texts=FULL | {"role": "x" * 21})

    assert [(each.pointer, each.code) for each in badge.check(spec)] == [("/words/1/text", "too-long")]


def test_every_starter_says_where_its_own_composition_begins():
    assert set(NEAREST) == set(IDS)
    for own in NEAREST.values():
        assert all(value in GRAMMAR[key] for key, value in own.items())


def test_every_shape_of_the_grammar_has_its_room():
    assert set(ROOMS) == set(GRAMMAR["shape"])


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, known in GRAMMAR.items() for value in known[1:]])
def test_each_choice_makes_a_difference_that_is_seen(key, value):
    base = {name: known[0] for name, known in GRAMMAR.items()} | {"ribbon": "straight" if key != "ribbon" else "none"}

    before, after = (made(own=base | told, level=(2, 3)) for told in ({}, {key: value}))

    assert badge.draw(before) != badge.draw(after)


def test_composition_keeps_the_starters_symbol_lettering_and_identity():
    spec = made("seal", {"shape": "octagon"})

    assert spec["shape"]["kind"] == "octagon"
    assert (spec["id"], spec["title"]) == ("seal", "Seal")
    assert main_symbol(spec)["name"] == "nib"
    assert {each["font"] for each in every_part(spec["parts"]) if each["part"] == "text"} == {"cormorant-garamond-700"}


def test_same_choices_give_the_same_spec():
    assert made("orbit", {"ribbon": "bowed"}) == made("orbit", {"ribbon": "bowed"})


def test_ribbon_bears_the_role_or_the_year_and_is_not_drawn_without_either():
    role, year, none = (
        made(own={"ribbon": "straight"}, texts=FULL | told) for told in ({}, {"role": ""}, {"role": "", "year": ""})
    )

    ribbons = [[p["words"] for p in spec["parts"] if p.get("on") == "accent"] for spec in (role, year, none)]
    assert ribbons == [[["role"]], [["year"]], []]
    assert part(none, "banner") is None


def test_what_is_not_written_leaves_its_room_to_the_symbol():
    worded = made(own={"lettering": "lines", "shape": "disc"})
    bare = made(own={"lettering": "lines", "shape": "disc"}, texts=dict.fromkeys(FULL, ""))

    assert main_symbol(bare)["size"] > main_symbol(worded)["size"] * 1.2


@pytest.mark.parametrize("shape", GRAMMAR["shape"])
@pytest.mark.parametrize("lettering", GRAMMAR["lettering"])
def test_level_marks_stand_clear_of_the_symbol(shape, lettering):
    spec = made(own={"shape": shape, "lettering": lettering, "frame": "disc"}, level=(2, 3))

    panel, level = part(spec, "panel"), level_of(spec)
    _x, y, _width, height = panel["box"]
    assert (level["value"], level["of"]) == (2, 3)
    assert y + height <= level["at"][1] - level["size"] / 2


def test_symbol_is_as_large_as_asked_for_within_bounds():
    sizes = [
        main_symbol(badge.adjust(badge.starter("shield"), brand="#6d1733", texts={}, size=size))["size"]
        for size in (100, 120, 9000, 1)
    ]

    full = main_symbol(badge.starter("shield"))["size"]
    assert sizes == [full, full * 1.2, full * MOST_SIZE / 100, pytest.approx(full * LEAST_SIZE / 100, abs=0.1)]


def test_pattern_on_a_disc_stays_inside_its_rim():
    spec = made(own={"shape": "disc", "rim": "band", "texture": "rays"})

    panel = part(spec, "panel")
    assert panel["parts"][0]["kind"] == "rays"
    assert panel["box"][2] == 2 * (288 - 29)
    assert re.search(r'clip-path="url\(#b[0-9a-f]+-c\d+\)"', badge.draw(spec))
