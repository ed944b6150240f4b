"""Inside the cage nothing is missing: whatever is judged outside is judged the same inside, with no file opened late."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verification.foreign import judging
from verification.sandbox import client

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def _documents():
    """Every document of the standards' vectors, and a few that each take another way through the code."""
    for path in sorted(VECTORS.rglob("*.json")) if VECTORS.is_dir() else ():
        found = json.loads(path.read_text(encoding="utf-8"))
        for place, value in enumerate(found if isinstance(found, list) else [found]):
            if isinstance(value, dict) and "@context" in value:
                yield f"{path.relative_to(VECTORS)}:{place}", json.dumps(value).encode()
    yield "open badges 2", json.dumps({
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://a.example.org/1",
        "badge": "https://a.example.org/b", "verification": {"type": "hosted"}, "issuedOn": "2020-01-01T00:00:00Z",
        "recipient": {"type": "email", "hashed": True, "salt": "x", "identity": "sha256$" + "0" * 64},
    }).encode()  # fmt: skip
    yield "bücher", json.dumps({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiableCredential",
        "issuer": "did:web:bücher.example", "credentialSubject": {"id": "urn:x:1"},
        "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofValue": "z1",
                  "verificationMethod": "did:web:bücher.example#k", "proofPurpose": "assertionMethod"},
    }).encode()  # fmt: skip
    for alg in ("ES256", "ES384", "RS256", "EdDSA", "HS256", "none"):
        yield f"token {alg}", _token(alg)


def _token(alg):
    import base64

    parts = [{"alg": alg, "kid": "did:key:zQ3"}, {"iss": "did:key:zQ3", "type": ["VerifiableCredential"]}]
    packed = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*packed, base64.urlsafe_b64encode(b"0" * 64).rstrip(b"=")])


@pytest.mark.parametrize(("name", "content"), [pytest.param(*each, id=each[0]) for each in _documents()])
def test_judged_inside_as_outside(name, content):
    inside = client.examine(content, {}, NOW)

    assert inside.as_json() == json.loads(json.dumps(judging.examine(content, {}, NOW).as_json()))
