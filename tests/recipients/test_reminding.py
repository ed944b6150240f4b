"""Reminders: on their day, once, and not to whom they would say nothing new."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.db import connections
from django.urls import reverse

from issuers import clock
from issuers.models import Issuer
from issuers.tenancy import across_issuers
from recipients import correcting, links, mail_queue, reminding, sending
from recipients.models import AchievementCredential, Award, MailStop, OutgoingEmail, Recipient
from recipients.tasks import remind
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MailStopFactory, UserFactory
from tests.recipients.passing import days_pass, ends_in, mailed, taken

pytestmark = pytest.mark.django_db
Kind = OutgoingEmail.Kind


def reminders(kind="reminder"):
    with across_issuers("a test looks"):
        return list(OutgoingEmail.objects.filter(kind=kind).order_by("id"))


def steps(kind="reminder"):
    return [row.sequence for row in reminders(kind)]


def a_day_of_work():
    """What beat and workers do on one day."""
    remind()
    sending.send_chunk()


def change(credential, **values):
    with across_issuers("a test changes"):
        AchievementCredential.objects.filter(pk=credential.pk).update(**values)


@pytest.fixture
def offer():
    return mailed()


def test_offer_is_reminded_of_on_day_3_10_and_24_and_a_week_before_it_lapses(offer):
    said = {}
    days = (1, 2, 3, 4, 9, 10, 11, 23, 24, 25, 172, 173, 174, 179, 180, 181)
    for gone, day in pairwise((0, *days)):
        days_pass(day - gone)
        before = len(mail.outbox)
        a_day_of_work()
        a_day_of_work()
        if len(mail.outbox) > before:
            said[day] = len(mail.outbox) - before

    assert said == {3: 1, 10: 1, 24: 1, 173: 1}
    assert steps() == [1, 2, 3, 4]


def test_reminder_opens_the_offer_and_says_until_when_in_both_forms(offer):
    days_pass(3)
    change(offer, offer_expires_at="2027-03-01T23:30:00Z")
    with across_issuers("a test changes"):
        Issuer.objects.update(time_zone="Asia/Tokyo")
    a_day_of_work()

    message = mail.outbox[-1]
    assert message.subject == f"Amal Student, {offer.words['name']} still waits for you"
    html = message.alternatives[0][0]
    (row,) = reminders()
    url = reverse("claim", args=[links.claim_token(row, offer.pk)])
    for text in (message.body, html):
        assert "2 March 2027" in text
        assert url in text
    with across_issuers("a test looks"):
        assert links.find(links.claim_token(row, offer.pk)).credential_id == offer.pk


def test_reader_who_is_known_reads_the_day_of_their_own_zone(offer):
    days_pass(3)
    change(offer, offer_expires_at="2027-03-01T23:30:00Z")
    with across_issuers("a test changes"):
        Issuer.objects.update(time_zone="Asia/Tokyo")
        Recipient.objects.update(user=UserFactory(time_zone="America/Lima"))
    a_day_of_work()

    assert "still waits" in mail.outbox[-1].subject
    assert "1 March 2027" in mail.outbox[-1].body


def test_workers_who_were_away_send_only_the_latest(offer):
    days_pass(30)
    a_day_of_work()
    assert steps() == [3]

    days_pass(1)
    a_day_of_work()
    assert steps() == [3]


def test_short_offer_is_not_reminded_of_on_the_day_it_was_mailed(offer):
    change(offer, offer_expires_at=clock.now() + timedelta(days=7))
    a_day_of_work()
    assert steps() == []

    days_pass(3)
    a_day_of_work()
    assert steps() == [1]


@pytest.mark.parametrize("moment", ["claimed_at", "declined_at", "cancelled_at", "revoked_at", "suspended_at"])
def test_nobody_is_reminded_of_what_is_settled(offer, moment):
    days_pass(3)
    extra = {"accepted_at": clock.now()} if moment == "claimed_at" else {}
    change(offer, **{moment: clock.now()}, **extra)
    a_day_of_work()

    assert steps() == []


@pytest.mark.parametrize("moment", ["bounced_at", "complained_at"])
def test_address_that_bounced_or_complained_is_left_alone(offer, moment):
    days_pass(3)
    with across_issuers("a test changes"):
        OutgoingEmail.objects.update(**{moment: clock.now()})
    a_day_of_work()

    assert steps() == []


def test_address_that_wants_no_mail_gets_no_reminder(offer):
    days_pass(3)
    MailStopFactory(address_key="amal@example.org", issuer=offer.issuer)
    a_day_of_work()

    assert steps() == []


def test_stop_at_another_institution_stops_nothing_here(offer):
    days_pass(3)
    MailStopFactory(address_key="amal@example.org", issuer=IssuerFactory())
    a_day_of_work()

    assert steps() == [1]


def test_institution_and_batch_can_switch_reminders_off(offer):
    other, third = mailed(address="bo@example.org"), mailed(address="cy@example.org")
    with across_issuers("a test changes"):
        Issuer.objects.filter(pk=offer.issuer_id).update(reminders=False)
        Award.objects.filter(pk=other.award_id).update(reminders_stopped_at=clock.now())
    days_pass(3)
    a_day_of_work()

    assert [row.credential_id for row in reminders()] == [third.pk]


def test_one_person_hears_once_a_day_whatever_waits(offer):
    mailed(offer.issuer)
    days_pass(3)
    a_day_of_work()
    a_day_of_work()
    assert len(reminders()) == 1

    days_pass(1)
    a_day_of_work()
    assert len({row.credential_id for row in reminders()}) == 2


def test_reminder_that_waits_for_a_worker_is_joined_by_no_other(offer):
    days_pass(3)
    remind()
    days_pass(8)
    remind()

    assert steps() == [1]


def test_reminder_loses_its_reason_when_the_offer_is_taken_meanwhile(offer):
    days_pass(3)
    remind()
    change(offer, accepted_at=clock.now(), claimed_at=clock.now())
    sending.send_chunk()

    (row,) = reminders()
    assert (row.sent_at, row.response) == (None, "claimed")
    assert row.cancelled_at


def test_reminder_that_may_have_left_is_not_sent_again(offer):
    days_pass(3)
    remind()
    with across_issuers("a worker died between the server's answer and our commit"):
        dead = {"sending_at": clock.now(), "attempts": 1, "lease_until": clock.now() - timedelta(seconds=1)}
        OutgoingEmail.objects.filter(kind="reminder").update(**dead)
    before = len(mail.outbox)
    sending.send_chunk()
    sending.give_up_crashed()
    sending.send_chunk()

    assert len(mail.outbox) == before
    (row,) = reminders()
    assert (row.sent_at, row.response) == (None, mail_queue.UNKNOWN)
    assert row.failed_at
    assert row.unsure_at


def test_sent_again_counts_from_the_newest_mail(offer):
    days_pass(2)
    with across_issuers("staff send it again"):
        correcting.resend(offer, by=None)
    days_pass(0)
    sending.send_chunk()
    days_pass(1)
    a_day_of_work()
    assert steps() == []

    days_pass(2)
    a_day_of_work()
    assert steps() == [1]


def test_holder_is_told_60_30_and_7_days_before_the_end():
    credential = taken()
    days_pass(300)
    said = {}
    for left in (70, 61, 60, 59, 31, 30, 29, 8, 7, 6, 1):
        ends_in(credential, left)
        days_pass(1)
        before = len(mail.outbox)
        a_day_of_work()
        if len(mail.outbox) > before:
            said[left] = len(mail.outbox) - before

    assert said == {60: 1, 30: 1, 7: 1}
    assert steps("expiring") == [1, 2, 3]
    message = mail.outbox[-1]
    assert message.to == [credential.holder.email]
    assert message.subject.startswith(f"Your {credential.words['name']} is good until ")
    assert reverse("wallet-credential", args=[credential.public_id]) in message.body
    assert reverse("wallet-credential", args=[credential.public_id]) in message.alternatives[0][0]


def test_nobody_is_told_of_an_end_that_was_near_when_they_taken():
    credential = taken()
    ends_in(credential, 20)
    a_day_of_work()
    assert steps("expiring") == []

    days_pass(13)
    ends_in(credential, 7)
    a_day_of_work()
    assert steps("expiring") == [3]


@pytest.mark.parametrize("moment", ["revoked_at", "suspended_at"])
def test_nobody_is_told_of_the_end_of_what_counts_no_more(moment):
    credential = taken()
    days_pass(300)
    ends_in(credential, 30)
    change(credential, **{moment: clock.now()})
    a_day_of_work()

    assert steps("expiring") == []


def test_windows_reach_everybody_and_a_second_run_nobody(monkeypatch):
    monkeypatch.setattr(reminding, "WINDOW", 3)
    issuer = IssuerFactory()
    for number in range(8):
        mailed(issuer, address=f"p{number}@example.org")
    days_pass(3)

    assert (reminding.write_due(), reminding.write_due()) == (8, 0)
    assert len({row.message_id for row in reminders()}) == 8


@COMMITTED
def test_workers_at_once_write_each_reminder_once(monkeypatch):
    monkeypatch.setattr(reminding, "WINDOW", 4)
    for number in range(12):
        mailed(address=f"p{number}@example.org")
    days_pass(3)
    wrong, start = [], threading.Barrier(6)

    def work():
        try:
            start.wait()
            reminding.write_due()
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reminding.write_due()

    assert wrong == []
    assert sorted((row.credential_id, row.sequence) for row in reminders()) == sorted(
        (row.credential_id, 1) for row in reminders()
    )
    assert len(reminders()) == 12
    with across_issuers("a test looks"):
        assert MailStop.objects.count() == 0
