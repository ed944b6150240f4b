"""A mail server that takes everything and keeps nothing, in a process of its own, so that its CPU is nobody's."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SERVER = """
import logging, sys
from aiosmtpd.controller import Controller
logging.getLogger("mail.log").setLevel(logging.ERROR)
class Sink:
    taken = 0
    async def handle_DATA(self, server, session, envelope):
        Sink.taken += 1
        return "250 taken"
controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
print(Sink.taken, flush=True)
"""


@contextmanager
def sink() -> Iterator[int]:
    """The port that it listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-c", _SERVER, str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            if server.stdout.readline() != "ready\n":
                raise RuntimeError("the mail server did not start")
            yield port
        finally:
            server.stdin.close()
