import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from issuers.brand import roles, stylesheet, stylesheet_of_several
from issuers.colour import Oklch, contrast

hexes = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")

# tokens.css: paper, surface and sunken, light and dark.
SURFACES = (
    (Oklch(0.985, 0.003, 155), Oklch(1, 0, 0), Oklch(0.957, 0.004, 155)),
    (Oklch(0.19, 0.010, 160), Oklch(0.222, 0.011, 160), Oklch(0.262, 0.012, 160)),
)


def printed(colour: Oklch) -> Oklch:
    """The colour as a browser reads it from the stylesheet: three places, not the arithmetic's sixteen."""
    return Oklch(round(colour.lightness, 3), round(colour.chroma, 3), round(colour.hue, 1))


@settings(max_examples=1500, deadline=None)
@given(hexes)
@example("#ffffff")
@example("#000000")
@example("#ffff00")
@example("#f5d90a")
@example("#767676")
@example("#0088a3")
def test_roles_are_readable_in_light_and_dark_as_hex_and_as_printed(brand):
    made = roles(brand)

    for scheme in (0, 1):
        for form in (printed, lambda colour: colour.hex):
            on, fill, hover, text, edge, wash = (
                form(made[role][scheme])
                for role in ("on-brand", "brand", "brand-hover", "brand-text", "brand-edge", "brand-wash")
            )
            assert contrast(on, fill) >= 4.5
            assert contrast(on, hover) >= 4.5
            assert contrast(text, wash) >= 4.5
            for surface in SURFACES[scheme]:
                assert contrast(text, surface) >= 4.5
                assert contrast(edge, surface) >= 3


def test_roles_keep_the_fill_as_typed_when_something_can_be_written_on_it():
    assert roles("#6d1733")["brand"][0].hex == "#6d1733"
    assert roles("#f2b705")["brand"][0].hex == "#f2b705"


def test_roles_write_in_white_on_dark_colours_and_in_ink_on_pale_ones():
    assert roles("#6d1733")["on-brand"][0].hex == "#ffffff"
    assert roles("#f2b705")["on-brand"][0].hex == "#0d1310"


def test_roles_lift_a_dark_fill_off_the_dark_page():
    light, dark = roles("#111111")["brand"]

    assert dark.lightness > light.lightness


def test_stylesheet_is_the_one_of_the_design_for_the_example_institution():
    sheet = stylesheet("#6d1733")

    assert sheet.startswith("@layer tokens {\n  :root {\n    --brand: #6d1733;\n    --brand-hover: #5a0024;\n")
    assert "--brand-line: light-dark(oklch(0.775 0.046 6.4), oklch(0.430 0.048 6.4));" in sheet
    assert sheet.count("{") == sheet.count("}")


def test_stylesheet_of_several_gives_each_institution_a_selector_of_its_own():
    sheet = stylesheet_of_several({"northmoor": "#6d1733", "haneda-medical": "#f2b705"})

    assert re.findall(r"\[data-brand=\"([a-z-]+)\"\]", sheet) == ["northmoor"] * 2 + ["haneda-medical"] * 2
    assert ":root" not in sheet


def test_stylesheet_of_several_is_refused_when_a_slug_could_leave_its_selector():
    with pytest.raises(ValueError):
        stylesheet_of_several({'x"] body{display:none} [a="': "#6d1733"})


@pytest.mark.parametrize("brand", ["red", "#6D1733", "#6d1733;}", ""])
def test_stylesheet_is_refused_when_the_colour_is_none(brand):
    with pytest.raises(ValueError):
        stylesheet(brand)
