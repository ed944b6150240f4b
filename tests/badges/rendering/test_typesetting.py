import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.rendering import lettering
from badges.rendering.typesetting import Span, Style, clusters, fit, paint, pieces

PLAIN = Style("newsreader-400", "#111111")
LOUD = Style("newsreader-400-italic", "#222222")


def texts(block) -> list[str]:
    return ["".join(span.text for span in line) for line in block.lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Li", ["Ana ", "Li"]),
        ("Al-Mansoori", ["Al-", "Mansoori"]),
        ("田中さくら、", ["田", "中", "さ", "く", "ら、"]),
        ("（株）北", ["（株）", "北"]),
        ("", []),
    ],
)
def test_lines_may_end_after_spaces_and_hyphens_and_between_ideographs(text, expected):
    assert pieces(text) == expected


def test_clusters_keep_marks_and_joined_emoji_with_their_letter():
    assert clusters("e\u0301a") == ["e\u0301", "a"]
    assert clusters("👩\u200d🎓x") == ["👩\u200d🎓", "x"]


def test_short_text_stays_on_one_line_at_full_size():
    block = fit([Span("Ana Li", PLAIN)], 600, 200, most=80, least=20)

    assert (texts(block), block.size) == (["Ana Li"], 80)


def test_two_lines_are_of_like_length():
    block = fit([Span("Amal bint Khalid Al-Mansoori", PLAIN)], 560, 200, most=80, least=20)

    assert texts(block) == ["Amal bint Khalid", "Al-Mansoori"]


def test_looks_are_kept_where_lines_break():
    block = fit([Span("for earning ", PLAIN), Span("Community Mentor", LOUD)], 330, 200, most=40, least=20)

    assert "".join(texts(block)).replace(" ", "") == "forearningCommunityMentor"
    assert {span.style for line in block.lines for span in line} == {PLAIN, LOUD}


@settings(max_examples=80, deadline=None)
@given(
    st.text(st.sampled_from("abcdefgh WÉž- مرشدप्रिया"), min_size=1, max_size=200),
    st.integers(80, 600),
    st.integers(60, 300),
)
def test_nothing_is_cut_off_and_nothing_leaves_the_box(text, width, height):
    block = fit([Span(text, PLAIN)], width, height, most=90, least=12)

    assert block.height <= height + 0.01
    assert "".join("".join(texts(block)).split()) == "".join(text.split())
    for line in block.lines:
        drawn = sum(lettering.measure(span.text, span.style.font, block.size) for span in line)
        assert drawn <= width + 1 or len(clusters("".join(span.text for span in line))) == 1


def test_right_to_left_layout_ends_lines_at_its_start_edge():
    block = fit([Span("Amal", PLAIN)], 600, 200, most=80, least=20)
    width = lettering.measure("Amal", PLAIN.font, 80)

    left = paint(block, 100, 0)
    right = paint(block, 100 + width, 0, rtl=True)
    middle = paint(block, 100 + width / 2, 0, middle=True)

    assert left == right == middle


def test_sentence_keeps_its_direction_in_a_layout_of_the_other():
    spans = [Span("for earning ", PLAIN), Span("Mentor", LOUD)]
    block = fit(spans, 600, 200, most=40, least=20)
    width = sum(lettering.measure(span.text, span.style.font, 40) for span in block.lines[0])

    assert paint(block, 100 + width, 0, rtl=True) == paint(block, 100, 0)


def test_right_to_left_sentence_begins_at_the_right():
    spans = [Span("استحقّ ", PLAIN), Span("Mentor", LOUD)]
    block = fit(spans, 600, 200, most=40, least=20)

    drawn = paint(block, 500, 0, rtl=True)

    assert block.rtl
    assert drawn.index(LOUD.colour) < drawn.index(PLAIN.colour)
