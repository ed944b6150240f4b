"""After a key was withdrawn: forgeries fail however they are dated, and pages say honestly what waits to be signed again."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from badges.openbadges import validate
from issuers import clock, keys
from issuers.models import SigningKey
from issuers.signing import proofs
from issuers.tenancy import across_issuers, scope
from recipients import correcting, delivering
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import claimed, person, publish, reread
from tests.verification.public import bar, path, text
from verification import checks, listing, opening, status_list
from verification.models import PublishedStatusList
from verification.report import Result
from verification.views.credential import report_of

pytestmark = COMMITTED


@pytest.fixture
def credential(db):
    return claimed(publish(IssuerFactory(name="North College"), status_purpose="suspension"), person())


def report(credential):
    with opening.page(credential.public_id, None) as page:
        return report_of(page)


def withdrawn(credential):
    with opening.page(credential.public_id, None) as page:
        return frozenset(keys.by_url(page.issuer, page.withdrawn_keys))


def signing(issuer):
    with scope(issuer):
        return SigningKey.objects.signing().get(kind="ed25519")


def stolen(issuer):
    """What a thief has: the private half, and the name it signs under."""
    with scope(issuer):
        key = signing(issuer)
        return keys._open(key), f"{keys.did(issuer)}#{key.multibase}"


def withdraw(issuer):
    with scope(issuer):
        assert keys.compromise(signing(issuer), None, "Stolen")


def sign_again():
    while delivering.sign_again_chunk() or delivering.render_chunk():
        continue


def forged(credential, thief, begins, **changes):
    """A document that says what the thief likes, signed with the stolen key and dated as the thief likes."""
    private, method = thief
    document = {**json.loads(credential.document), **changes, "validFrom": begins.strftime("%Y-%m-%dT%H:%M:%SZ")}
    subject = document["credentialSubject"]
    subject["identifier"][-1]["identityHash"] = "Mallory Thief"
    return proofs.sign(validate.prepare(document), private, method, begins)


def report_on(credential, signed):
    """The checks of any text against what the issuer publishes now, as for a stranger's file."""
    with across_issuers("a verifier"):
        trusted = checks.Trusted(
            issuer_id=keys.did(credential.issuer),
            issuer_name=credential.issuer.name,
            keys=opening.trusted_keys(credential.issuer),
            status_list=listing.signed_list(credential.status_list).signed,
        )
        return checks.check(signed, trusted, clock.now())


@pytest.mark.parametrize(
    "age", [timedelta(0), timedelta(hours=1), timedelta(days=365)], ids=["now", "before", "a year ago"]
)
@pytest.mark.parametrize("known", [True, False], ids=["known id", "new id"])
def test_forgery_with_a_stolen_key_fails_once_the_key_is_withdrawn(credential, age, known):
    thief = stolen(credential.issuer)
    changes = {} if known else {"id": credential.url[:-22] + "1" * 22}
    text = forged(credential, thief, datetime.now(UTC) - age, **changes)
    assert report_on(credential, text).valid  # that is what a stolen key means

    withdraw(credential.issuer)
    waiting = report_on(credential, text)
    sign_again()
    after = report_on(credential, text)

    for report in (waiting, after):
        assert not report.valid
        assert report.failed == ["issuer"]
        assert {check.finding for check in report.checks if check.key in {"signature", "issuer"}} == {
            "key_unknown",
            "key_not_published",
        }


def test_forgery_is_not_helped_by_the_page_of_the_real_one(credential, client):
    thief = stolen(credential.issuer)
    forged(credential, thief, datetime.now(UTC))
    withdraw(credential.issuer)
    sign_again()

    page = client.get(path(credential))
    assert "Mallory" not in text(page)
    assert "Amal Student" in text(page)


def test_list_forged_with_a_stolen_key_hides_no_revocation(credential):
    private, method = stolen(credential.issuer)
    with scope(credential.issuer):
        correcting.revoke(credential, reason="x", by=None)
        listed = json.loads(listing.signed_list(credential.status_list).signed)
    clean = {name: value for name, value in listed.items() if name != "proof"}
    clean["credentialSubject"]["encodedList"] = status_list.encode([])
    lie = proofs.sign(validate.prepare_status_list(clean), private, method, datetime.now(UTC))
    withdraw(credential.issuer)
    sign_again()

    with across_issuers("a verifier"):
        trusted = checks.Trusted(
            keys.did(credential.issuer), "North College", opening.trusted_keys(credential.issuer), lie
        )
        report = checks.check(reread(credential).signed, trusted, clock.now())
    (found,) = [check for check in report.checks if check.key == "status"]
    assert (found.result, found.finding) == (Result.UNKNOWN, "list_unreadable")


def test_page_says_that_it_is_being_signed_again_until_it_is(credential, client):
    assert bar(client.get(path(credential)))[0] == "standing"
    withdraw(credential.issuer)

    page = client.get(path(credential))
    family, said = bar(page)
    assert family == "standing standing-unsure"
    assert said.startswith("Being signed again North College withdrew the key")
    assert "Not valid" not in text(page)
    assert "All 5 checks passed" not in text(page)
    assert "Cannot say" in text(client.get(path(credential, "/embed/")))

    sign_again()
    assert bar(client.get(path(credential)))[0] == "standing"
    assert "All 5 checks passed" in text(client.get(path(credential)))


@pytest.mark.parametrize(("deed", "said"), [("revoke", "Revoked"), ("suspend", "Suspended")])
def test_page_says_what_is_worse_than_waiting(credential, client, deed, said):
    with scope(credential.issuer):
        assert getattr(correcting, deed)(credential, reason="x", by=None)
    withdraw(credential.issuer)
    assert bar(client.get(path(credential)))[1].startswith(said)

    sign_again()
    assert bar(client.get(path(credential)))[1].startswith(said)


def test_waiting_one_is_neither_passed_nor_failed(credential):
    withdraw(credential.issuer)

    said = report(credential)
    found = {check.key: (str(check.result), check.finding) for check in said.checks}
    assert found["signature"] == ("unknown", "key_withdrawn")
    assert found["issuer"] == ("unknown", "signing_again")
    assert said.failed == [] and not said.valid


def test_list_is_signed_with_the_new_key_from_the_next_answer_on(credential, client):
    address = f"/i/{credential.issuer.slug}/status/suspension/1"
    before = json.loads(client.get(address).content)
    withdraw(credential.issuer)
    after, again = (json.loads(client.get(address).content) for _ in range(2))

    assert before["proof"]["verificationMethod"] != after["proof"]["verificationMethod"]
    assert after["proof"]["verificationMethod"].endswith(signing(credential.issuer).multibase)
    assert again == after
    assert before["credentialSubject"] == after["credentialSubject"]


def test_list_keeps_its_signature_when_the_key_is_only_changed(credential, client):
    address = f"/i/{credential.issuer.slug}/status/suspension/1"
    before = client.get(address).content
    with scope(credential.issuer):
        keys.rotate(credential.issuer, "ed25519", None)

    assert client.get(address).content == before


def test_list_signed_with_the_old_key_a_moment_too_late_is_not_served(credential, client):
    address = f"/i/{credential.issuer.slug}/status/suspension/1"
    client.get(address)
    with across_issuers("a slow web process"):
        old = PublishedStatusList.objects.get()
    withdraw(credential.issuer)
    client.get(address)
    with across_issuers("a slow web process"):
        PublishedStatusList.objects.update(signed=old.signed, made_at=old.made_at, valid_until=old.valid_until)

    served = json.loads(client.get(address).content)
    assert served["proof"]["verificationMethod"].endswith(signing(credential.issuer).multibase)


def test_did_document_drops_the_key_and_its_answer_changes(credential, client):
    address = f"/i/{credential.issuer.slug}/did.json"
    before, gone = client.get(address), signing(credential.issuer).multibase
    withdraw(credential.issuer)
    after = client.get(address, headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert gone in before.content.decode() and gone not in after.content.decode()
    assert signing(credential.issuer).multibase in after.content.decode()


def test_withdrawn_keys_of_one_issuer_are_not_another_ones(credential):
    other = claimed(publish(IssuerFactory(), name="Elsewhere"), person())
    withdraw(credential.issuer)

    assert withdrawn(credential) != frozenset()
    assert withdrawn(other) == frozenset()
    assert report(other).valid
    with across_issuers("a public page"):
        theirs = replace(
            checks.Trusted(keys.did(other.issuer), "x", opening.trusted_keys(other.issuer), None),
            withdrawn=withdrawn(other),
        )
        found = checks.check(reread(credential).signed, theirs, clock.now())
    assert "issuer" in found.failed
