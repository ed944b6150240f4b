"""Rules: 20 of them over 10,000 people with 200,000 facts, as a new rule finds those who qualify; and one new fact with 50 rules.

The baseline of the first is the loop that one would write: each person, their facts read once and judged by each rule. It is
run for 200 people and scaled, for it takes the same for each; what both find of these 200 must be the same. The baseline of
the second reads and judges anew for every rule. CPU is that of Python and of PostgreSQL together, user and system.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.measuring import Measured
from bench.serving import child

NAMES = ["rules_retro", "one_fact"]


def measure() -> Iterator[Measured]:
    yield from child("bench.served.rules")
