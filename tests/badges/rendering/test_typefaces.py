"""Designs in the faces of a pair: what may change does, what must not stays, and it still fits."""

import pytest

from badges.rendering import badge, certificate, fonts, house_style, typefaces
from badges.rendering.badge_spec import every_part
from badges.rendering.badge_starters import IDS as BADGES

PAIRS = sorted(typefaces.PAIRS)
WHO = ("Jo Li", "María del Carmen Fernández-Villaverde y Ruiz de Almodóvar", "坂本 遥", "أمل بنت خالد المنصوري")


def printed(name: str) -> certificate.Values:
    words = "Guided five new students through their first year, every week, in the library."
    return certificate.Values(
        name, "Community Mentor", words, "Northmoor University", "14 June 2026", "https://example.org/c/abc", "abc"
    )


def faces(layout):
    return {
        style[key]
        for element in layout["elements"]
        for style in (element.get("style", {}), element.get("second", {}))
        for key in ("font", "headfont")
        if key in style
    }


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("starter", certificate.IDS)
def test_every_certificate_prints_the_hard_names_in_every_pair(starter, pair):
    layout = typefaces.on_certificate(certificate.starter(starter), pair)

    assert certificate.check(layout) == []
    for name in WHO:
        certificate.fits(layout, printed(name))


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("starter", BADGES)
def test_every_badge_is_drawn_in_every_pair_with_heavy_letters(starter, pair):
    spec = typefaces.on_badge(badge.starter(starter), pair)

    assert badge.check(spec) == []
    used = {part["font"] for part in every_part(spec["parts"]) if "font" in part}
    changed = used - {part["font"] for part in every_part(badge.starter(starter)["parts"]) if "font" in part}
    assert all(typefaces.style_of(font).weight >= 600 for font in changed)
    assert badge.draw(spec).startswith("<svg")


def test_serif_becomes_the_pairs_serif_and_small_print_its_sans():
    own = faces(certificate.starter("transcript"))
    made = faces(typefaces.on_certificate(certificate.starter("transcript"), "warm"))

    assert {typefaces.style_of(font).family for font in own} == {"source-serif", "source-sans"}
    assert {typefaces.style_of(font).family for font in made} == {"fraunces", "inter-tight"}


@pytest.mark.parametrize("font", ["bricolage-grotesque-800", "barlow-condensed-700", "ibm-plex-mono-400"])
def test_letters_that_are_a_designs_idea_stay(font):
    assert {typefaces.stand_in(font, pair) for pair in PAIRS} == {font}


def test_italic_stays_italic_where_the_family_has_one():
    assert typefaces.stand_in("cormorant-garamond-500-italic", "warm") == "fraunces-400-italic"
    assert typefaces.stand_in("cormorant-garamond-700", "warm") == "fraunces-600"
    assert typefaces.stand_in("cormorant-garamond-500-italic", "plain") == "source-serif-400"


def test_wider_letters_are_set_smaller_and_never_below_small_print():
    own = certificate.starter("classic")
    made = typefaces.on_certificate(own, "plain")

    sizes = {e["id"]: (e["style"]["size"], e["style"].get("min")) for e in made["elements"] if e["type"] == "text"}
    name = next(e for e in own["elements"] if e["id"] == "name")["style"]
    assert sizes["name"][0] < name["size"]
    assert min(size for size, _least in sizes.values()) >= 7.5
    assert min(least for _size, least in sizes.values() if least) >= 7


@pytest.mark.parametrize("pair", ["", "gone", "../../etc"])
def test_a_pair_that_is_none_changes_nothing(pair):
    own = certificate.starter("classic")

    assert typefaces.on_certificate(own, pair) == own
    assert typefaces.on_badge(badge.starter("seal"), pair) == badge.starter("seal")


def test_every_font_of_a_pair_is_bundled_and_shown():
    for pair in typefaces.PAIRS.values():
        assert pair.serif in typefaces.SERIFS
        assert pair.sans in typefaces.SANSES
        assert any(font.startswith(pair.serif) for font in fonts.names())
        assert "<path" in typefaces.specimen(pair.id)


def test_paper_and_ink_are_laid_on_white_designs_and_not_on_coloured_ones():
    plain = house_style.on_certificate(certificate.starter("minimal"), paper="#fffbe8", ink="#102030")
    bold = house_style.on_certificate(certificate.starter("bold"), paper="#fffbe8", ink="#102030")

    assert (plain["theme"]["colours"]["paper"], plain["theme"]["colours"]["ink"]) == ("#fffbe8", "#102030")
    assert bold["theme"] == certificate.starter("bold")["theme"]
    assert certificate.check(plain) == []


def test_headings_of_the_kit_stand_where_a_design_has_a_place_for_them():
    assert house_style.headings({"heading": "Diploma", "lead": "", "deed": "has earned"}) == {
        "kind": "Diploma",
        "deed": "has earned",
        "lead2": "has earned",
    }
