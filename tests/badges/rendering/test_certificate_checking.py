"""Layouts that must not be taken: each with a pointer to what is wrong, at once, and never an exception."""

import copy
import json
import math
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badges.rendering import certificate
from badges.rendering.certificate_checking import MOST_PROBLEMS
from tests.badges.rendering import papers

PATIENCE = 1  # second of CPU: what is not given up early takes many


@pytest.fixture(scope="module")
def sound():
    return papers.layout("course")


def changed(layout, path, value):
    """A copy with one value put somewhere else."""
    made = copy.deepcopy(layout)
    *steps, last = path
    target = made
    for step in steps:
        target = target[step]
    target[last] = value
    return made


def element(layout, kind):
    return next(place for place, each in enumerate(layout["elements"]) if each["type"] == kind)


def faults(layout):
    started = time.thread_time()
    found = certificate.check(layout)
    assert time.thread_time() - started < PATIENCE
    return [(fault.pointer, fault.code) for fault in found]


def test_every_starter_is_sound_on_every_paper():
    for starter in certificate.IDS:
        for size in certificate.SIZES:
            for orientation in certificate.ORIENTATIONS:
                assert faults(papers.layout(starter, size, orientation)) == []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, 10**400, -(10**30), 100_000])
def test_number_out_of_every_range_is_refused_where_it_stands(sound, value):
    for path in (["elements", 0, "box", 2], ["elements", 2, "style", "size"], ["elements", 3, "z"], ["guides"]):
        assert faults(changed(sound, path, value))[0][0] == "/" + "/".join(map(str, path))


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (["elements", 2, "style", "size"], 4.9, "out-of-range"),
        (["elements", 2, "style", "size"], 201, "out-of-range"),
        (["elements", 2, "style", "leading"], 0, "out-of-range"),
        (["elements", 2, "style", "lines"], 2.5, "wrong-type"),
        (["elements", 2, "style", "size"], "13", "wrong-type"),
        (["elements", 2, "style", "size"], True, "wrong-type"),
        (["elements", 2, "style", "font"], "Comic Sans", "unknown-font"),
        (["elements", 2, "style", "font"], "../../../etc/passwd", "unknown-font"),
        (["elements", 2, "style", "colour"], "red;background:url(//sink)", "wrong-form"),
        (["elements", 2, "style", "colour"], "magenta", "unknown-colour"),
        (["elements", 2, "style", "colour"], "white\n", "wrong-form"),
        (["elements", 2, "type"], "script", "not-a-choice"),
        (["elements", 2, "id"], "a'};*{color:red", "wrong-form"),
        (["elements", 2, "id"], "block", "twice"),
        (["elements", 2, "onload"], "alert(1)", "unknown-key"),
        (["elements", 2, "style", "a/b~c"], 1, "unknown-key"),
        (["elements", 2, "rotate"], 181, "out-of-range"),
        (["elements", 2, "when"], "recipient.email", "unknown-field"),
        (["elements", 2, "below"], ["nobody", 3], "unknown-element"),
        (["elements", 2, "box"], [20, 17, 170], "too-few"),
        (["elements", 2, "box"], [300, 17, 170, 8], "off-paper"),
        (["elements", 2, "box"], [200, 17, 170, 8], "off-paper"),
        (["elements", 2, "box", 2], -4, "out-of-range"),
        (["elements", 2, "text"], "{{settings.SECRET_KEY}}", "unknown-field"),
        (["elements", 2, "text"], "{% include 'x' %}", "unknown-field"),
        (["elements", 2, "text"], "{0.__class__}", "unknown-field"),
        (["elements", 2, "text"], {"en": "Yes", "<b>": "No"}, "wrong-form"),
        (["elements", 2, "text"], "x" * 601, "wrong-form"),
        (["elements", 2, "text"], "Bell \x07", "wrong-form"),
        (["elements", 2, "text"], "half \ud800", "wrong-form"),
        (["elements", 2, "text"], "\U00012000 cuneiform", "no-glyph"),
        (["elements", 2, "text"], None, "wrong-form"),
        (["page", "size"], "A0", "not-a-choice"),
        (["locale"], 'en" onload="x', "wrong-form"),
        (["title"], "{{recipient.password}}", "unknown-field"),
        (["theme", "brand"], "#fff", "wrong-form"),
        (["background", "colour"], "url(file:///etc/passwd)", "wrong-form"),
        (["background", "image"], {"picture": "file:///etc/passwd"}, "wrong-form"),
        (["background", "image"], {"picture": "../../secret.png"}, "wrong-form"),
        (["background", "image"], {"picture": "//sink/x.png"}, "wrong-form"),
        (["background", "image"], {"picture": "ab/cd.png", "opacity": 0}, "out-of-range"),
        (["background", "pattern"], {"kind": "waves", "colour": "tint", "scale": 0.01}, "out-of-range"),
        (["border"], {"kind": "rule", "colour": "brand"}, "missing"),
        (["border"], {"kind": "barbed-wire", "colour": "brand"}, "not-a-choice"),
        (["signers"], [{"name": "A", "picture": "http://sink/x.png"}], "wrong-form"),
        (["elements"], "none", "wrong-type"),
        (["elements"], 7, "wrong-type"),
        (["elements", 2], None, "wrong-type"),
        (["laurel"], "certificate/2", "not-a-choice"),
    ],
)
def test_fault_is_named_where_it_is(sound, path, value, code):
    found = faults(changed(sound, path, value))

    pointers = {pointer for pointer, named in found if named == code}
    wanted = "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in path)
    assert any(pointer.startswith(wanted) or wanted.startswith(pointer) for pointer in pointers), found


def test_address_of_a_code_can_only_be_the_credentials(sound):
    place = element(sound, "qr")

    for value in ("https://evil.example/{{credential.url}}", "{{recipient.name}}", "javascript:alert(1)"):
        assert faults(changed(sound, ["elements", place, "value"], value)) == [
            (f"/elements/{place}/value", "not-a-choice")
        ]


def test_columns_of_a_table_may_not_be_wider_than_it(sound):
    place = element(sound, "table")

    wide = changed(sound, ["elements", place, "columns", 0, "width"], 90)

    assert faults(wide) == [(f"/elements/{place}/columns", "out-of-range")]


def test_own_columns_are_fields_whatever_they_are_called(sound):
    for text in (
        "{{result.Grade}}",
        "{{ result.Final mark (of 100) }}",
        "{{result.Note globale : écrit}}",
        "{{result.成績}}",
    ):
        assert faults(changed(sound, ["elements", 2, "text"], text)) == []


def test_ten_thousand_elements_are_refused_at_once(sound):
    many = {**sound, "elements": [dict(sound["elements"][2], id=f"e{n}") for n in range(10_000)]}

    assert faults(many) == [("/elements", "too-many")]


def test_eighty_faulty_elements_are_answered_at_once(sound):
    bad = {"id": "É", "type": "text", "box": [1e3, "x", None, -1], "text": 5, "style": {"font": 3, "x": [[]] * 60}}

    found = faults({**sound, "elements": [bad] * 80})

    assert len(found) == MOST_PROBLEMS


def nested(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (["elements", 2, "text"], nested(5000), "too-deep"),
        (["guides"], nested(100_000), "too-deep"),
        (["guides"], {"x": [1.0] * 300_000}, "too-large"),
        (["guides"], {f"k{n}": n for n in range(100_000)}, "too-large"),
        (["name"], "x" * 5_000_000, "too-long"),
        (["theme", "colours"], {f"c{n}": "#" * 600 for n in range(200)}, "too-large"),
        (["guides"], {"k" * 5000: 1}, "wrong-form"),
    ],
)
def test_deep_and_huge_layouts_cost_nothing(sound, path, value, code):
    assert [named for _, named in faults(changed(sound, path, value))] == [code]


@pytest.mark.parametrize("value", [None, 3, "x", [], [[]], {}, {"elements": None}, {"elements": [1, None, []]}, {1: 2}])
def test_what_is_no_layout_is_refused(value):
    assert faults(value) != []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def paths(value, path=()):
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in steps:
        yield from paths(child, (*path, step))


PLACES = [path for path in paths(papers.layout("course")) if path]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PLACES), value=JSON)
def test_anything_anywhere_is_refused_or_prints(sound, path, value):
    layout = changed(sound, path, value)

    found = certificate.check(layout)

    assert all(fault.pointer == "" or fault.pointer.startswith("/") for fault in found)
    if not found:
        certificate.draw_proof(layout, papers.values(), papers.pictures(), fonts="/font/NAME.ttf")
        json.dumps(certificate.frames(layout, papers.values()))
