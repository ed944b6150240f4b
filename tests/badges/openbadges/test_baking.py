"""Credentials inside pictures: byte for byte out again, and every way of hiding two is refused (SECURITY 4 B)."""

import io
import struct
import zlib

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib import baking as other
from PIL import Image

from badges.openbadges import baking
from badges.openbadges.baking import NotBaked
from badges.rendering import badge

TEXT = '{"name":"Ana 花 ]]> </openbadges:credential> <b>&amp;\\u0000"}'


def picture():
    stored = io.BytesIO()
    Image.new("RGBA", (8, 8), "#1f5c45").save(stored, "PNG")
    return stored.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(kind, body, png=None):
    """The chunk after IHDR, which ends at byte 33."""
    png = png or picture()
    return png[:33] + chunk(kind, body) + png[33:]


def test_png_gives_the_credential_back():
    assert baking.unbake_png(baking.bake_png(picture(), TEXT)) == TEXT


def test_png_is_still_the_same_picture():
    plain, baked = Image.open(io.BytesIO(picture())), Image.open(io.BytesIO(baking.bake_png(picture(), TEXT)))
    baked.load()

    assert baked.tobytes() == plain.tobytes()
    assert baked.text["openbadgecredential"] == TEXT


def test_png_holds_one_credential_when_it_is_baked_again():
    baked = baking.bake_png(baking.bake_png(picture(), "first"), "second")

    assert baking.unbake_png(baked) == "second"
    assert baked.count(b"openbadgecredential") == 1


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=100))
@settings(max_examples=50)
def test_any_text_comes_back_from_a_png(text):
    assert baking.unbake_png(baking.bake_png(picture(), text)) == text


BODY = b"openbadgecredential\0\0\0\0\0{}"


@pytest.mark.parametrize(
    "png",
    [
        b"",
        b"\xff\xd8\xff",
        picture(),
        picture()[:-20],
        with_chunk(b"iTXt", BODY, with_chunk(b"iTXt", BODY)),
        with_chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"{}")),
        with_chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(b"{}")),
        with_chunk(b"tEXt", b"openbadgecredential\0{}"),
        with_chunk(b"iTXt", b"openbadges\0\0\0\0\0{}"),
        with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0"),
        with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff"),
        with_chunk(b"iTXt", BODY + b"x" * 1_100_000),
        picture() + chunk(b"iTXt", BODY),
        picture()[:33] + struct.pack(">I", 2**31) + b"iTXt" + BODY,
    ],
    ids=[
        "empty",
        "jpeg",
        "none",
        "cut",
        "two",
        "compressed",
        "zTXt",
        "tEXt",
        "older",
        "short",
        "not_utf8",
        "long",
        "after_the_end",
        "huge_length",
    ],
)
def test_png_gives_nothing(png):
    with pytest.raises(NotBaked):
        baking.unbake_png(png)


def test_credential_after_the_pixels_is_found():
    png = picture()
    place = png.index(b"IEND") - 4

    assert baking.unbake_png(png[:place] + chunk(b"iTXt", BODY) + png[place:]) == "{}"


SVG = '<?xml version="1.0"?>\n<!-- <svg> a > b -->\n<svg xmlns="http://www.w3.org/2000/svg" aria-label="a > b"><title>x</title></svg>'


def test_svg_gives_the_credential_back_as_first_element():
    baked = baking.bake_svg(SVG, TEXT)
    root = fromstring(baked)

    assert baking.unbake_svg(baked) == TEXT
    assert root[0].tag == "{https://purl.imsglobal.org/ob/v3p0}credential"
    assert root[0].text == TEXT
    assert root.get("aria-label") == "a > b"


def test_svg_holds_one_credential_when_it_is_baked_again():
    baked = baking.bake_svg(baking.bake_svg(SVG, TEXT), "second")

    assert baking.unbake_svg(baked) == "second"
    assert baked == baking.bake_svg(SVG, "second")


def test_badge_of_ours_can_be_baked():
    baked = baking.bake_svg(badge.draw(badge.starter("shield")), TEXT)

    assert fromstring(baked)[0].text == TEXT


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=100))
@settings(max_examples=100)
def test_any_text_comes_back_from_a_svg(text):
    baked = baking.bake_svg(SVG, text)

    assert baking.unbake_svg(baked) == text
    assert (fromstring(baked)[0].text or "") == text


@pytest.mark.parametrize("svg", ["", "<html><svg></svg></html>", "<svg/>", "text <svg></svg>", "<!-- <svg> -->"])
def test_what_is_no_drawing_cannot_be_baked(svg):
    with pytest.raises(NotBaked):
        baking.bake_svg(svg, "{}")


def test_svg_gives_nothing_when_it_holds_none_or_two():
    one = "<openbadges:credential><![CDATA[{}]]></openbadges:credential>"
    for inner in ("", one + one):
        with pytest.raises(NotBaked):
            baking.unbake_svg(f'<svg xmlns:openbadges="{baking.NAMESPACE}">{inner}</svg>')


def test_other_implementation_finds_what_we_baked():
    png, svg = baking.bake_png(picture(), '{"a":1}'), baking.bake_svg(SVG, '{"a":1}').encode()

    assert other.extract_png(png, keyword=b"openbadgecredential") == '{"a":1}'
    assert other.extract_svg(svg, element="openbadges:credential", text_fallback=True) == '{"a":1}'


def test_we_find_what_another_implementation_baked():
    baked = other.bake_png(picture(), '{"a":1}', keyword=b"openbadgecredential")

    assert baking.unbake_png(baked) == '{"a":1}'
