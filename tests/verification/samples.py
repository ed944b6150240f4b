"""Files as people hand them in: ours in every format, changed ones, a stranger's, an older one."""

import io
import json
from dataclasses import replace

import pikepdf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges.openbadges import documents, validate
from issuers import clock
from issuers.signing import multikey, proofs
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


def pdf_saying(pdf, name):
    """A certificate with another name written over its own, as any PDF editor does it."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        left, bottom, right, top = (float(side) for side in page.mediabox)
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Helvetica")
        )
        label = page.add_resource(font, pikepdf.Name.Font)
        place = f"{left + (right - left) * 0.2:.0f} {bottom + (top - bottom) * 0.5:.0f}"
        written = f"q 1 1 1 rg {place} {(right - left) * 0.6:.0f} 60 re f 0 0 0 rg BT {label} 40 Tf {place} Td ({name}) Tj ET Q"
        page.contents_add(written.encode(), prepend=False)
        kept = io.BytesIO()
        document.save(kept)
    return kept.getvalue()


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
