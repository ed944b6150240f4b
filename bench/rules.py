"""Rules: 20 of them over 10,000 people with 200,000 facts, as a new rule finds those who qualify; and one new fact with 50 rules.

The baseline of the first is the loop that one would write: each person, their facts read once and judged by each rule. It is
run for 200 people and scaled, for it takes the same for each; what both find of these 200 must be the same. The baseline of
the second reads and judges anew for every rule. CPU is that of Python and of PostgreSQL together, user and system.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measuring import Measured, less_is_better
from credentials_site import embedded

NAMES = ["rules_retro", "one_fact"]
ROOT = Path(__file__).resolve().parents[1]


def measure() -> Iterator[Measured]:
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder:
        engines = embedded.start(Path(folder) / "engines", ephemeral=True)
        environment = {
            **os.environ,
            **engines.environment(),
            "DJANGO_SETTINGS_MODULE": "credentials_site.settings.test",
            "STORAGE_URL": f"file://{folder}/media",
        }
        try:
            yield from _measured(environment)
        finally:
            engines.stop()


def _measured(environment: dict[str, str]) -> Iterator[Measured]:
    command = [sys.executable, "-m", "bench.served.rules"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            found = json.loads(line)
            yield less_is_better(found["name"], found["ours"], found["baseline"])
    if child.returncode:
        raise RuntimeError(f"bench.served.rules ended with {child.returncode}")
