"""What the profile issues, and what it refuses: every question of the public suites to an issuer, over https."""

import json
from pathlib import Path

import pytest

from tests.verification.vc_api.stranger import INTEGRITY, V1, V2, credential, holds
from verification.vc_api.contexts import digests

TABLE = json.loads((Path(__file__).resolve().parents[2] / "vectors" / "vc-api" / "issue.json").read_text())


def _documents(expect):
    for row in TABLE["cases"]:
        if row["expect"] == expect:
            whole = {**TABLE["base"], **row.get("set", {})}
            document = {name: value for name, value in whole.items() if name not in row.get("drop", [])}
            yield pytest.param(document, id=f"{row['section']} {row['name']}")


@pytest.mark.parametrize("document", _documents("issued"))
def test_conforming_credential_is_issued_and_verifies(service, document):
    status, answer = service.issue(document)

    assert status == 201, answer
    issued = answer["verifiableCredential"]
    kept = {name: value for name, value in document.items() if name not in {"issuer", "credentialStatus"}}
    assert {name: issued[name] for name in kept} == kept
    assert holds(issued)
    assert service.verify(issued)[0] == 200


@pytest.mark.parametrize("document", _documents("refused"))
def test_other_credential_is_refused_with_where_and_why(service, document):
    status, answer = service.issue(document)

    assert status == 400
    assert set(answer) == {"errors"}
    assert set(answer["errors"][0]) == {"type", "title", "detail", "pointer"}


@pytest.mark.parametrize("issuer", ["did:web:laurel.example:i:north", {"id": "did:example:a", "name": "Example"}])
def test_issuer_is_always_the_profile_itself(service, issuer):
    _, answer = service.issue(credential(issuer=issuer))

    issued = answer["verifiableCredential"]
    named = issued["issuer"]["id"] if isinstance(issued["issuer"], dict) else issued["issuer"]
    assert named.startswith("did:key:z6Mk")
    assert issued["proof"]["verificationMethod"] == f"{named}#{named.removeprefix('did:key:')}"
    assert holds(issued)


@pytest.mark.parametrize("contexts", [[V1], [V1, INTEGRITY], [V1, {"@context": {"name": "https://schema.org/name"}}]])
def test_vc_1_1_gets_the_context_of_its_proof_and_no_status(service, contexts):
    status, answer = service.issue(credential(V1, **{"@context": contexts}))

    issued = answer["verifiableCredential"]
    assert status == 201
    assert issued["@context"].count(INTEGRITY) == 1
    assert issued["@context"][0] == V1
    assert "credentialStatus" not in issued
    assert holds(issued)
    assert service.verify(issued)[0] == 200


@pytest.mark.parametrize("date", [None, "yesterday", 7])
def test_vc_1_1_without_a_good_issuance_date_is_refused(service, date):
    document = credential(V1, issuanceDate=date)

    assert service.issue(document)[0] == 400
    del document["issuanceDate"]
    assert service.issue(document)[0] == 400


def test_another_cryptosuite_is_not_signed_with(service):
    assert service.issue(credential(), cryptosuite="ecdsa-rdfc-2019")[0] == 400
    assert service.issue(credential(), cryptosuite="eddsa-rdfc-2022")[0] == 201


def test_signed_is_not_signed_again(service):
    _, answer = service.issue(credential())

    assert service.issue(answer["verifiableCredential"])[0] == 400


def test_digests_of_the_base_context_are_those_that_the_standard_publishes():
    """VCDM 2.0, section B.1: the SHA-256 of https://www.w3.org/ns/credentials/v2."""
    assert "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU" in digests(V2)
    assert digests("https://example.org/") == frozenset()
