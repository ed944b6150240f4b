"""Public keys as text, DID documents, and tokens."""

import base64
import hashlib
import json
from datetime import UTC, datetime

import base58
import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from badges.openbadges import validate
from issuers.signing import did, jwt, multikey
from tests.openbadges_samples import DID, credential, smallest

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
VECTOR_KEY = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"


def multibase(raw):
    return "z" + base58.b58encode(raw).decode()


# Keys as text.


def test_multikey_is_the_published_one_for_a_known_key():
    public = ed25519.Ed25519PrivateKey.from_private_bytes(base58.b58decode(VECTOR_KEY[1:])[2:]).public_key()

    assert multikey.encode(public) == "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    assert base58.b58decode(multikey.encode(public)[1:])[:2] == b"\xed\x01"


@pytest.mark.parametrize("private", [KEY, ec.generate_private_key(ec.SECP256R1())], ids=["ed25519", "p256"])
def test_multikey_reads_back(private):
    text = multikey.encode(private.public_key())

    assert text.startswith(("z6Mk", "zDn"))
    assert multikey.decode(text) == private.public_key()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "z6Mk",
        "u6MkhaXgBZD",
        "z0",
        "zé",
        multibase(b"\x80\x24" + b"\x05" * 33),
        multibase(b"\xed\x01" + b"\0" * 31),
    ],
)
def test_multikey_is_refused_when_it_is_no_key(text):
    with pytest.raises(ValueError):
        multikey.decode(text)


@given(st.text(max_size=60))
def test_no_text_makes_anything_but_a_refusal(text):
    with pytest.raises(ValueError):
        multikey.decode(f"z{text}")


def test_jwk_pads_coordinates_to_32_bytes():
    jwk = multikey.jwk(ec.derive_private_key(3, ec.SECP256R1()).public_key())

    assert {len(base64.urlsafe_b64decode(jwk[part] + "=")) for part in "xy"} == {32}
    assert set(jwk) == {"kty", "crv", "x", "y"}


# DID documents.


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("https://badges.example.org", "did:web:badges.example.org:i:northmoor"),
        ("http://localhost:8000", "did:web:localhost%3A8000:i:northmoor"),
    ],
)
def test_did_is_named_after_the_host(site, name):
    assert did.did_web(site, "northmoor") == name


def test_did_document_lists_every_key_for_assertions_as_text():
    p256 = ec.generate_private_key(ec.SECP256R1()).public_key()
    keys = [
        did.PublicKeyEntry(multikey.encode(KEY.public_key()), multikey.encode(KEY.public_key()), "ed25519"),
        did.PublicKeyEntry(multikey.encode(p256), multikey.encode(p256), "p256"),
    ]

    made = did.document(DID, keys)

    assert made["id"] == DID
    assert made["assertionMethod"] == [f"{DID}#{key.fragment}" for key in keys]
    assert [method["controller"] for method in made["verificationMethod"]] == [DID, DID]
    assert made["verificationMethod"][0]["publicKeyMultibase"] == keys[0].multibase
    assert made["verificationMethod"][1]["publicKeyJwk"] == multikey.jwk(p256)
    assert "d" not in made["verificationMethod"][1]["publicKeyJwk"]


# VC-JWT.

P256 = ec.generate_private_key(ec.SECP256R1())


def test_token_carries_the_credential_and_its_registered_claims():
    document = credential()
    token = jwt.encode(validate.prepare(document), P256, f"{DID}#key")

    claims = pyjwt.decode(token, P256.public_key(), algorithms=["ES256"], options={"verify_nbf": False})

    assert pyjwt.get_unverified_header(token) == {"alg": "ES256", "kid": f"{DID}#key", "typ": "JWT"}
    assert {key: claims[key] for key in document} == document
    assert (claims["iss"], claims["jti"]) == (DID, document["id"])
    assert claims["sub"] == document["credentialSubject"]["id"]
    assert claims["nbf"] == int(datetime(2026, 11, 1, 10, tzinfo=UTC).timestamp())
    assert claims["exp"] == int(datetime(2036, 11, 1, 10, tzinfo=UTC).timestamp())
    assert jwt.decode(token, P256.public_key()) == claims


def test_token_has_no_end_when_the_credential_has_none():
    token = jwt.encode(validate.prepare(smallest()), P256, f"{DID}#key")

    assert "exp" not in jwt.decode(token, P256.public_key())


def test_token_fails_when_it_is_altered_or_signed_otherwise():
    token = jwt.encode(validate.prepare(credential()), P256, f"{DID}#key")
    head, body, signature = token.split(".")
    raw = json.loads(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**raw, "name": "Other"}).encode()).rstrip(b"=").decode()
    nothing = pyjwt.encode(raw, None, algorithm="none")
    shared = pyjwt.encode(raw, hashlib.sha256(b"x").digest(), algorithm="HS256")

    for text in (f"{head}.{other}.{signature}", f"{head}.{body}.", nothing, shared):
        with pytest.raises(pyjwt.InvalidTokenError):
            jwt.decode(text, P256.public_key())
