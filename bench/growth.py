"""Lists and numbers at a million credentials of one institution: a page deep down, a look-up by public id, analytics.

`deep_page` is the list of credentials as staff see it, asked for below 900,000 others, as the app role under row-level
security; its baseline skips these with OFFSET, and is spared the states, which would be named for each of them.
`deep_page_of_first` compares it with the first page of the same list, which it shall take at most twice as long as. `lookup`
opens a public page's row among a million, and its baseline among a thousand: flat is 1 ×. `rollup` is a year of analytics
from tallies, and its baseline counts the rows. CPU is that of Python and of PostgreSQL together, user and system.

The million is written by the database itself, with texts of 300 bytes where real ones are some 3 KB: PostgreSQL keeps long
texts beside the rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.measuring import Measured, less_is_better
from credentials_site import embedded

NAMES = ["deep_page", "deep_page_of_first", "lookup", "rollup"]
ROOT = Path(__file__).resolve().parents[1]
MANY, FEW = 1_000_000, 1_000


def measure() -> Iterator[Measured]:
    found = _of(MANY)
    yield less_is_better("deep_page", found["deep"], found["offset"])
    yield less_is_better("deep_page_of_first", found["deep"], found["first"])
    yield less_is_better("lookup", found["lookup"], _of(FEW)["lookup"])
    yield less_is_better("rollup", found["rollup"], found["live"])


def _of(credentials: int) -> dict[str, Any]:
    """CPU milliseconds of each, in a database of so many credentials that ends afterwards."""
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder:
        engines = embedded.start(Path(folder) / "engines", ephemeral=True)
        environment = {
            **os.environ,
            **engines.environment(),
            "DJANGO_SETTINGS_MODULE": "credentials_site.settings.test",
            "STORAGE_URL": f"file://{folder}/media",
        }
        command = [sys.executable, "-m", "bench.served.growth", str(credentials), str(engines.sockets)]
        try:
            done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        finally:
            engines.stop()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
