"""What every bundled font must have."""

import io
import re

import pikepdf
import pytest

from badges.rendering import certificate, fonts, pdf

NAMES = ["坂本 遥", "김 민준", "王 小明", "陳 大文", "Анна Κώστα", "دانا کریمی", "สมชาย ใจดี", "अनिल शर्मा", "דנה לוי"]


@pytest.mark.parametrize("name", fonts.names())
def test_font_has_a_space_since_words_are_set_with_the_space_after_them(name):
    assert 0x20 in fonts.codes(name)


def boxes(data: bytes) -> list[str]:
    """Fonts of a PDF's first page that show CID 0, the box for a missing letter, each with the code that shows it."""
    found = []
    with pikepdf.open(io.BytesIO(data)) as document:
        page, shown, font = document.pages[0], {}, ""
        for operands, operator in pikepdf.parse_content_stream(page):
            font = str(operands[0]) if str(operator) == "Tf" else font
            if str(operator) == "TJ":
                pieces = [bytes(piece).hex() for piece in operands[0] if isinstance(piece, pikepdf.String)]
                shown.setdefault(font, set()).update(re.findall("....", "".join(pieces)))
        for name, codes in shown.items():
            encoding = page.Resources.Font[name].Encoding
            own = encoding.read_bytes().decode() if isinstance(encoding, pikepdf.Stream) else "<0000> 0\n"
            found += [f"{name} {code}" for code in re.findall(r"<(....)> 0\n", own) if code in codes]
    return found


@pytest.mark.parametrize("starter", certificate.IDS)
@pytest.mark.parametrize("name", NAMES)
def test_certificate_prints_no_box_where_a_name_has_a_space(starter, name):
    layout = certificate.adjust(certificate.starter(starter), brand="#6d1733", texts={})
    values = certificate.Values(name, "Mentor", "Helped.", "North", "1 June 2026", "https://example.org/c/x", "x")

    made = pdf.render(layout, values, credential_json="{}", pictures={})

    assert boxes(made) == []
