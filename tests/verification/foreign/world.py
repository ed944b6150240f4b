"""A small world of issuers, for tests of `judging`: keys, DID documents, lists and badges, signed by code that is not under test.

`SITE` maps addresses to what stands there; `examine` asks round by round, as the desk does.
"""

import base64
import copy
import hashlib
import json
from datetime import UTC, datetime, timedelta

import base58
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from badges.openbadges import documents, validate
from issuers.signing import canonical, did, multikey, proofs
from tests.openbadges_samples import ACHIEVEMENT, CREDENTIAL, DID, ISSUER
from tests.openbadges_samples import SITE as HOME
from verification import status_list
from verification.foreign import contexts, jcs, judging
from verification.foreign.outcome import Outcome, Resource

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CREATED = datetime(2026, 11, 1, 10, tzinfo=UTC)
KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
P256 = ec.derive_private_key(7, ec.SECP256R1())
P384 = ec.derive_private_key(7, ec.SECP384R1())
RSA = rsa.generate_private_key(65537, 2048)
METHOD = f"{DID}#{multikey.encode(KEY.public_key())}"
JWT_METHOD, P384_METHOD, RSA_METHOD = f"{DID}#jwt-1", f"{DID}#p384", f"{DID}#rsa"
DID_ADDRESS = f"{HOME}/i/northmoor/did.json"
LIST = CREDENTIAL.status.list_url


def multibase(key):
    """did:key of Ed25519, P-256 or P-384."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp384r1":
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return "z" + base58.b58encode(b"\x81\x24" + point).decode()
    return multikey.encode(key.public_key())


def did_key(key):
    return f"did:key:{multibase(key)}"


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwk(key):
    numbers = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "e": "AQAB", "n": b64(numbers.n.to_bytes(256, "big"))}
    size = (key.key_size + 7) // 8
    return {
        "kty": "EC",
        "crv": f"P-{key.key_size}",
        "x": b64(numbers.x.to_bytes(size, "big")),
        "y": b64(numbers.y.to_bytes(size, "big")),
    }


def did_document():
    made = did.document(
        DID,
        [
            did.PublicKeyEntry(METHOD.partition("#")[2], multikey.encode(KEY.public_key()), "ed25519"),
            did.PublicKeyEntry("jwt-1", multikey.encode(P256.public_key()), "p256"),
        ],
    )
    for name, key in ((P384_METHOD, P384), (RSA_METHOD, RSA)):
        made["verificationMethod"].append(
            {"id": name, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": jwk(key)}
        )
        made["assertionMethod"].append(name)
    return made


def badge(issuer=ISSUER, **facts):
    """An unsigned badge of ours."""
    from dataclasses import replace

    return documents.credential(replace(CREDENTIAL, **facts), ACHIEVEMENT, issuer)


def load(address):
    return contexts.load(contexts.PINNED[address])


def signed(document, key=KEY, method=METHOD, suite="eddsa-rdfc-2022", **options):
    """With a Data Integrity proof, by the slow way: pyld, and its own spelling of the options."""
    proof = {"type": "DataIntegrityProof", "cryptosuite": suite, "created": "2026-11-01T10:00:00Z",
             "verificationMethod": method, "proofPurpose": "assertionMethod", **options}  # fmt: skip
    proof = {name: value for name, value in proof.items() if value is not None}
    if "-jcs-" in suite:
        proof.setdefault("@context", document["@context"])
        parts = jcs.canonical(proof), jcs.canonical(document)
    else:
        context = {"@context": document["@context"]}
        parts = [canonical.canonicalize(part, load).encode() for part in ({**context, **proof}, document)]
    hashed = hashlib.sha384 if getattr(key, "key_size", 0) == 384 else hashlib.sha256
    value = raw_signature(key, b"".join(hashed(part).digest() for part in parts))
    return {**document, "proof": {**proof, "proofValue": "z" + base58.b58encode(value).decode()}}


def raw_signature(key, content):
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(content)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    size = (key.key_size + 7) // 8
    kind = hashes.SHA384() if key.key_size == 384 else hashes.SHA256()
    return b"".join(
        part.to_bytes(size, "big") for part in utils.decode_dss_signature(key.sign(content, ec.ECDSA(kind)))
    )


def token(document, key=P256, alg="ES256", kid=JWT_METHOD, claims=None, header=None):
    """VC-JWT as VC-JOSE-COSE and Open Badges 3.0 ask for."""
    moment = lambda text: int(datetime.fromisoformat(text).timestamp())  # noqa: E731
    issuer = document["issuer"]
    body = {**document, "iss": issuer["id"] if isinstance(issuer, dict) else issuer, "jti": document["id"],
            "sub": document["credentialSubject"]["id"], "nbf": moment(document["validFrom"])}  # fmt: skip
    if "validUntil" in document:
        body["exp"] = moment(document["validUntil"])
    head = {"alg": alg, "typ": "JWT", **({"kid": kid} if kid else {}), **(header or {})}
    return compact(head, {**body, **(claims or {})}, key)


def compact(header, claims, key):
    covered = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{covered}.{b64(raw_signature(key, covered.encode()))}"


def listed(bits=(), key=KEY, method=METHOD, **values):
    facts = {"id": LIST, "issuer_id": DID, "purpose": "revocation", "encoded_list": status_list.encode(bits),
             "valid_from": NOW - timedelta(hours=1), "valid_until": NOW + timedelta(days=7), "ttl_ms": 30_000, **values}  # fmt: skip
    return proofs.sign(validate.prepare_status_list(documents.status_list(**facts)), key, method, CREATED)


SITE = {DID_ADDRESS: json.dumps(did_document()), LIST: listed()}
OURS = proofs.sign(validate.prepare(badge()), KEY, METHOD, CREATED)


def changed(document, change):
    made = copy.deepcopy(json.loads(document) if isinstance(document, str) else document)
    change(made)
    return made


def resource(value):
    """Text, JSON, bytes or the name of a problem (`!gone`)."""
    if isinstance(value, Resource):
        return value
    if isinstance(value, str) and value.startswith("!"):
        return Resource(problem=value[1:])
    raw = value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(value)).encode()
    return Resource(raw)


def examine(content, site=SITE, now=NOW, address=""):
    """All rounds; what is not in the site cannot be reached. Every outcome crosses the border of the sandbox as JSON."""
    raw = (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    resources = {}
    for _ in range(5):
        outcome = judging.examine(raw, resources, now, address=address)
        outcome = Outcome.from_json(json.loads(json.dumps(outcome.as_json())))
        if not outcome.wants:
            return outcome
        assert not set(outcome.wants) & set(resources)
        assert len({*outcome.wants, *resources}) <= 12
        resources |= {each: resource(site.get(each, "!unreachable")) for each in outcome.wants}
    raise AssertionError(f"still wants {outcome.wants}")


def findings(outcome):
    return {check.key: (str(check.result), check.finding) for check in outcome.report.checks}


def green(outcome):
    """What the desk would show as green, once it knows the issuer."""
    found = {check.key: str(check.result) for check in outcome.report.checks}
    return all(found[key] == "passed" for key in ("form", "shown", "signature", "key", "status", "dates"))
