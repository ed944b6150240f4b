"""The searchable set: 14 of ours and some hundred of Phosphor's, each drawable, each findable."""

from xml.etree import ElementTree as ET

import pytest

from badges.rendering import badge
from badges.rendering.badge_symbol_set import TOPICS, areas, known, names, search, title
from badges.rendering.badge_symbols import SYMBOLS


def test_ours_come_first_and_no_name_stands_twice():
    every = names()

    assert every[: len(SYMBOLS)] == list(SYMBOLS)
    assert len(set(every)) == len(every) > 500


def test_names_that_both_sets_have_are_different_symbols():
    assert areas("heart") != areas("ph-heart")


@pytest.mark.parametrize("name", names()[len(SYMBOLS) :: 7])
def test_symbol_is_painted_within_the_badge(name):
    spec = badge.adjust(badge.starter("disc"), brand="#6d1733", texts={}, symbol=name)

    assert badge.check(spec) == []
    assert areas(name)[0][1] in badge.draw(spec)
    ET.fromstring(badge.draw(spec, size=90))


@pytest.mark.parametrize("name", ["", "ph-", "heart-attack", "ph-../../settings", "PH-HEART"])
def test_no_other_name_is_known(name):
    assert not known(name)


def test_search_finds_by_name_before_it_finds_by_kinship():
    found = search("book")

    assert found[0] == "book"
    assert found.index("ph-book-open") < found.index("nib") if "nib" in found else True
    assert "ph-book-open" in found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("LEAF", "ph-leaf"),
        ("léaf", "ph-leaf"),
        ("univ", "ph-graduation-cap"),
        ("graduation hat", "ph-graduation-cap"),
        ("volunteer", "heart"),
    ],
)
def test_search_does_not_mind_capitals_accents_or_half_words(typed, found):
    assert found in search(typed)


def test_search_within_a_topic_stays_in_it():
    nature = search(topic="nature")

    assert "ph-leaf" in nature
    assert "ph-rocket" not in nature
    assert search("leaf", "technology") == []


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_symbols(topic):
    assert search(topic=topic)


def test_search_for_nothing_is_everything_and_for_nonsense_nothing():
    assert search() == names()
    assert search("xyzzy") == []
    assert search("leaf " * 5000)


def test_title_reads_as_words():
    assert title("ph-graduation-cap") == "Graduation cap"
