"""From a decision to a mail, on the real engines: each once, whatever stops in between."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connections
from django.db.models.functions import Now
from django.utils import timezone

from badges.models import Achievement, AchievementVersion
from badges.openbadges import validate
from issuers import clock, keys, media
from issuers.models import AuditEvent, Issuer
from issuers.signing import proofs
from issuers.tenancy import across_issuers, scope
from recipients import chunking, correcting, delivering, failing, issuing, mail_queue, printing, sending
from recipients.models import AchievementCredential, Award, Evidence, MailServer, OutgoingEmail, Recipient
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import FULL, deliver, intend, issued, issuer_with_keys, people, person, publish, renamed

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def rows(**conditions):
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.listed().filter(**conditions).order_by("id"))


def mails(**conditions):
    with across_issuers("a test looks"):
        return list(OutgoingEmail.objects.filter(**conditions).order_by("id"))


def end_leases():
    """As if the time of every lease were over."""
    with across_issuers("a test lets time pass"):
        past = Now() - timedelta(seconds=1)
        AchievementCredential.objects.filter(lease_until__isnull=False).update(lease_until=past)
        OutgoingEmail.objects.filter(lease_until__isnull=False).update(lease_until=past)
        OutgoingEmail.objects.waiting().update(not_before=past)
    MailServer.objects.update(paused_until=past)


# The way through.


def test_credential_is_signed_printed_and_mailed_once(version):
    intend(version, FULL)
    (row,) = rows()
    assert (row.signed_at, row.rendered_at, row.offered_at) == (None, None, None)

    deliver()

    (row,) = rows()
    assert row.signed_at and row.rendered_at and row.offered_at
    assert (row.attempts, row.lease_until, row.failed_at, row.failure) == (0, None, None, "")
    assert printing.fetch(row.pdf).startswith(b"%PDF-1.7")
    assert [message.to for message in mail.outbox] == [["amal@example.org"]]
    assert (delivering.sign_chunk(), delivering.render_chunk(), sending.send_chunk()) == (0, 0, 0)


def test_signed_text_is_the_promised_one_and_verifies(version):
    row = issued(version)
    document = json.loads(row.signed)
    with scope(row.issuer):
        key = keys.public_key(row.issuer, document["proof"]["verificationMethod"].partition("#")[2])

    proofs.verify(document, key, validate.load_context)
    assert row.signed.startswith(row.document[:-1])
    assert document["id"] == row.url
    assert row.url.endswith(f"/c/{row.public_id}")


def test_everything_the_list_said_is_promised(version):
    row = issued(version, FULL)
    subject = json.loads(row.document)["credentialSubject"]

    assert {"type": "IdentityObject", "hashed": False, "identityHash": FULL.name, "identityType": "name"} in subject[
        "identifier"
    ]
    assert [result["value"] for result in subject["result"]] == ["A", "B 12"]
    assert subject["narrative"] == FULL.narrative
    assert json.loads(row.document)["evidence"][0]["id"] == "https://example.org/poster/1"
    assert json.loads(row.document)["awardedDate"] == "2026-11-20T00:00:00Z"
    with across_issuers("a test looks"):
        assert Evidence.objects.get().credential_id == row.pk
        assert Recipient.objects.get().student_id == "S00001"


def test_award_is_in_the_trail_and_closes_the_short_name(version):
    award = intend(version, *people(3))

    with across_issuers("a test looks"):
        event = AuditEvent.objects.get(action="award.made")
        assert Issuer.objects.get(pk=version.issuer_id).frozen_at is not None
    assert event.subject_id in {str(award.pk), award.public_id}
    assert award.total == 3


# Once.


def test_same_request_gives_the_first_award_again(version):
    first = intend(version, *people(2), key="pressed twice")
    second = intend(version, *people(5), key="pressed twice")

    assert first == second
    assert len(rows()) == 2


def test_same_people_are_awarded_nothing_by_a_second_file(version):
    intend(version, *people(3), key="one")
    second = intend(version, *people(4), key="two")

    assert (second.total, second.already) == (1, 3)
    assert len(rows()) == len(mails()) == 4


def test_person_who_stands_twice_in_one_list_is_awarded_once(version):
    award = intend(version, person(), renamed(person(address="AMAL@example.org", line=9), "Amal Again"))

    assert award.total == 1
    assert [row.name for row in rows()] == ["Amal Student"]


def test_two_lists_at_the_same_time_award_each_person_once(version):
    gate = threading.Barrier(4)
    failures = []

    def run(number):
        try:
            gate.wait(10)
            intend(version, *people(20), key=f"list {number}")
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(rows()) == len(mails()) == 20
    assert len({row.status_index for row in rows()}) == 20


def test_somebody_whose_credential_ended_can_be_awarded_again(version):
    row = issued(version, person())
    with scope(version.issuer):
        assert correcting.revoke(row, reason="Wrong person", by=None)

    again = intend(version, person(), key="again")

    assert again.total == 1
    assert [row.award_key for row in rows()] == ["once", "once/2"]


@pytest.mark.parametrize("workers", [3])
def test_workers_at_the_same_time_sign_print_and_mail_each_row_once(version, workers):
    intend(version, *people(12))

    def run():
        try:
            deliver()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deliver()

    assert len(mail.outbox) == 12
    assert len({message.to[0] for message in mail.outbox}) == 12
    assert {(row.signed_at is not None, row.rendered_at is not None) for row in rows()} == {(True, True)}


# Who may.


@pytest.mark.parametrize(
    ("model", "values", "code"),
    [
        (Issuer, {"approved_at": None}, "not_approved"),
        (Issuer, {"closed_at": timezone.now()}, "closed"),
        (Achievement, {"archived_at": timezone.now()}, "archived"),
    ],
)
def test_nothing_is_issued_when_it_may_not_be(version, model, values, code):
    with across_issuers("a test arranges"):
        model.objects.update(**values)
        version = AchievementVersion.objects.select_related("achievement", "issuer").get()

    with pytest.raises(issuing.NotAllowed) as caught:
        intend(version, FULL)

    assert caught.value.code == code
    assert rows() == mails() == []
    with across_issuers("a test looks"):
        assert not Award.objects.exists()


# The undo window.


def test_mails_wait_for_the_end_of_the_undo_window(version):
    award = intend(version, FULL, skip_undo=False)
    deliver()

    assert award.release_at > clock.now()
    assert rows()[0].rendered_at is not None
    assert mail.outbox == []

    with scope(version.issuer):
        assert correcting.release(award, by=None)
        assert not correcting.release(award, by=None)
    deliver()
    assert len(mail.outbox) == 1


def test_batch_cancelled_in_the_undo_window_mails_nobody(version):
    award = intend(version, *people(3), skip_undo=False)
    with scope(version.issuer):
        assert correcting.cancel_award(award, by=None) == 3
    end_leases()
    deliver()

    assert mail.outbox == []
    assert {email.response for email in mails()} == {"withdrawn"}
    assert [row.signed_at for row in rows()] == [None, None, None]


# Crashes.


def test_rows_of_a_dead_worker_are_taken_again_after_their_lease(version):
    intend(version, *people(2))
    assert len(chunking.take(delivering.UNSIGNED, 200)) == 2

    assert delivering.sign_chunk() == 0
    end_leases()
    assert delivering.sign_chunk() == 2
    deliver()

    assert len(mail.outbox) == 2
    assert {row.attempts for row in rows()} == {0}


def test_worker_that_comes_back_late_changes_nothing(version):
    intend(version, FULL)
    (slow,) = chunking.take(delivering.UNSIGNED, 200)
    end_leases()
    deliver()
    (before,) = rows()

    with scope(version.issuer):
        delivering._sign(slow, lambda: keys.signer(slow.issuer))
        failing._put_back(slow, RuntimeError("too late"))

    (after,) = rows()
    assert (after.signed, after.signed_at, after.failure) == (before.signed, before.signed_at, "")


def test_file_without_its_row_is_printed_again_under_the_same_name(version):
    intend(version, FULL)
    delivering.sign_chunk()
    (row,) = chunking.take(delivering.UNRENDERED, 50)
    with scope(version.issuer):
        key = printing.keep(row)
    end_leases()
    deliver()

    (row,) = rows()
    assert row.pdf == key
    assert printing.fetch(row.pdf).startswith(b"%PDF")


def test_mail_whose_fate_is_unknown_goes_again_with_the_same_id_and_says_so(version):
    intend(version, FULL)
    delivering.sign_chunk()
    delivering.render_chunk()
    with across_issuers("a worker that died after the server took it"):
        (email,) = mail_queue.take(1, sending.FIRST_LEASE)
        OutgoingEmail.objects.filter(pk=email.pk).update(sending_at=clock.now())
    end_leases()
    deliver()

    (email,) = mails()
    assert email.sent_at and email.unsure_at
    assert mail.outbox[0].extra_headers["Message-ID"] == email.message_id


def test_row_that_takes_its_worker_down_is_set_aside_after_five_times(version):
    intend(version, *people(2))
    poison = rows()[0]
    for _ in range(delivering.ATTEMPTS):
        with across_issuers("only the poison is taken"):
            AchievementCredential.objects.filter(pk=poison.pk).update(attempts=poison.attempts)
        queue = replace(delivering.UNSIGNED, waiting=f"{delivering.UNSIGNED.waiting} AND q.id = {poison.pk}")
        chunking.take(queue, 1, alone=poison.attempts > 0)
        poison = rows(pk=poison.pk)[0]
        end_leases()

    assert delivering.give_up_crashed() == 1
    deliver()

    failed, well = rows()
    assert failed.failed_at is not None
    assert "five times" in failed.failure
    assert well.offered_at is not None
    with scope(version.issuer):
        assert delivering.try_again(failed)
    deliver()
    assert rows()[0].offered_at is not None


def test_row_that_cannot_be_printed_is_tried_five_times_and_its_neighbours_go_on(version):
    broken = publish(version.issuer, name="Without its picture", picture=media.fetch(version.badge_picture))
    default_storage.delete(broken.badge_picture)
    intend(broken, person(), key="broken")
    intend(version, *people(2), key="well")

    for attempt in range(1, delivering.ATTEMPTS + 1):
        deliver()
        row = rows(version=broken)[0]
        assert row.attempts == attempt
        assert (row.failed_at is not None) == (attempt == delivering.ATTEMPTS)
        assert row.failure.startswith("MissingFile")
        end_leases()
    deliver()

    assert [row.offered_at is not None for row in rows(version=version)] == [True, True]
    assert len(mail.outbox) == 2


def test_small_batch_does_not_wait_behind_a_large_one():
    large, small = publish(issuer_with_keys()), publish(issuer_with_keys())
    intend(large, *people(delivering.RENDER_CHUNK + 10), key="large")
    intend(small, person(), key="small")
    delivering.sign_chunk()

    taken = chunking.take(delivering.UNRENDERED, delivering.RENDER_CHUNK)

    assert small.issuer_id in {row.issuer_id for row in taken}


def test_validity_of_months_ends_on_the_same_day_of_the_month():
    version = publish(IssuerFactory(), valid_months=15)
    with clock.at(timezone.now().replace(year=2026, month=8, day=31, hour=12)):
        intend(version, person())

    assert rows()[0].expires_at.date().isoformat() == "2027-11-30"


@pytest.mark.parametrize(
    ("zone", "awarded", "months", "ends"),
    [
        ("America/Los_Angeles", datetime(2027, 1, 30, 17), 1, "28 February 2027"),
        ("Europe/London", datetime(2027, 1, 15, 23, 30), 6, "15 July 2027"),
        ("Asia/Tokyo", datetime(2027, 3, 1, 8), 12, "1 March 2028"),
    ],
)
def test_months_are_counted_where_the_institution_is(zone, awarded, months, ends):
    version = publish(IssuerFactory(time_zone=zone), valid_months=months)
    with clock.at(awarded.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)):
        intend(version, person())

    assert printing.values(rows()[0]).expires == ends
