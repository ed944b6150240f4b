"""The status of what the profile issues (Bitstring Status List 1.0), as w3c/vc-bitstring-status-list-test-suite asks."""

import base64
import gzip

import pytest
import time_machine

from tests.verification.vc_api.stranger import Stranger, credential, holds

ONE = Stranger(6)


@pytest.fixture
def issued(service):
    document = credential(id="urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33")
    return service.issue(document)[1]["verifiableCredential"]


def fetched(service, address, accept=None):
    status, headers, body = service.ask(address, accept=accept)
    assert status == 200
    return headers, body


def test_issued_credential_has_an_entry_and_its_subject_is_untouched(service, issued):
    entry = issued["credentialStatus"]

    assert issued["credentialSubject"] == {"id": "did:example:subject"}
    assert set(entry) == {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}
    assert (entry["type"], entry["statusPurpose"]) == ("BitstringStatusListEntry", "revocation")
    assert str(int(entry["statusListIndex"])) == entry["statusListIndex"]
    assert entry["statusListCredential"] == f"{service.site}/vc-api/status/revocation/1"
    assert entry["id"] == f"{entry['statusListCredential']}#{entry['statusListIndex']}"


def test_places_in_the_list_tell_nobody_who_came_when(service):
    places = [
        int(service.issue(credential())[1]["verifiableCredential"]["credentialStatus"]["statusListIndex"])
        for _ in "12345"
    ]

    assert places != sorted(places) or places[-1] - places[0] > 5


def test_status_that_was_asked_for_is_kept(service):
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
        "statusListIndex": "94567",
        "statusListCredential": "https://example.org/status/3",
    }

    assert service.issue(credential(credentialStatus=entry))[1]["verifiableCredential"]["credentialStatus"] == entry


def test_list_is_a_signed_credential_of_sixteen_kilobytes_of_zeros(service, issued):
    _, listed = fetched(service, issued["credentialStatus"]["statusListCredential"])

    subject = listed["credentialSubject"]
    assert listed["id"] == issued["credentialStatus"]["statusListCredential"]
    assert listed["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert listed["issuer"] == issued["issuer"]
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    assert set(subject) == {"id", "type", "statusPurpose", "encodedList"}
    body = subject["encodedList"].removeprefix("u")
    assert gzip.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) == bytes(16 * 1024)
    assert holds(listed)
    assert service.verify(listed)[0] == 200


@pytest.mark.parametrize("accept", [None, "*/*", "application/ld+json, application/json", "application/vc+ld+json"])
def test_list_says_in_its_type_that_it_is_json(service, issued, accept):
    headers, _ = fetched(service, issued["credentialStatus"]["statusListCredential"], accept)

    assert "json" in headers.get_content_type()
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_list_is_served_as_vc_to_whoever_asks_for_that(service):
    headers, _ = fetched(service, f"{service.site}/vc-api/status/revocation/1", "application/vc")

    assert headers.get_content_type() == "application/vc"


def test_list_is_the_same_text_all_day_and_never_lapsed(service):
    address = f"{service.site}/vc-api/status/revocation/1"
    with time_machine.travel("2026-11-25T00:00:01Z", tick=False):
        morning, first = fetched(service, address)
    with time_machine.travel("2026-11-25T23:59:59Z", tick=False):
        evening, second = fetched(service, address)

    assert (morning["ETag"], first) == (evening["ETag"], second)
    assert first["validFrom"] == "2026-11-25T00:00:00Z"
    assert first["validUntil"] == "2026-12-02T00:00:00Z"


@pytest.mark.parametrize("checks", [None, ["proof", "credentialStatus"]])
def test_issued_credential_verifies_with_its_status(service, issued, checks):
    status, answer = service.verify(issued, checks=checks)

    assert status == 200
    assert {"proof", "credentialStatus"} <= set(answer["checks"])


def entry_of(service, **changes):
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": f"{service.site}/vc-api/status/revocation/1",
    }
    return {**entry, **changes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"statusListIndex": "131072"}, "RANGE_ERROR"),
        ({"statusListIndex": "9" * 19}, "RANGE_ERROR"),
        ({"statusListIndex": "9" * 20}, "MALFORMED_VALUE_ERROR"),
        ({"statusListIndex": "07"}, "MALFORMED_VALUE_ERROR"),
        ({"statusPurpose": "suspension"}, "STATUS_VERIFICATION_ERROR"),
        ({"statusListCredential": "https://example.org/status/1"}, "STATUS_RETRIEVAL_ERROR"),
        ({"type": ["BitstringStatusListEntry", "https://example.org/#Other"]}, "STATUS_RETRIEVAL_ERROR"),
    ],
)
def test_status_that_cannot_be_told_is_no_pass(service, changes, code):
    made = ONE.signed(credential(issuer=ONE.did, credentialStatus=entry_of(service, **changes)))

    status, answer = service.verify(made, checks=["proof", "credentialStatus"])

    assert status == 400
    assert answer["errors"][0]["type"].endswith(f"#{code}")


def test_status_of_a_kind_that_is_not_known_here_is_no_pass(service):
    other = {"id": "did:example:status", "type": "https://example.org/#OtherStatus"}
    made = ONE.signed(credential(issuer=ONE.did, credentialStatus=other))

    assert service.verify(made, checks=["credentialStatus"])[0] == 400
    assert service.verify(made, checks=["proof"])[0] == 200


def test_every_entry_counts(service):
    entries = [entry_of(service), entry_of(service, statusListIndex="131072")]
    made = ONE.signed(credential(issuer=ONE.did, credentialStatus=entries))

    assert service.verify(made, checks=["credentialStatus"])[0] == 400
    assert service.verify(made, checks=["proof"])[0] == 200
