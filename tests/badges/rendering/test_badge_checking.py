import base64
import math
import struct
import time

import pytest

from badges.rendering import badge
from tests.badges.rendering import hostile_images as hostile


def problems(**changes: object) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in badge.check(badge.starter("shield") | changes)]


def with_part(**part: object) -> list[tuple[str, str]]:
    return problems(parts=[part])


def data(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


LOGO = {"part": "symbol", "kind": "logo", "size": 200}
TONES = dict.fromkeys(("main", "lit", "shade", "accent", "ground", "tint"), "paper")
TEXT = {"part": "text", "place": "line", "words": ["name"], "font": "jost-600", "size": 40, "colour": "ink"}


@pytest.mark.parametrize("name", [each.id for each in badge.starters()])
def test_starter_has_no_fault(name):
    assert badge.check(badge.starter(name)) == []


FAULTS = [
    (problems(onload="x"), [("", "unknown-key")]),
    (problems(laurel="badge/2"), [("/laurel", "not-a-choice")]),
    (problems(brand="red"), [("/brand", "wrong-form")]),
    (problems(brand="#1F5C45"), [("/brand", "wrong-form")]),
    (problems(accent="platinum"), [("/accent", "out-of-range")]),
    (problems(alt=""), [("/alt", "out-of-range")]),
    (problems(alt=None), [("/alt", "wrong-type")]),
    (problems(shape={"kind": "blob"}), [("/shape/kind", "not-a-choice")]),
    (problems(shape={"kind": "shield", "href": "x"}), [("/shape", "unknown-key")]),
    (problems(bands=[]), [("/bands", "out-of-range")]),
    (problems(bands=[[600, "rim"]]), [("", "unknown-colour")]),
    (problems(bands=[[600, "metal:brand"]]), [("", "unknown-colour")]),
    (problems(colours={"wax": "url(#x)"}), [("/colours/wax", "wrong-form")]),
    (problems(colours={"wax": "candle"}), [("/colours/wax", "unknown-colour")]),
    (problems(small={"parts": []}), [("/small", "unknown-key")]),
    (problems(words=[]), [("/parts", "unknown-word")] * 2),
    (with_part(part="iframe"), [("/parts/0/part", "not-a-choice")]),
    (with_part(colour="ink"), [("/parts/0", "missing")]),
    (with_part(part="draw", d="M0 0", colour="ink", onclick="x"), [("/parts/0", "unknown-key")]),
    (with_part(part="draw", d='M0 0"/><script>', colour="ink"), [("/parts/0/d", "wrong-form")]),
    (with_part(part="draw", d="M0 0", colour='"/><script>'), [("/parts/0/colour", "wrong-form")]),
    (with_part(part="draw", d="M0 1" * 2000, colour="ink"), [("/parts/0/d", "out-of-range")]),
    (with_part(part="draw", d="M0 99999999999", colour="ink"), [("/parts/0/d", "wrong-form")]),
    (with_part(part="pattern", kind="rays", count=10**9, colour="ink"), [("/parts/0/count", "out-of-range")]),
    (with_part(part="pattern", kind="rays", count="9", colour="ink"), [("/parts/0/count", "wrong-type")]),
    (with_part(part="pattern", kind="rays", count=True, colour="ink"), [("/parts/0/count", "wrong-type")]),
    (with_part(part="pattern", kind="dots", gap=0, colour="ink"), [("/parts/0/gap", "out-of-range")]),
    (with_part(part="ornament", kind="beads", radius=90, size=2, colour="ink"), [("/parts/0", "missing")]),
    (with_part(**TEXT, on="metal:accent"), [("/parts/0/on", "wrong-form")]),
    (with_part(**TEXT, on="sky"), [("", "unknown-colour")]),
    (with_part(**{**TEXT, "font": "Comic Sans"}, on="paper"), [("/parts/0/font", "not-a-choice")]),
    (with_part(**{**TEXT, "place": "top"}, on="paper"), [("/parts/0", "missing")]),
    (with_part(**{**TEXT, "words": ["motto"]}, on="paper"), [("/parts", "unknown-word")]),
    (with_part(**LOGO, tones=TONES, href="https://example.org/x.png"), [("/parts/0/href", "wrong-form")]),
    (with_part(**LOGO, tones=TONES, href="data:image/svg+xml;base64,AAAA"), [("/parts/0/href", "wrong-form")]),
    (with_part(**LOGO, tones=TONES), [("/parts/0", "missing")]),
    (with_part(**LOGO, tones=TONES, href=data(b"GIF89a")), [("/parts", "bad-picture")]),
    (with_part(**LOGO, tones=TONES, href=data(hostile.png_of(50_000, 50_000))), [("/parts", "bad-picture")]),
    (with_part(part="symbol", name="skull", size=90, tones=TONES), [("/parts", "unknown-symbol")]),
    (with_part(part="symbol", name="../skull", size=90, tones=TONES), [("/parts/0/name", "wrong-form")]),
    (
        with_part(part="draw", d="M0 0", colour="ink", small={"colour": 'x"y'}),
        [("/parts/0/colour", "wrong-form")],
    ),
]


@pytest.mark.parametrize(("found", "expected"), FAULTS)
def test_check_names_the_place_and_the_fault(found, expected):
    assert found == expected


def test_check_refuses_ten_thousand_parts_at_once():
    parts = [{"part": "draw", "d": "M0 0", "colour": "ink"}] * 10_000
    before = time.thread_time()

    assert problems(parts=parts) == [("", "too-large")]
    assert time.thread_time() - before < 1


def test_check_refuses_panels_within_panels_without_end():
    part: dict[str, object] = {"part": "draw", "d": "M0 0", "colour": "ink"}
    for _ in range(100_000):
        part = {"part": "panel", "kind": "rect", "box": [0, 0, 9, 9], "bands": [[1, "ink"]], "parts": [part]}

    assert [code for _, code in problems(parts=[part])] == ["too-deep"]


def test_check_refuses_more_parts_in_panels_than_a_badge_has_use_for():
    drawn = {"part": "draw", "d": "M0 0", "colour": "ink"}
    panel = {"part": "panel", "kind": "rect", "box": [0, 0, 90, 90], "bands": [[1, "ink"]], "parts": [drawn] * 18}

    assert problems(parts=[panel] * 5) == [("/parts", "too-many")]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_check_refuses_numbers_that_are_none(value):
    assert problems(bands=[[value, "ink"]]) == [("/bands/0/0", "wrong-type")]


@pytest.mark.parametrize("text", ["\0", "\ud800", "\x1b", "\ufffe"])
def test_check_refuses_characters_that_no_svg_may_hold(text):
    assert problems(alt="Field " + text) == [("/alt", "wrong-form")]


def test_check_refuses_words_longer_than_their_slot():
    spec = badge.starter("shield")
    spec["words"][0]["text"] = "x" * 35

    assert [(each.pointer, each.code) for each in badge.check(spec)] == [("/words/0/text", "too-long")]


def test_check_refuses_letters_that_no_font_has():
    spec = badge.starter("shield")
    spec["words"][0]["text"] = "Field \U00013000"

    assert [each.code for each in badge.check(spec)] == ["no-glyph"]


def test_check_refuses_two_words_of_one_key():
    spec = badge.starter("shield")
    spec["words"].append(spec["words"][0])

    assert [each.code for each in badge.check(spec)] == ["twice"]


@pytest.mark.parametrize("spec", [None, [], "badge", 7, {}, {"parts": None}, [[[]]]])
def test_check_answers_with_faults_when_it_is_no_spec_at_all(spec):
    assert badge.check(spec)


def test_logo_of_small_png_is_accepted():
    png = hostile.png((200, 100))
    assert struct.unpack(">II", png[16:24]) == (200, 100)

    assert with_part(**LOGO, tones=TONES, href=data(png)) == []
