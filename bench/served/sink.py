"""A mail server that takes everything: prints its port, and how many mails it took once its input ends."""

from __future__ import annotations

import logging
import sys
from typing import Any

from aiosmtpd.controller import Controller


class Counting:
    taken = 0

    async def handle_EHLO(  # noqa: N802 -- aiosmtpd asks for this name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """As servers of our days do (RFC 2920); the naive client does not make use of it."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

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
