"""What every bundled font must have."""

import pytest

from badges.rendering import certificate, fonts, pdf
from tests.badges.rendering.papers import boxes_for_missing_letters

NAMES = ["坂本 遥", "김 민준", "王 小明", "陳 大文", "Анна Κώστα", "دانا کریمی", "สมชาย ใจดี", "अनिल शर्मा", "דנה לוי"]


@pytest.mark.parametrize("name", fonts.names())
def test_font_has_a_space_since_words_are_set_with_the_space_after_them(name):
    assert 0x20 in fonts.codes(name)


# One of each chain of fallbacks; test_certificate_starters asks every starter.
@pytest.mark.parametrize("starter", ["minimal", "swiss"])
@pytest.mark.parametrize("name", NAMES)
def test_certificate_prints_no_box_where_a_name_has_a_space(starter, name):
    layout = certificate.adjust(certificate.starter(starter), brand="#6d1733", texts={})
    values = certificate.Values(name, "Mentor", "Helped.", "North", "1 June 2026", "https://example.org/c/x", "x")

    made = pdf.render(layout, values, credential_json="{}", pictures={})

    assert boxes_for_missing_letters(made) == []
