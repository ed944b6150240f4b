"""A mail server that takes everything: prints its port, and how many mails it took once its input ends."""

from __future__ import annotations

import logging
import sys
from typing import Any

from aiosmtpd.controller import Controller


class Counting:
    taken = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd asks for this name
        self.taken += 1
        return "250 taken"


class AnyPort(Controller):
    """Listens on a port that is free, and learns which once it listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


def main() -> None:
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    handler = Counting()
    server = AnyPort(handler, hostname="127.0.0.1", port=0)
    server.start()
    print(server.port, flush=True)
    sys.stdin.read()
    server.stop()
    print(handler.taken, flush=True)


if __name__ == "__main__":
    main()
