"""Signing again, with workers that die, come late and get in each other's way: it comes out exact."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connections
from django.db.models.functions import Now

from issuers import keys
from issuers.cleaning import address
from issuers.models import SigningKey
from issuers.tenancy import across_issuers, scope
from recipients import chunking, correcting, delivering
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import claimed, deliver, intend, people, person, publish, reread
from tests.recipients.withdrawn import breaches, end_leases, rows, sign_again, verifies, withdraw

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def test_killed_half_way_it_comes_out_exact(version, monkeypatch):
    monkeypatch.setattr(delivering, "SIGN_CHUNK", 3)
    intend(version, *people(8))
    deliver()
    before = {row.pk: row for row in rows()}
    withdraw(version.issuer)

    assert delivering.sign_again_chunk() == 3
    dead = chunking.take(delivering.WITHDRAWN, 3)
    with scope(version.issuer):  # this worker dies after its first row
        delivering._sign_again(dead[0], lambda: keys.signer(version.issuer))
    assert sum(verifies(row) for row in rows()) == 4
    assert breaches() == []
    assert delivering.sign_again_chunk() == 2
    assert delivering.sign_again_chunk() == 0
    assert delivering.waiting()["sign_again"] is False
    end_leases()
    assert delivering.waiting()["sign_again"] is True
    sign_again()

    after = rows()
    assert all(verifies(row) for row in after)
    assert all(row.rendered_at and row.pdf != before[row.pk].pdf for row in after)
    assert {row.attempts for row in after} == {0}
    assert len(mail.outbox) == 8
    assert breaches() == []
    assert delivering.waiting() == {"sign": False, "sign_again": False, "render": False}


def test_worker_that_comes_back_late_changes_nothing(version):
    claimed(version, person())
    withdraw(version.issuer)
    (slow,) = chunking.take(delivering.WITHDRAWN, 3)
    end_leases()
    sign_again()
    (before,) = rows()

    with scope(version.issuer):
        delivering._sign_again(slow, lambda: keys.signer(version.issuer))

    (after,) = rows()
    assert (after.signed, after.pdf, after.document) == (before.signed, before.pdf, before.document)
    assert default_storage.exists(after.pdf)


def test_worker_that_opened_the_old_key_before_it_was_withdrawn_is_followed(version):
    intend(version, person())
    (slow,) = chunking.take(delivering.UNSIGNED, 3)
    with scope(version.issuer):
        opened = keys.signer(version.issuer)
    withdraw(version.issuer)
    with scope(version.issuer):
        delivering._sign(slow, lambda: opened)

    (row,) = rows()
    assert row.signed and not verifies(row)
    sign_again()
    assert verifies(rows()[0])


def test_corrected_meanwhile_the_correction_stays(version):
    row = claimed(version, person())
    withdraw(version.issuer)
    (slow,) = chunking.take(delivering.WITHDRAWN, 3)
    with scope(version.issuer):
        correcting.correct(row, name="Amal Right", address=address(row.recipient.address), by=None)
        delivering._sign_again(slow, lambda: keys.signer(version.issuer))
    sign_again()

    after = reread(row)
    assert after.name == "Amal Right" and "Amal Right" in after.signed and verifies(after)


def test_revoked_meanwhile_it_keeps_its_paper(version):
    row = claimed(version, person())
    withdraw(version.issuer)
    (slow,) = chunking.take(delivering.WITHDRAWN, 3)
    with scope(version.issuer):
        correcting.revoke(row, reason="x", by=None)
        delivering._sign_again(slow, lambda: keys.signer(version.issuer))
    end_leases()
    sign_again()

    after = reread(row)
    assert after.revoked_at and verifies(after)
    assert after.pdf == row.pdf and default_storage.exists(row.pdf)


def test_workers_at_the_same_time_sign_each_row_again_once(version, monkeypatch):
    monkeypatch.setattr(delivering, "SIGN_CHUNK", 4)
    intend(version, *people(12))
    deliver()
    withdraw(version.issuer)
    done = []

    def run():
        try:
            while taken := delivering.sign_again_chunk():
                done.append(taken)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(done) == 12
    assert all(verifies(row) for row in rows())


def test_invariants_name_what_is_not_signed_again_within_the_hour(version):
    row = claimed(version, person())
    withdraw(version.issuer)
    assert breaches() == []
    with across_issuers("an hour later"):
        SigningKey.objects.withdrawn().update(compromised_at=Now() - timedelta(hours=2))

    assert breaches() == [f"{row.public_id}: its key was withdrawn more than an hour ago, and it is not signed again"]


def test_invariants_name_a_key_that_does_not_open_or_is_missing(version):
    with across_issuers("a test breaks a key"):
        SigningKey.objects.filter(kind="ed25519").update(kek="forgotten")
        SigningKey.objects.filter(kind="p256").delete()

    found = breaches()
    assert len(found) == 2
    assert "does not open" in found[0] and "no signing key of kind p256" in found[1]
