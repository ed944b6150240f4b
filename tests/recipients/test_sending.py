"""Mails, sent to a real SMTP server that takes some, refuses others, and is sometimes not there."""

import re
import smtplib
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core import mail

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import sending
from recipients.models import AchievementCredential, ClaimLink, MailStop, Notice, OutgoingEmail
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MailStopFactory, UserFactory
from tests.published import deliver, intend, people, person, publish, renamed
from tests.recipients.test_pipeline import end_leases, mails, rows

pytestmark = COMMITTED


class Server:
    """Answers by the beginning of the address; keeps what it took."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        for beginning, answer in (
            ("full", "452 4.2.2 Mailbox full"),
            ("gone", "550 5.1.1 No such user"),
            ("drop", None),
        ):
            if address.startswith(beginning):
                if answer is None:
                    server.transport.close()
                    return "421 going"
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.refuses_us:
            return "550 5.7.1 Sender not allowed"
        envelope.mail_from = address
        return "250 OK"

    refuses_us = False

    async def handle_DATA(self, server, session, envelope):
        if any(address.startswith("spam") for address in envelope.rcpt_tos):
            return "554 5.7.1 Message refused"
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


class AnyPort(Controller):
    """Listens on a port that is free, and learns which once it listens."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def server(settings):
    handler = Server()
    handler.controller = AnyPort(handler, hostname="127.0.0.1", port=0)
    handler.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", handler.controller.port
    settings.EMAIL_TIMEOUT = 5
    yield handler
    handler.controller.stop(no_assert=True)


@pytest.fixture
def version(db):
    return publish(IssuerFactory(name="Northmoor “University”, of, Places"))


def test_mail_says_who_what_and_where_in_two_forms(version, server):
    intend(version, person("Amal <b>Student</b>"))
    deliver()

    ((to, message),) = server.taken
    plain, html = (message.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert to == "amal@example.org"
    assert message["Reply-To"] == version.issuer.email
    assert "Northmoor “University”, of, Places" in str(message["From"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://localhost:8000/stop/[^>]+>", message["List-Unsubscribe"])
    assert message["Message-ID"] == mails()[0].message_id
    assert "Community Mentor" in message["Subject"]
    assert "Amal <b>Student</b>" in plain
    assert "Amal &lt;b&gt;Student&lt;/b&gt;" in html
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
    ]


def test_link_of_a_mail_opens_its_offer_and_only_its_hash_is_kept(version, server):
    intend(version, person())
    deliver()

    message = server.taken[0][1]
    tokens = {
        found
        for part in ("plain", "html")
        for found in re.findall(r"http://localhost:8000/claim/([\w-]+)/", message.get_body([part]).get_content())
    }
    (token,) = tokens
    assert len(token) >= 43
    from recipients import links

    with across_issuers("a test looks"):
        assert links.find(token).credential_id == rows()[0].pk
        stored = str(list(ClaimLink.objects.values())) + str(list(OutgoingEmail.objects.values()))
    assert token not in stored


def test_refusal_for_good_is_kept_and_not_tried_again(version, server):
    intend(
        version,
        person(address="gone@example.org"),
        person(address="spam@example.org"),
        person(address="ok@example.org"),
    )
    deliver()
    end_leases()
    deliver()

    gone, spam, well = mails()
    assert gone.refused_at and gone.response == "550 5.1.1 No such user"
    assert spam.refused_at and spam.response.startswith("554")
    assert well.sent_at
    assert [to for to, _ in server.taken] == ["ok@example.org"]
    assert [row.offered_at is not None for row in rows()] == [False, False, True]


def test_refusal_for_now_is_tried_again_later_and_given_up_after_five_times(version, server):
    intend(version, person(address="full@example.org"))
    pauses = []
    for _ in range(sending.ATTEMPTS):
        deliver()
        (email,) = mails()
        pauses.append(round((email.not_before - clock.now()).total_seconds() / 60))
        assert email.unsure_at is None
        end_leases()

    assert pauses[:4] == [1, 5, 15, 60]
    assert email.failed_at and email.response.startswith("452 4.2.2")
    assert sending.send_chunk() == 0


def test_lost_connection_costs_no_other_mail(version, server):
    intend(version, person(address="drop@example.org"), *people(2))
    deliver()

    assert [to for to, _ in server.taken] == ["p0@example.org", "p1@example.org"]
    lost = mails(to="drop@example.org")[0]
    assert lost.sending_at and lost.sent_at is None and lost.attempts == 1


def test_server_that_is_not_there_makes_no_mail_a_repeat(version, server, settings):
    settings.EMAIL_PORT = 1
    intend(version, person())
    deliver()
    (email,) = mails()
    assert (email.sending_at, email.sent_at, email.refused_at, email.attempts) == (None, None, None, 1)
    assert "Refused" in email.response


def test_sender_that_is_refused_is_not_held_against_the_reader(version, server):
    server.refuses_us = True
    intend(version, person())
    deliver()
    (email,) = mails()
    assert email.refused_at is None and email.response.startswith("550 5.7.1")

    server.refuses_us = False
    end_leases()
    deliver()
    assert [to for to, _ in server.taken] == ["amal@example.org"]
    assert mails()[0].unsure_at is None


def test_login_that_is_refused_is_not_held_against_the_reader(version, server, monkeypatch):
    def login(self, *args, **kwargs):
        raise smtplib.SMTPAuthenticationError(535, b"5.7.8 Wrong password")

    monkeypatch.setattr(smtplib.SMTP, "login", login)
    from django.conf import settings

    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "laurel", "wrong"
    intend(version, person())
    try:
        deliver()
    finally:
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "", ""

    (email,) = mails()
    assert (email.refused_at, email.sending_at) == (None, None)
    assert email.not_before > clock.now()


def test_address_that_wants_no_mail_gets_none(version):
    other = publish(IssuerFactory(), name="Elsewhere")
    MailStopFactory(address_key="amal@example.org", issuer=version.issuer)
    intend(version, person(), key="one")
    intend(other, person(), key="two")
    deliver()

    assert len(mail.outbox) == 1
    assert mails(credential__issuer=version.issuer)[0].response == "stopped"
    with across_issuers("a test looks"):
        assert MailStop.objects.count() == 1


def test_offer_that_was_withdrawn_meanwhile_is_not_mailed(version):
    intend(version, person())
    with across_issuers("somebody withdrew it between printing and sending"):
        AchievementCredential.objects.update(cancelled_at=clock.now())
    deliver()

    assert mail.outbox == []
    assert mails()[0].response == "cancelled"


def test_known_person_finds_the_offer_in_the_wallet_too(version):
    user = UserFactory()
    intend(version, person(), key="one")
    with across_issuers("a test arranges"):
        from recipients.models import Recipient

        Recipient.objects.update(user=user)
    deliver()

    with across_issuers("a test looks"):
        assert Notice.objects.get().user == user


def test_name_that_breaks_headers_cannot_reach_one(version, server):
    intend(version, renamed(person(), 'Ana, "Bcc" <x@y.org>'))
    deliver()

    ((_to, message),) = server.taken
    assert message["Bcc"] is None
    assert len(server.taken) == 1


def test_lease_of_a_mail_is_longer_than_a_server_may_take(settings):
    assert sending.LEASE > timedelta(seconds=settings.EMAIL_TIMEOUT * 3)
