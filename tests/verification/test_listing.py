"""Status lists as they are published: true within a request, signed only when something changed, never lapsed."""

import json
from datetime import timedelta

import pytest

from badges.openbadges import validate
from issuers import clock, keys
from issuers.cleaning import address
from issuers.signing import proofs
from issuers.tenancy import across_issuers, scope
from recipients import correcting
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import intend, issued, people, person, publish, reread
from tests.verification.fronted import shown
from verification import checks, listing, opening, reading, status_list
from verification.models import PublishedStatusList
from verification.views.credential import report_of

pytestmark = COMMITTED


@pytest.fixture
def version(db):
    return publish(IssuerFactory())


@pytest.fixture
def credential(version):
    return shown(version, person())


def published(credential):
    with across_issuers("a test looks"):
        return listing.signed_list(credential.status_list)


def report(credential):
    with opening.page(credential.public_id, None) as page:
        return report_of(page)


def test_list_is_a_credential_that_verifies_with_the_issuers_key(credential):
    document = json.loads(published(credential).signed)
    with scope(credential.issuer):
        key = keys.public_key(credential.issuer, document["proof"]["verificationMethod"].partition("#")[2])

    proofs.verify(document, key, validate.load_context)
    assert document["id"] == json.loads(credential.signed)["credentialStatus"]["statusListCredential"]
    assert document["issuer"] == keys.did(credential.issuer)
    assert document["credentialSubject"]["statusPurpose"] == "revocation"


def test_altered_list_does_not_verify(credential):
    document = json.loads(published(credential).signed)
    document["credentialSubject"]["encodedList"] = status_list.encode([])[:-1] + "B"
    with scope(credential.issuer):
        key = keys.public_key(credential.issuer, document["proof"]["verificationMethod"].partition("#")[2])

    with pytest.raises(proofs.ProofError):
        proofs.verify(document, key, validate.load_context)


def test_list_is_signed_again_only_when_a_bit_changes(credential):
    first, second = published(credential), published(credential)
    assert (first.signed, first.made_at) == (second.signed, second.made_at)

    with scope(credential.issuer):
        correcting.revoke(credential, reason="x", by=None)
    third = published(credential)

    assert third.signed != first.signed
    assert status_list.bit(third.encoded, credential.status_index)
    assert not status_list.bit(first.encoded, credential.status_index)
    with across_issuers("a test looks"):
        assert PublishedStatusList.objects.count() == 1


def test_list_is_signed_again_before_it_lapses(credential):
    first = published(credential)
    with clock.at(first.valid_until - listing.RENEW - timedelta(minutes=1)):
        assert published(credential).signed == first.signed
    with clock.at(first.valid_until - listing.RENEW + timedelta(minutes=1)):
        renewed = published(credential)

    assert renewed.signed != first.signed
    assert renewed.valid_until > first.valid_until
    assert renewed.encoded == first.encoded


def test_lists_of_two_issuers_hold_only_their_own(credential):
    other = shown(publish(IssuerFactory(), name="Elsewhere"), person(), key="other")
    with scope(other.issuer):
        correcting.revoke(other, reason="x", by=None)

    with across_issuers("a test looks"):
        assert listing.set_indexes(credential.status_list) == set()
        assert listing.set_indexes(other.status_list) == {other.status_index}


def test_indexes_of_a_batch_are_scattered(version):
    intend(version, *people(50))
    with across_issuers("a test looks"):
        indexes = [row.status_index for row in version.credentials.order_by("id")]

    assert len(set(indexes)) == 50
    assert sum(abs(a - b) == 1 for a, b in zip(indexes, indexes[1:], strict=False)) < 3


def test_page_is_green_then_red_as_soon_as_it_is_revoked(credential):
    assert report(credential).valid

    with scope(credential.issuer):
        correcting.revoke(credential, reason="x", by=None)

    assert report(credential).failed == ["status"]


def test_page_is_green_after_a_correction_and_the_old_copy_is_not(credential):
    with scope(credential.issuer):
        correcting.correct(credential, name="Amal Two", address=address(credential.recipient.address), by=None)
    after = reread(credential)
    assert report(after).valid

    with across_issuers("a test looks"):
        trusted = checks.Trusted(
            keys.did(after.issuer),
            after.issuer.name,
            opening.trusted_keys(after.issuer),
            listing.signed_list(credential.status_list).signed,
        )
        old = checks.check(credential.signed, trusted, clock.now())
    assert old.failed == ["status"]


def test_page_shows_what_was_signed_and_nothing_else(version):
    row = issued(version, person(grade="A", custom={"Room": "B 12"}, narrative="Well done."))
    shown = reading.read(json.loads(row.signed))

    assert (shown.name, shown.achievement, shown.issuer) == (row.name, "Community Mentor", row.issuer.name)
    assert shown.results == (("Grade", "A"), ("Room", "B 12"))
    assert shown.narrative == "Well done."
    assert ("validFrom", json.loads(row.signed)["validFrom"]) in shown.fields
    assert not [path for path, _ in shown.fields if "proof" in path or "@context" in path]


def test_list_is_served_fresh_within_its_time_to_live(credential, client):
    path = f"/i/{credential.issuer.slug}/status/revocation/1"
    before = client.get(path)
    assert before["Cache-Control"] == "public, max-age=30"
    assert client.get(path, headers={"If-None-Match": before["ETag"]}).status_code == 304

    with scope(credential.issuer):
        correcting.revoke(credential, reason="x", by=None)
    after = client.get(path, headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert status_list.bit(json.loads(after.content)["credentialSubject"]["encodedList"], credential.status_index)


@pytest.mark.parametrize(
    "path", ["revocation/2", "revocation/0", "suspension/1", "nothing/1", "revocation/99999999999"]
)
def test_list_that_is_none_is_not_found(credential, client, path):
    assert client.get(f"/i/{credential.issuer.slug}/status/{path}").status_code == 404
