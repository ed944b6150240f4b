"""Pairs of colours: what is called good is good, and what is offered instead is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.rendering.pairing import LARGE, TEXT, Colours, is_paper, lighter_paper, pairs
from issuers.colour import BLACK, contrast

hexes = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
maybe = st.one_of(st.just(""), hexes)


def named(chosen: Colours, code: str):
    return next(pair for pair in pairs(chosen) if pair.code == code)


@settings(deadline=None)
@given(hexes, maybe, maybe, maybe)
def test_every_pair_called_good_has_its_ratio_and_every_other_one_a_remedy_that_has(brand, accent, paper, ink):
    chosen = Colours(brand, accent, paper, ink)

    for pair in pairs(chosen):
        assert pair.good == (contrast(pair.over, pair.under) >= pair.least)
        assert pair.ratio <= contrast(pair.over, pair.under) < pair.ratio + 0.1001
        if pair.good:
            assert pair.remedy == ""
        elif pair.moves:
            assert contrast(pair.remedy, pair.under) >= pair.least
        else:
            pytest.fail(f"{pair} is short of contrast, and nothing helps")


@settings(deadline=None, max_examples=60)
@given(hexes, hexes, hexes.map(lighter_paper), hexes)
def test_taking_a_remedy_makes_its_pair_good(brand, accent, paper, ink):
    chosen = Colours(brand, accent, paper, ink)

    for pair in pairs(chosen):
        if pair.remedy:
            taken = Colours(**{**vars(chosen), pair.moves: pair.remedy})
            assert named(taken, pair.code).good


@given(hexes)
def test_colours_that_follow_from_a_brand_leave_no_ink_unread(brand):
    assert named(Colours(brand), "ink-paper").good
    assert named(Colours(brand), "button").good


@given(hexes)
def test_paper_that_is_offered_is_light_enough_and_paper_that_is_stays(colour):
    offered = lighter_paper(colour)

    assert is_paper(offered)
    assert contrast(BLACK, offered) >= 12
    assert not is_paper(colour) or offered == colour


def test_pairs_of_a_known_brand_are_as_measured_by_hand():
    found = {pair.code: (pair.good, pair.least) for pair in pairs(Colours("#1f5c45", "#e3a73b", "#ffffff", "#767676"))}

    # 1f5c45 on white is 7.8 : 1, e3a73b 2.1 : 1; 767676 is the palest grey that may be text on white.
    assert found == {
        "ink-paper": (True, TEXT),
        "brand-paper": (True, TEXT),
        "accent-paper": (False, LARGE),
        "accent-brand": (True, LARGE),
        "button": (True, TEXT),
    }


def test_remedy_for_one_ground_keeps_what_reads_on_the_other():
    """Darkened for paper only as far as it still stands off the badge's ground, where that can be."""
    accent = named(Colours("#14284b", "#e3a73b", "#ffffff", ""), "accent-paper")

    assert contrast(accent.remedy, "#ffffff") >= LARGE
    assert contrast(accent.remedy, "#14284b") >= LARGE
