"""A mail server that takes long: whoever waits for it is no dead worker, and what others took meanwhile is theirs."""

import math
import threading
import time
from concurrent.futures import Future
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends import locmem
from django.db import OperationalError

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import failing, holding, mail_queue, noting, posting, readying, sending
from recipients.conversing import Fate, Letter, Outcome
from recipients.models import AchievementCredential, OutgoingEmail
from recipients.tasks import remind
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import publish
from tests.recipients.passing import days_pass, mailed
from tests.recipients.test_moods import ready, send
from tests.recipients.test_pipeline import end_leases, mails

pytestmark = COMMITTED
MINUTE = timedelta(minutes=1)


class Slow(locmem.EmailBackend):
    """Takes every mail after a while, or once it is let."""

    seconds = 0.0
    gate = threading.Event()

    def send_messages(self, messages):
        self.gate.wait(self.seconds)
        return super().send_messages(messages)


@pytest.fixture
def slow(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    settings.MAIL_CONNECTIONS = 2
    monkeypatch.setattr(Slow, "gate", threading.Event())
    monkeypatch.setattr(posting, "SOON", 0.02)
    monkeypatch.setattr(posting, "PATIENCE", 0.05)


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def chunk(limit=10):
    """What a worker takes, and has in hand."""
    with across_issuers("a worker takes"):
        taken = mail_queue.take(limit, MINUTE)
        return sending._Chunk(taken, readying.Ready(taken), posting.Post())


def test_slow_server_makes_nobody_a_dead_worker(version, slow, monkeypatch, mailoutbox):
    monkeypatch.setattr(Slow, "seconds", 0.6)
    monkeypatch.setattr(sending, "FIRST_LEASE", timedelta(seconds=0.3))
    ready(version, *(f"p{n}" for n in range(6)))

    sending.send_chunk()
    assert {mail.lease_until for mail in mails() if not mail.sent_at} <= {None}
    send()

    assert {(mail.sent_at is not None, mail.attempts, mail.crashes, mail.unsure_at) for mail in mails()} == {
        (True, 1, 0, None)
    }
    assert len(mailoutbox) == 6


def test_chunk_that_waits_for_connections_ends_in_time_and_gives_the_rest_back(slow, monkeypatch):
    monkeypatch.setattr(Slow, "seconds", 30)
    letters = [Letter(n, f"p{n}@example.org", "us@example.org", EmailMultiAlternatives()) for n in range(5)]
    with posting.Post() as post:
        began = time.monotonic()
        post.ends = began + 0.5
        done, left = post.hand_over(letters, lambda _done: None)
        took = time.monotonic() - began
        Slow.gate.set()
        rest, _returned = post.rest()

    assert (done, left) == ([], letters[2:])
    assert took < 10
    assert sorted(letter.pk for letter, _outcome in rest) == [0, 1]


def test_late_worker_leaves_what_another_has_taken_meanwhile(version):
    ready(version, "p1", "p2")
    late = chunk()
    end_leases()
    other = chunk()
    with across_issuers("the other one hands them over"):
        assert sending._mark(list(other.mails.values())) == other.mails.keys()
    theirs = [(mail.attempts, mail.lease_until, mail.sending_at) for mail in mails()]

    late._put_back(list(late.mails))
    with across_issuers("the late one would go on"):
        assert sending._mark(list(late.mails.values())) == set()

    assert [(mail.attempts, mail.lease_until, mail.sending_at) for mail in mails()] == theirs
    assert all(lease and sending_at for _attempts, lease, sending_at in theirs)


def test_worker_whose_lease_ended_goes_on_where_nobody_took_its_mails(version):
    ready(version, "p1", "p2")
    late = chunk()
    end_leases()

    with across_issuers("it goes on"):
        assert sending._mark([next(iter(late.mails.values()))]) == {next(iter(late.mails))}
    late._put_back(list(late.mails))

    found = {(mail.attempts, mail.crashes, mail.lease_until, mail.sending_at) for mail in mails()}
    assert found == {(0, 0, None, None)}


def test_mail_that_was_withdrawn_or_readdressed_after_it_was_taken_does_not_leave(version):
    ready(version, "p1", "p2", "p3")
    taken = chunk()
    withdrawn, readdressed, well = taken.mails
    with across_issuers("meanwhile"):
        OutgoingEmail.objects.filter(pk=withdrawn).update(cancelled_at=clock.now())
        OutgoingEmail.objects.filter(pk=readdressed).update(to="new@example.org")
        assert sending._mark(list(taken.mails.values())) == {well}

    (again,) = mails(pk=readdressed)
    assert (again.attempts, again.lease_until, again.sending_at) == (0, None, None)


def test_database_that_is_away_at_the_look_for_others_costs_no_mail_anything(version, monkeypatch, mailoutbox):
    ready(version, *(f"p{n}" for n in range(4)))
    looks = []

    def asked_for():
        looks.append(len(mailoutbox))
        if len(looks) == 2:
            raise OperationalError("the database restarts")
        return False

    monkeypatch.setattr(sending, "LOOK", 0)
    monkeypatch.setattr(mail_queue, "asked_for", asked_for)
    sending.send_chunk()
    assert looks == [0, 1]
    assert [mail.sent_at is not None for mail in mails()] == [True, False, False, False]
    send()

    assert len(mailoutbox) == 4
    assert {(mail.attempts, mail.crashes, mail.unsure_at) for mail in mails()} == {(1, 0, None)}


def stop(award):
    """As when another worker finds a wrong signature in it."""
    failing._stop_batch(
        AchievementCredential.objects.listed().filter(award=award).first(), ValueError("a wrong signature")
    )


def revoke(award):
    AchievementCredential.objects.filter(award=award).update(revoked_at=clock.now(), revocation_reason="By mistake.")


@pytest.mark.parametrize(("end", "response"), [(stop, ""), (revoke, "revoked")])
def test_no_letter_leaves_of_a_batch_that_was_ended_after_it_was_taken(version, mailoutbox, end, response):
    award = ready(version, "p1", "p2", "p3")
    taken = chunk()
    with across_issuers("meanwhile"):
        end(award)
    with taken.post:
        taken.send()

    assert {(mail.attempts, mail.crashes, mail.lease_until, mail.sending_at) for mail in mails()} == {
        (0, 0, None, None)
    }
    send()
    assert mailoutbox == []
    assert {(mail.response, mail.cancelled_at is not None) for mail in mails()} == {(response, bool(response))}


class Died(BaseException):
    """A worker, at once."""


def test_worker_that_dies_over_one_reminder_leaves_the_others_to_the_next(db, monkeypatch, mailoutbox):
    for n in range(4):
        mailed(address=f"p{n}@example.org")
    days_pass(3)
    remind()
    original, calls = posting.Post.hand_over, []

    def hand_over(post, letters, meanwhile):
        calls.append(letters)
        if len(calls) == 2:
            raise Died
        return original(post, letters, meanwhile)

    monkeypatch.setattr(posting.Post, "hand_over", hand_over)
    with pytest.raises(Died):
        sending.send_chunk()
    end_leases()
    assert sending.give_up_crashed() == 1
    send()

    assert [bool(mail.sent_at) for mail in mails(kind="reminder")] == [True, False, True, True]
    assert len(mailoutbox) == 3
    assert {len(letters) for letters in calls} == {1}


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.DEFERRED, Fate.UNKNOWN, Fate.BROKEN])
def test_answer_to_a_mail_in_flight_does_not_write_down_an_address_that_was_erased(version, fate):
    ready(version, "p1", "p2")
    taken = chunk()
    erased, other = taken.mails.values()
    said = "The mailbox <{}> is not here"
    with across_issuers("its person is erased while the mail is on its way"):
        sending._mark(list(taken.mails.values()))
        holding._forget_credential(AchievementCredential.objects.get(pk=erased.credential_id))
        noting.note([(mail, Outcome(fate, said.format(mail.to))) for mail in (erased, other)])

    first, second = mails()
    assert (first.to, first.response, first.lease_until) == ("", "", None)
    assert (first.refused_at or first.failed_at or first.deferred_since) is not None
    assert second.response == said.format("p2@example.org")


def test_what_another_took_and_gave_back_is_not_given_back_twice(version):
    ready(version, "p1")
    for _ in range(2):
        chunk()
        end_leases()
    late = chunk()
    end_leases()
    other = chunk()
    other._put_back(list(other.mails))
    late._put_back(list(late.mails))

    (mail,) = mails()
    assert (mail.attempts, mail.lease_until) == (3, None)


def test_patience_with_a_quick_server_is_short_and_with_a_slow_one_a_second(monkeypatch):
    waited = []
    monkeypatch.setattr(posting, "wait", lambda tasks, timeout=None, **_more: waited.append(timeout) or _Nothing)
    monkeypatch.setattr(posting, "PATIENCE", 1.0)
    for usual, whole in ((math.inf, 1.0), (0.002, 0.1), (0.03, 0.3), (2.0, 1.0)):
        post = posting.Post()
        post.usual = usual
        waited.clear()
        post._wait(Future(), lambda done: None)
        assert sum(waited) == pytest.approx(whole), usual


def test_how_long_a_group_takes_is_learnt_from_those_that_were_not_held_up():
    post, task = posting.Post(), Future()
    post._wait(task, lambda done: None)
    assert post.usual == math.inf

    task.set_result(None)
    for _again in range(3):
        post._wait(task, lambda done: None)
    assert post.usual < posting.LEAST


class _Nothing:
    done = frozenset()
