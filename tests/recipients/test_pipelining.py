"""A server that offers PIPELINING is told three commands at once (RFC 2920), and every answer means what it always did."""

import asyncio

import pytest
from aiosmtpd.controller import Controller
from django.core.mail.backends.smtp import EmailBackend

from recipients.conversing import Fate, Letter, Line, Unreachable
from tests.faults.place import free_port


class Server:
    """Says what it is told to, by the beginning of an address, and keeps what it took and what it was told at once."""

    def __init__(self):
        self.took, self.connections = [], 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.7.1 not from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("no"):
            return "550 5.1.1 nobody here"
        if address.startswith("later"):
            return "450 4.2.0 come back"
        # A server that takes data for nobody: what is refused here is not noted, so that DATA would be refused as well.
        envelope.rcpt_tos.append(address)
        return "550 5.1.1 refused, and yet I wait" if address.startswith("odd") else "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.took.append((list(envelope.rcpt_tos), envelope.content))
        return "250 taken"


@pytest.fixture
def server():
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), loop=asyncio.new_event_loop())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def line(server, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    made = Line()
    assert isinstance(made.server, EmailBackend)
    yield made
    made.close()


def letter(to, sender="laurel@example.org", content=b"Subject: Hello\r\n\r\n.hidden\r\n"):
    return Letter(1, to, sender, content)


def test_mails_of_a_connection_arrive_each_once_and_as_they_are(server, line):
    for number in range(5):
        assert line.send(letter(f"p{number}@example.org")).fate is Fate.SENT

    assert [to for to, _content in server.took] == [[f"p{number}@example.org"] for number in range(5)]
    assert {content for _to, content in server.took} == {b"Subject: Hello\r\n\r\n.hidden\r\n"}
    assert server.connections == 1


def test_commands_leave_together(server, line, monkeypatch):
    line.send(letter("first@example.org"))
    sent, send = [], line.server.connection.send
    monkeypatch.setattr(line.server.connection, "send", lambda data: sent.append(data) or send(data))
    line.send(letter("second@example.org"))

    assert len(sent) == 2
    assert sent[0].count("\r\n") == 3


@pytest.mark.parametrize(("to", "fate"), [("no@example.org", Fate.REFUSED), ("later@example.org", Fate.DEFERRED)])
def test_refused_reader_gets_nothing_and_the_next_one_theirs(server, line, to, fate):
    assert line.send(letter(to)).fate is fate
    assert line.send(letter("next@example.org")).fate is Fate.SENT

    assert [who for who, _content in server.took] == [["next@example.org"]]
    assert server.connections == 1


def test_server_that_waits_for_a_mail_that_it_refused_gets_none(server, line):
    assert line.send(letter("odd@example.org")).fate is Fate.REFUSED
    assert line.send(letter("next@example.org")).fate is Fate.SENT

    assert [who for who, _content in server.took] == [["next@example.org"]]
    assert server.connections == 2


def test_refused_sender_is_nobody_s_fault(server, line):
    with pytest.raises(Unreachable, match="not from you"):
        line.send(letter("p@example.org", sender="nobody@example.org"))
    assert line.send(letter("next@example.org")).fate is Fate.SENT
    assert [who for who, _content in server.took] == [["next@example.org"]]
