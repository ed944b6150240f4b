"""Links and numbers in whatever a recruiter pastes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.picking import LINK_MOST, read_list

ID = "q7HtW2mXv9LsR4bDk3ZyPf"


def found(text):
    return [(entry.given, entry.own_id, entry.lines) for entry in read_list(text).entries]


@pytest.mark.parametrize(
    ("line", "given_", "own"),
    [
        (ID, ID, ID),
        (f"  {ID},", ID, ID),
        (f"http://localhost:8000/c/{ID}", f"http://localhost:8000/c/{ID}", ID),
        (f"localhost:8000/c/{ID}/", f"http://localhost:8000/c/{ID}/", ID),
        (f"see http://localhost:8000/c/{ID}.json?x=1#top.", f"http://localhost:8000/c/{ID}.json?x=1", ID),
        (f"(https://lab.example/c/{ID})", f"https://lab.example/c/{ID}", ""),
        ("badges.example.org/a/1", "https://badges.example.org/a/1", ""),
        ("Degree: HTTPS://Lab.example/a/1, 2019", "HTTPS://Lab.example/a/1", ""),
    ],
)
def test_read_list_finds_the_link_or_number_of_a_line(line, given_, own):
    assert found(line) == [(given_, own, [1])]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Curriculum vitae",
        "1990-2020",
        "internationalisierungen",
        "and/or",
        "e.g./i.e. this",
        "a@b.example",
        "ftp://x/y",
    ],
)
def test_read_list_finds_nothing_where_nothing_is(line):
    assert found(line) == []


def test_read_list_names_each_once_with_all_its_lines():
    listed = read_list(f"{ID}\nhttp://localhost:8000/c/{ID}\n\nhttps://lab.example/1#a\nhttps://lab.example/1 {ID}")

    assert [(entry.lines, entry.own_id) for entry in listed.entries] == [([1, 2, 5], ID), ([4, 5], "")]
    assert listed.repeated == 3


def test_read_list_keeps_lone_words_and_no_prose_of_what_has_no_link():
    listed = read_list(f"Jo Li, born in Ely\n{ID}\nq7HtW2mXv9LsR4bDk3ZyP\nWorked for Acme from 2001")

    assert listed.left_out == ((1, ""), (3, "q7HtW2mXv9LsR4bDk3ZyP"), (4, ""))


@given(st.text())
def test_read_list_never_raises(text):
    for entry in read_list(text + "\nhttps://[::1\nhttps://[/c/x").entries:
        assert 0 < len(entry.given) <= LINK_MOST
