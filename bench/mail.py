"""Mails of a batch, against the loop that one would write: two templates, a message, a connection for each.

`mail` is composing and SMTP alone; `mail_all_in` has the database's part too: the row, who wants no mail, the link's hash, what
became of it. Both send to the same server in a process of its own, and CPU is that of the sender only.
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

NAMES = ["mail", "mail_all_in"]
ROOT = Path(__file__).resolve().parents[1]


def measure() -> Iterator[Measured]:
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder:
        engines = embedded.start(Path(folder) / "engines", ephemeral=True)
        sink = subprocess.Popen(
            [sys.executable, "-m", "bench.served.sink"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert sink.stdout is not None
            environment = {
                **os.environ,
                **engines.environment(),
                "DJANGO_SETTINGS_MODULE": "credentials_site.settings.test",
                "STORAGE_URL": f"file://{folder}/media",
                "EMAIL_URL": f"smtp://127.0.0.1:{sink.stdout.readline().strip()}",
            }
            yield from _measured(environment)
            taken = sink.communicate(input="")[0]
            print(f"  the server took {taken.strip()} mails", flush=True)
        finally:
            sink.kill()
            engines.stop()


def _measured(environment: dict[str, str]) -> Iterator[Measured]:
    command = [sys.executable, "-m", "bench.served.mail"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            found = json.loads(line)
            yield less_is_better(found["name"], found["ours"], found["baseline"])
    if child.returncode:
        raise RuntimeError(f"bench.served.mail ended with {child.returncode}")
