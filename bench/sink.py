"""A mail server that takes everything and keeps nothing, in a process of its own, so that its CPU is nobody's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def sink() -> Iterator[int]:
    """The port that it listens at; how many mails it took is printed when it ends."""
    command = [sys.executable, "-m", "bench.served.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            taken = server.communicate(input="")[0]
            print(f"  the server took {taken.strip()} mails", flush=True)
