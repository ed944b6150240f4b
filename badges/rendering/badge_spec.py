"""The anatomy of a badge spec: its parts at every depth, its main symbol, its reduced form."""

import copy
from collections.abc import Iterator
from typing import Any

Spec = dict[str, Any]


def every_part(parts: list[Spec]) -> Iterator[Spec]:
    """Parts and the parts inside panels, in the order of painting."""
    for part in parts:
        yield part
        yield from every_part(part.get("parts", []))


def main_symbol(spec: Spec) -> Spec | None:
    """The symbol that an author may exchange."""
    return next((part for part in every_part(spec["parts"]) if part["part"] == "symbol" and part.get("main")), None)


def level_of(spec: Spec) -> Spec | None:
    """The level marks, if the design has any."""
    return next((part for part in every_part(spec["parts"]) if part["part"] == "level"), None)


def settled(spec: Spec) -> Spec:
    """The spec for the symbol it has: another symbol than the design's own comes with other measures and scenery."""
    spec = copy.deepcopy(spec)
    symbol = main_symbol(spec)
    own = symbol is None or (symbol.get("kind", "drawn") == "drawn" and symbol["name"] == symbol.get("own"))
    if symbol and not own:
        symbol.update(symbol.pop("other", {}))
    spec["parts"] = _kept(spec["parts"], "own" if own else "other")
    return spec


def _kept(parts: list[Spec], which: str) -> list[Spec]:
    """Without the parts that are only for the other case; panels are filled again."""
    parts = [part for part in parts if part.get("only", which) == which]
    for part in parts:
        if "parts" in part:
            part["parts"] = _kept(part["parts"], which)
    return parts


def reduced(spec: Spec) -> Spec:
    """The spec of the small drawing: each `small` laid over the part it belongs to. The argument is left alone."""
    spec = copy.deepcopy(spec)
    spec.update(spec.pop("small", {}))
    for part in every_part(spec["parts"]):
        part.update(part.pop("small", {}))
    return spec
