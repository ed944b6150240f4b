"""Runs every bench of this folder, a line each, and writes bench/results.json. `python -m bench [name …]` runs some.

A bench is a module `bench/<topic>.py` with `NAMES`, the results it gives, and `measure()`, which yields a `Measured` for each.
It runs as the tests do: on engines of its own, in a database that is emptied afterwards.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

from bench.measuring import Measured

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"


def _benches() -> list[ModuleType]:
    found = [importlib.import_module(f"bench.{module.name}") for module in pkgutil.iter_modules([str(HERE)])]
    return [module for module in found if hasattr(module, "measure")]


def _line(found: Measured) -> str:
    return f"{found.name:<34} {found.ours:>12.3f} {found.unit:<14} baseline {found.baseline:>12.3f}   {found.ratio:>8.1f} ×"


def main(wanted: list[str]) -> int:
    measured: list[Measured] = []
    chosen = [
        one for one in _benches() if not wanted or set(wanted) & {*one.NAMES, one.__name__.removeprefix("bench.")}
    ]
    for place, bench in enumerate(chosen, 1):
        print(f"[{place}/{len(chosen)}] {', '.join(bench.NAMES)} …", flush=True)
        for found in bench.measure():
            print(_line(found), flush=True)
            measured.append(found)
    RESULTS.write_text(json.dumps([found.as_json() for found in measured], indent=1) + "\n")
    print(f"{len(measured)} results in {RESULTS.relative_to(HERE.parent)}")
    return 0 if measured else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
