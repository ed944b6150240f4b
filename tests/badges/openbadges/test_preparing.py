"""The fast maker of Prepared: it accepts nothing that the slow one refuses, and what it makes is the same."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.openbadges import documents, validate
from issuers.signing.compiled import EACH, Kind, cut
from tests.openbadges_samples import CREDENTIAL, DID, credential, smallest

FULL = credential(role="Mentor", term="Autumn", license_number="L-1", activity_began=CREDENTIAL.awarded)


def slots(places=validate.PLACES, path=()):
    """Path and kind of each slot of a credential; encodedList is a status list's."""
    for key, inner in places.items():
        if isinstance(inner, Kind):
            yield (*path, key), inner
        else:
            yield from slots(inner, (*path, key))


SLOTS = [(path, kind) for path, kind in slots() if path[-1] != "encodedList"]
SCHEMA = validate.schema().schema
# Keywords that say nothing about a text, or only that it is one.
SAYS_NOTHING = {"description", "$comment", "format", "type"}


def subschemas(path, schema=SCHEMA):
    """Every schema that the official one applies to the value at this path."""
    if "$ref" in schema:
        yield from subschemas(path, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    for word in ("oneOf", "anyOf", "allOf"):
        for inner in schema.get(word, ()):
            yield from subschemas(path, inner)
    if not path:
        yield schema
    elif path[0] == EACH:
        if "items" in schema:
            yield from subschemas(path[1:], schema["items"])
    elif path[0] in schema.get("properties", {}):
        yield from subschemas(path[1:], schema["properties"][path[0]])


@pytest.mark.parametrize("path", [path for path, _ in SLOTS], ids=".".join)
def test_schema_asks_nothing_of_a_slot_but_that_it_is_a_text(path):
    """So a document of a shape that passed passes with any other texts. Formats are notes: nothing checks them."""
    found = [schema for schema in subschemas(path) if not {"oneOf", "$ref"} & set(schema)]
    texts = [schema for schema in found if schema.get("type") == "string"]

    # Of a status entry the schema knows the id and the type alone.
    assert texts or (path[0] == "credentialStatus" and not found)
    assert all(set(schema) <= SAYS_NOTHING for schema in texts)
    assert {schema["type"] for schema in found} <= {"string", "object"}
    assert validate.schema().format_checker is None


def test_schema_compares_no_slot_with_anything_around_it():
    """Keywords through which a text could matter from further away."""
    text = json.dumps(SCHEMA)

    for word in (
        "uniqueItems",
        "dependentSchemas",
        "dependentRequired",
        '"if"',
        '"not"',
        "unevaluated",
        "minLength",
        "maxLength",
        '"const"',
    ):
        assert word not in text
    # Lists are asked to contain a type, which is no slot.
    assert not {path[-1] for path, _ in SLOTS} & {"type", "@context"}


HOSTILE = [
    "",
    " ",
    "\0",
    "\b",
    "\x1f",
    "\x7f",
    "\x85",
    "\ud800",
    "\udc00x",
    "\ufffe",
    "\uffff",
    "\u2028",
    "x" * 10_000,
    '"\\\n\r\t',
    "%s%%(x)s",
    "a b",
    "https://example.org/a b",
    "https://example.org/\u00a0",
    "https://example.org/<x>",
    "https://example.org/100%",
    "https://example.org/%zz",
    "https://example.org/[1]",
    "https://example.org:99999999/",
    "https://exa\u0301mple.org/",
    "https://[::1]/",
    "https://user:word@example.org/",
    "https://",
    "https:///x",
    "https:example",
    "HTTPS://EXAMPLE.ORG",
    "http://example.org#a#b",
    "relative/path",
    "/absolute",
    "//example.org",
    "?q",
    "#f",
    "_:b0",
    "_:c14n0",
    "@id",
    "@type",
    "xsd:dateTime",
    "schema:name",
    "ext:Thing",
    "type",
    "urn:",
    "urn:x",
    "urn:slot:0:1",
    "urn:uuid:1",
    "did:web:example.org",
    "mailto:a@b.c",
    "data:,x",
    "javascript:alert(1)",
    "2026-11-01",
    "2026-11-01T10:00:00",
    "2026-11-01T10:00:00Z",
    "2026-02-31T24:61:61Z",
    "2026-11-01T10:00:00.123+14:00",
    "\u0661\u0662\u0663\u0664-11-01T10:00:00Z",
]
texts = (
    st.sampled_from(HOSTILE)
    | st.text(max_size=20)
    | st.from_regex(r"https://[a-z.\-]{1,8}[/?#:@%\[\]a-zé0-9 ]{0,12}", fullmatch=True)
)


def put(document, path, values):
    """Values into the places of a path, one after the other, where there are any."""
    step, rest = path[0], path[1:]
    places = range(len(document)) if step == EACH else [step] if step in document else []
    for place in places:
        if rest:
            put(document[place], rest, values)
        else:
            document[place] = next(values)


PREPARER = validate.Preparer()


def verdict(prepare, document):
    try:
        ready = prepare(document)
    except validate.NotPrepared as error:
        return type(error), error.code, error.pointer, error.message
    return ready.text, ready.canonical, ready.issuer_id, ready.document


@given(
    st.sampled_from([FULL, smallest()]),
    st.dictionaries(st.sampled_from(SLOTS), st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_fast_path_gives_the_slow_path_s_verdict_on_hostile_values(base, changes):
    PREPARER.prepare(base)
    document = copy.deepcopy(base)
    for (path, _kind), values in changes.items():
        put(document, path, iter(values))

    assert verdict(PREPARER.prepare, document) == verdict(validate.prepare, document)


@pytest.mark.parametrize(
    "path", [("id",), ("evidence", EACH, "id"), ("awardedDate",), ("credentialSubject", "narrative")], ids=".".join
)
def test_whatever_is_filled_is_what_the_slow_path_says(path):
    """Every hostile text in a slot of every kind. Something of each must get through, or this would show nothing."""
    PREPARER.prepare(FULL)
    filled = 0
    for text in HOSTILE:
        document = copy.deepcopy(FULL)
        put(document, path, iter([text] * 3))
        found = cut(document, validate.PLACES)
        made = PREPARER.canonicalize.known(found).fill(found.values)
        filled += made is not None
        assert made is None or made == validate.prepare(document).canonical, text
    assert 2 <= filled < len(HOSTILE)


def test_more_pieces_alike_than_may_be_are_refused_on_either_path():
    pieces = [documents.EvidenceFacts("", f"Piece {n}") for n in range(7)]
    PREPARER.prepare(credential(evidence=tuple(pieces)))
    alike = credential(evidence=(pieces[0],) * 7)

    assert verdict(PREPARER.prepare, alike) == verdict(validate.prepare, alike)
    assert verdict(PREPARER.prepare, alike)[1] == "lost_term"


def test_document_of_another_issuer_is_another_shape():
    one, other = smallest(), smallest()
    other["issuer"]["id"] = other["credentialSubject"]["achievement"]["creator"]["id"] = "did:web:other.example.org"

    assert [PREPARER.prepare(made).issuer_id for made in (one, other, one)] == [DID, "did:web:other.example.org", DID]


def test_schema_is_asked_once_for_a_shape():
    preparer, fresh = validate.Preparer(), credential(name="Somebody", term="Spring")
    preparer.canonicalize(fresh, validate.load_context)  # a verifier saw the shape first: its form is known, no more
    assert preparer.canonicalize.known(cut(fresh, validate.PLACES)).approved is None

    wrong = {**fresh, "credentialSchema": [{"id": "https://example.org/"}]}
    preparer.canonicalize(json.loads(json.dumps(fresh)), validate.load_context)
    for _ in range(2):
        assert preparer.prepare(fresh).issuer_id == DID
        with pytest.raises(validate.NotPrepared):
            preparer.prepare(wrong)
