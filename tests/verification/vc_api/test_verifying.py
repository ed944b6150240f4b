"""Proofs that hold and proofs that do not: every question of w3c/vc-di-eddsa-test-suite to a verifier, in VC 2.0 and VC 1.1."""

import copy

import base58
import pytest

from tests.verification.vc_api.stranger import INTEGRITY, V1, V2, Stranger, credential

ONE, OTHER = Stranger(1), Stranger(2)
FIRST = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"
MISSING = "urn:uuid:38329423-2179-4b2e-88cb-a7c7d9dc4544"


@pytest.fixture(params=[V2, V1], ids=["VC 2.0", "VC 1.1"])
def document(request):
    return credential(request.param, issuer=ONE.did)


def code(answer):
    return answer["errors"][0]["type"].rpartition("#")[2]


def refused(service, document, **options):
    status, answer = service.verify(document, **options)
    assert (status, answer["verified"]) == (400, False), answer
    return code(answer)


def accepted(service, document, **options):
    status, answer = service.verify(document, **options)
    assert (status, answer) == (200, {"verified": True, "checks": ["proof"], "warnings": [], "errors": []})


def test_good_proof_verifies(service, document):
    accepted(service, ONE.signed(document))


@pytest.mark.parametrize(
    "changes",
    [
        {"created": None},
        {"created": "2025-11-01T10:00:00.123Z"},
        {"created": "2025-11-01T10:00:00-05:00"},
        {"created": "2025-11-01T10:00:00"},
        {"expires": "2099-01-01T00:00:00Z"},
        {"expires": "2099-01-01T00:00:00"},
        {"id": "urn:uuid:7"},
        {"nonce": "abc", "challenge": "c", "domain": ["a.example", "b.example"]},
    ],
)
def test_optional_members_may_stand_in_a_proof(service, document, changes):
    accepted(service, ONE.signed(document, **changes))


@pytest.mark.parametrize("proof", [None, [], {}, "proof", 7, [None], [[]]])
def test_what_is_no_proof_is_refused(service, document, proof):
    assert refused(service, {**document, "proof": proof}) == "PROOF_VERIFICATION_ERROR"


def test_without_a_proof_nothing_verifies(service, document):
    refused(service, document)


@pytest.mark.parametrize("name", ["type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue"])
@pytest.mark.parametrize("value", [None, 7, ["DataIntegrityProof"], "other"])
def test_needed_member_missing_or_another_after_signing_is_refused(service, document, name, value):
    good = ONE.signed(document)
    without = {key: kept for key, kept in good["proof"].items() if key != name}

    refused(service, {**document, "proof": without})
    refused(service, {**document, "proof": {**without, name: value}})


@pytest.mark.parametrize(
    "changes",
    [
        {"type": None},
        {"type": "UnknownProofType"},
        {"cryptosuite": None},
        {"cryptosuite": "unknown-cryptosuite-2017"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"verificationMethod": None},
        {"verificationMethod": "did:key:invalidVm"},
        {"verificationMethod": "did:key:@invalidVm@"},
        {"verificationMethod": ONE.did},
        {"verificationMethod": f"{ONE.did}#key-1"},
        {"verificationMethod": OTHER.method},
        {"verificationMethod": "did:web:localhost:i:north#key"},
        {"proofPurpose": None},
        {"proofPurpose": "invalidPurpose"},
        {"proofPurpose": "authentication"},
        {"created": "invalidDate"},
        {"created": "2026-13-01T10:00:00Z"},
        {"created": "2026-02-30T10:00:00Z"},
        {"expires": "invalidDate"},
        {"expires": "2020-01-01T00:00:00Z"},
        {"expires": "2020-01-01T00:00:00"},
        {"created": "2098-01-01T00:00:00Z", "expires": "2097-01-01T00:00:00Z"},
        {"id": "456321"},
        {"unknownMember": "lost"},
    ],
)
def test_proof_that_was_made_wrong_is_refused(service, document, changes):
    refused(service, ONE.signed(document, **changes))


def test_key_that_any_signature_fits_is_refused(service, document):
    """Points of small order: zero and its kin (verification/foreign/keys.py)."""
    multibase = "z" + base58.b58encode(b"\xed\x01" + b"\x01" + bytes(31)).decode()
    method = f"did:key:{multibase}#{multibase}"

    assert refused(service, ONE.signed(document, verificationMethod=method)) == "INVALID_VERIFICATION_METHOD"


def test_purpose_must_be_the_one_that_is_expected(service, document):
    refused(service, ONE.signed(document), expectedProofPurpose="authentication")
    accepted(service, ONE.signed(document, proofPurpose="authentication"), expectedProofPurpose="authentication")


def test_challenge_and_domain_must_be_those_that_are_asked_for(service, document):
    made = ONE.signed(document, challenge="1235abcd6789", domain="domain.example")

    accepted(service, made, challenge="1235abcd6789", domain="domain.example")
    assert refused(service, made, challenge="other", domain="domain.example") == "INVALID_CHALLENGE_ERROR"
    assert refused(service, made, challenge="1235abcd6789", domain="other.example") == "INVALID_DOMAIN_ERROR"
    assert refused(service, ONE.signed(document), challenge="1235abcd6789") == "INVALID_CHALLENGE_ERROR"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value[1:],
        lambda value: "u" + value[1:],
        lambda value: "z" + base58.b58encode(base58.b58decode(value[1:]) + b"\x07" * 32).decode(),
        lambda value: "z" + base58.b58encode(base58.b58decode(value[1:])[:-1]).decode(),
        lambda value: (
            "z"
            + base58.b58encode(bytes([base58.b58decode(value[1:])[0] ^ 1]) + base58.b58decode(value[1:])[1:]).decode()
        ),
        lambda value: value + " ",
        lambda value: "z1" + value[1:],
        lambda value: "z0OIl",
        lambda value: "z" + "1" * 5000,
        lambda value: "",
    ],
)
def test_spoilt_proof_value_is_refused(service, document, spoil):
    good = ONE.signed(document)

    refused(service, {**document, "proof": {**good["proof"], "proofValue": spoil(good["proof"]["proofValue"])}})


@pytest.mark.parametrize(
    "alter",
    [
        lambda made: made["credentialSubject"].update(undefinedTerm="would be dropped"),
        lambda made: made["type"].append("UndefinedType"),
        lambda made: made["credentialSubject"].update(id="did:example:other"),
        lambda made: made.update(id="urn:uuid:7"),
        lambda made: made["@context"].append({"added": "https://example.org/#added"}) or made.update(added="yes"),
        lambda made: made.update(issuer=OTHER.did),
        lambda made: made["proof"].update(created="2026-11-01T10:00:01Z"),
        lambda made: made["proof"].update(nonce="added"),
    ],
)
def test_altered_after_signing_is_refused(service, document, alter):
    made = copy.deepcopy(ONE.signed(document))
    alter(made)

    refused(service, made)


def test_direction_added_after_signing_is_refused(service):
    made = ONE.signed(credential(issuer=ONE.did, name={"@value": "abc", "@language": "en"}))
    made["name"]["@direction"] = "rtl"

    refused(service, made)


def test_base_that_is_taken_out_after_signing_is_refused(service, document):
    """vc-di-eddsa: "the base URL is set to null". With a base, a relative type becomes an address, whatever one likes."""
    based = {**document, "@context": [*document["@context"], {"@base": "https://invalid.example.com/"}]}
    made = ONE.signed({**based, "type": [*document["type"], "UndefinedCredential"]})

    refused(service, made)
    assert refused(service, {**made, "@context": document["@context"]}) == "DATA_LOSS_DETECTION_ERROR"


def test_set_of_proofs_verifies_as_a_whole(service, document):
    proofs = [ONE.proof(document), OTHER.proof(document)]

    accepted(service, {**document, "proof": proofs})
    proofs[1]["proofValue"] = proofs[0]["proofValue"]
    refused(service, {**document, "proof": proofs})


def test_more_proofs_than_anybody_needs_are_refused(service, document):
    accepted(service, {**document, "proof": [ONE.proof(document)] * 8})
    refused(service, {**document, "proof": [ONE.proof(document)] * 9})


@pytest.mark.parametrize("named", [FIRST, [FIRST]], ids=["string", "list"])
def test_chain_verifies_and_none_of_it_may_be_taken_away_or_altered(service, document, named):
    first = OTHER.proof(document, id=FIRST)
    second = ONE.proof({**document, "proof": [first]}, previousProof=named)

    accepted(service, {**document, "proof": [first, second]})
    accepted(service, {**document, "proof": [second, first]})
    refused(service, {**document, "proof": [second]})
    refused(service, {**document, "proof": [{**first, "proofValue": "invalidProofValue"}, second]})
    # Another good proof under the id of the first: it is not the one that the second was made over.
    refused(service, {**document, "proof": [OTHER.proof(document, id=FIRST, nonce="other"), second]})


@pytest.mark.parametrize("named", [MISSING, [MISSING], [FIRST, MISSING], 456321, [], {}, [7]])
def test_chain_to_a_proof_that_is_not_there_is_refused(service, document, named):
    first = OTHER.proof(document, id=FIRST)
    second = {**ONE.proof({**document, "proof": [first]}), "previousProof": named}

    refused(service, {**document, "proof": [first, second]})


def test_chain_over_two_proofs_of_one_id_is_refused(service, document):
    first = OTHER.proof(document, id=FIRST)

    refused(service, {**document, "proof": [first, OTHER.proof(document, id=FIRST, nonce="n")]})


def test_proof_by_somebody_else_than_the_issuer_is_refused(service):
    document = credential(issuer=OTHER.did)

    assert refused(service, ONE.signed(document)) == "PROOF_VERIFICATION_ERROR"
    accepted(service, {**document, "proof": [ONE.proof(document), OTHER.proof(document)]})


def test_issuer_whose_keys_cannot_be_asked_for_here_is_left_to_the_caller(service):
    """The vectors of the suites are issued by https://vc.example and signed by did:keys."""
    accepted(service, ONE.signed(credential(issuer="https://vc.example/issuers/5678")))


def test_vc_1_1_without_the_context_of_its_proof_is_read_with_it(service):
    bare = {**credential(V1, issuer=ONE.did), "@context": [V1]}

    accepted(service, {**bare, "proof": ONE.proof(bare, contexts=[V1, INTEGRITY])})


@pytest.mark.parametrize(
    ("changes", "checks", "expected"),
    [
        ({"validUntil": "2020-01-01T00:00:00Z"}, ["proof"], 200),
        ({"validUntil": "2020-01-01T00:00:00Z"}, ["proof", "validityPeriod"], 400),
        ({"validUntil": "2020-01-01T00:00:00Z"}, [], 400),
        ({"validFrom": "2099-01-01T00:00:00Z"}, None, 400),
        ({"validFrom": "2020-01-01T00:00:00Z"}, None, 200),
        ({"validFrom": "2020-01-01T24:00:00Z", "validUntil": "2099-12-31T23:59:59.999999999+14:00"}, None, 200),
    ],
)
def test_dates_count_unless_only_other_checks_are_asked_for(service, changes, checks, expected):
    made = ONE.signed(credential(issuer=ONE.did, **changes))

    assert service.verify(made, checks=checks)[0] == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"validUntil": "2020-01-01T00:00:00Z", "validFrom": "2021-01-01T00:00:00Z"},
        {"credentialSubject": {}},
        {"id": None},
        {"relatedResource": {"id": V2, "digestMultibase": "u" + "A" * 43}},
        {"@context": [V2, 7]},
        {"@context": [{"VerifiableCredential": "https://example.org/"}, V2]},
        {"@context": V2},
        {"@context": None},
    ],
)
def test_shape_is_checked_even_if_a_signature_is_there(service, changes):
    made = {**ONE.signed(credential(issuer=ONE.did)), **changes}

    assert refused(service, made) == "MALFORMED_VALUE_ERROR"


def test_non_conforming_document_is_refused(service):
    refused(service, {"type": ["NonconformingDocument"]})
