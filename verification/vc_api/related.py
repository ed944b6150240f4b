"""Related resources (VCDM 2.0 section 5.3): each named once, with a digest that is that of the copy we know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from issuers.signing.canonical import IRI
from verification.vc_api import contexts
from verification.vc_api.problems import malformed

_DIGESTS = ("digestSRI", "digestMultibase")


def require(document: Mapping[str, Any], pointer: str = "") -> None:
    """Raises Problem. A resource of which there is no copy here cannot be compared, and is refused: nothing is fetched."""
    if "relatedResource" not in document:
        return
    given = document["relatedResource"]
    listed = given if isinstance(given, list) else [given]
    if not listed:
        raise malformed(f"{pointer}/relatedResource", "must be an object or a list of objects")
    seen: set[str] = set()
    for place, item in enumerate(listed):
        here = f"{pointer}/relatedResource/{place}"
        address = _address(item, here)
        if address in seen:
            raise malformed(f"{here}/id", "stands in the list twice")
        seen.add(address)
        _require_digest(item, address, here)


def _address(item: Any, pointer: str) -> str:
    if not isinstance(item, Mapping):
        raise malformed(pointer, "must be an object")
    address = item.get("id")
    if not isinstance(address, str) or not IRI.fullmatch(address):
        raise malformed(f"{pointer}/id", "must be a single URL")
    if "mediaType" in item and not isinstance(item["mediaType"], str):
        raise malformed(f"{pointer}/mediaType", "must be a string")
    return address


def _require_digest(item: Mapping[str, Any], address: str, pointer: str) -> None:
    told = [(name, spelt) for name in _DIGESTS if name in item for spelt in _listed(item[name])]
    if not told:
        raise malformed(pointer, "must have a digestSRI or a digestMultibase")
    known = contexts.digests(address)
    for name, spelt in told:
        if not isinstance(spelt, str) or spelt not in known:
            why = "is not that of the resource" if known else f"cannot be compared: there is no copy of {address} here"
            raise malformed(f"{pointer}/{name}", why)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) and value else [value]
