"""Documents of any shape, told on a page: nothing breaks it, nothing turns it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification import telling

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
KEYS = [
    "credentialSubject", "achievement", "issuer", "badge", "name", "identifier", "recipient", "validFrom", "expires",
    "identityType", "identityHash", "hashed", "type", "identity", "id", "@value", "en", "description", "issuedOn",
]  # fmt: skip
SHAPED = st.recursive(
    JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner), max_leaves=30
)


@given(st.dictionaries(st.sampled_from(KEYS), SHAPED))
@settings(max_examples=150, deadline=None)
def test_tell_never_raises_and_tells_text_whatever_the_shape(document):
    told = telling.tell(document)

    assert all(isinstance(said, str) for said in (told.name, told.achievement, told.issuer, told.issuer_id))
    assert all(len(said) <= telling.LINE_MOST for said in (told.name, told.achievement, told.issuer, told.issuer_id))
    assert len(told.fields) <= telling.FIELDS_MOST


@pytest.mark.parametrize("document", [None, [], "text", 7, {}])
def test_tell_is_empty_when_there_is_no_document(document):
    told = telling.tell(document)

    assert (told.name, told.achievement, told.issuer, told.begins, told.fields) == ("", "", "", None, ())


def test_tell_reads_open_badges_3():
    told = telling.tell(
        {
            "issuer": {"id": "did:web:lab.example", "name": "Lab"},
            "validFrom": "2026-06-14T12:00:00Z",
            "credentialSubject": [
                {
                    "identifier": [
                        {"identityType": "emailAddress", "hashed": True, "identityHash": "sha256$0"},
                        {"identityType": "name", "hashed": False, "identityHash": "坂本 遥"},
                    ],
                    "achievement": [{"name": {"de": "Setzerei", "en": "Type & Letterform"}}],
                }
            ],
        }
    )

    assert (told.name, told.achievement, told.issuer) == ("坂本 遥", "Type & Letterform", "Lab")
    assert told.issuer_id == "did:web:lab.example"
    assert told.begins.isoformat() == "2026-06-14T12:00:00+00:00"


def test_tell_reads_open_badges_2():
    told = telling.tell(
        {
            "type": "Assertion",
            "recipient": {"type": "email", "hashed": True, "identity": "sha256$0"},
            "badge": {"name": "Mentor", "issuer": {"id": "https://old.example/issuer", "name": "Old"}},
            "issuedOn": "2019-05-01",
            "expires": "2030-01-01T00:00:00+00:00",
        }
    )

    assert (told.name, told.achievement, told.issuer) == ("", "Mentor", "Old")
    assert told.ends.year == 2030
    assert told.awarded.year == 2019


def test_tell_takes_away_what_turns_or_hides_text():
    told = telling.tell({"issuer": {"name": "\u202eHarvard\u2066 <b>\x07"}})

    assert told.issuer == "Harvard <b>"


def test_tell_says_that_there_is_more_when_fields_are_many():
    told = telling.tell({"tags": [str(number) for number in range(600)]})

    assert (len(told.fields), told.more) == (telling.FIELDS_MOST, True)


@pytest.mark.parametrize(
    ("name", "reads", "alike"),
    [
        ("northmoor.example", "", ()),
        ("xn--80ak6aa92e.com", "аррӏе.com", ("Cyrillic", "Latin")),
        ("xn--bcher-kva.example", "bücher.example", ()),
        ("xn--\u0000", "", ()),
        ("xn--a.example", "", ()),
    ],
)
def test_host_shows_letters_and_scripts_that_look_alike(name, reads, alike):
    said = telling.host(name)

    assert (said.name, said.reads, said.alike) == (name, reads, alike)


@pytest.mark.parametrize(
    ("name", "alike"),
    [("Ηarvard", ("Greek", "Latin")), ("坂本 Design", ()), ("Московский университет", ()), ("Ødegård", ())],
)
def test_alike_names_scripts_that_pass_for_one_another(name, alike):
    assert telling.alike(name) == alike


def test_compared_names_every_place_that_differs():
    original = {"id": "x", "credentialSubject": {"name": "Ana", "result": [{"value": "Merit"}]}, "proof": {"a": 1}}
    given = {"id": "x", "credentialSubject": {"name": "Ana", "result": [{"value": "Distinction"}], "level": "PhD"}}

    assert telling.compared(original, given) == (
        ("credentialSubject.result.value", "Merit", "Distinction"),
        ("credentialSubject.level", "", "PhD"),
    )
