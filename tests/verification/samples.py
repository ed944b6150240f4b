"""Files as people hand them in: ours in every format, changed ones, a stranger's, an older one."""

import json
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges.openbadges import documents, validate
from issuers import clock
from issuers.signing import multikey, proofs
from issuers.tenancy import across_issuers
from recipients import printing
from tests.openbadges_samples import ACHIEVEMENT, CREDENTIAL, ISSUER


def changed(signed, **words):
    """A signed document with other words for its achievement."""
    document = json.loads(signed)
    document["credentialSubject"]["achievement"].update(words)
    return json.dumps(document)


def with_a_word_more(signed):
    """A document with a term that no context knows, so that the signature still fits."""
    return json.dumps({**json.loads(signed), "grade": "A+"})


def by_a_stranger(name="Harvard University", **facts):
    """An Open Badge that is written and signed correctly, with a key that anybody can make."""
    key = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
    multibase = multikey.encode(key.public_key())
    did = f"did:key:{multibase}"
    document = documents.credential(replace(CREDENTIAL, **facts), ACHIEVEMENT, replace(ISSUER, did=did, name=name))
    del document["credentialStatus"]
    return proofs.sign(validate.prepare(document), key, f"{did}#{multibase}", clock.now().replace(microsecond=0))


def printed_as(credential, name):
    """The certificate as a skilled editor leaves it: everything is right, and the name is another's."""
    credential.name, own = name, credential.name
    try:
        with across_issuers("a test forges a paper"):
            return printing.certificate(credential)
    finally:
        credential.name = own


def assertion_2(host):
    """Addresses and bodies of a hosted Open Badge 2.0 (section 3 of Open Badges 2.0)."""
    context = "https://w3id.org/openbadges/v2"
    return {
        "/assertion/1": {
            "@context": context,
            "type": "Assertion",
            "id": f"{host}/assertion/1",
            "recipient": {"type": "email", "hashed": False, "identity": "jo@example.org"},
            "badge": f"{host}/badge/1",
            "verification": {"type": "HostedBadge"},
            "issuedOn": "2019-05-01T00:00:00Z",
        },
        "/badge/1": {
            "@context": context,
            "type": "BadgeClass",
            "id": f"{host}/badge/1",
            "name": "Old Mentor",
            "description": "Guided five.",
            "image": f"{host}/badge.png",
            "criteria": {"narrative": "Meet five."},
            "issuer": f"{host}/issuer",
        },
        "/issuer": {
            "@context": context,
            "type": "Issuer",
            "id": f"{host}/issuer",
            "name": "Old College",
            "url": host,
            "email": "old@example.org",
        },
    }
