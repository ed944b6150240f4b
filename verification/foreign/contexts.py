"""Pinned JSON-LD contexts, and expansion with nothing else: what is not in `contexts/` is refused, nothing is fetched.

A context is code: it says which fields a signature covers. So only exact addresses count, only as plain addresses (an inline
context could rename a field), and always in the order that the standards prescribe (SECURITY T6).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pyld import jsonld
from pyld.context_resolver import ContextResolver

HERE = Path(__file__).parent / "contexts"
VC_2 = "https://www.w3.org/ns/credentials/v2"
VC_1 = "https://www.w3.org/2018/credentials/v1"
_OB = "https://purl.imsglobal.org/spec/ob/v3p0/"
_CLR = "https://purl.imsglobal.org/spec/clr/v2p0/"
PINNED = {
    VC_2: "credentials-v2",
    VC_1: "credentials-v1",
    f"{_OB}context.json": "open-badges-3.0.3",  # the address without a version serves the newest
    f"{_OB}context-3.0.3.json": "open-badges-3.0.3",
    f"{_OB}context-3.0.2.json": "open-badges-3.0.2",
    f"{_OB}context-3.0.1.json": "open-badges-3.0.1",
    f"{_OB}extensions.json": "open-badges-extensions",
    f"{_CLR}context.json": "clr-2.0.1",
    f"{_CLR}context-2.0.1.json": "clr-2.0.1",
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1",
    "https://w3id.org/security/data-integrity/v2": "data-integrity-v2",
    "https://w3id.org/security/suites/ed25519-2020/v1": "ed25519-2020-v1",
    "https://w3id.org/security/multikey/v1": "multikey-v1",
    "https://w3id.org/security/jwk/v1": "jwk-v1",
    "https://w3id.org/vc/status-list/2021/v1": "status-list-2021-v1",
    "https://www.w3.org/ns/did/v1": "did-v1",
}
OPEN_BADGES = frozenset(address for address in PINNED if address.startswith(f"{_OB}context"))
_SECOND = OPEN_BADGES | {address for address in PINNED if address.startswith(_CLR)}
# Contexts made of contexts of strangers' choice; ours and the usual foreign ones are a few hundred.
MOST_PROCESSED = 4000


class NotPinned(ValueError):
    """A context that is not one of ours, not in its place, or not an address at all."""


def required(value: Any) -> tuple[str, ...]:
    """The addresses of a document's @context: pinned, each once, a VC context first and Open Badges next. Raises NotPinned."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed:
        raise NotPinned("there is no @context")
    for place in listed:
        if not isinstance(place, str):
            raise NotPinned("a context is written into the document itself")
        if place not in PINNED:
            raise NotPinned(f"{place[:200]} is not a context that we know")
    if listed[0] not in {VC_1, VC_2} or len(set(listed)) < len(listed) or {VC_1, VC_2} <= set(listed):
        raise NotPinned("the contexts do not stand in the order of the standard")
    places = [place for place, address in enumerate(listed) if address in _SECOND]
    if places != list(range(1, len(places) + 1)):
        raise NotPinned("the contexts do not stand in the order of the standard")
    return tuple(listed)


@cache
def load(name: str) -> Mapping[str, Any]:
    """A file of `contexts/`."""
    context: Mapping[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return context


def _loader(address: str, options: Any = None) -> dict[str, Any]:
    if address not in PINNED:
        raise NotPinned(f"{address[:200]} is not a context that we know")
    return {
        "contextUrl": None,
        "documentUrl": address,
        "document": load(PINNED[address]),
        "contentType": "application/ld+json",
        "tag": "static",  # pyld keeps what is static
    }


class DroppedTerm(ValueError):
    """A field that no context knows."""


def _dropped(term: str | None) -> None:
    raise DroppedTerm(str(term)[:200])


class _Processor(jsonld.JsonLdProcessor):
    """pyld's, with each step from context to context kept: pyld forgets those of @type, which are two thirds of its work.

    Sound because contexts are frozen here: pinned bytes, and active contexts that pyld never changes once made.
    """

    def __init__(self) -> None:
        super().__init__(on_property_dropped=_dropped)
        self._kept: dict[Any, tuple[Any, Any]] = {}
        self._resolver = ContextResolver({}, _loader)

    def expanded(self, document: Mapping[str, Any]) -> list[Any]:
        """Expanded form. base None: omitted, pyld resolves relative ids against an address of its own."""
        options = {"documentLoader": _loader, "contextResolver": self._resolver, "base": None}
        return list(self.expand(document, options))

    def _process_context(  # noqa: PLR0917 -- pyld's own
        self,
        active_ctx: Any,
        local_ctx: Any,
        options: Any,
        override_protected: bool = False,
        propagate: bool = True,
        validate_scoped: bool = True,
        cycles: Any = None,
    ) -> Any:
        arguments = (override_protected, propagate, validate_scoped, cycles)
        known = active_ctx.get("_uuid")
        if known is None or cycles:
            return super()._process_context(active_ctx, local_ctx, options, *arguments)
        # A list is a document's own and goes by its words; anything else is part of a pinned context and goes by identity.
        name = json.dumps(local_ctx) if isinstance(local_ctx, list | str) else id(local_ctx)
        key = (known, name, override_protected, propagate, validate_scoped)
        if key not in self._kept:
            made = super()._process_context(active_ctx, local_ctx, options, *arguments)
            if len(self._kept) > MOST_PROCESSED:
                self._kept.clear()
            self._kept[key] = (made, local_ctx)  # with what it was made of, so that no other object takes its identity
        return self._kept[key][0]


_PROCESSOR = _Processor()


def expand(document: Mapping[str, Any]) -> Sequence[Any]:
    """The document in expanded form. Raises NotPinned, DroppedTerm, or ValueError for what JSON-LD does not allow."""
    try:
        return _PROCESSOR.expanded(document)
    except Exception as error:  # pyld lets through whatever its parts raise: ValueError, TypeError, KeyError
        raise _cause(error) from error


def _cause(error: Exception) -> ValueError:
    inner: Any = error
    while inner is not None:
        if isinstance(inner, NotPinned | DroppedTerm):
            return inner
        inner = getattr(inner, "cause", None) or inner.__cause__
    return ValueError((str(error).splitlines() or [type(error).__name__])[0][:200])
