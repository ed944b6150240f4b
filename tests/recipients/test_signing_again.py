"""After a key was compromised: what it signed is signed again from the records, exactly once, whatever stops in between."""

import io
import json
from datetime import timedelta

import pikepdf
import pytest
from django.core import mail
from django.core.files.storage import default_storage

from issuers import clock, keys, media
from issuers.cleaning import address
from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope
from recipients import correcting, delivering, holding, printing, tasks
from recipients.models import CredentialRevision, OutgoingEmail
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.printed import content
from tests.published import claimed, deliver, intend, issued, issuer_with_keys, people, person, publish, reread
from tests.recipients.withdrawn import breaches, end_leases, rows, sign_again, signing, verifies, withdraw

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


def printed(row):
    """The name of the institution in the text of the page, in the attached credential, and in the stored one."""
    attached, text = content(printing.fetch(row.pdf))
    return "OLD COLLEGE" in text, json.loads(attached)["issuer"]["name"], json.loads(row.signed)["issuer"]["name"]


def without(text, *names):
    return {name: value for name, value in json.loads(text).items() if name not in names}


# What changes, and what does not.


def test_certificate_that_is_printed_after_a_renaming_says_the_name_that_was_signed():
    old = publish(issuer_with_keys(name="Old College"))
    before = issued(old, person())
    with scope(old.issuer):
        Issuer.objects.filter(pk=old.issuer_id).update(name="New University")
    assert printed(before) == (True, "Old College", "Old College")
    withdraw(old.issuer)
    sign_again()

    after = reread(before)
    assert after.pdf != before.pdf
    assert printed(after) == (True, "Old College", "Old College")


def test_credential_says_the_same_under_a_new_key_and_a_later_date(version):
    before = claimed(version, person())
    withdraw(version.issuer)
    sign_again()
    after = reread(before)

    assert verifies(after)
    assert after.signed_with == signing(version.issuer).multibase != before.signed_with
    assert without(after.document, "validFrom") == without(before.document, "validFrom")
    assert json.loads(after.document)["validFrom"] > json.loads(before.document)["validFrom"]
    assert without(after.signed, "proof") == json.loads(after.document)
    assert (after.url, after.revision, after.status_list_id, after.status_index) == (
        before.url,
        before.revision,
        before.status_list_id,
        before.status_index,
    )
    assert (after.claimed_at, after.holder, after.visibility) == (before.claimed_at, before.holder, before.visibility)
    assert after.signed_again_at is not None
    assert breaches() == []


def test_certificate_is_printed_again_with_the_new_text_inside_and_the_old_file_goes(version):
    before = claimed(version, person())
    withdraw(version.issuer)
    sign_again()
    after = reread(before)

    assert after.rendered_at and after.pdf != before.pdf
    assert not default_storage.exists(before.pdf)
    with pikepdf.open(io.BytesIO(printing.fetch(after.pdf))) as paper:
        attached = [bytes(paper.attachments[name].get_file().read_bytes()) for name in paper.attachments]
    assert after.signed.encode() in attached


def test_nobody_is_mailed_and_nobody_is_told(version):
    issued(version, *people(1))
    before = len(mail.outbox)
    withdraw(version.issuer)
    sign_again()
    deliver()

    assert len(mail.outbox) == before == 1
    with across_issuers("a test looks"):
        assert OutgoingEmail.objects.count() == 1


def test_unsigned_and_unsent_ones_wait_for_the_new_key(version):
    intend(version, *people(2), key="unsigned")
    withdraw(version.issuer)
    intend(version, *people(1, start=9), key="unsent")
    delivering.sign_chunk()
    withdraw(version.issuer)
    assert [row.rendered_at for row in rows()] == [None, None, None]
    assert delivering.render_chunk() == 0  # nothing is printed with a signature that is about to go
    sign_again()
    deliver()

    assert all(verifies(row) for row in rows())
    assert {row.signed_with for row in rows()} == {signing(version.issuer).multibase}
    assert len(mail.outbox) == 3
    assert breaches() == []


def test_revoked_one_stays_revoked_and_keeps_its_paper(version):
    before = claimed(version, person())
    with scope(version.issuer):
        correcting.revoke(before, reason="Wrong person", by=None)
    withdraw(version.issuer)
    sign_again()
    after = reread(before)

    assert after.revoked_at is not None and verifies(after)
    assert (after.status_index, after.pdf) == (before.status_index, before.pdf)
    assert printing.fetch(after.pdf).startswith(b"%PDF")
    assert breaches() == []


def test_cancelled_one_is_shown_nowhere_and_is_left(version):
    row = issued(version, person())
    with scope(version.issuer):
        assert correcting.cancel(row, by=None)
    withdraw(version.issuer)
    sign_again()

    assert reread(row).signed == row.signed
    assert breaches() == []


def test_expired_one_keeps_its_dates_and_gets_a_new_signature(version):
    with clock.at(clock.now() - timedelta(days=800)):
        limited = publish(version.issuer, name="First Aid", valid_months=12)
        before = claimed(limited, person())
    withdraw(version.issuer)
    sign_again()
    after = reread(before)

    assert after.document == before.document
    assert (after.valid_from, after.expires_at) == (before.valid_from, before.expires_at)
    assert verifies(after) and after.signed_with != before.signed_with


def test_corrected_one_is_signed_again_and_its_replaced_revision_is_kept_as_it_was(version):
    before = claimed(version, person())
    with scope(version.issuer):
        correcting.correct(before, name="Amal Studnet", address=address(before.recipient.address), by=None)
    deliver()
    withdraw(version.issuer)
    sign_again()
    after = reread(before)

    with across_issuers("a test looks"):
        (old,) = CredentialRevision.objects.all()
    assert after.revision == 2 and verifies(after)
    assert (old.signed, old.signed_with) == (before.signed, before.signed_with)


def test_erased_one_stays_erased(version):
    row = claimed(version, person())
    holding.forget(row.holder)
    withdraw(version.issuer)

    assert delivering.sign_again_chunk() == 0
    (after,) = rows()
    assert (after.signed, after.signed_with, after.document) == ("erased", None, "")


def test_what_could_not_be_printed_is_signed_again_all_the_same(version):
    broken = publish(version.issuer, name="Without its picture", picture=media.fetch(version.badge_picture))
    default_storage.delete(broken.badge_picture)
    intend(broken, person(), key="broken")
    for _ in range(delivering.ATTEMPTS):
        deliver()
        end_leases()
    (row,) = rows()
    assert row.failed_at is not None
    withdraw(version.issuer)

    tasks.sweep()
    sign_again()

    (row,) = rows()
    assert verifies(row)
    assert row.failure.startswith("MissingFile")


def test_key_of_one_institution_leaves_others_alone(version):
    other = claimed(publish(IssuerFactory(), name="Elsewhere"), person())
    mine = claimed(version, person())
    withdraw(version.issuer)
    sign_again()

    assert reread(other).signed == other.signed
    assert reread(mine).signed != mine.signed


def test_rotation_signs_nothing_again(version):
    before = claimed(version, person())
    with scope(version.issuer):
        keys.rotate(version.issuer, "ed25519", None)
    sign_again()

    assert reread(before).signed == before.signed
    assert verifies(before)
    assert breaches() == []


# Generations.


def test_after_three_rotations_and_one_compromise_each_generation_stands_as_told(version):
    generations = []
    for number in range(4):
        made = claimed(version, person(f"Person {number}", f"p{number}@example.org"), key=str(number))
        generations.append((made, signing(version.issuer)))
        if number < 3:
            with scope(version.issuer):
                keys.rotate(version.issuer, "ed25519", None)
    assert all(verifies(row) for row, _ in generations)

    withdraw(version.issuer, generations[1][1])
    assert [verifies(row) for row, _ in generations] == [True, False, True, True]
    sign_again()

    after = [reread(row) for row, _ in generations]
    assert all(verifies(row) for row in after)
    assert [row.signed == old.signed for row, (old, _) in zip(after, generations, strict=True)] == [
        True,
        False,
        True,
        True,
    ]
    assert after[1].signed_with == generations[3][1].multibase
    assert breaches() == []


def test_new_key_that_is_withdrawn_at_once_is_followed_again(version):
    before = claimed(version, person())
    withdraw(version.issuer)
    sign_again()
    between = reread(before)
    withdraw(version.issuer)
    sign_again()
    after = reread(before)

    assert verifies(after)
    moments = [json.loads(row.document)["validFrom"] for row in (before, between, after)]
    assert moments == sorted(set(moments))
