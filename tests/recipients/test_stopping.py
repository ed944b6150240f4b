"""A fault is planted in compiled signing: the batch stops before anything wrong leaves, and says so."""

import json
import logging

import pytest
from django.core import mail
from django.urls import reverse

from badges.openbadges import validate
from issuers import cleaning, keys
from issuers.models import AuditEvent, Role
from issuers.signing import proofs
from issuers.signing.compiled import Shape
from issuers.tenancy import across_issuers, scope
from recipients import chunking, correcting, delivering, failing
from recipients.models import AchievementCredential, CredentialRevision
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, MembershipFactory
from tests.published import deliver, intend, issued, people, person, publish

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def rows(**conditions):
    with across_issuers("a test looks"):
        return list(AchievementCredential.objects.listed().filter(**conditions).order_by("id"))


def plant(monkeypatch, good=0):
    """From the fill after `good` ones on, the canonical form lacks the line with the person's name."""
    real, calls = Shape.fill, [0]

    def broken(shape, values):
        made = real(shape, values)
        calls[0] += 1
        if made is None or calls[0] <= good:
            return made
        return "".join(line for line in made.splitlines(keepends=True) if '"name"' not in line)

    monkeypatch.setattr(Shape, "fill", broken)


def verifies(row):
    document = json.loads(row.signed)
    with scope(row.issuer):
        key = keys.public_key(row.issuer, document["proof"]["verificationMethod"].partition("#")[2])
    proofs.verify(document, key, validate.load_context)
    return True


def test_first_wrong_signature_stops_the_batch_and_nothing_leaves(version, monkeypatch, caplog):
    intend(version, *people(5), key="wrong")
    other = publish(version.issuer, name="Another")
    plant(monkeypatch)
    intend(other, *people(2, start=10), key="other")

    with caplog.at_level(logging.ERROR):
        deliver()

    stopped = rows(version=version)
    assert {(row.failure, row.signed, row.signed_at, row.offered_at) for row in stopped} == {
        (delivering.STOPPED, "", None, None)
    }
    assert all(row.failed_at for row in stopped)
    assert "the shape of this credential is not used again" in caplog.text
    # The fault was there before the other batch's shape was compiled: it never was, and went the slow way.
    assert [bool(row.offered_at and verifies(row)) for row in rows(version=other)] == [True, True]
    assert {message.to[0] for message in mail.outbox} == {"p10@example.org", "p11@example.org"}


def test_shape_that_was_wrong_is_not_used_again(version, monkeypatch):
    intend(version, *people(3))
    plant(monkeypatch)
    delivering.sign_chunk()

    for row in rows():
        with scope(version.issuer):
            assert delivering.try_again(row)
    deliver()

    assert [bool(row.offered_at and verifies(row)) for row in rows()] == [True] * 3


def test_fault_that_comes_later_takes_back_what_was_signed_and_not_sent(version, monkeypatch):
    monkeypatch.setattr(validate, "ONE_IN", 4)
    intend(version, *people(10))
    plant(monkeypatch, good=2)
    delivering.sign_chunk()

    # The first was looked at and right; three more were signed, two of them wrongly, before the fifth was looked at.
    assert {(row.failure, row.signed, row.rendered_at) for row in rows()} == {(delivering.STOPPED, "", None)}
    assert mail.outbox == []


def test_rows_of_a_stopped_batch_in_the_hands_of_another_worker_stay_set_aside(version):
    intend(version, *people(2))
    taken = chunking.take(delivering.UNSIGNED, 2)
    with scope(version.issuer):
        failing._stop_batch(taken[0], validate.Mismatch("elsewhere"))
        delivering._sign(taken[1], delivering._signer(version.issuer))

    assert [(bool(row.failed_at), row.signed) for row in rows()] == [(True, ""), (True, "")]


def test_staff_read_on_the_page_of_the_batch_why_it_stopped(version, monkeypatch, client):
    award = intend(version, *people(3))
    member = MembershipFactory(issuer=version.issuer, role=Role.OWNER)
    client.force_login(member.user)
    page = reverse("manage-award", args=[version.issuer.slug, award.public_id])
    assert b"This batch was stopped" not in client.get(page).content

    plant(monkeypatch)
    deliver()

    answer = client.get(page)
    assert answer.status_code == 200
    assert b"This batch was stopped." in answer.content
    assert b"A signature was wrong when it was checked before leaving" in answer.content
    assert b"people need a look" not in answer.content
    assert b"All work on this batch is done" not in answer.content

    chosen = {"award": award.public_id, "all": "on", "state": "failed", "deed": "resend", "people": "3"}
    client.post(reverse("manage-selection", args=[version.issuer.slug]), chosen)
    deliver()
    assert [bool(row.offered_at and verifies(row)) for row in rows()] == [True] * 3
    assert b"This batch was stopped" not in client.get(page).content


def test_correction_with_a_wrong_signature_changes_nothing_and_works_the_second_time(version, monkeypatch):
    row = issued(version, person())
    monkeypatch.setattr(validate, "ONE_IN", 1)
    plant(monkeypatch)
    address = cleaning.address("amal@example.org")
    with scope(version.issuer):
        before = row.signed
        with pytest.raises(correcting.NotPossible, match="not_signed"):
            correcting.correct(row, name="Amal Mentor", address=address, by=None)
        assert CredentialRevision.objects.count() == 0
        assert not AuditEvent.objects.filter(action="credential.corrected").exists()
    assert (rows()[0].signed, rows()[0].name) == (before, "Amal Student")

    with scope(version.issuer):
        correcting.correct(row, name="Amal Mentor", address=address, by=None)
    assert rows()[0].name == "Amal Mentor"
    assert verifies(rows()[0])
