"""The weekly mail: only for who asked, on Monday morning where they are, once a week, with something to say, stopped by one click."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from issuers import clock
from issuers.tenancy import across_issuers
from recipients import digesting, emails, links, sending
from recipients.models import Digest, MailStop, OutgoingEmail
from tests import factories
from tests.architecture.walk import signed_in
from tests.recipients.running import deed, running

pytestmark = pytest.mark.django_db
# A Thursday; Monday follows on the 30th.
THURSDAY = datetime(2026, 11, 26, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def user():
    return factories.UserFactory(email="amal@example.org", name="Amal Student", time_zone="Europe/London")


@pytest.fixture
def me(issuer, user):
    return factories.RecipientFactory(issuer=issuer, address=user.email, user=user)


@pytest.fixture
def asked(user, issuer, me):
    """Two of three webinars, and the mail wanted since Thursday."""
    running(issuer, "Curious Learner")
    with time_machine.travel(THURSDAY, tick=False):
        deed(me, "one"), deed(me, "two")
    with clock.at(THURSDAY), across_issuers("a test"):
        digesting.answer(user, on=True)
    return user


def write(at):
    """What workers write at a moment."""
    with clock.at(at):
        digesting.write_chunk()
    with across_issuers("a test looks"):
        return OutgoingEmail.objects.filter(kind="digest").count()


def test_mail_comes_on_monday_at_seven_and_not_before(asked):
    assert write(MONDAY + timedelta(hours=6, minutes=59)) == 0
    assert write(MONDAY + timedelta(hours=7)) == 1


def test_mail_comes_at_most_once_a_week(asked):
    for hours in (7, 7.5, 24, 72):
        assert write(MONDAY + timedelta(hours=hours)) == 1
    with across_issuers("a worker died before it had moved on"):
        Digest.objects.update(next_at=MONDAY + timedelta(hours=7))
    assert write(MONDAY + timedelta(hours=8)) == 1
    assert write(MONDAY + timedelta(days=7, hours=7)) == 2


def test_seven_is_where_the_person_is(issuer, me, user):
    issuer.time_zone = "Asia/Tokyo"
    issuer.save()
    user.time_zone = ""
    with across_issuers("a test"), clock.at(THURSDAY):
        digesting.answer(user, on=True)

    assert Digest.objects.get().next_at == datetime(2026, 11, 29, 22, tzinfo=UTC)


def test_monday_that_workers_missed_is_left_out(asked):
    assert write(MONDAY + timedelta(days=2)) == 0
    assert Digest.objects.get().next_at == MONDAY + timedelta(days=7, hours=7)


def test_nothing_to_say_is_no_mail(user, issuer, me):
    running(issuer, "Curious Learner")
    with clock.at(THURSDAY), across_issuers("a test"):
        digesting.answer(user, on=True)

    assert write(MONDAY + timedelta(hours=7)) == 0


def test_what_has_been_lying_for_weeks_is_not_said_again(asked):
    assert [write(MONDAY + timedelta(days=7 * week, hours=7)) for week in range(4)] == [1, 2, 2, 2]


def test_one_persons_failure_is_not_the_others(asked, issuer, monkeypatch):
    other = factories.UserFactory(time_zone="Europe/London")
    factories.RecipientFactory(issuer=issuer, address=other.email, user=other)
    factories.DigestFactory(user=other, on_at=THURSDAY, next_at=MONDAY + timedelta(hours=6))
    real = digesting.tell

    def poisoned(me):
        if me.user == other:
            raise ValueError("poison")
        return real(me)

    monkeypatch.setattr(digesting, "tell", poisoned)

    assert write(MONDAY + timedelta(hours=7)) == 1
    assert Digest.objects.get(user=other).next_at == MONDAY + timedelta(days=7, hours=7)


def test_mail_says_progress_and_step_and_leaves_nothing_behind(asked):
    write(MONDAY + timedelta(hours=7))
    sending.send_chunk()
    if not mail.outbox:
        with across_issuers("a test makes it due"):
            OutgoingEmail.objects.update(not_before=THURSDAY - timedelta(days=900))
        sending.send_chunk()

    (message,) = mail.outbox
    said = message.body.translate(str.maketrans("", "", "\u2068\u2069"))
    assert message.to == ["amal@example.org"]
    assert "Curious Learner, 2 of 3\n  Attend 1 more session tagged “webinar”." in said
    assert "Attend 1 more session" in message.alternatives[0].content
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with across_issuers("a test looks"):
        assert OutgoingEmail.objects.get().context == {}


def test_one_click_stops_this_mail_and_no_other(asked):
    write(MONDAY + timedelta(hours=7))
    with across_issuers("a test reads a mail"):
        email = OutgoingEmail.objects.get()
    address = reverse("stop", args=[links.stop_token(email)])
    client = Client(enforce_csrf_checks=True)
    assert "Stop the weekly mail?" in client.get(address).content.decode()
    assert Digest.objects.get().on_at is not None

    client.post(address, {"List-Unsubscribe": "One-Click"})

    assert Digest.objects.get().stopped_at is not None
    assert not MailStop.objects.exists()
    with across_issuers("what was written before does not leave"), pytest.raises(emails.Unsendable, match="stopped"):
        emails.compose(email)
    assert write(MONDAY + timedelta(days=7, hours=7)) == 1


def test_whoever_wants_nothing_at_all_can_say_so_there_too(asked):
    write(MONDAY + timedelta(hours=7))
    with across_issuers("a test reads a mail"):
        address = reverse("stop", args=[links.stop_token(OutgoingEmail.objects.get())])

    Client().post(address, {"from": "everybody"})

    assert MailStop.objects.get().issuer is None


def test_it_is_asked_once_and_off_until_somebody_says_yes(user, issuer, me):
    running(issuer, "Curious Learner")
    deed(me, "one")
    wallet = signed_in(user)
    assert "A short mail on Monday mornings?" in wallet.get(reverse("wallet")).content.decode()
    assert not Digest.objects.exists()

    wallet.post(reverse("wallet-digest"), {"on": "0", "from": "wallet"})

    assert "A short mail on Monday mornings?" not in wallet.get(reverse("wallet")).content.decode()
    assert Digest.objects.get().next_at is None
    wallet.post(reverse("wallet-digest"), {"on": "1"})
    assert Digest.objects.get().next_at is not None
