"""One mail over one connection: what is asked of the server (RFC 5321), and what its answers mean for the mail.

The commands are given here and not by `smtplib.sendmail`, because it matters when a connection ends. Until the last byte
of a mail was handed over the server cannot have taken it; from then on until it answers nobody knows.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

from recipients.models import Trouble

# Addresses that stand between < and > as they are; others are quoted by smtplib, which reads them letter by letter.
_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
# "Message too big" in answer to MAIL is about the mail; whatever else is said there is about us (RFC 1870, RFC 3463 5.3.4).
_TOO_BIG = ("5.3.4", "5.2.3")


class Fate(Enum):
    """What became of a mail that was handed over, or was not."""

    SENT = "sent"
    REFUSED = "refused"  # for good
    DEFERRED = "deferred"  # not now, and certainly not taken
    UNKNOWN = "unknown"  # it may have been taken
    BROKEN = "broken"  # it cannot be sent at all, which is our fault


@dataclass(frozen=True)
class Outcome:
    fate: Fate
    response: str


class Unreachable(Exception):
    """No mail can be handed over: nothing was, and none is to blame."""

    def __init__(self, why: Trouble, response: str) -> None:
        super().__init__(response)
        self.why, self.response = why, response


class _Lost(Exception):
    """The connection ended, or the server ended it (421), before it can have taken the mail."""

    def __init__(self, said: str, *, at_once: bool, silent: bool = False) -> None:
        super().__init__(said)
        # at_once: before anything was said of the reader. silent: no answer in time, so that asking again takes as long.
        self.at_once, self.silent = at_once, silent


@dataclass(frozen=True)
class Letter:
    """A mail ready to leave: bytes for SMTP with lines ended by CRLF, or the message where mails go another way."""

    pk: int
    to: str
    sender: str
    content: bytes | EmailMultiAlternatives


class Line:
    """One connection, opened when there is something to send and again when it was lost."""

    def __init__(self) -> None:
        self.server: Any = get_connection()
        self.smtp = isinstance(self.server, EmailBackend)

    def send(self, letter: Letter) -> Outcome:
        """Hand over one mail. Raises Unreachable where none can be."""
        new = self._opened()
        if not self.smtp:
            return self._otherwise(letter)
        try:
            return self._asked(letter)
        except _Lost as lost:
            self._drop()
            if new and lost.at_once:
                raise Unreachable(Trouble.UNREACHABLE if lost.silent else Trouble.BUSY, str(lost)) from lost
            if new or (lost.silent and not lost.at_once):
                return Outcome(Fate.DEFERRED, str(lost))
        # Servers end connections that were idle, or had their share: that says nothing of this mail.
        return self.send(letter)

    def close(self) -> None:
        """Say good-bye, to nobody if need be."""
        with suppress(OSError):
            self.server.close()

    def _drop(self) -> None:
        """Without a good-bye: whoever does not answer would not answer that."""
        connection, self.server.connection = self.server.connection, None
        if connection is not None:
            connection.close()

    def _opened(self) -> bool:
        """Whether a new connection was made for this mail."""
        try:
            new = bool(self.server.open())
            if new and self.smtp:
                self.server.connection.ehlo_or_helo_if_needed()
        except OSError as error:  # smtplib's own are among them
            self.close()
            raise Unreachable(_trouble(error), _text(error)) from error
        return new

    def _asked(self, letter: Letter) -> Outcome:
        """MAIL, RCPT, DATA, the mail itself. Each may be the end of it."""
        server, content = self.server.connection, letter.content
        assert isinstance(content, bytes)
        size = f" size={len(content)}" if server.has_extn("size") else ""
        mail = f"MAIL FROM:{_quoted(letter.sender)}{size}"
        answers = self._answers(server, (mail, f"RCPT TO:{_quoted(letter.to)}", "DATA"))
        code, said = next(answers)
        if code == 552 or (code >= 500 and said.startswith(_TOO_BIG)):
            return self._no(code, said, answers)
        if code != 250:
            self._again_from_the_start(answers)
            raise Unreachable(Trouble.SENDER if code >= 500 else Trouble.BUSY, f"{code} {said}")
        code, said = next(answers)
        if code not in {250, 251}:
            return self._no(code, said, answers)
        code, said = next(answers)
        return self._handed_over(server, content) if code == 354 else self._no(code, said)

    def _answers(self, server: smtplib.SMTP, commands: Sequence[str]) -> Iterator[tuple[int, str]]:
        """To one after the other; a server that offers it is told all of them at once (PIPELINING, RFC 2920)."""
        together = server.has_extn("pipelining")
        if together:
            try:
                server.send("".join(f"{command}\r\n" for command in commands))
            except OSError as lost:
                raise _Lost(_text(lost), at_once=True) from lost
        for place, command in enumerate(commands):
            yield self._answer(server, "" if together else command, at_once=place == 0)

    def _handed_over(self, server: Any, content: bytes) -> Outcome:
        # A dot at the beginning of a line is doubled, and one alone ends the mail (RFC 5321 4.5.2). It begins with a header.
        ended = content if content.endswith(b"\r\n") else content + b"\r\n"
        try:
            server.send(ended.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        except smtplib.SMTPServerDisconnected as lost:
            raise _Lost("The connection ended in the middle of the mail.", at_once=False) from lost
        try:
            code, said = _read(server.getreply())
        except OSError as lost:
            self._drop()
            return Outcome(Fate.UNKNOWN, f"No answer to the whole mail: {_text(lost)}")
        if code == 421:
            raise _Lost(f"{code} {said}", at_once=False)
        return Outcome(Fate.SENT, "250") if 200 <= code < 300 else self._no(code, said)

    def _answer(self, server: smtplib.SMTP, command: str, *, at_once: bool = False) -> tuple[int, str]:
        """To a command, or '' to one that was told before."""
        try:
            code, said = _read(server.docmd(command) if command else server.getreply())
        except OSError as lost:
            silent = isinstance(lost.__context__, TimeoutError)
            raise _Lost(_text(lost), at_once=at_once, silent=silent) from lost
        if code == 421:
            raise _Lost(f"{code} {said}", at_once=at_once)
        return code, said

    def _no(self, code: int, said: str, left: Iterable[tuple[int, str]] = ()) -> Outcome:
        """5xx is for good. 503 says that we are out of step, which is no fault of the reader's."""
        self._again_from_the_start(left)
        final = 500 <= code < 600 and code != 503
        return Outcome(Fate.REFUSED if final else Fate.DEFERRED, f"{code} {said}".strip())

    def _again_from_the_start(self, left: Iterable[tuple[int, str]]) -> None:
        """After the answers that are still to come. A server that waits for a mail all the same is left: it gets none."""
        try:
            if all(code != 354 for code, _ in left):
                self.server.connection.rset()
            else:
                self._drop()
        except (OSError, _Lost):
            self._drop()

    def _otherwise(self, letter: Letter) -> Outcome:
        """By a backend that is not SMTP: a folder of a demo, a provider's interface."""
        try:
            self.server.send_messages([letter.content])
        except smtplib.SMTPRecipientsRefused as refused:
            code, answer = next(iter(refused.recipients.values()))
            return Outcome(Fate.REFUSED if code >= 500 else Fate.DEFERRED, "{} {}".format(*_read((code, answer))))
        except OSError as error:
            return Outcome(Fate.UNKNOWN, _text(error))
        return Outcome(Fate.SENT, "250")


def _trouble(error: OSError) -> Trouble:
    if isinstance(error, smtplib.SMTPAuthenticationError) or "AUTH" in str(error):
        return Trouble.LOGIN
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return Trouble.TLS
    return Trouble.BUSY if isinstance(error, smtplib.SMTPResponseException) else Trouble.UNREACHABLE


def _quoted(address: str) -> str:
    return f"<{address}>" if _PLAIN.fullmatch(address) else smtplib.quoteaddr(address)


def _read(answer: tuple[int, bytes | str]) -> tuple[int, str]:
    code, said = answer
    return code, " ".join((said.decode(errors="replace") if isinstance(said, bytes) else said).split())


def _text(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return "{} {}".format(*_read((error.smtp_code, error.smtp_error)))
    return f"{type(error).__name__}: {error}"
