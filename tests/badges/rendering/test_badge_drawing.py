import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from badges.rendering import badge
from badges.rendering.badge_canvas import Canvas
from badges.rendering.badge_parts import capitals
from badges.rendering.badge_spec import every_part
from badges.rendering.image import rasterise
from badges.rendering.palette import palette, resolve
from issuers.colour import contrast

IDS = [each.id for each in badge.starters()]
LOOKS = json.loads((Path(__file__).parent / "looks.json").read_text())

hexes = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
words = st.text(st.sampled_from('AbcDéßžŠ’-&<>" 0129مرحباसूर्य'), max_size=40)


def look(svg: str) -> bytes:
    """A drawing seen from afar: 16 × 16 averages, on grey."""
    ground = Image.new("RGBA", (600, 600), "#808080")
    ground.alpha_composite(Image.open(io.BytesIO(rasterise(svg, 600))).convert("RGBA"))
    return ground.convert("RGB").resize((16, 16), Image.Resampling.BOX).tobytes()


@pytest.mark.parametrize("name", IDS)
def test_starter_looks_as_it_was_designed(name):
    drawn = look(badge.draw(badge.starter(name)))

    furthest = max(abs(a - b) for a, b in zip(drawn, bytes.fromhex(LOOKS[name]), strict=True))
    assert furthest <= 10


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("size", [90, 600])
def test_drawing_is_the_same_bytes_every_time(name, size):
    svg = badge.draw(badge.starter(name), size=size)

    assert svg == badge.draw(badge.starter(name), size=size)
    assert rasterise(svg, size) == rasterise(svg, size)


@pytest.mark.parametrize("name", IDS)
def test_drawing_leaves_its_spec_alone(name):
    spec = badge.starter(name)

    badge.draw(spec, size=90)
    badge.notes(spec)

    assert spec == badge.starter(name)


@pytest.mark.parametrize("name", IDS)
def test_drawing_needs_no_font_no_script_and_no_address(name):
    root = ET.fromstring(badge.draw(badge.starter(name)))

    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "defs", "linearGradient", "stop", "clipPath", "g", "path", "circle"}
    names = {attribute for element in root.iter() for attribute in element.attrib}
    assert not {each for each in names if each.startswith("on") or each in {"style", "href", "font-family"}}


def test_alternative_text_becomes_the_title_and_is_escaped():
    spec = badge.starter("disc") | {"alt": 'R&D <level> "two"'}

    root = ET.fromstring(badge.draw(spec))

    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title.text == 'R&D <level> "two"'
    assert root.get("aria-labelledby") == title.get("id")


def test_badges_on_one_page_share_no_id():
    ids = [set(re.findall(r' id="([^"]+)"', badge.draw(badge.starter(name)))) for name in IDS]

    assert sum(map(len, ids)) == len(set.union(*ids))


@pytest.mark.parametrize("name", IDS)
def test_small_drawing_is_lighter_and_fills_its_square(name):
    full, small = (badge.draw(badge.starter(name), size=size) for size in (600, 90))
    cover = Image.open(io.BytesIO(rasterise(small, 90))).getchannel("A").getbbox()

    assert len(small) < len(full) * 0.6
    assert cover[3] - cover[1] > 80


def test_small_drawing_keeps_only_the_words_that_are_meant_for_it():
    stamp = badge.starter("stamp")

    def small(**texts: str) -> bytes:
        made = badge.adjust(stamp, brand=stamp["brand"], accent=stamp["accent"], texts=texts)
        return rasterise(badge.draw(made, size=90), 90)

    assert small(unit="", name="") == small()
    assert small(number="") != small()


@pytest.mark.parametrize(
    ("text", "drawn"), [("Straße", "STRASSE"), ("Μέντορας", "ΜΕΝΤΟΡΑΣ"), ("ϋ", "Ϋ"), ("مرشد", "مرشد"), ("iï", "IÏ")]
)
def test_capitals_are_those_of_the_script(text, drawn):
    assert capitals(text) == drawn


def test_lettering_below_readable_size_is_left_out():
    spec = badge.starter("hexagon")

    assert len(badge.draw(spec, size=130)) < len(badge.draw(spec, size=600))


@settings(max_examples=600, deadline=None)
@given(hexes, st.sampled_from(["auto", "gold", "silver", "bronze"]) | hexes)
def test_every_word_can_be_read_on_its_ground_for_any_brand(brand, accent):
    colours = palette(brand, accent)
    canvas = Canvas("k", 600, colours, {})

    for name in IDS:
        for part in every_part(badge.starter(name)["parts"]):
            if part["part"] == "text":
                ground = resolve(part["on"], colours)
                assert contrast(canvas.colour(part["colour"], part["on"], 4.5), ground) >= 4.5


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(IDS), hexes, words, st.integers(0, 5), st.sampled_from(["book", "sun", "lighthouse"]))
def test_drawing_holds_for_any_brand_and_words(name, brand, text, value, symbol):
    spec = badge.starter(name)
    texts = {slot.key: text[: slot.max_length] for slot in badge.slots(spec)}

    made = badge.adjust(spec, brand=brand, texts=texts, level=(value, 5), symbol=symbol)

    assert badge.check(made) == []
    for size in (600, 90):
        svg = badge.draw(made, size=size)
        ET.fromstring(svg)
        assert "nan" not in svg
        assert rasterise(svg, 64)


def test_notes_say_which_colour_was_moved_and_how_far():
    notes = badge.notes(badge.starter("rosette"))

    assert [(note.code, dict(note.params)) for note in notes] == [
        ("colour-moved", {"colour": "brand", "ground": "paper", "had": "4.1", "needed": "4.5"})
    ]


def test_notes_say_which_words_came_out_too_small():
    spec = badge.starter("shield")
    spec["words"][0].update(text="W" * 60, most=60)

    notes = badge.notes(spec)

    assert [note.code for note in notes] == ["text-small"]
    assert dict(notes[0].params)["text"] == "W" * 60


@pytest.mark.parametrize("name", IDS)
def test_words_of_the_longest_allowed_length_stay_letters(name):
    spec = badge.starter(name)
    longest = {slot.key: "Environmental Stewardship"[: slot.max_length] for slot in badge.slots(spec)}

    made = badge.adjust(spec, brand=spec["brand"], accent=spec["accent"], texts=longest)

    too_small = [dict(note.params)["capitals"] for note in badge.notes(made) if note.code == "text-small"]
    assert all(int(capitals) >= 9 for capitals in too_small)
