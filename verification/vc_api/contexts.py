"""Contexts of this profile: pinned files, and objects written into the document itself. Nothing is fetched.

The desk refuses contexts inside a document, because they may rename what a page shows. Nothing is shown here: the suites
write their example terms that way, and JSON-LD's protected terms keep them from renaming those of the standards.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import base58

from issuers.signing.canonical import IRI, NotCanonical
from verification.foreign import contexts as foreign
from verification.vc_api.problems import Problem, malformed

VC_1, VC_2 = foreign.VC_1, foreign.VC_2
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
_EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
_FILES = {address: foreign.HERE / f"{name}.json" for address, name in foreign.PINNED.items()}
_FILES[_EXAMPLES] = Path(__file__).with_name("credentials-examples-v2.json")
# `@base` would make relative addresses absolute: whoever drops it reads other types and ids under the same signature.
_FORBIDDEN = ("@base", "@import")
_MULTIHASH_SHA256 = b"\x12\x20"


@cache
def load_context(url: str) -> Mapping[str, Any]:
    """A pinned context. Raises NotCanonical for every other address."""
    if url not in _FILES:
        raise NotCanonical(f"the context {url} is not one of ours")
    context: Mapping[str, Any] = json.loads(_FILES[url].read_text(encoding="utf-8"))
    return context


def require(document: Mapping[str, Any]) -> list[Any]:
    """The contexts of a document: a list that begins with the VC's own. Raises Problem."""
    listed = document.get("@context")
    if not isinstance(listed, list) or not listed or listed[0] not in [VC_1, VC_2]:
        raise malformed("/@context", f"must be a list that begins with {VC_2}")
    for place, entry in enumerate(listed):
        pointer = f"/@context/{place}"
        if isinstance(entry, str):
            _require_pinned(entry, pointer)
        elif not isinstance(entry, Mapping):
            raise malformed(pointer, "is neither an address nor an object")
    if VC_1 in listed[1:] or VC_2 in listed[1:]:
        raise malformed("/@context", "the VC's own context stands once, and first")
    for found in _inline(document):
        if any(word in found for word in _FORBIDDEN):
            raise malformed("/@context", f"a context in a document may not say {' or '.join(_FORBIDDEN)}")
    return listed


def _require_pinned(address: str, pointer: str) -> None:
    if not IRI.fullmatch(address):
        raise malformed(pointer, f"{address!r} is no address")
    if address not in _FILES:
        raise Problem("PARSING_ERROR", f"the context {address} is not one that this service knows", pointer)


def _inline(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object that stands in a context, at whatever depth."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _objects(item) if key == "@context" else _inline(item)
    elif isinstance(value, list):
        for item in value:
            yield from _inline(item)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _objects(item)


@cache
def digests(url: str) -> frozenset[str]:
    """How `digestSRI` and `digestMultibase` may write the digest of a resource of which we have the bytes; else none.

    Subresource Integrity for SHA-256, SHA-384 and SHA-512; multibase base64url or base58btc of the SHA-256, as a
    multihash or, as the suites write it, bare.
    """
    if url not in _FILES:
        return frozenset()
    content = _FILES[url].read_bytes()
    sri = {
        f"sha{bits}-{base64.b64encode(hashlib.new(f'sha{bits}', content).digest()).decode()}"
        for bits in (256, 384, 512)
    }
    plain = hashlib.sha256(content).digest()
    return frozenset(sri | {spelt for raw in (plain, _MULTIHASH_SHA256 + plain) for spelt in _multibase(raw)})


def _multibase(raw: bytes) -> tuple[str, str]:
    return "u" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), "z" + base58.b58encode(raw).decode()
