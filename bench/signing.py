"""Signing: compiled preparing and signing of a credential, against plain pyld normalizing its document and its proof options."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges.openbadges import documents, validate
from bench import measuring
from issuers.signing import multikey, proofs, rechecking
from tests.openbadges_samples import ACHIEVEMENT, CREDENTIAL, DID, ISSUER, SITE

NAMES = ["signing"]
MANY, FEW = 2000, 40


def _document(number: int) -> documents.Json:
    """One person of tests/samples/class-1000.csv: a grade, a student number, a column of the institution's own."""
    facts = replace(
        CREDENTIAL,
        id=f"{SITE}/c/{number:022}",
        subject_id=f"urn:uuid:6f9c2a3e-1111-4222-8333-{number:012}",
        name=f"Lukas Weber-Øster {number}",
        address_key=f"s{number:05}@example.org",
        salt=f"salt{number:012}",
        student_id=f"S{number:05}",
        status=replace(CREDENTIAL.status, index=number),
        results=(("Grade", "A+"), ("Seminar room", f"B {number % 30}")),
    )
    return documents.credential(facts, ACHIEVEMENT, ISSUER)


def _compiled(key: Ed25519PrivateKey, method: str, created: datetime) -> Callable[[documents.Json], str]:
    preparer = validate.Preparer()
    # As a worker signs: with the checks by another road that go with it, the first of the shape and one in 200.
    return lambda document: proofs.sign(preparer.prepare(document), key, method, created)


def plain(key: Ed25519PrivateKey, method: str, created: datetime) -> Callable[[documents.Json], str]:
    def sign(document: documents.Json) -> str:
        options = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": documents.moment(created),
            "verificationMethod": method,
            "proofPurpose": "assertionMethod",
        }
        parts = ({"@context": document["@context"], **options}, document)
        texts = [rechecking.normalized(part, validate.load_context) for part in parts]
        signature = key.sign(b"".join(hashlib.sha256(text.encode()).digest() for text in texts))
        proof = {**options, "proofValue": "z" + base58.b58encode(signature).decode()}
        return json.dumps({**document, "proof": proof}, ensure_ascii=False, separators=(",", ":"))

    return sign


def measure() -> Iterator[measuring.Measured]:
    """The mean of 2,000 different people of one batch, the compiling and the checks of its shape among them."""
    key = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
    method, created = f"{DID}#{multikey.encode(key.public_key())}", datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
    ours, naive = _compiled(key, method, created), plain(key, method, created)
    if [ours(_document(number)) for number in range(3)] != [naive(_document(number)) for number in range(3)]:
        raise AssertionError("the two ways do not sign the same bytes")

    def each(sign: Callable[[documents.Json], Any], times: int) -> float:
        made = iter([_document(number) for number in range(times)])
        return measuring.each(lambda: sign(next(made)), times)

    baseline = each(naive, FEW)
    yield measuring.less_is_better("signing", each(_compiled(key, method, created), MANY), baseline)
