"""Designs as files: what goes round comes round, nothing of the lender goes along, and every fault is told by its place."""

import base64
import copy
import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges import exchanging
from badges.exchanging import Design, NotADesign
from badges.forms.exchange import SAID
from badges.forms.words import TYPES, languages
from badges.rendering import certificate as paper
from tests.badges.rendering import hostile_drawings, hostile_images

# ---- the format by itself

PRINTABLE = st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="@")
LINE = st.text(PRINTABLE, min_size=1, max_size=40)
HEX = st.text("0123456789abcdef", min_size=6, max_size=6).map(lambda text: f"#{text}")
TEXTS = st.dictionaries(st.text(string.ascii_lowercase, min_size=1, max_size=10), LINE, max_size=4)
AMOUNT = st.one_of(st.none(), st.integers(0, 99_999).map(str), st.decimals(0, 999, places=1).map(str))
WORDS = st.fixed_dictionaries(
    {
        "achievement_type": st.sampled_from([code for code, _label in TYPES]),
        "description": st.one_of(st.just(""), LINE),
        "criteria": st.one_of(st.just(""), LINE),
        "tags": st.lists(LINE, max_size=4),
        "language": st.sampled_from([code for code, _label in languages()]),
        "field_of_study": st.one_of(st.just(""), LINE),
        "credits": AMOUNT,
        "hours": AMOUNT,
        "valid_months": st.one_of(st.none(), st.integers(1, 1200)),
        "suspendable": st.booleans(),
    }
)
SKILL = st.fixed_dictionaries(
    {
        "target_name": LINE,
        "target_url": st.just("https://example.org/s/1"),
        "target_framework": LINE,
        "target_code": LINE,
    }
)
DRAWN = st.fixed_dictionaries(
    {
        "starter": st.sampled_from(["shield", "seal"]),
        "choices": st.fixed_dictionaries(
            {"texts": TEXTS}, optional={"level": st.lists(st.integers(0, 5), min_size=2, max_size=2), "accent": HEX}
        ),
    }
)
LAID = st.fixed_dictionaries({"starter": st.just("classic"), "choices": st.fixed_dictionaries({"texts": TEXTS})})
DESIGNS = st.builds(
    Design, name=LINE, words=WORDS, skills=st.lists(SKILL, max_size=3), brand=HEX, badge=DRAWN, certificate=LAID
)


def cleaned(design):
    try:
        return exchanging.read(exchanging.write(design))
    except NotADesign as error:
        # A form would refuse such a text as well: unassigned characters, five accents on a letter.
        assert {problem.code for problem in error.problems} <= {
            "unassigned-character",
            "too-many-marks",
            "required",
            "too-long",
        }
        return None


@settings(deadline=None, max_examples=60)
@given(DESIGNS, st.lists(st.binary(max_size=50), max_size=2))
def test_design_that_was_read_is_written_as_it_was_read(design, pictures):
    if pictures:
        badge = {"picture": "picture:p1", "alt": "A picture"}
        layout = {"laurel": "certificate/1", "page": {}, "theme": {}, "elements": [{"picture": "picture:p2"}]}
        names = {f"p{n}": data for n, data in enumerate(pictures, 1)}
        certificate = {"layout": layout} if len(pictures) == 2 else design.certificate
        design = Design(design.name, design.words, design.skills, design.brand, badge, certificate, names)
    once = cleaned(design)
    if once is None:
        return

    assert exchanging.read(exchanging.write(once)) == once
    assert exchanging.write(exchanging.read(exchanging.write(once))) == exchanging.write(once)
    assert (once.words["hours"], once.brand, once.pictures) == (design.words["hours"], design.brand, design.pictures)


@settings(deadline=None, max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
        ).map(lambda v: json.dumps(v).encode()),
    )
)
def test_anything_else_is_refused_by_name(data):
    with pytest.raises(NotADesign) as refused:
        exchanging.read(data)

    assert refused.value.problems


PLAIN = {
    "laurel": "laurel-design/1",
    "name": "Community Mentor",
    "words": {
        "achievement_type": "Badge",
        "description": "Guided five.",
        "criteria": "Meet **five**.",
        "tags": ["mentoring"],
        "language": "en",
        "field_of_study": "",
        "credits": None,
        "hours": "40",
        "valid_months": 24,
        "suspendable": False,
    },
    "skills": [],
    "colours": {"brand": "#123456"},
    "badge": {"starter": "shield", "choices": {"texts": {"role": "Guide"}, "symbol": "peaks"}},
    "certificate": {"starter": "classic", "choices": {"size": "Letter"}},
    "pictures": {},
}
FREE = {**copy.deepcopy(paper.starter("minimal")), "signers": []}
KEY = "public/ab/" + "0" * 40 + ".png"


def changed(**parts):
    made = copy.deepcopy(PLAIN)
    for path, value in parts.items():
        *steps, last = path.split("__")
        holder = made
        for step in steps:
            holder = holder[step]
        holder[last] = value
    return made


def deep(levels):
    value = "x"
    for _ in range(levels):
        value = [value]
    return value


FAULTS = {
    "another kind": (changed(laurel="laurel-design/2"), "/laurel", "not-a-design"),
    "no name": ({k: v for k, v in PLAIN.items() if k != "name"}, "/name", "missing"),
    "an own key": (changed(issuer="northmoor"), "/issuer", "unknown-key"),
    "an unknown word": (changed(words__secret="x"), "/words/secret", "unknown-key"),
    "a long name": (changed(name="x" * 121), "/name", "too-long"),
    "a name of nothing": (changed(name="\u200b"), "/name", "required"),
    "a sentence of two lines": (changed(words__description="a\nb"), "/words/description", "control-character"),
    "hours in words": (changed(words__hours="many"), "/words/hours", "wrong-form"),
    "no end of months": (changed(words__valid_months=99999), "/words/valid_months", "out-of-range"),
    "twenty-one skills": (changed(words__tags=["x"] * 21), "/words/tags", "too-many"),
    "a skill that runs": (
        changed(
            skills=[
                {"target_name": "x", "target_url": "javascript:alert(1)", "target_framework": "", "target_code": ""}
            ]
        ),
        "/skills/0/target_url",
        "invalid-url",
    ),
    "a colour of CSS": (changed(colours__brand="red;}"), "/colours/brand", "wrong-form"),
    "a level of floats": (changed(badge__choices__level=[1.5, 2]), "/badge/choices/level/0", "wrong-type"),
    "somebody's picture": (changed(badge={"picture": KEY, "alt": "x"}), "/badge/picture", "wrong-form"),
    "somebody's picture in a layout": (
        changed(certificate={"layout": {**FREE, "background": {"image": {"picture": KEY}}}}),
        "/certificate/layout/background/image/picture",
        "foreign-picture",
    ),
    "a file as a picture": (
        changed(certificate={"layout": {**FREE, "background": {"image": {"picture": "file:///etc/passwd"}}}}),
        "/certificate/layout/background/image/picture",
        "unknown-picture",
    ),
    "a picture that is not there": (
        changed(badge={"picture": "picture:p1", "alt": "x"}),
        "/badge/picture",
        "unknown-picture",
    ),
    "a picture that nothing shows": (changed(pictures={"p1": {"data": ""}}), "/pictures/p1", "unused-picture"),
    "a picture that is none": (
        changed(badge={"picture": "picture:p1", "alt": "x"}, pictures={"p1": {"data": "%%%"}}),
        "/pictures/p1/data",
        "not-base64",
    ),
    "a signatory": (
        changed(certificate={"layout": {**FREE, "signers": [{"name": "Dr Ada"}]}}),
        "/certificate/layout/signers",
        "too-many",
    ),
    "three hundred elements": (
        changed(certificate={"layout": {**FREE, "elements": [{}] * 300}}),
        "/certificate/layout/elements",
        "too-many",
    ),
    "too deep": (changed(words__tags=deep(60)), None, "too-deep"),
    "too many values": (changed(words__tags=["x"] * 30_000), "", "too-many"),
    "a NUL": (changed(words__criteria="a\x00b"), "/words/criteria", "no-text"),
    "half a character": (changed(words__criteria="\ud800"), "/words/criteria", "no-text"),
}
# Those that only drawing finds out.
UNDRAWABLE = {
    "an unknown design": (changed(badge__starter="skull"), "/badge/starter", "unknown-starter"),
    "an unknown paper": (changed(certificate__starter="skull"), "/certificate/starter", "unknown-starter"),
    "a word too long": (changed(badge__choices__texts={"role": "x" * 90}), "/badge/choices", "out-of-range"),
    "a layout of nonsense": (
        changed(certificate={"layout": {**FREE, "elements": [{"type": "iframe"}]}}),
        "/certificate/layout/elements/0",
        None,
    ),
    "an element out of range": (
        changed(certificate={"layout": {**FREE, "elements": [{**FREE["elements"][0], "box": [0, 0, 1e9, 1]}]}}),
        "/certificate/layout/elements/0",
        None,
    ),
    "a bomb as picture": (
        changed(
            badge={"picture": "picture:p1", "alt": "x"},
            pictures={"p1": {"data": base64.b64encode(hostile_images.png_of(50_000, 50_000)).decode()}},
        ),
        "/pictures/p1/data",
        "too-many-pixels",
    ),
    "a drawing of letters as picture": (
        changed(
            badge={"picture": "picture:p1", "alt": "x"},
            pictures={"p1": {"data": base64.b64encode(hostile_drawings.svg("<text>A</text>")).decode()}},
        ),
        "/pictures/p1/data",
        "svg-text",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_of_a_file_is_told_by_its_place(name):
    document, pointer, code = FAULTS[name]

    with pytest.raises(NotADesign) as refused:
        exchanging.read(json.dumps(document).encode())

    told = [(problem.pointer, problem.code) for problem in refused.value.problems]
    assert code in {told_code for _pointer, told_code in told}
    assert pointer is None or pointer in {told_pointer for told_pointer, _code in told}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"laurel": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe{}",
        b'{"laurel": ' + b"9" * 6000 + b"}",
    ],
)
def test_what_is_no_json_is_refused(data):
    with pytest.raises(NotADesign):
        exchanging.read(data)


def test_file_that_is_too_large_is_not_parsed():
    with pytest.raises(NotADesign) as refused:
        exchanging.read(b" " * (exchanging.MOST_BYTES + 1))

    assert refused.value.problems[0].code == "too-large"


def test_every_code_of_the_reader_has_its_sentence():
    assert set(exchanging._CODES.values()) <= set(SAID)
