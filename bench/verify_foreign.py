"""An ordinary foreign badge (eddsa-rdfc-2022, did:web, a status list) judged as the desk does, all rounds counted.

The baseline is what a first verifier looks like: pyld canonicalises document and proof options, the contexts parsed from their text
each time, and the signature is tried. It checks nothing else, where ours makes six checks.
"""

from __future__ import annotations

import hashlib
import json
import statistics
from collections.abc import Iterator
from typing import Any

import base58
from pyld import jsonld

from bench.measuring import Measured, each, less_is_better
from tests.verification.foreign import world
from verification.foreign import contexts, judging

NAMES = ["verify_foreign"]
TIMES = 60


def _load(address: str, options: Any = None) -> dict[str, Any]:
    text = (contexts.HERE / f"{contexts.PINNED[address]}.json").read_text()
    return {"contextUrl": None, "documentUrl": address, "document": json.loads(text)}


def naive(text: str) -> None:
    """Raises InvalidSignature."""
    document = json.loads(text)
    proof = document.pop("proof")
    signature = base58.b58decode(proof.pop("proofValue")[1:])
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load, "base": None}
    jsonld._resolved_context_cache.clear()  # noqa: SLF001 -- pyld has no other way to forget
    parts = [jsonld.normalize(part, options) for part in ({"@context": document["@context"], **proof}, document)]
    world.KEY.public_key().verify(signature, b"".join(hashlib.sha256(part.encode()).digest() for part in parts))


def ours(content: bytes) -> None:
    """Two rounds: what is wanted, and the judgement."""
    wants = judging.examine(content, {}, world.NOW).wants
    outcome = judging.examine(content, {want: world.resource(world.SITE[want]) for want in wants}, world.NOW)
    assert world.green(outcome)


def median(work: Any, times: int) -> float:
    return statistics.median(each(work, 1) for _ in range(times))


def measure() -> Iterator[Measured]:
    content = world.OURS.encode()
    for _ in range(3):
        ours(content)
        naive(world.OURS)
    yield less_is_better(
        "verify_foreign", median(lambda: ours(content), TIMES), median(lambda: naive(world.OURS), TIMES // 3)
    )
