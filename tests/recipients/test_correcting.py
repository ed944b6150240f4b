"""After issuing: each deed once, in the trail once, told once, and true on the public page."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F

from badges.openbadges import validate
from issuers import clock, keys
from issuers.cleaning import address
from issuers.models import AuditEvent
from issuers.signing import proofs
from issuers.tenancy import across_issuers, scope
from recipients import chunking, correcting, delivering, links, printing
from recipients.correcting import NotPossible
from recipients.models import AchievementCredential, ClaimLink, CredentialRevision, Notice, OutgoingEmail
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory, UserFactory
from tests.published import FULL, claimed, deliver, intend, issued, people, person, publish, reread
from verification import listing

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


@pytest.fixture
def suspendable(db):
    return publish(IssuerFactory(), status_purpose="suspension")


def act(deed, credential, **values):
    """A deed as a staff page does it: in the scope of the issuer."""
    with scope(credential.issuer):
        return deed(credential, **{"by": None, **values})


def trail(action):
    with across_issuers("a test looks"):
        return AuditEvent.objects.filter(action=action).count()


def told(kind):
    with across_issuers("a test looks"):
        return OutgoingEmail.objects.filter(kind=kind).count()


def bits(status_list):
    with across_issuers("a test looks"):
        return listing.set_indexes(status_list)


def code_of(deed, credential, **values):
    with pytest.raises(NotPossible) as caught:
        act(deed, credential, **values)
    return caught.value.code


def correct(credential, name=None, to=None, **values):
    new_address = address(to or credential.recipient.address)
    return act(correcting.correct, credential, name=name or credential.name, address=new_address, **values)


# Correcting.


def test_correction_is_a_new_revision_at_the_same_address(version):
    before = claimed(version, FULL)
    with clock.at(clock.now() + timedelta(hours=1)):
        correct(before, name="Amal Al-Mansoori", reason="As in the passport")
    after = reread(before)

    old, new = json.loads(before.signed), json.loads(after.signed)
    assert new["id"] == old["id"] and new["awardedDate"] == old["awardedDate"]
    assert new["credentialSubject"]["id"] == old["credentialSubject"]["id"]
    assert new["validFrom"] > old["validFrom"]
    assert new["credentialStatus"]["id"] != old["credentialStatus"]["id"]
    assert "Amal Al-Mansoori" in after.signed and FULL.name not in after.signed
    assert (after.revision, after.holder, after.public_id) == (2, before.holder, before.public_id)
    assert new["evidence"] == old["evidence"]


def test_correction_keeps_what_was_and_marks_its_copies_as_replaced(version):
    before = claimed(version, FULL)
    correct(before, name="Amal Al-Mansoori", reason="As in the passport")
    after = reread(before)

    with across_issuers("a test looks"):
        kept = CredentialRevision.objects.get()
    assert (kept.number, kept.name, kept.signed, kept.reason) == (1, FULL.name, before.signed, "As in the passport")
    assert before.status_index in bits(before.status_list)
    assert after.status_index not in bits(after.status_list)


def test_corrected_credential_verifies_at_once_and_is_printed_again(version):
    before = claimed(version, FULL)
    correct(before, name="Amal Al-Mansoori")
    after = reread(before)
    document = json.loads(after.signed)
    with scope(after.issuer):
        key = keys.public_key(after.issuer, document["proof"]["verificationMethod"].partition("#")[2])
    proofs.verify(document, key, validate.load_context)
    assert (after.rendered_at, after.pdf) == (None, "")

    deliver()
    printed = reread(before)
    assert printed.pdf != before.pdf
    assert printing.fetch(printed.pdf).startswith(b"%PDF")


def test_correction_of_a_claimed_credential_is_told_once(version):
    before = claimed(version, FULL, user=UserFactory(email="holder@example.org"))
    mail.outbox.clear()
    correct(before, name="Amal Al-Mansoori")
    deliver()

    assert trail("credential.corrected") == told("corrected") == 1
    assert [message.to for message in mail.outbox] == [["holder@example.org"]]
    with across_issuers("a test looks"):
        assert Notice.objects.get().kind == "corrected"


def test_correction_of_a_name_before_the_mail_left_changes_only_what_it_says(version):
    row = issued_unsent(version)
    correct(row, name="Amal Corrected")
    with scope(row.issuer):
        correcting.release(row.award, by=None)
    deliver()

    assert [message.to for message in mail.outbox] == [["amal@example.org"]]
    assert "Amal Corrected" in mail.outbox[0].body
    assert told("corrected") == 0


def issued_unsent(version):
    award = intend(version, person(), skip_undo=False)
    deliver()
    with across_issuers("a test looks"):
        return AchievementCredential.objects.listed().select_related("status_list").get(award=award)


def test_correction_of_an_address_in_the_undo_window_mails_the_new_one_alone(version):
    row = issued_unsent(version)
    correct(row, to="amal.new@example.org")
    with scope(row.issuer):
        correcting.release(row.award, by=None)
    deliver()

    assert [message.to for message in mail.outbox] == [["amal.new@example.org"]]


def test_correction_of_an_address_after_the_mail_ends_old_links(version):
    row = issued(version, person())
    (old,) = re.findall(r"/claim/([\w-]+)/", mail.outbox[0].body)
    correct(row, to="amal.new@example.org")
    deliver()

    (new,) = re.findall(r"/claim/([\w-]+)/", mail.outbox[1].body)
    assert mail.outbox[1].to == ["amal.new@example.org"]
    with across_issuers("a test looks"):
        assert links.find(old) is None
        assert links.find(new).credential_id == row.pk
        assert ClaimLink.objects.count() == 1
    identity = json.loads(reread(row).signed)["credentialSubject"]["identifier"][0]
    assert identity != json.loads(row.signed)["credentialSubject"]["identifier"][0]
    assert trail("credential.corrected") == 1


def test_correction_can_be_corrected(version):
    row = claimed(version, person())
    correct(row, name="Amal Two")
    correct(reread(row), name="Amal Three")

    assert reread(row).revision == 3
    with across_issuers("a test looks"):
        assert list(CredentialRevision.objects.order_by("number").values_list("number", "name")) == [
            (1, "Amal Student"),
            (2, "Amal Two"),
        ]
    assert len(bits(row.status_list)) == 2


def test_correction_while_a_worker_prints_the_old_text_wins(version):
    intend(version, person())
    delivering.sign_chunk()
    (slow,) = chunking.take(delivering.UNRENDERED, 50)
    correct(reread(slow), name="Amal Corrected")
    with scope(slow.issuer):
        delivering._render(slow)

    assert reread(slow).pdf == ""
    deliver()
    assert printing.fetch(reread(slow).pdf).startswith(b"%PDF")


def test_correction_is_refused_with_its_reason(version):
    row = issued(version, person(), key="one")
    other = issued(version, person("Bo", "bo@example.org"), key="two")

    assert code_of(correcting.correct, row, name=row.name, address=address("AMAL@example.org")) == "unchanged"
    assert code_of(correcting.correct, row, name="Amal", address=address("bo@example.org")) == "other_has_it"
    act(correcting.revoke, row, reason="x")
    assert code_of(correcting.correct, row, name="Amal", address=address("amal@example.org")) == "revoked"
    act(correcting.cancel, other)
    assert code_of(correcting.correct, other, name="Bob", address=address("bo@example.org")) == "cancelled"
    assert trail("credential.corrected") == 0
    with across_issuers("a test looks"):
        assert not CredentialRevision.objects.exists()


def test_expired_credential_is_not_corrected(version):
    row = issued(version, person(expires_on=(clock.now() + timedelta(days=2)).date()))

    with clock.at(clock.now() + timedelta(days=4)):
        assert code_of(correcting.correct, row, name="Amal", address=address("amal@example.org")) == "expired"


# Revoking.


def test_revocation_is_told_once_with_its_reason_and_sets_the_bit(version):
    row = claimed(version, person())
    mail.outbox.clear()

    assert act(correcting.revoke, row, reason="Awarded to the wrong person") is True
    assert act(correcting.revoke, row, reason="Again") is False
    deliver()

    after = reread(row)
    assert after.revoked_at and after.revocation_reason == "Awarded to the wrong person"
    assert row.status_index in bits(row.status_list)
    assert trail("credential.revoked") == told("revoked") == len(mail.outbox) == 1
    assert "Awarded to the wrong person" in mail.outbox[0].body
    with across_issuers("a test looks"):
        assert [notice.kind for notice in Notice.objects.all()] == ["revoked"]


def test_revocation_in_the_undo_window_mails_nobody(version):
    row = issued_unsent(version)
    assert act(correcting.revoke, row, reason="Mistake")
    with across_issuers("time passes"):
        OutgoingEmail.objects.update(not_before=F("created_at"))
    deliver()

    assert mail.outbox == []
    assert trail("credential.revoked") == 1
    assert row.status_index in bits(row.status_list)


# Suspending.


def test_suspension_is_refused_where_the_achievement_does_not_allow_it(version):
    row = claimed(version, person())

    assert code_of(correcting.suspend, row, reason="Under review") == "not_suspendable"
    assert trail("credential.suspended") == 0


def test_suspension_and_reinstatement_are_told_once_each(suspendable):
    row = claimed(suspendable, person())
    mail.outbox.clear()

    assert act(correcting.suspend, row, reason="Under review") is True
    assert act(correcting.suspend, row, reason="Under review") is False
    assert row.status_index in bits(row.status_list)
    assert row.status_list.purpose == "suspension"
    assert act(correcting.reinstate, row) is True
    assert act(correcting.reinstate, row) is False
    assert row.status_index not in bits(row.status_list)
    deliver()

    assert (trail("credential.suspended"), trail("credential.reinstated")) == (1, 1)
    assert (told("suspended"), told("reinstated"), len(mail.outbox)) == (1, 1, 2)
    assert reread(row).suspension_reason == ""


def test_suspended_credential_can_be_told_about_again(suspendable):
    row = claimed(suspendable, person())
    for _ in range(2):
        act(correcting.suspend, row, reason="Under review")
        act(correcting.reinstate, row)
    deliver()

    assert (told("suspended"), told("reinstated")) == (2, 2)


def test_revoked_credential_is_neither_suspended_nor_reinstated(suspendable):
    row = claimed(suspendable, person())
    act(correcting.suspend, row, reason="Under review")
    act(correcting.revoke, row, reason="Found wanting")

    assert act(correcting.suspend, row, reason="x") is False
    assert act(correcting.reinstate, row) is False
    assert row.status_index in bits(row.status_list)


# Cancelling.


def test_offer_cancelled_in_the_undo_window_is_never_mailed(version):
    row = issued_unsent(version)

    assert act(correcting.cancel, row) is True
    assert act(correcting.cancel, row) is False
    with scope(row.issuer):
        correcting.release(row.award, by=None)
    deliver()

    assert mail.outbox == []
    assert trail("credential.cancelled") == 1
    assert row.status_index in bits(row.status_list)


def test_claimed_credential_is_not_cancelled(version):
    row = claimed(version, person())

    assert act(correcting.cancel, row) is False
    assert reread(row).cancelled_at is None


def test_batch_is_cancelled_except_for_what_was_claimed(version):
    award = intend(version, *people(3))
    deliver()
    with across_issuers("a test claims one"):
        first = award.credentials.order_by("id").first()
        now = clock.now()
        AchievementCredential.objects.filter(pk=first.pk).update(accepted_at=now, claimed_at=now, holder=UserFactory())
    with scope(version.issuer):
        assert correcting.cancel_award(award, by=None) == 2
        assert correcting.cancel_award(award, by=None) == 0

    assert reread(first).cancelled_at is None
    assert trail("award.cancelled") == 1
