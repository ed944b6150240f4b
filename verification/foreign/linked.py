"""A document as its signature covers it: expanded once, every field accounted for, and its canonical form.

JSON-LD is a graph written down as a tree, and one graph has many trees. A signature covers the graph, a page shows the tree.
So whatever lets two trees that say different things to a reader share one graph is refused here (SECURITY 1.1, T5):

- a field that no context knows, and a value or id that no quad can hold: nothing signs it;
- a field under its long name or a keyword (`@index`, `@reverse`, `@nest` …): "credentialStatus" spelt as an address is still
  signed, but no check finds it, so that a revoked credential would look as if it had no status;
- the credential inside itself, and rules that say two things of one id: fields could be moved from one place to the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import pyoxigraph

from issuers.signing.canonical import IRI, MOST_ALIKE, MOST_BLANK_NODES
from verification.foreign import contexts

_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", re.ASCII)
# The words of the rules themselves (status, dates, proofs), as against those that describe somebody or something.
_RULES = (
    "https://www.w3.org/2018/credentials#",
    "https://www.w3.org/ns/credentials",
    "https://w3id.org/vc/status-list#",
    "https://w3id.org/security#",
)
_XSD = "http://www.w3.org/2001/XMLSchema#"
# Each is a context to look into; in honest documents there are three.
MOST_TYPES = 100


class NotCovered(ValueError):
    """Something in the document is not covered by a signature; where, and why."""

    def __init__(self, finding: str, pointer: str, why: str) -> None:
        super().__init__(f"{pointer or '/'}: {why}")
        self.finding, self.pointer = finding, pointer


def screen(document: Mapping[str, Any]) -> None:
    """Refuse what can be seen without expanding anything. Raises NotCovered."""
    if "@context" not in document:
        raise NotCovered("context_unknown", "/@context", "there is no @context")
    for finding, pointer, why in _tree_problems(document, ""):
        raise NotCovered(finding, pointer, why)


class Linked:
    """One document in expanded form, accounted for."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Expand and check. Raises NotCovered."""
        screen(document)
        try:
            self.expanded = contexts.expand(document)
        except contexts.NotPinned as error:
            raise NotCovered("context_unknown", "/@context", str(error)) from error
        except contexts.DroppedTerm as error:
            raise NotCovered("term_unsigned", "", f"no context knows “{error}”") from error
        except ValueError as error:
            raise NotCovered("not_linked", "", str(error)) from error
        if len(self.expanded) != 1:
            raise NotCovered("not_linked", "", "it is not one thing")
        said: dict[str, dict[str, Any]] = {}
        for pointer, why in _graph_problems(self.expanded, "", said):
            raise NotCovered("term_unsigned", pointer, why)

    @cached_property
    def canonical(self) -> str:
        """N-Quads, labelled and sorted after RDFC-1.0. Raises NotCovered for graphs that are made to be slow."""
        try:
            expanded = json.dumps(_written(self.expanded)).encode()
            quads = list(pyoxigraph.parse(expanded, format=pyoxigraph.RdfFormat.JSON_LD))
        except (SyntaxError, ValueError) as error:
            raise NotCovered("not_linked", "", str(error)[:200]) from error
        _bound(quads)
        dataset = pyoxigraph.Dataset(quads)
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        lines = (pyoxigraph.serialize([quad], format=pyoxigraph.RdfFormat.N_QUADS) or b"" for quad in dataset)
        return "".join(sorted(line.decode() for line in lines))


def _tree_problems(value: Any, pointer: str) -> Iterator[tuple[str, str, str]]:
    """What the JSON must not hold, whatever its contexts say."""
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _tree_problems(item, f"{pointer}/{place}")
    elif isinstance(value, Mapping):
        if "@language" in value and value.get("@value") is None:
            yield "term_unsigned", pointer, "a language without a text"
        for key, item in value.items():
            if key == "@context":
                yield from _context_problems(item, pointer)
            elif key in {"@value", "@language"} and item is not None:
                continue
            elif key.startswith("@") or ":" in key:
                yield "term_unsigned", pointer, f"“{key[:200]}” is not the name of a field"
            elif key == "type" and isinstance(item, list) and len(item) > MOST_TYPES:
                yield "term_unsigned", pointer, f"more than {MOST_TYPES} types"
            else:
                yield from _tree_problems(item, f"{pointer}/{key[:60]}")


def _context_problems(value: Any, pointer: str) -> Iterator[tuple[str, str, str]]:
    try:
        contexts.required(value)
    except contexts.NotPinned as error:
        yield "context_unknown", f"{pointer}/@context", str(error)


def _graph_problems(value: Any, pointer: str, said: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """What no quad can hold, in expanded form; and one id that says two things."""
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _graph_problems(item, f"{pointer}/{place}", said)
    elif isinstance(value, Mapping):
        if "@value" in value:
            yield from _value_problems(value, pointer)
        else:
            yield from _node_problems(value, pointer, said)


def _value_problems(value: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
    if set(value) - {"@value", "@type", "@language"}:
        yield pointer, "a value with something beside it that a signature does not cover"
    if not _LANGUAGE.fullmatch(str(value.get("@language", "en"))):
        yield pointer, "a value in no language that could be signed"
    if not _is_type(value.get("@type", "@json")):
        yield pointer, f"the type {str(value['@type'])[:200]!r} is in no context"


def _node_problems(node: Mapping[str, Any], pointer: str, said: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    if "@id" in node and not IRI.fullmatch(str(node["@id"])):
        yield pointer, f"{str(node['@id'])[:200]!r} is no absolute address"
    types = node.get("@type", [])
    for name in [types] if isinstance(types, str) else types:
        if not _is_type(name) or name == "@json":
            yield pointer, f"the type {str(name)[:200]!r} is in no context"
    for key, item in node.items():
        if key.startswith("@") and key not in {"@id", "@type", "@graph", "@list"}:
            yield pointer, f"“{key}” is not covered by a signature"
        elif not key.startswith("@") and not IRI.fullmatch(key):
            yield pointer, f"“{key[:200]}” is not the name of a field"
        elif key not in {"@id", "@type"}:
            yield from _graph_problems(item, f"{pointer}/{_short(key)}", said)
    yield from _repeats(node, pointer, said)


def _repeats(node: Mapping[str, Any], pointer: str, said: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The credential stands in one place, and what its rules say of one id they say once: fields could change places."""
    if "@id" not in node or len(node) == 1:
        return
    name = str(node["@id"])
    if pointer == "/0" and name in said:
        yield pointer, f"the credential {name[:200]} stands inside itself again"
    before = said.setdefault(name, {})
    for key, item in node.items():
        if key.startswith(_RULES) and before.setdefault(key, item) != item:
            yield pointer, f"{name[:200]} stands twice and says two things"


def _written(value: Any) -> Any:
    """Numbers as JSON-LD writes them down (JSON-LD 1.1 API, section 8.2.2); oxigraph would take their shortest digits."""
    if isinstance(value, list):
        return [_written(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    number = value.get("@value")
    if isinstance(number, bool) or not isinstance(number, int | float) or value.get("@type") == "@json":
        return value if "@value" in value else {key: _written(item) for key, item in value.items()}
    kind = value.get("@type")
    if kind == f"{_XSD}double" or abs(number) >= 1e21 or number != int(number):
        digits = re.sub(r"(\d)0*E\+?(-?)0*(\d)", r"\1E\2\3", f"{number:.15E}")
        return {"@value": digits, "@type": kind or f"{_XSD}double"}
    return {"@value": str(int(number)), "@type": kind or f"{_XSD}integer"}


def _is_type(name: Any) -> bool:
    return name == "@json" or (isinstance(name, str) and IRI.fullmatch(name) is not None)


def _short(key: str) -> str:
    return key.rpartition("#")[2].rpartition("/")[2][:60]


def _bound(quads: list[pyoxigraph.Quad]) -> None:
    """Refuse graphs made to be slow, before the canonical labels are worked out (SECURITY T7)."""
    shapes: dict[pyoxigraph.BlankNode, list[tuple[str, ...]]] = {}
    for quad in quads:
        parts = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        for node in {part for part in parts if isinstance(part, pyoxigraph.BlankNode)}:
            shape = tuple(_mark(part, node) for part in parts)
            shapes.setdefault(node, []).append(shape)
    if len(shapes) > MOST_BLANK_NODES:
        raise NotCovered("too_tangled", "", f"{len(shapes)} things without an id; at most {MOST_BLANK_NODES}")
    alike: dict[tuple[tuple[str, ...], ...], int] = {}
    for seen in shapes.values():
        key = tuple(sorted(seen))
        alike[key] = alike.get(key, 0) + 1
    if max(alike.values(), default=0) > MOST_ALIKE:
        raise NotCovered("too_tangled", "", f"more than {MOST_ALIKE} things without an id are alike")


def _mark(part: Any, node: pyoxigraph.BlankNode) -> str:
    """A label as the first-degree hash sees it: itself is _:a, every other is _:z (RDFC-1.0, section 4.6)."""
    if not isinstance(part, pyoxigraph.BlankNode):
        return str(part)
    return "_:a" if part == node else "_:z"
