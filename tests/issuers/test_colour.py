import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.colour import Oklch, contrast, displayable, is_hex, linear, readable, to_oklch

hexes = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def test_oklch_of_red_is_that_of_css_color_4():
    red = to_oklch("#ff0000")

    assert red.css == "oklch(0.628 0.258 29.2)"


@given(hexes)
def test_hex_survives_the_way_to_oklch_and_back(colour):
    assert to_oklch(colour).hex == colour


@given(st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 360))
def test_displayable_keeps_lightness_and_hue_and_gives_a_colour_of_the_screen(lightness, chroma, hue):
    found = displayable(lightness, chroma, hue)

    assert (found.lightness, found.hue) == (lightness, hue)
    assert 0 <= found.chroma <= chroma
    assert all(-0.001 <= channel <= 1.001 for channel in linear(found))


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1


def test_contrast_agrees_with_the_known_grey_that_just_passes():
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@given(hexes, hexes, st.sampled_from([3, 4.5]))
def test_readable_stands_off_any_ground(colour, ground, ratio):
    moved = readable(colour, ground, ratio)

    assert contrast(moved, ground) >= ratio
    assert moved == colour or contrast(colour, ground) < ratio


def test_readable_moves_lightness_and_keeps_the_hue():
    moved = to_oklch(readable("#3fae6b", "#ffffff", 4.5))
    asked = to_oklch("#3fae6b")

    assert moved.lightness < asked.lightness
    assert moved.hue == pytest.approx(asked.hue, abs=1.5)


@pytest.mark.parametrize("text", ["", "red", "#fff", "#FFFFFF", "#12345", "#1234567", "#12345g", "#123456\n"])
def test_colour_is_refused_when_it_is_not_a_lower_case_hex(text):
    assert not is_hex(text)
    with pytest.raises(ValueError):
        to_oklch(text)


def test_hex_of_a_colour_outside_the_screen_is_cut_to_it():
    assert Oklch(1, 0.4, 30).hex.startswith("#ff")
