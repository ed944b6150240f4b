"""What may be signed, and what is refused before it could be (SECURITY 1.1 and 4 V)."""

import hashlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.openbadges import validate, vocabulary
from issuers.signing.canonical import NotCanonical
from tests.openbadges_samples import DID, credential, smallest

FOLDER = Path(validate.__file__).parent


def refused(document):
    with pytest.raises(validate.NotPrepared) as caught:
        validate.prepare(document)
    return caught.value


@pytest.mark.parametrize("document", [credential(), smallest()], ids=["full", "smallest"])
def test_document_is_prepared_as_it_is(document):
    ready = validate.prepare(document)

    assert json.loads(ready.text) == document
    assert ready.issuer_id == DID
    assert ready.canonical.count("\n") > 10


def changed(path, value):
    document = json.loads(json.dumps(credential()))
    place = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (["@context"], [vocabulary.VC, vocabulary.OPEN_BADGES], "context"),
        (["@context"], [vocabulary.OPEN_BADGES, vocabulary.VC, vocabulary.EXTENSIONS], "context"),
        (["@context"], [*vocabulary.CREDENTIAL_CONTEXTS, {"grade": "https://example.org/grade"}], "context"),
        (["@context"], [*vocabulary.CREDENTIAL_CONTEXTS, "https://example.org/evil.json"], "context"),
        (["@context"], vocabulary.VC, "context"),
        (["proof"], {"type": "DataIntegrityProof"}, "signed"),
        (["type"], ["VerifiableCredential"], "schema"),
        (["issuer"], None, "schema"),
        (["validFrom"], None, "schema"),
        (["credentialSubject", "achievement", "criteria"], None, "schema"),
        (["credentialSubject", "achievement", "achievementType"], "Doctorate of Everything", "schema"),
        (["credentialStatus"], [], "schema"),
        (["credentialSubject", "identifier", 0, "identityHash"], None, "schema"),
        (["grade"], "A+", "lost_term"),
        (["issuer", "legalName"], "Harvard", "lost_term"),
        (["credentialSubject", "achievement", "level"], "PhD", "lost_term"),
        (["credentialStatus", "id"], "status#1", "lost_term"),
        (["name"], "with\x08control", "control_character"),
        (["name"], "with\x7fcontrol", "control_character"),
        (["name"], "with \ufffe, no character", "control_character"),
        (["name"], "with \uffff, no character", "control_character"),
        (["name"], "half \ud800", "control_character"),
        (["credentialSubject", "creditsEarned"], 1.234, "number"),
        (["credentialSubject", "creditsEarned"], 1e15, "number"),
        (["credentialSubject", "creditsEarned"], float("nan"), "number"),
        (["credentialSubject", "creditsEarned"], float("inf"), "number"),
    ],
)
def test_document_is_refused_with_its_code(path, value, code):
    assert refused(changed(path, value)).code == code


def test_refusal_says_where():
    assert (
        refused(changed(["credentialSubject", "achievement", "name"], 7)).pointer
        == "/credentialSubject/achievement/name"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"@context": [vocabulary.VC, vocabulary.OPEN_BADGES]},
        {"credentialSubject": {"type": "BitstringStatusList", "encodedList": "H4s"}},
        {"credentialSubject": []},
    ],
)
def test_status_list_is_refused_when_it_is_none(change):
    with pytest.raises(validate.NotPrepared):
        validate.prepare_status_list({"@context": [vocabulary.VC], "issuer": DID, **change})


# Pinned.


def test_contexts_are_pinned_and_no_other_is_fetched():
    for url in vocabulary.CREDENTIAL_CONTEXTS:
        assert "@context" in validate.load_context(url)
    for url in ("https://www.w3.org/2018/credentials/v1", vocabulary.VC + "/", vocabulary.VC.replace("https", "http")):
        with pytest.raises(NotCanonical):
            validate.load_context(url)


@pytest.mark.parametrize(
    ("file", "theirs"),
    [
        ("contexts/credentials-v2.json", "credentials-v2.json"),
        ("contexts/open-badges-3.0.3.json", "ob-v3p0-context-3.0.3.json"),
        ("contexts/open-badges-extensions.json", "ob-v3p0-extensions.json"),
    ],
)
def test_contexts_say_what_the_published_ones_say(file, theirs):
    import openbadgeslib.ob3.contexts as published

    expected = json.loads((Path(published.__file__).parent / theirs).read_text())
    assert json.loads((FOLDER / file).read_text()) == expected


def test_schema_is_the_official_one():
    """Byte for byte what 1EdTech publishes at this address (captured 2026-07-04)."""
    data = (FOLDER / "schemas/achievement-credential.json").read_bytes()

    assert json.loads(data)["$id"] == vocabulary.SCHEMA
    assert hashlib.sha256(data).hexdigest() == "b7358e895f492e74055dc6bfc7ffc420d0e497f90c4579fb83d9519b86d393ea"


# Reading strictly.


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '"text"',
        "{",
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e400}',
        '{"a": 9223372036854775808}',
        '{"a": ' + "1" * 5000 + "}",
        '{"a": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"a": ' + "[" * 32 + "]" * 32 + "}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "\ufeff{}",
        '{"a": "' + "x" * 262_144 + '"}',
        b"\xff\xfe{\0}\0",
        b'{"a": "\xff"}',
    ],
)
def test_text_is_refused(text):
    with pytest.raises(ValueError):
        validate.parse_strict(text)


def test_text_is_read_when_it_is_plain():
    assert validate.parse_strict(b'{"a": [1, 2.5, "\\ud83d\\ude00 [[[", null, true]}') == {
        "a": [1, 2.5, "😀 [[[", None, True]
    }


@pytest.mark.parametrize("text", ['"' + '\\"' * 120_000, "[" + '"\\' * 120_000, '{"a": "' + "\\" * 200_000])
def test_text_made_to_be_slow_is_answered_at_once(text):
    began = time.perf_counter()

    with pytest.raises(ValueError):
        validate.parse_strict(text)

    assert time.perf_counter() - began < 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_json_object_reads_back(value):
    text = json.dumps({"value": value})
    if "\\ud" in text and not _whole(value):
        return
    assert validate.parse_strict(text) == {"value": value}


def _whole(value):
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@given(st.binary(max_size=200))
def test_no_bytes_make_anything_but_an_object_or_a_refusal(data):
    try:
        assert isinstance(validate.parse_strict(data), dict)
    except ValueError:
        return
