"""The checks: each fault that an author can make is found, named and said with what to do."""

import pytest

from badges.forms.badge_words import FINDINGS, sentence
from badges.rendering import badge
from badges.rendering.badge_linting import lint
from badges.rendering.badge_starters import IDS


def codes(spec, level="warn"):
    return [each.code for each in lint(spec) if each.level == level]


def made(starter, **told):
    return badge.adjust(badge.starter(starter), **{"brand": "#1f3d5c", "texts": {}, **told})


@pytest.mark.parametrize("name", IDS)
def test_starters_have_nothing_to_warn_of(name):
    spec = badge.starter(name)

    assert codes(spec) == []
    assert "edge-clear" in codes(spec, "ok")


@pytest.mark.parametrize("brand", ["#6d1733", "#1f5c45", "#14284b", "#f5d90a", "#e8590c", "#111111"])
@pytest.mark.parametrize("name", IDS)
def test_starters_are_well_in_any_institutions_colour(name, brand):
    spec = made(name, brand=brand)

    assert not {"pale-metal", "accent-drowns", "colour-moved"} & set(codes(spec))


def test_long_word_is_told_with_what_to_do():
    spec = badge.starter("shield")
    spec["words"][0].update(text="W" * 60, most=60)

    (finding,) = [each for each in lint(spec) if each.level == "warn"]

    assert finding.code == "text-small"
    assert "Shorten it or leave it out." in sentence(finding)


def test_shrunk_word_is_told_with_how_far_it_shrank():
    spec = made("shield", texts={"name": "Environmental Stewardship", "role": ""})

    (finding,) = [each for each in lint(spec) if each.code == "text-shrunk"]
    assert 40 < int(dict(finding.params)["share"]) < 70


def test_word_that_was_meant_for_lists_and_is_lost_there_is_told():
    spec = badge.starter("stamp")
    number = next(part for part in spec["parts"] if part.get("keep"))
    number["small"] = {"size": 30}

    assert "lost-in-lists" in codes(spec)
    assert "lost-in-lists" not in codes(badge.starter("stamp"))


def test_pale_ground_under_metal_is_told():
    assert "pale-metal" in codes(made("medallion", brand="#f5d90a", accent="gold"))
    assert "pale-metal" not in codes(made("medallion", brand="#14284b", accent="gold"))


def test_line_that_drowns_in_its_ground_is_told():
    assert "accent-drowns" in codes(made("disc", brand="#1f5c45", accent="#24634c"))


def test_edge_that_is_lost_on_a_page_is_told():
    white = made("poster", brand="#ffffff", accent="#14284b")
    dark = made("poster", brand="#23252b", accent="#ffc94d")

    assert "edge-light" in codes(white)
    assert "edge-dark" in codes(dark)


def test_colour_that_was_moved_far_is_a_warning_and_a_little_is_information():
    near, far = badge.starter("rosette"), badge.starter("rosette")
    far["brand"] = "#ffe9e0"

    assert "colour-moved" in codes(near, "info")
    assert "colour-moved" in codes(far)


def test_contrast_that_is_said_is_the_worst_of_the_words():
    (finding,) = [each for each in lint(badge.starter("seal")) if each.code == "contrast"]

    assert 4.5 <= float(dict(finding.params)["ratio"]) < 8


def test_what_asks_for_a_change_comes_first():
    spec = made("shield", texts={"name": "Environmental Stewardship"})

    levels = [each.level for each in lint(spec)]
    assert levels == sorted(levels, key=["warn", "info", "ok"].index)


def test_every_finding_has_its_sentence():
    told = {each.code for name in IDS for each in lint(badge.starter(name))}

    assert told <= set(FINDINGS)
