import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.rendering import lettering
from badges.rendering.lettering import Circle, Lettering, MissingGlyph

SERIF, SANS = "cormorant-garamond-700", "jost-600"


def extent(path: str) -> tuple[float, float]:
    """Leftmost and rightmost x of absolute path data, control points included."""
    tokens = re.findall(r"[A-Z]|-?[\d.]+", path)
    numbers: list[float] = []
    xs: list[float] = []
    command = ""
    for token in tokens:
        if token.isalpha():
            command, numbers = token, []
            continue
        numbers.append(float(token))
        if command == "H" or (command != "V" and len(numbers) % 2 == 1):
            xs.append(float(token))
    return min(xs), max(xs)


def test_measure_grows_with_the_size_and_with_the_letters():
    assert lettering.measure("Mentor", SANS, 20) == pytest.approx(2 * lettering.measure("Mentor", SANS, 10))
    assert lettering.measure("Mentor", SANS, 10) < lettering.measure("Mentoring", SANS, 10)
    assert lettering.measure("", SANS, 10) == 0


def test_tracking_stands_between_letters_and_not_after_them():
    plain, spaced = (lettering.measure("HHHH", SANS, 100, tracking) for tracking in (0, 0.1))

    assert spaced - plain == pytest.approx(30)


def test_measure_kerns():
    assert lettering.measure("AV", SERIF, 100) < lettering.measure("A", SERIF, 100) + lettering.measure("V", SERIF, 100)


def test_joined_scripts_are_never_spaced_out():
    assert lettering.measure("مرشد", SERIF, 100, 0.2) == lettering.measure("مرشد", SERIF, 100)


@pytest.mark.parametrize(("text", "may"), [("MENTOR", True), ("Наставник", True), ("مرشد", False), ("प्रिया", False)])
def test_scripts_that_join_or_stack_do_not_bend(text, may):
    assert lettering.bends(text) is may


def test_arabic_letters_are_joined_and_stand_from_right_to_left():
    word = lettering.shape("مرشد", SERIF, 100).glyphs
    alone = {lettering.shape(letter, SERIF, 100).glyphs[0].number for letter in "مرشد"}

    assert {glyph.number for glyph in word} != alone
    assert word[-1].number != lettering.shape("م", SERIF, 100).glyphs[0].number


def test_letters_a_font_lacks_come_from_another():
    faces = {glyph.face.name for glyph in lettering.shape("Amal أمل", SERIF, 10).glyphs}

    assert len(faces) == 2


def test_space_after_an_emoji_is_as_narrow_as_any():
    apart = lettering.measure("🎓 N", SERIF, 100) - lettering.measure("🎓N", SERIF, 100)

    assert apart == pytest.approx(lettering.measure(" ", SERIF, 100), abs=3)


def test_shape_names_the_character_that_no_font_has():
    with pytest.raises(MissingGlyph) as refused:
        lettering.shape("Ada \U00013000", SERIF, 10)

    assert refused.value.character == "\U00013000"
    assert lettering.missing("Ada \U00013000\U00013000", SERIF) == "\U00013000"
    assert lettering.missing("Šťastná Nguyễn أمل प्रिया", SERIF) == ""


@pytest.mark.parametrize(("anchor", "left", "right"), [("start", 100, 170), ("middle", 65, 135), ("end", 30, 100)])
def test_line_stands_at_its_anchor(anchor, left, right):
    shaped = lettering.shape("HHHH", SANS, 26)

    low, high = extent(lettering.line(shaped, 100, 50, anchor))

    assert low == pytest.approx(left, abs=12)
    assert high == pytest.approx(right, abs=12)


def test_arc_is_left_alone_when_it_has_room():
    made = lettering.arc(Lettering("MENTOR", SANS, 45, 0.1), Circle(300, 300, 200), 150)

    assert made.size == 45
    assert made.degrees < 150


@given(st.text("ABCDEFGHIJ ", min_size=1, max_size=60), st.booleans())
def test_arc_shrinks_until_it_spans_what_it_may(text, below):
    made = lettering.arc(Lettering(text, SANS, 45, 0.1), Circle(300, 300, 200, below), 120)

    assert made.degrees <= 120.01
    assert made.size <= 45


def test_arc_below_reads_from_the_left_too():
    above, below = (
        lettering.arc(Lettering("I     L", SANS, 45), Circle(300, 300, 200, side), 150).path for side in (False, True)
    )
    ys = [[float(y) for y in re.findall(r"M-?[\d.]+ (-?[\d.]+)", path)] for path in (above, below)]

    assert max(ys[0]) < 300 < min(ys[1])
    first = [float(re.match(r"M(-?[\d.]+)", path).group(1)) for path in (above, below)]
    assert max(first) < 300


def test_letters_on_an_arc_stand_on_its_circle():
    made = lettering.arc(Lettering("OOOOOOOO", SANS, 30), Circle(0, 0, 200), 170)

    starts = re.findall(r"M(-?[\d.]+) (-?[\d.]+)", made.path)
    assert all(185 < math.hypot(float(x), float(y)) < 215 for x, y in starts)
