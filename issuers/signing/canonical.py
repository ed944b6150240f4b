"""The canonical form of a JSON-LD document: RDFC-1.0 N-Quads, and an error for every term that would get lost.

JSON-LD drops what it does not know, so that a field can be added to a signed document and the signature still holds
(SECURITY 1.1). Here a dropped term, a relative type or id, and a context that is not pinned are errors, for signing and
for verifying alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph
from pyld import jsonld

ContextLoader = Callable[[str], Mapping[str, Any]]

# Absolute, and without what N-Quads cannot hold: a bad IRI silently loses quads.
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`]*")
# A clique of eight blank nodes takes RDFC-1.0 more than 20 s; ours have at most a dozen, all different.
MOST_BLANK_NODES = 64
MOST_ALIKE = 5


class NotCanonical(ValueError):
    """The document has no canonical form that covers all of it; the message says where and why."""


def canonicalize(document: Mapping[str, Any], load_context: ContextLoader) -> str:
    """N-Quads of the document, labelled and sorted after RDFC-1.0. `load_context` knows the pinned contexts alone."""
    expanded = _expand(document, load_context)
    for pointer, problem in _problems(expanded):
        raise NotCanonical(f"{pointer}: {problem}")
    return _labelled(_quads(expanded))


def _quads(expanded: list[Any]) -> str:
    """N-Quads of an expanded document, with pyld's own labels."""
    try:
        # Without a form for @direction it would be lost, and could be added to a signed text (VCDM 2.0 section 11.1).
        options = {"format": "application/n-quads", "documentLoader": _refuse, "rdfDirection": "i18n-datatype"}
        quads: str = jsonld.to_rdf(expanded, options)
    except Exception as error:
        raise _cause(error) from error
    return quads


def _labelled(quads: str) -> str:
    """The same with the labels and in the order of RDFC-1.0 (section 4.4)."""
    _bound(quads)
    try:
        dataset = pyoxigraph.Dataset(pyoxigraph.parse(quads.encode(), format=pyoxigraph.RdfFormat.N_QUADS))
    except (SyntaxError, ValueError) as error:  # an address that RFC 3987 does not allow, half of a character
        raise NotCanonical(str(error)) from error
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    lines = (pyoxigraph.serialize([quad], format=pyoxigraph.RdfFormat.N_QUADS) or b"" for quad in dataset)
    return "".join(sorted(line.decode() for line in lines))


def _refuse(url: str, options: Any = None) -> dict[str, Any]:
    raise NotCanonical(f"the context {url} is not one of ours")


def _expand(document: Mapping[str, Any], load_context: ContextLoader) -> list[Any]:
    def load(url: str, options: Any = None) -> dict[str, Any]:
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": load_context(url),
            "contentType": "application/ld+json",
        }

    def dropped(term: str | None) -> None:
        raise NotCanonical(f"the term {term!r} is in no context, so a signature would not cover it")

    try:
        # base None: omitted, pyld resolves relative ids against an address of its own.
        return list(jsonld.expand(document, {"documentLoader": load, "base": None}, on_property_dropped=dropped))
    except Exception as error:  # pyld lets through whatever its parts raise: ValueError, TypeError, KeyError
        raise _cause(error) from error


def _cause(error: Exception) -> NotCanonical:
    inner: Any = error
    while inner is not None:
        if isinstance(inner, NotCanonical):
            return inner
        inner = getattr(inner, "cause", None) or inner.__cause__
    return NotCanonical((str(error).splitlines() or [type(error).__name__])[0])


def _problems(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Ids and types that are no absolute IRIs: their quads would be lost."""
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _problems(item, f"{pointer}/{place}")
    elif isinstance(value, Mapping):
        if "@id" in value and not IRI.fullmatch(str(value["@id"])):
            yield pointer or "/", f"{value['@id']!r} is no absolute IRI"
        types = value.get("@type", [])
        for name in [types] if isinstance(types, str) else types:
            if not IRI.fullmatch(str(name)) and name != "@json":
                yield pointer or "/", f"the type {name!r} is in no context"
        if "@value" not in value:
            for key, item in value.items():
                if key not in {"@id", "@type"}:
                    yield from _problems(item, f"{pointer}/{key.rpartition('#')[2].rpartition('/')[2]}")


def _bound(quads: str) -> None:
    """Refuse graphs made to be slow, before the canonical labels are worked out (SECURITY T7)."""
    shapes: dict[str, list[str]] = {}
    for line in quads.split("\n"):
        head = line.partition('"')[0]
        for node in set(re.findall(r"_:\S+", head)):
            marked = [_mark(part, node) for part in re.split(r"(_:\S+)", head)]
            shape = "".join(marked) + line[len(head) :]
            shapes.setdefault(node, []).append(shape)
    if len(shapes) > MOST_BLANK_NODES:
        raise NotCanonical(f"{len(shapes)} nodes without an id; at most {MOST_BLANK_NODES}")
    alike: dict[tuple[str, ...], int] = {}
    for lines in shapes.values():
        key = tuple(sorted(lines))
        alike[key] = alike.get(key, 0) + 1
    if max(alike.values(), default=0) > MOST_ALIKE:
        raise NotCanonical(f"more than {MOST_ALIKE} nodes without an id are alike")


def _mark(part: str, node: str) -> str:
    """A label as the first-degree hash sees it: itself is _:a, every other is _:z (RDFC-1.0, section 4.6)."""
    if not part.startswith("_:"):
        return part
    return "_:a" if part == node else "_:z"
