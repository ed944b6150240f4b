"""Many shapes: compiled when a process first sees them, kept while they are used, never used again when one proved wrong."""

from __future__ import annotations

import copy
import itertools
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from issuers.signing.canonical import ContextLoader, canonicalize
from issuers.signing.compiled import Cut, Places, Shape, compile_shape, cut

log = logging.getLogger(__name__)


@dataclass
class Known:
    """What this process knows of one shape. `shape` is None where it could not be compiled or is not trusted any more."""

    digest: bytes
    shape: Shape | None
    trusted: bool = True
    # For whoever has further rules for a whole shape: what they found once.
    approved: Any = None
    _counters: dict[str, Iterator[int]] = field(default_factory=lambda: defaultdict(itertools.count))

    def fill(self, values: Sequence[str]) -> str | None:
        """The canonical form, or None: take the slow path."""
        return self.shape.fill(values) if self.shape is not None and self.trusted else None

    def count(self, what: str) -> int:
        """How often this was asked before about `what`."""
        return next(self._counters[what])


class Canonicalizer:
    """`canonicalize`, fast for shapes that were seen before. Give it to proofs.verify. Safe to share between threads."""

    def __init__(self, places: Places, load_context: ContextLoader, most: int = 128) -> None:
        self.places, self._load_context, self._most = places, load_context, most
        self._known: OrderedDict[bytes, Known] = OrderedDict()
        self._distrusted: set[bytes] = set()
        self._lock = Lock()

    def __call__(self, document: Mapping[str, Any], load_context: ContextLoader) -> str:
        """Canonical N-Quads, the same as the slow path's. Raises NotCanonical."""
        if load_context is not self._load_context:
            return canonicalize(document, load_context)
        found = cut(document, self.places)
        known = self.known(found)
        canonical = known.fill(found.values) if known else None
        if canonical is None:
            canonical = canonicalize(document, load_context)
            self.learn(document, found, canonical)
        return canonical

    def known(self, found: Cut) -> Known | None:
        """What is known of this shape, if it was seen."""
        with self._lock:
            if found.digest in self._known:
                self._known.move_to_end(found.digest)
            return self._known.get(found.digest)

    def learn(self, document: Mapping[str, Any], found: Cut, canonical: str) -> Known:
        """Compile the shape of a document whose canonical form the slow path gave, unless that was done before."""
        known = self.known(found)
        if known is not None:
            return known
        made = Known(found.digest, None, trusted=found.digest not in self._distrusted)
        if made.trusted:
            made.shape = self._compiled(document, found, canonical)
        with self._lock:
            known = self._known.setdefault(found.digest, made)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return known

    def _compiled(self, document: Mapping[str, Any], found: Cut, canonical: str) -> Shape | None:
        try:
            shape = compile_shape(copy.deepcopy(document), self.places, self._load_context)
        except ValueError as error:
            log.warning("A shape was not compiled, and goes the slow way: %s", error)
            return None
        if (shape.fill(found.values) or canonical) != canonical:
            log.error("A compiled shape does not give what the slow path gives, and is not used")
            return None
        return shape

    def distrust(self, known: Known) -> None:
        """Never use this shape again in this process."""
        known.trusted = False
        with self._lock:
            self._distrusted.add(known.digest)
