"""Rows of a batch: recipient, credential, evidence and mail of 4,000 people, as a batch writes them, against one by one.

`rows_vs_bulk_create` compares with the ORM's own way for many. CPU is that of Python and of PostgreSQL together, user and
system; the rows are made before, for that is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.measuring import Measured
from bench.serving import child

NAMES = ["rows", "rows_vs_bulk_create"]


def measure() -> Iterator[Measured]:
    yield from child("bench.served.rows")
