"""A chunk at once comes to what its rows alone come to; whatever fails in it falls out alone."""

import errno
import json
import threading
import time
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, connections
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from issuers import clock
from issuers.models import Role
from issuers.tenancy import across_issuers, scope
from recipients import chunking, correcting, delivering, failing, printing
from recipients.models import AchievementCredential
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory
from tests.printed import content
from tests.published import FULL, deliver, intend, issuer_with_keys, people, person, publish, reread

pytestmark = pytest.mark.django_db
AS_BEFORE = {"signed": "", "signed_at": None, "rendered_at": None, "pdf": ""}


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def rows(**conditions):
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.listed().filter(**conditions).order_by("id"))


def columns():
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.order_by("id").values())


def set_all(**values):
    with across_issuers("a test arranges"):
        AchievementCredential.objects.update(**values)


def end_leases():
    with across_issuers("a test lets time pass"):
        AchievementCredential.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(hours=1))


# As the slow way.


def test_signing_a_chunk_writes_what_signing_each_alone_writes(version):
    intend(version, FULL, *people(6))
    with clock.at(timezone.now()):
        assert delivering.sign_chunk() == 7
        together = columns()
        set_all(**AS_BEFORE)
        for row in chunking.take(delivering.UNSIGNED, 10):
            with scope(row.issuer):
                delivering._sign(row, delivering._signer(row.issuer))

        assert together == columns()
    assert {row["signed_with"] for row in together} != {None}
    assert {(row["attempts"], row["lease_until"], row["failure"]) for row in together} == {(0, None, "")}


def test_printing_a_chunk_writes_what_printing_each_alone_writes(version):
    intend(version, FULL, *people(3))
    delivering.sign_chunk()
    with clock.at(timezone.now()):
        assert delivering.render_chunk() == 4
        together, papers = columns(), [content(printing.fetch(row.pdf)) for row in rows()]
        set_all(rendered_at=None, pdf="")
        for row in chunking.take(delivering.UNRENDERED, 10):
            with scope(row.issuer):
                delivering._render(row)
        alone = columns()

    assert together == alone
    assert papers == [content(printing.fetch(row.pdf)) for row in rows()]
    assert [attached.decode() for attached, _text in papers] == [row.signed for row in rows()]


def test_chunk_asks_the_database_as_often_for_forty_as_for_four(version):
    intend(version, *people(44))
    with CaptureQueriesContext(connection) as few:
        assert chunking.work(delivering.UNSIGNED, 4, delivering._signing, task="none") == 4
    with CaptureQueriesContext(connection) as many:
        assert chunking.work(delivering.UNSIGNED, 40, delivering._signing, task="none") == 40

    assert len(many) <= len(few)
    assert all(row.signed_at for row in rows())


# What fails falls out alone.


def test_document_that_may_not_be_signed_is_set_aside_and_its_neighbours_are_signed(version):
    intend(version, *people(5))
    spoilt = rows()[2]
    document = {**json.loads(spoilt.document), "nobodysTerm": "lost"}
    with across_issuers("a test spoils one"):
        AchievementCredential.objects.filter(pk=spoilt.pk).update(document=json.dumps(document))

    delivering.sign_chunk()

    assert [bool(row.signed_at) for row in rows()] == [True, True, False, True, True]
    assert reread(spoilt).failed_at and reread(spoilt).failure.startswith("NotPrepared")


def test_text_that_changed_meanwhile_is_not_overwritten(version):
    intend(version, *people(3))
    taken = chunking.take(delivering.UNSIGNED, 3)
    with scope(version.issuer):
        correcting.correct(reread(taken[1]), name="Amal Right", address=FULL.address, by=None)
        corrected = reread(taken[1])
        step = delivering._signing(version.issuer)
        chunking._write(step, list(zip(taken, step.texts(taken), strict=True)))

    first, second, third = rows()
    assert first.signed_at and third.signed_at
    assert (second.signed, second.document) == (corrected.signed, corrected.document)


def test_rows_set_aside_meanwhile_stay_set_aside(version):
    intend(version, *people(2))
    taken = chunking.take(delivering.UNSIGNED, 2)
    with scope(version.issuer):
        AchievementCredential.objects.filter(pk=taken[0].pk).update(failed_at=timezone.now())
        step = delivering._signing(version.issuer)
        chunking._write(step, list(zip(taken, step.texts(taken), strict=True)))

    assert [bool(row.signed) for row in rows()] == [False, True]


def test_statement_that_fails_is_followed_by_each_row_alone(version, monkeypatch):
    monkeypatch.setattr(delivering, "_SIGNED", "SELECT 1 / 0")
    intend(version, *people(4))

    assert delivering.sign_chunk() == 4

    assert all(row.signed_at and row.signed_with and row.attempts == 0 for row in rows())


def test_what_time_does_not_allow_is_given_back_and_counts_as_no_attempt(version, monkeypatch):
    intend(version, *people(4))
    delivering.sign_chunk()
    monkeypatch.setattr(chunking, "SECONDS", 0)
    monkeypatch.setattr(chunking, "AT_ONCE", 1)

    assert delivering.render_chunk() == 4

    assert [bool(row.rendered_at) for row in rows()] == [True, False, False, False]
    assert {(row.attempts, row.lease_until, row.failure) for row in rows()} == {(0, None, "")}


# The machine.


class Full(FileSystemStorage):
    """A disk with room for some certificates, as the file system says it; or a bucket that answers 503."""

    room = 0
    error = OSError(errno.ENOSPC, "No space left on device")

    def exists(self, name):
        """Asked before anything is written."""
        found = super().exists(name)
        if not found and name.endswith((".pdf", ".tail")):
            if type(self).room <= 0:
                raise self.error
            type(self).room -= 1
        return found


class Refused(Exception):
    """Of the shape of botocore's ClientError."""

    def __init__(self, status):
        super().__init__("SlowDown")
        self.response = {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": status}}


@pytest.fixture
def disk(monkeypatch, settings, tmp_path):
    """Full from now on, but for `room` files."""
    options = {"location": str(tmp_path / "media"), "base_url": "/media/"}

    def full(room=0, error=Full.error):
        monkeypatch.setattr(Full, "room", room)
        monkeypatch.setattr(Full, "error", error)
        settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.Full", "OPTIONS": options}}

    return full


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), failing.NO_ROOM),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), failing.NO_ROOM),
        (Refused(507), failing.NO_ROOM),
        (Refused(503), failing.NO_STORAGE),
        (OSError(errno.EROFS, "Read-only file system"), failing.NO_STORAGE),
    ],
)
def test_full_disk_makes_rows_wait_with_the_reason_and_costs_no_attempt(version, disk, tmp_path, error, why):
    other = publish(issuer_with_keys())
    intend(version, *people(4))
    intend(other, *people(2), key="other")
    delivering.sign_chunk()
    disk(room=1, error=error)

    for _again in range(8):
        assert delivering.render_chunk() == 0
        end_leases()

    printed = [row for row in rows() if row.rendered_at]
    assert len(printed) <= 1
    assert {(row.failure, row.attempts, row.failed_at) for row in rows(rendered_at=None)} == {(why, 0, None)}
    assert [file for file in (tmp_path / "media").rglob("*") if file.is_file() and not file.stat().st_size] == []
    assert {row.pdf for row in rows(rendered_at=None)} == {""}

    disk(room=100)
    deliver()
    assert all(row.rendered_at and not row.failure for row in rows())
    assert all(default_storage.exists(row.pdf) for row in rows())


def test_page_of_the_batch_says_that_the_disk_is_full(version, disk, client):
    award = intend(version, *people(3))
    member = MembershipFactory(issuer=version.issuer, role=Role.OWNER)
    client.force_login(member.user)
    page = reverse("manage-award", args=[version.issuer.slug, award.public_id])
    delivering.sign_chunk()
    assert "people wait." not in client.get(page).content.decode()
    disk()
    delivering.render_chunk()

    told = client.get(page).content.decode()

    assert "The disk is full" in told
    assert "3 people wait." in told
    assert "need a look" not in told


# Whatever takes its worker down.


def test_row_that_takes_its_worker_down_costs_its_neighbours_one_attempt(version, monkeypatch):
    """A worker that dies is an exception that nothing catches: what it had begun stays as it is until the leases end."""

    class Died(BaseException):
        pass

    intend(version, *people(6))
    poison = rows()[3].pk
    prepared = delivering._signed

    def deadly(row, signer):
        if row.pk == poison:
            raise Died
        return prepared(row, signer)

    monkeypatch.setattr(delivering, "_signed", deadly)
    deaths = 0
    while rows(pk=poison)[0].failed_at is None:
        assert deaths < 10
        try:
            delivering.sign_chunk()
        except Died:
            deaths += 1
        end_leases()
        delivering.give_up_crashed()
    delivering.sign_chunk()

    assert deaths == delivering.ATTEMPTS
    assert [bool(row.signed_at) for row in rows()] == [True, True, True, False, True, True]
    assert {row.attempts for row in rows() if row.pk != poison} == {0}
    assert reread(rows(pk=poison)[0]).failure == failing.CRASHED


@COMMITTED
def test_late_worker_and_its_successor_write_each_row_once(version):
    """Two workers hold the same rows, because the lease of one has ended: the statements meet, in the worst of orders."""
    intend(version, *people(20))
    taken = chunking.take(delivering.UNSIGNED, 20)
    step = delivering._signing(version.issuer)
    with scope(version.issuer):
        texts = step.texts(taken)
    gate, faults, told = threading.Barrier(2), [], []

    def run(order):
        try:
            gate.wait(10)
            told.append(chunking._slice(step, step.texts, order, time.monotonic() + 10))
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[order]) for order in (taken, taken[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert told == [([], "")] * 2
    assert [row.signed for row in rows()] == texts


def test_wrong_signature_in_the_middle_of_a_chunk_leaves_other_batches_alone(version, monkeypatch):
    from badges.openbadges import validate

    intend(version, *people(3), key="one")
    intend(version, *people(3, start=10), key="two")
    wrong, prepared = rows()[1].pk, delivering._signed

    def mismatched(row, signer):
        if row.pk == wrong:
            raise validate.Mismatch("planted")
        return prepared(row, signer)

    monkeypatch.setattr(delivering, "_signed", mismatched)
    delivering.sign_chunk()

    assert [row.failure for row in rows()] == [failing.STOPPED] * 3 + [""] * 3
    assert [bool(row.signed) for row in rows()] == [False] * 3 + [True] * 3


def test_single_award_is_worked_on_before_the_rest_of_its_chunk(version, monkeypatch):
    other = publish(issuer_with_keys())
    intend(version, *people(5), key="large")
    intend(other, person(), key="small")
    order, prepared = [], delivering._signed
    monkeypatch.setattr(
        delivering, "_signed", partial(lambda row, signer: order.append(row.issuer_id) or prepared(row, signer))
    )

    delivering.sign_chunk()

    assert order == [other.issuer_id] + [version.issuer_id] * 5
