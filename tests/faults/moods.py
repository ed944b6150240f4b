"""A mail server in all its moods, by the beginning of the address. It keeps what it took, when, and how often it was asked."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

logging.getLogger("mail.log").setLevel(logging.WARNING)

# Beginning of the address → what happens to its mail in the end, however often it is tried, while the server keeps its mood.
MOODS = {
    "ok": "taken",
    "grey": "taken",  # 450 at first, taken when asked again
    "closing": "waits",  # 421 in the middle, and the connection ends
    "gone": "refused",  # 550 for the address
    "spam": "refused",  # 554 after the whole mail
    "big": "refused",  # 552 after the whole mail
    "full": "waits",  # 452, for ever
    "mute": "waits",  # no answer to RCPT
    "lost": "taken",  # takes the mail and never says so; at the second time it does
    "drop": "waits",  # the connection ends in the middle of the mail
    "slow": "taken",  # each answer takes its time
}
LONG = 3600


class Moods:
    """Answers for aiosmtpd, and what was seen."""

    def __init__(self, slow=0.6):
        self.slow = slow
        self.taken = []  # (to, Message-ID, seconds)
        self.tries = Counter()
        self.connections = 0
        # For everybody: 421 at connecting; no sender is welcome; so many mails for a connection, then 421.
        self.busy, self.sender, self.most = False, "", None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name, session.mails = hostname, 0
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.most is not None and session.mails >= self.most:
            asyncio.get_running_loop().call_soon(server.transport.close)
            return "421 4.7.0 Enough for one connection"
        if self.sender:
            return self.sender
        session.mails += 1
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        mood = mood_of(address)
        self.tries[address] += 1
        if mood == "mute":
            await asyncio.sleep(LONG)
        if mood == "slow":
            await asyncio.sleep(self.slow)
        if mood == "closing":
            asyncio.get_running_loop().call_soon(server.transport.close)
        answers = {
            "closing": "421 4.3.2 Closing",
            "gone": "550 5.1.1 No such user",
            "full": "452 4.2.2 Mailbox full",
            "grey": "450 4.7.1 Greylisted" if self.tries[address] == 1 else "",
        }
        if answer := answers.get(mood):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        mood = mood_of(address)
        if mood in {"spam", "big"}:
            return "554 5.7.1 Message refused" if mood == "spam" else "552 5.3.4 Message too big for that mailbox"
        head = envelope.content.split(b"\r\n\r\n")[0].decode(errors="replace")
        ids = [line.split(":", 1)[1].strip() for line in head.splitlines() if line.lower().startswith("message-id:")]
        self.taken.append((address, ids[0], time.monotonic()))
        if mood == "lost" and self.tries[address] == 1:
            await asyncio.sleep(LONG)
        if mood == "slow":
            await asyncio.sleep(self.slow)
        return "250 OK"

    def people(self):
        return Counter(to for to, _id, _at in self.taken)


def mood_of(address):
    """The letters that an address begins with."""
    return address.partition("@")[0].rstrip("0123456789-.")


class _Moody(SMTP):
    async def _handle_client(self):
        self.event_handler.connections += 1
        if self.event_handler.busy:
            await self.push("421 4.3.2 Come later")
            self.transport.close()
            return
        await super()._handle_client()

    async def smtp_DATA(self, arg):
        if self.envelope.rcpt_tos and mood_of(self.envelope.rcpt_tos[0]) == "drop":
            await self.push("354 go on")
            await self._reader.read(100)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


def nobody(server, session, envelope, mechanism, data):
    """Whoever signs in is refused."""
    return AuthResult(success=False, handled=False)


class MoodyServer(Controller):
    """Listens on a port that is free, and learns which once it listens."""

    def __init__(self, moods=None, **options):
        self.moods = moods or Moods()
        super().__init__(self.moods, hostname="127.0.0.1", port=0, **options)

    def factory(self):
        return _Moody(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exc):
        self.stop(no_assert=True)
