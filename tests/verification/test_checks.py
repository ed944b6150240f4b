"""The five checks of the public page: each passes, fails or does not know, and nothing but five passes is green."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.openbadges import documents, validate
from issuers.signing import multikey, proofs
from tests.openbadges_samples import ACHIEVEMENT, CREDENTIAL, DID, ISSUER
from verification import checks, status_list
from verification.report import Result

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
METHOD = f"{DID}#{multikey.encode(KEY.public_key())}"
LIST = CREDENTIAL.status.list_url
INDEX = CREDENTIAL.status.index


def signed(prepared, key=KEY, method=METHOD):
    return proofs.sign(prepared, key, method, datetime(2026, 11, 1, 10, tzinfo=UTC))


def credential(issuer=ISSUER, key=KEY, method=METHOD, **facts):
    made = documents.credential(replace(CREDENTIAL, **facts), ACHIEVEMENT, issuer)
    return signed(validate.prepare(made), key, method)


def listed(bits=(), key=KEY, method=METHOD, **values):
    facts = {
        "id": LIST,
        "issuer_id": DID,
        "purpose": "revocation",
        "encoded_list": status_list.encode(bits),
        "valid_from": NOW - timedelta(hours=1),
        "valid_until": NOW + timedelta(days=7),
        "ttl_ms": 30_000,
        **values,
    }
    return signed(validate.prepare_status_list(documents.status_list(**facts)), key, method)


def trusted(list_text=None, keys=None):
    return checks.Trusted(DID, "Northmoor University", keys or {METHOD: KEY.public_key()}, list_text or listed())


def findings(report):
    return {check.key: (str(check.result), check.finding) for check in report.checks}


TEXT = credential()
OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)


def test_credential_passes_every_check():
    report = checks.check(TEXT, trusted(), NOW)

    assert report.valid
    assert findings(report) == {
        "form": ("passed", "written_correctly"),
        "signature": ("passed", "unchanged"),
        "issuer": ("passed", "key_published"),
        "status": ("passed", "not_revoked"),
        "dates": ("passed", "within_dates"),
    }


@pytest.mark.parametrize("text", ["", "null", "[]", "{", "{}x", '{"a": 1, "a": 2}', "[" * 100_000, '{"a": "\\ud800"}'])
def test_text_that_is_no_document_fails_its_form_and_leaves_the_rest_open(text):
    report = checks.check(text, trusted(), NOW)

    assert not report.valid
    assert report.document is None
    assert findings(report) == {
        "form": ("failed", "unreadable"),
        **dict.fromkeys(("signature", "issuer", "status", "dates"), ("unknown", "unread")),
    }


def altered(change):
    made = copy.deepcopy(json.loads(TEXT))
    change(made)
    return json.dumps(made)


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        (lambda made: made.update(name="Doctor"), ["signature"]),
        (lambda made: made["credentialSubject"]["identifier"][1].update(identityHash="Other"), ["signature"]),
        (lambda made: made.update(validUntil="2099-01-01T00:00:00Z"), ["signature"]),
        (lambda made: made.update(grade="A+"), ["form", "signature"]),
        (lambda made: made["issuer"].update(legalName="Harvard"), ["form", "signature"]),
        (lambda made: made["credentialSubject"]["achievement"].update(level="PhD"), ["form", "signature"]),
        (
            lambda made: made.update(issuer={**made["issuer"], "id": "did:web:evil.example.org"}),
            ["signature", "issuer"],
        ),
        (lambda made: made["@context"].reverse(), ["form"]),
        (lambda made: made["@context"].append({"grade": "https://example.org/g"}), ["form"]),
        (lambda made: made["proof"].update(proofPurpose="authentication"), ["signature"]),
        (lambda made: made["proof"].update(cryptosuite="eddsa-jcs-2022"), ["signature"]),
        (lambda made: made.update(proof=[made["proof"], made["proof"]]), ["issuer"]),
        (lambda made: made.pop("proof"), ["issuer"]),
        (lambda made: made["proof"].update(verificationMethod=f"{DID}#z6MkOther"), ["issuer"]),
        (lambda made: made["proof"].update(verificationMethod=7), ["issuer"]),
        (lambda made: made.update(validFrom="2026-11-01T10:00:00"), ["signature", "dates"]),
        (lambda made: made.update(validFrom="soon"), ["signature", "dates"]),
        (lambda made: made.pop("validFrom"), ["form", "signature", "dates"]),
        (lambda made: made.update(issuer=DID), ["signature"]),
        (lambda made: made.update(issuer={}), ["form", "signature", "issuer"]),
    ],
)
def test_altered_credential_is_never_green_and_says_what_is_wrong(change, failed):
    report = checks.check(altered(change), trusted(), NOW)

    assert not report.valid
    assert set(failed) <= set(report.failed)


def test_order_and_blanks_are_not_part_of_what_was_signed():
    assert checks.check(json.dumps(json.loads(TEXT), indent=4, ensure_ascii=True), trusted(), NOW).valid


def test_key_that_is_not_published_leaves_the_signature_open_and_fails_the_issuer():
    report = checks.check(credential(key=OTHER, method=f"{DID}#other"), trusted(), NOW)

    assert findings(report)["signature"] == ("unknown", "key_unknown")
    assert findings(report)["issuer"] == ("failed", "key_not_published")


def test_other_issuer_with_a_key_of_its_own_is_not_this_one():
    evil = "did:web:evil.example.org:i:northmoor"
    report = checks.check(credential(replace(ISSUER, did=evil), OTHER, f"{evil}#k"), trusted(), NOW)

    assert findings(report)["issuer"] == ("failed", "other_issuer")


def test_key_of_this_issuer_does_not_sign_for_another():
    evil = "did:web:evil.example.org:i:northmoor"
    report = checks.check(credential(replace(ISSUER, did=evil)), trusted(), NOW)

    assert findings(report)["issuer"] == ("failed", "other_issuer")


# Status.


def test_set_bit_fails_the_status():
    report = checks.check(TEXT, trusted(listed({INDEX})), NOW)

    assert findings(report)["status"] == ("failed", "revoked")
    assert report.worst_first[0].key == "status"


def test_neighbouring_bits_do_not():
    assert checks.check(TEXT, trusted(listed({INDEX - 1, INDEX + 1})), NOW).valid


def test_suspension_has_its_own_words():
    text = credential(status=replace(CREDENTIAL.status, purpose="suspension"))

    for bits, finding in (({INDEX}, ("failed", "suspended")), ((), ("passed", "not_suspended"))):
        report = checks.check(text, trusted(listed(bits, purpose="suspension")), NOW)
        assert findings(report)["status"] == finding


def resigned_index(index):
    made = {key: value for key, value in json.loads(TEXT).items() if key != "proof"}
    made["credentialStatus"]["statusListIndex"] = index
    return signed(validate.prepare(made))


@pytest.mark.parametrize("index", ["-1", "131072", "1000000000", "1e3", "7 ", "+7", "07", "٧", "0x7", "", "9" * 5000])
def test_index_that_is_none_is_never_green(index):
    report = checks.check(resigned_index(index), trusted(), NOW)

    assert findings(report)["status"][0] == "unknown"
    assert not report.valid


@pytest.mark.parametrize(
    "list_text",
    [
        "no json",
        "{}",
        "[]",
        listed(key=OTHER),
        listed(method=f"{DID}#other"),
        listed(issuer_id="did:web:evil.example.org"),
        listed(purpose="suspension"),
        listed(valid_until=NOW - timedelta(minutes=10)),
        listed(id=LIST[:-1] + "2"),
        listed(encoded_list="uH4sI"),
        listed().replace('"ttl":30000', '"ttl":30001'),
        listed().replace('"validUntil":"2026', '"validUntil":"2027'),
    ],
    ids=[
        "text",
        "empty",
        "list",
        "other_key",
        "other_method",
        "other_issuer",
        "other_purpose",
        "lapsed",
        "other_list",
        "broken_bits",
        "altered",
        "prolonged",
    ],
)
def test_status_is_unknown_when_the_list_cannot_be_trusted(list_text):
    report = checks.check(TEXT, trusted(list_text), NOW)

    assert findings(report)["status"] == ("unknown", "list_unreadable")
    assert not report.valid


def test_status_is_unknown_without_a_list():
    report = checks.check(TEXT, checks.Trusted(DID, "Northmoor", {METHOD: KEY.public_key()}, None), NOW)

    assert findings(report)["status"] == ("unknown", "no_list")


# Dates.


@pytest.mark.parametrize(
    ("now", "finding"),
    [
        (datetime(2026, 11, 1, 9, 54, tzinfo=UTC), "not_yet"),
        (datetime(2026, 11, 1, 9, 56, tzinfo=UTC), "within_dates"),
        (datetime(2036, 11, 1, 9, 59, tzinfo=UTC), "within_dates"),
        (datetime(2036, 11, 1, 10, 1, tzinfo=UTC), "expired"),
    ],
)
def test_dates_are_compared_with_a_little_patience_at_the_beginning(now, finding):
    assert findings(checks.check(TEXT, trusted(), now))["dates"][1] == finding


def test_credential_without_end_does_not_expire():
    later = NOW + timedelta(days=40_000)

    assert findings(checks.check(credential(valid_until=None), trusted(), later))["dates"] == ("passed", "no_end")


# Anything.

scraps = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = [*json.loads(TEXT)]


@given(member=st.sampled_from(MEMBERS), value=scraps)
@settings(max_examples=200, deadline=None)
def test_no_change_of_a_member_is_green_or_an_error(member, value):
    made = {**json.loads(TEXT), member: value}
    report = checks.check(json.dumps(made), trusted(), NOW)

    assert not report.valid
    assert len(report.checks) == 5


@given(st.text(max_size=200))
def test_no_text_is_green_or_an_error(text):
    assert not checks.check(text, trusted(), NOW).valid


def test_worst_comes_first():
    report = checks.check(TEXT, trusted(listed({INDEX})), NOW)

    assert [check.result for check in report.worst_first] == sorted(
        (check.result for check in report.checks), key=[Result.FAILED, Result.UNKNOWN, Result.PASSED].index
    )
