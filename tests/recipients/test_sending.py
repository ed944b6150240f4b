"""Mails, sent to a real SMTP server that takes some, refuses others, and is sometimes not there."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core import mail

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import pausing, sending
from recipients.models import AchievementCredential, ClaimLink, MailServer, MailStop, Notice, OutgoingEmail
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


def login(server, session, envelope, mechanism, data):
    """Nobody is let in."""
    return AuthResult(success=False, handled=False)


class AnyPort(Controller):
    """Listens on a port that is free, and learns which once it listens."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def server(settings):
    handler = Server()
    options = {"authenticator": login, "auth_require_tls": False}
    handler.controller = AnyPort(handler, hostname="127.0.0.1", port=0, **options)
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


def test_refusal_for_now_is_tried_again_later_each_time_and_given_up_after_three_days(version, server):
    intend(version, person(address="full@example.org"))
    now, pauses = clock.now(), []
    for _ in range(40):
        with clock.at(now):
            deliver()
        (email,) = mails()
        assert email.unsure_at is None and email.sending_at is None
        if email.failed_at:
            break
        pauses.append(round((email.not_before - now).total_seconds() / 60))
        now = email.not_before
        end_leases()

    assert pauses[:6] == [1, 5, 15, 60, 240, 240]
    assert 68 * 60 <= sum(pauses) <= 72 * 60
    assert email.response.startswith("452 4.2.2")
    assert sending.send_chunk() == 0


def test_lost_connection_costs_no_other_mail(version, server):
    intend(version, person(address="drop@example.org"), *people(2))
    deliver()

    assert [to for to, _ in server.taken] == ["p0@example.org", "p1@example.org"]
    lost = mails(to="drop@example.org")[0]
    # It ended before the mail was handed over: the next try is no repeat.
    assert (lost.sending_at, lost.sent_at, lost.attempts) == (None, None, 1)
    assert lost.not_before > clock.now()


def test_server_that_is_not_there_holds_all_mails_up_and_none_is_to_blame(version, server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    intend(version, *people(3))
    deliver()
    for email in mails():
        state = (email.sending_at, email.sent_at, email.refused_at, email.attempts, email.lease_until, email.unsure_at)
        assert state == (None, None, None, 0, None, None)
    trouble = MailServer.objects.get()
    assert (trouble.why, trouble.failures) == ("unreachable", 1)
    assert "refused" in trouble.response
    assert sending.send_chunk() == 0 and not sending.waiting()

    settings.EMAIL_PORT = port
    end_leases()
    deliver()
    assert len(server.taken) == 3
    assert MailServer.objects.get().down_since is None


def test_pauses_grow_to_half_a_minute_and_end_at_the_first_mail(version, settings):
    pauses = []
    for _ in range(6):
        pausing.pause(MailServer.Trouble.UNREACHABLE, "no route")
        row = MailServer.objects.get()
        pauses.append(round((row.paused_until - clock.database_now()).total_seconds()))
        MailServer.objects.update(paused_until=clock.now() - timedelta(seconds=1))
    since = row.down_since
    pausing.pause(MailServer.Trouble.LOGIN, "535 no")
    assert pauses == [5, 10, 20, 30, 30, 30]
    row = MailServer.objects.get()
    assert row.down_since == since
    assert (row.paused_until - clock.database_now()).total_seconds() > 200


def test_sender_that_is_refused_is_not_held_against_the_reader(version, server):
    server.refuses_us = True
    intend(version, person())
    deliver()
    (email,) = mails()
    assert (email.refused_at, email.attempts) == (None, 0)
    trouble = MailServer.objects.get()
    assert (trouble.why, trouble.response) == ("sender", "550 5.7.1 Sender not allowed")

    server.refuses_us = False
    end_leases()
    deliver()
    assert [to for to, _ in server.taken] == ["amal@example.org"]
    assert mails()[0].unsure_at is None


def test_login_that_is_refused_is_told_to_the_operator_once(version, server, settings, caplog):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "laurel", "wrong"
    intend(version, person())
    for _ in range(3):
        deliver()
        end_leases()

    (email,) = mails()
    assert (email.refused_at, email.sending_at, email.attempts) == (None, None, 0)
    trouble = MailServer.objects.get()
    assert (trouble.why, trouble.failures) == ("login", 3)
    assert trouble.response.startswith("535")
    assert [record.getMessage().count("mail_server_down") for record in caplog.records].count(1) == 1
    assert "wrong" not in caplog.text


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
