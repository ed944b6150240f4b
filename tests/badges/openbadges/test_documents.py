"""Documents say everything that was said, in the words of the specification, and nothing that was not."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.openbadges import documents, validate
from tests.openbadges_samples import ACHIEVEMENT, CREDENTIAL, DID, ISSUER, credential, smallest


def test_every_printed_value_is_in_the_document():
    made = credential()
    text = json.dumps(made, ensure_ascii=False)

    for value in ("Amal bint Khalid Al-Mansoori", "S00001", "Seminar room", "B 12", "Guided all five to the end."):
        assert value in text
    assert "amal@example.org" not in text


def test_address_stands_only_as_a_salted_hash():
    identity = credential()["credentialSubject"]["identifier"][0]

    assert identity == {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": "sha256$" + hashlib.sha256(b"amal@example.orgk7Zp0qf2s9Qw").hexdigest(),
        "identityType": "emailAddress",
        "salt": "k7Zp0qf2s9Qw",
    }


def test_name_as_printed_is_an_identity():
    assert {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": "Amal bint Khalid Al-Mansoori",
        "identityType": "name",
    } in credential()["credentialSubject"]["identifier"]


def test_results_point_at_their_descriptions():
    subject = credential()["credentialSubject"]
    described = {item["id"]: item["name"] for item in subject["achievement"]["resultDescription"]}

    assert [(described[item["resultDescription"]], item["value"]) for item in subject["result"]] == [
        ("Grade", "A"),
        ("Seminar room", "B 12"),
    ]


def test_status_has_one_entry_with_an_id_of_its_own():
    status = credential()["credentialStatus"]

    assert isinstance(status, dict)
    assert status["id"] == f"{status['statusListCredential']}#4242"
    assert status["statusListIndex"] == "4242"
    assert status["type"] == "BitstringStatusListEntry"


def test_absent_parts_are_left_out():
    made = smallest()

    assert not {"image", "evidence", "validUntil"} & set(made)
    assert not {"result", "narrative", "creditsEarned"} & set(made["credentialSubject"])
    assert not {"alignment", "tag", "image", "creditsAvailable"} & set(made["credentialSubject"]["achievement"])
    assert not re.search(r'null|""|\[\]|\{\}', json.dumps(made))


@pytest.mark.parametrize(
    ("value", "written"),
    [(Decimal(3), 3), (Decimal("3.00"), 3), (Decimal("2.50"), 2.5), (Decimal("0.1"), 0.1), (Decimal(0), 0)],
)
def test_credits_are_numbers_on_which_implementations_agree(value, written):
    made = credential(credits=value)["credentialSubject"]["creditsEarned"]

    assert (made, type(made)) == (written, type(written))
    validate.prepare(credential(credits=value))


def test_moments_are_whole_seconds_in_utc():
    local = datetime(2026, 11, 1, 12, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))

    assert documents.moment(local) == "2026-11-01T10:00:00Z"


def test_status_list_is_a_credential_of_its_own():
    made = documents.status_list(
        id="https://badges.example.org/i/northmoor/status/revocation/1",
        issuer_id=DID,
        purpose="revocation",
        encoded_list="uH4s",
        valid_from=datetime(2026, 11, 1, tzinfo=UTC),
        valid_until=datetime(2026, 11, 8, tzinfo=UTC),
        ttl_ms=30_000,
    )

    assert made["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert made["credentialSubject"] == {
        "id": "https://badges.example.org/i/northmoor/status/revocation/1#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": "uH4s",
        "ttl": 30_000,
    }
    assert validate.prepare_status_list(made).issuer_id == DID


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(
    name=texts.filter(bool),
    narrative=texts,
    results=st.lists(st.tuples(texts.filter(bool), texts.filter(bool)), max_size=5).map(tuple),
    evidence=st.lists(st.builds(documents.EvidenceFacts, name=texts.filter(bool), description=texts), max_size=1).map(
        tuple
    ),
    credits=st.none() | st.decimals(0, 1000, places=2),
)
@settings(max_examples=60, deadline=None)
def test_any_facts_make_a_document_that_may_be_signed(**facts):
    made = documents.credential(replace(CREDENTIAL, **facts), ACHIEVEMENT, ISSUER)

    assert json.loads(validate.prepare(made).text) == made
