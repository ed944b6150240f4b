"""Each mood of a mail server (SECURITY R5): what becomes of its mail, and that nobody else's waits for it."""

import ssl
import time
from datetime import timedelta

import pytest

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import noting, posting, sending
from recipients.models import AchievementCredential, MailServer, OutgoingEmail
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.faults.moods import MOODS, MoodyServer, nobody
from tests.published import intend, person, publish
from tests.recipients.test_pipeline import end_leases, mails

pytestmark = COMMITTED


@pytest.fixture(scope="module")
def _listening():
    with MoodyServer() as server:
        yield server


@pytest.fixture
def server(_listening, settings, monkeypatch):
    """Quick to lose patience, so that tests need not have much."""
    _listening.moods.__init__(slow=0.3)
    by_smtp(settings, _listening.port)
    settings.EMAIL_TIMEOUT = 1
    monkeypatch.setattr(posting, "SOON", 0.02)
    monkeypatch.setattr(posting, "PATIENCE", 0.1)
    return _listening.moods


def by_smtp(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def ready(version, *names, key="request"):
    """Offers to these, as if they were signed and printed: their mails can leave."""
    who = [person(f"Person {name}", f"{name}@example.org", line=n + 2) for n, name in enumerate(names)]
    award = intend(version, *who, key=key)
    with across_issuers("a test arranges"):
        rows = AchievementCredential.objects.filter(award=award)
        rows.update(signed="{}", signed_at=clock.now(), rendered_at=clock.now())
    return award


def send():
    """Until nothing can leave now; the seconds that it took."""
    began = time.monotonic()
    while sending.send_chunk():
        continue
    return time.monotonic() - began


def one(name):
    (found,) = mails(to=f"{name}@example.org")
    return found


def stand(mail):
    """refused, failed, taken or waits; and whether the row says that it may be a repeat, or that it is in the air."""
    ends = {"refused": mail.refused_at, "failed": mail.failed_at, "taken": mail.sent_at}
    return next((word for word, moment in ends.items() if moment), "waits"), bool(mail.unsure_at), bool(mail.sending_at)


def test_greylisted_mail_is_taken_when_it_comes_again(version, server):
    ready(version, "grey1")
    send()
    assert stand(one("grey1")) == ("waits", False, False)
    assert one("grey1").response == "450 4.7.1 Greylisted"
    assert timedelta(seconds=50) < one("grey1").not_before - clock.now() <= timedelta(minutes=1)

    end_leases()
    send()
    assert stand(one("grey1")) == ("taken", False, True)
    assert server.people() == {"grey1@example.org": 1}


@pytest.mark.parametrize(
    ("name", "said"), [("gone1", "550 5.1.1"), ("spam1", "554 5.7.1"), ("big1", "552 5.3.4 Message too big")]
)
def test_hard_refusal_is_final_at_once(version, server, name, said):
    ready(version, name, "ok1")
    for _ in range(2):
        send()
        end_leases()

    assert stand(one(name)) == ("refused", False, False)
    assert one(name).response.startswith(said)
    assert server.tries[f"{name}@example.org"] == 1
    assert server.people() == {"ok1@example.org": 1}


@pytest.mark.parametrize("name", ["closing1", "drop1", "mute1", "full1"])
def test_mail_that_was_certainly_not_taken_waits_and_is_no_repeat(version, server, name):
    ready(version, name, "ok1", "ok2")
    send()

    found = one(name)
    # Cut off in the middle, nobody can say what the server had: the last bytes may have been on their way.
    unknown = name == "drop1" and found.sending_at is not None
    assert stand(found) == ("waits", False, unknown)
    assert found.attempts == 1 and found.not_before > clock.now()
    assert server.people() == {"ok1@example.org": 1, "ok2@example.org": 1}


def test_server_that_takes_a_mail_and_does_not_say_so_gets_it_twice_with_the_same_id_and_the_row_says_so(
    version, server
):
    ready(version, "lost1", "ok1")
    send()
    assert stand(one("lost1")) == ("waits", False, True)
    assert one("lost1").response.startswith("No answer to the whole mail")

    end_leases()
    send()
    assert stand(one("lost1")) == ("taken", True, True)
    ids = {message_id for to, message_id, _at in server.taken if to == "lost1@example.org"}
    assert server.people() == {"lost1@example.org": 2, "ok1@example.org": 1}
    assert ids == {one("lost1").message_id}


def test_never_twice_leaves_what_may_have_arrived_to_a_person(version, server, settings):
    settings.MAIL_NEVER_DUPLICATE = True
    ready(version, "lost1", "ok1", "ok2")
    for _ in range(3):
        send()
        end_leases()
        sending.give_up_crashed()

    assert stand(one("lost1")) == ("failed", True, True)
    assert server.people() == {"lost1@example.org": 1, "ok1@example.org": 1, "ok2@example.org": 1}
    with across_issuers("a test looks"):
        assert OutgoingEmail.objects.unknown().get() == one("lost1")


def test_never_twice_does_not_repeat_what_a_dead_worker_had_in_hand(version, server, settings):
    settings.MAIL_NEVER_DUPLICATE = True
    ready(version, "ok1", "ok2")
    with across_issuers("a worker died while it sent the first"):
        past = clock.now() - timedelta(minutes=1)
        OutgoingEmail.objects.filter(to="ok1@example.org").update(sending_at=past, lease_until=past, attempts=1)
    send()
    sending.give_up_crashed()
    send()

    assert stand(one("ok1")) == ("failed", True, True)
    assert server.people() == {"ok2@example.org": 1}


def test_connection_that_may_carry_so_many_mails_is_followed_by_another(version, server):
    server.most = 3
    ready(version, *(f"ok{n}" for n in range(10)))
    send()

    assert set(server.people().values()) == {1} and len(server.people()) == 10
    assert 4 <= server.connections <= 5
    assert {mail.attempts for mail in mails()} == {1}


def test_server_that_is_busy_at_once_pauses_everybody_and_blames_no_mail(version, server):
    server.busy = True
    ready(version, *(f"ok{n}" for n in range(5)))
    send()
    assert {(*stand(mail), mail.attempts, mail.lease_until) for mail in mails()} == {("waits", False, False, 0, None)}
    assert server.connections == 1
    assert (MailServer.objects.get().why, MailServer.objects.get().response) == ("busy", "421 4.3.2 Come later")

    server.busy = False
    end_leases()
    send()
    assert len(server.people()) == 5


def test_sender_that_is_refused_for_now_or_for_good_pauses_everybody(version, server):
    ready(version, "ok1", "ok2")
    for answer, why in (("451 4.3.0 Not today", "busy"), ("553 5.7.1 Not you", "sender")):
        server.sender = answer
        send()
        assert (MailServer.objects.get().why, MailServer.objects.get().response) == (why, answer)
        end_leases()
    server.sender = ""
    send()
    assert len(server.people()) == 2


def test_message_that_is_too_big_for_the_server_is_no_reason_to_pause(version, server):
    server.sender = "552 5.3.4 Message size exceeds fixed limit"
    ready(version, "ok1")
    send()
    assert stand(one("ok1")) == ("refused", False, False)
    assert not MailServer.objects.filter(down_since__isnull=False).exists()


def test_server_without_tls_gets_no_mail_where_tls_is_wanted(version, server, settings):
    settings.EMAIL_USE_TLS = True
    ready(version, "ok1")
    send()
    assert stand(one("ok1")) == ("waits", False, False)
    assert MailServer.objects.get().why == "tls"


def test_certificate_that_nobody_vouches_for_is_no_server_of_ours(version, settings, tmp_path):
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with MoodyServer(tls_context=context) as server:
        by_smtp(settings, server.port)
        settings.EMAIL_USE_TLS = True
        ready(version, "ok1")
        send()
        assert server.moods.taken == []
    assert MailServer.objects.get().why == "tls"
    assert "CERTIFICATE_VERIFY_FAILED" in MailServer.objects.get().response


def self_signed(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.org")])
    now = clock.now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
    ).sign(key, hashes.SHA256())
    pem, private = folder / "mail.pem", folder / "mail.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return pem, private


def test_password_that_is_refused_is_why_mails_wait(version, settings):
    with MoodyServer(authenticator=nobody, auth_require_tls=False) as server:
        by_smtp(settings, server.port)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "laurel", "wrong"
        ready(version, "ok1")
        send()
    assert (stand(one("ok1")), one("ok1").attempts) == (("waits", False, False), 0)
    assert MailServer.objects.get().why == "login"


def test_mailboxes_that_do_not_answer_hold_up_nobody_else(version, server):
    names = [f"{mood}{n}" for n in range(3) for mood in ("mute", "slow", "lost", "ok", "closing", "grey")]
    ready(version, *names, *(f"ok{n}" for n in range(10, 30)))
    began = time.monotonic()
    send()

    arrived = [at - began for to, _id, at in server.taken if to.startswith("ok")]
    assert len(arrived) == 23
    # Nine mails take a second or more each.
    assert max(arrived) < 5
    # Whoever ended a connection that had been used is asked once more over a new one.
    assert {to: times for to, times in server.tries.items() if times > 1}.keys() <= {
        f"closing{n}@example.org" for n in range(3)
    }


def test_second_connection_that_is_not_allowed_is_no_trouble(version, server, settings):
    settings.MAIL_CONNECTIONS = 4
    ready(version, "mute1", "ok1", "ok2")
    opened = server.connections

    async def handle_EHLO(smtp, session, envelope, hostname, responses):
        session.host_name, session.mails = hostname, 0
        return ["421 4.7.0 Too many connections"] if server.connections - opened > 1 else responses

    server.handle_EHLO = handle_EHLO
    try:
        send()
    finally:
        del server.handle_EHLO
    assert not MailServer.objects.filter(down_since__isnull=False).exists()


def test_chunk_ends_when_somebody_asks_for_a_mail_and_the_rest_is_as_it_was(version, server, monkeypatch, settings):
    ready(version, *(f"slow{n}" for n in range(6)))
    settings.MAIL_CONNECTIONS = 1
    monkeypatch.setattr(sending, "LOOK", 0)
    monkeypatch.setattr(sending, "GROUP", 1)
    original = posting.Post.hand_over

    def hand_over(post, letters, meanwhile):
        with across_issuers("somebody asks while the batch leaves"):
            OutgoingEmail.objects.get_or_create(
                message_id="<asked@example.org>",
                defaults={
                    "kind": "address_code",
                    "to": "ok99@example.org",
                    "context": {"code": "1"},
                    "not_before": clock.now(),
                },
            )
        return original(post, letters, meanwhile)

    monkeypatch.setattr(posting.Post, "hand_over", hand_over)
    sending.send_chunk()
    left = [mail for mail in mails(kind="offer") if not mail.sent_at]
    assert left and {(mail.attempts, mail.lease_until, mail.sending_at) for mail in left} == {(0, None, None)}
    sending.send_chunk()
    assert [to for to, _id, _at in server.taken][6 - len(left)] == "ok99@example.org"
    send()
    assert len(server.people()) == 7


def test_every_mood_has_a_test_of_its_own_or_is_in_the_mixture():
    assert set(MOODS) == {"ok", "grey", "closing", "gone", "spam", "big", "full", "mute", "lost", "drop", "slow"}
    assert noting.PATIENCE == timedelta(hours=72)
