"""Canonical forms, proofs, keys and tokens: against the W3C's own vector, against another library, and against tampering."""

import copy
import json
from datetime import UTC, datetime

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from badges.openbadges import validate
from issuers.signing import multikey, prepared, proofs
from issuers.signing.canonical import NotCanonical, canonicalize
from tests.openbadges_samples import DID, credential, smallest

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
METHOD = f"{DID}#{multikey.encode(KEY.public_key())}"
CREATED = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)

# W3C vc-di-eddsa 1.0, appendix B.1 "Representation: eddsa-rdfc-2022".
VECTOR_KEY = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
VECTOR_METHOD = "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
VECTOR_HASHES = (
    "4c4d3890a157f8d611b13c265c2c22f39aa0a567c7c7dd9ba3e45cd579784eeb"
    "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
)
VECTOR_PROOF = "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9"
VECTOR = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}


def load_with_examples(url):
    if url == "https://www.w3.org/ns/credentials/examples/v2":
        return {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    return validate.load_context(url)


def by_pyld(document):
    def load(url, options=None):
        return {"contextUrl": None, "documentUrl": url, "document": validate.load_context(url)}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load, "base": None}
    return jsonld.normalize(document, options)


def signed(document=None):
    return json.loads(proofs.sign(validate.prepare(document or credential()), KEY, METHOD, CREATED))


def problem(document):
    with pytest.raises(proofs.ProofError) as caught:
        proofs.verify(document, KEY.public_key(), validate.load_context)
    return caught.value.code


# The published vector.


def test_published_vector_has_our_hashes():
    canonical = canonicalize(VECTOR, load_with_examples)

    assert proofs._hash_data("2023-02-24T23:36:38Z", VECTOR_METHOD, canonical).hex() == VECTOR_HASHES


def test_published_vector_has_our_proof():
    raw = base58.b58decode(VECTOR_KEY[1:])
    assert raw[:2] == b"\x80\x26"
    key = ed25519.Ed25519PrivateKey.from_private_bytes(raw[2:])
    canonical = canonicalize(VECTOR, load_with_examples)
    ready = prepared.seal(VECTOR, json.dumps(VECTOR), canonical, "https://vc.example/issuers/5678")

    made = proofs.sign(ready, key, VECTOR_METHOD, datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC))

    assert json.loads(made)["proof"]["proofValue"] == VECTOR_PROOF
    assert VECTOR_METHOD.endswith(multikey.encode(key.public_key()))


# Canonical form.


@pytest.mark.parametrize("document", [credential(), smallest()], ids=["full", "smallest"])
def test_canonical_form_is_that_of_another_library(document):
    assert canonicalize(document, validate.load_context) == by_pyld(document)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t\r"\\'), min_size=1, max_size=40)


@given(
    name=texts,
    narrative=texts,
    student_id=texts,
    results=st.lists(st.tuples(texts, texts), max_size=4).map(tuple),
    index=st.integers(0, 131_071),
)
@settings(max_examples=60, deadline=None)
def test_canonical_form_is_that_of_another_library_for_any_texts(name, narrative, student_id, results, index):
    document = credential(name=name, narrative=narrative, student_id=student_id, results=results)
    document["credentialStatus"]["statusListIndex"] = str(index)

    assert canonicalize(document, validate.load_context) == by_pyld(document)


def test_canonical_form_stays_when_keys_and_blanks_move():
    document = credential()
    moved = json.loads(json.dumps(dict(reversed(document.items())), indent=3))

    assert canonicalize(moved, validate.load_context) == canonicalize(document, validate.load_context)


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("issuer",),
        ("credentialSubject",),
        ("credentialSubject", "achievement"),
        ("credentialSubject", "achievement", "criteria"),
        ("credentialSubject", "achievement", "alignment", 0),
        ("credentialSubject", "identifier", 0),
        ("credentialSubject", "result", 0),
        ("evidence", 0),
        ("credentialStatus",),
    ],
)
def test_unknown_term_is_refused_wherever_it_hides(path):
    document = credential()
    place = document
    for step in path:
        place = place[step]
    place["recipientNickname"] = "Harvard"

    with pytest.raises(NotCanonical, match="recipientNickname"):
        canonicalize(document, validate.load_context)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "c/relative"},
        {"id": "https://example.org/with space"},
        {"id": "https://example.org/line\n"},
        {"id": "https://example.org/100%"},
        {"id": "https://example.org/[1]"},
        {"type": ["VerifiableCredential", "OpenBadgeCredential", "NoSuchType"]},
        {"issuer": {"id": "northmoor", "type": ["Profile"], "name": "Northmoor"}},
        {"@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/evil.json"]},
        {"@context": ["http://www.w3.org/ns/credentials/v2"]},
        {"name": "half \ud800 of a character"},
    ],
)
def test_document_has_no_canonical_form_when_something_would_be_lost(change):
    with pytest.raises(NotCanonical):
        canonicalize({**credential(), **change}, validate.load_context)


def test_graph_made_to_be_slow_is_refused_at_once():
    document = {**credential(), "evidence": [{"type": ["Evidence"], "name": "same"} for _ in range(9)]}

    with pytest.raises(NotCanonical, match="alike"):
        canonicalize(document, validate.load_context)


def test_graph_of_too_many_nodes_without_id_is_refused():
    document = {**credential(), "evidence": [{"type": ["Evidence"], "name": f"{n}"} for n in range(70)]}

    with pytest.raises(NotCanonical, match="at most 64"):
        canonicalize(document, validate.load_context)


def test_text_that_looks_like_a_node_is_only_text():
    document = credential(narrative="one\u2028_:c14n7 <https://example.org> two")

    assert canonicalize(document, validate.load_context) == by_pyld(document)


# Proofs.


def test_signed_document_verifies():
    proofs.verify(signed(), KEY.public_key(), validate.load_context)


def test_signing_again_gives_the_same_bytes():
    ready = validate.prepare(credential())

    assert proofs.sign(ready, KEY, METHOD, CREATED) == proofs.sign(ready, KEY, METHOD, CREATED)


def test_signed_text_is_the_stored_text_with_a_proof():
    ready = validate.prepare(credential())
    made = proofs.sign(ready, KEY, METHOD, CREATED)

    assert made.startswith(ready.text[:-1] + ',"proof":{')


def test_signature_holds_when_only_order_and_blanks_change():
    moved = json.loads(json.dumps(dict(reversed(signed().items())), indent=2, ensure_ascii=True))

    proofs.verify(moved, KEY.public_key(), validate.load_context)


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from leaves(item, (*path, place))
    else:
        yield path, value


SIGNED = signed()


def without_proof(document):
    return {key: value for key, value in document.items() if key != "proof"}


FIELDS = [path for path, _ in leaves(without_proof(SIGNED))]


def changed(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return value[:-1] + ("1" if value[-1] != "1" else "2")


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: ".".join(map(str, path)))
def test_proof_fails_when_this_field_is_changed(path):
    tampered = copy.deepcopy(SIGNED)
    place = tampered
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = changed(place[path[-1]])

    assert problem(tampered) in {"mismatch", "not_canonical"}


# Issuer and creator are one node, and so are the two pictures: what is taken away here is still said there.
TWICE = {
    ("image", "caption"),
    ("issuer", "name"),
    ("credentialSubject", "achievement", "creator", "name"),
    ("credentialSubject", "achievement", "creator", "type", 0),
    ("credentialSubject", "achievement", "image", "caption"),
}


@pytest.mark.parametrize("path", FIELDS, ids=lambda path: ".".join(map(str, path)))
def test_proof_fails_when_this_field_is_removed_and_said_nowhere_else(path):
    tampered = copy.deepcopy(SIGNED)
    place = tampered
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]

    if path in TWICE:
        assert canonicalize(without_proof(tampered), validate.load_context) == canonicalize(
            credential(), validate.load_context
        )
    else:
        assert problem(tampered) in {"mismatch", "not_canonical"}


def with_proof(**values):
    made = copy.deepcopy(SIGNED)
    made["proof"] = {key: value for key, value in {**made["proof"], **values}.items() if value is not None}
    return made


SIGNATURE = base58.b58decode(SIGNED["proof"]["proofValue"][1:])
ORDER = 2**252 + 27742317777372353535851937790883648493
MALLEATED = SIGNATURE[:32] + (int.from_bytes(SIGNATURE[32:], "little") + ORDER).to_bytes(32, "little")


def multibase(raw):
    return "z" + base58.b58encode(raw).decode()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"cryptosuite": "eddsa-jcs-2022"}, "unsupported"),
        ({"type": "Ed25519Signature2020"}, "unsupported"),
        ({"proofPurpose": "authentication"}, "purpose"),
        ({"created": "2026-11-01"}, "malformed"),
        ({"created": "2026-11-01T10:00:00"}, "malformed"),
        ({"created": "2026-11-01T10:00:00Z\n"}, "malformed"),
        ({"created": "2026-11-01T10:00:01Z"}, "mismatch"),
        ({"created": None}, "malformed"),
        ({"verificationMethod": "https://evil.example/key"}, "malformed"),
        ({"verificationMethod": f"{DID}#other"}, "mismatch"),
        ({"verificationMethod": METHOD + "\n"}, "malformed"),
        ({"verificationMethod": {"id": METHOD}}, "malformed"),
        ({"domain": "example.org"}, "malformed"),
        ({"proofValue": "u" + SIGNED["proof"]["proofValue"][1:]}, "malformed"),
        ({"proofValue": "z0OIl"}, "malformed"),
        ({"proofValue": "zü"}, "malformed"),
        ({"proofValue": multibase(SIGNATURE[:63])}, "malformed"),
        ({"proofValue": multibase(SIGNATURE + b"\0")}, "malformed"),
        ({"proofValue": multibase(bytes([SIGNATURE[0] ^ 1]) + SIGNATURE[1:])}, "mismatch"),
        ({"proofValue": multibase(MALLEATED)}, "mismatch"),
        ({"proofValue": multibase(b"\0" * 64)}, "mismatch"),
    ],
)
def test_proof_fails_with_its_reason(values, code):
    assert problem(with_proof(**values)) == code


@pytest.mark.parametrize("proof", [None, "z123", [], [SIGNED["proof"], SIGNED["proof"]], {}])
def test_proof_fails_when_it_is_not_a_single_one(proof):
    assert problem({**SIGNED, "proof": proof}) == "malformed"


def test_proof_fails_under_another_key():
    other = ed25519.Ed25519PrivateKey.generate().public_key()

    with pytest.raises(proofs.ProofError):
        proofs.verify(SIGNED, other, validate.load_context)


def test_prepared_cannot_be_made_by_hand():
    with pytest.raises(TypeError):
        prepared.Prepared({}, "{}", "", DID, object())
