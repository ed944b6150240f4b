"""Good credentials of every kind pass; whatever is added, renamed, moved or flipped does not; nothing at all raises."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.openbadges_samples import DID, smallest
from tests.verification.foreign import world
from tests.verification.foreign.trees import at, places
from tests.verification.foreign.world import (
    KEY,
    LIST,
    METHOD,
    NOW,
    OTHER,
    OURS,
    P256,
    P384,
    RSA,
    SITE,
    examine,
    findings,
    green,
)
from verification.foreign import contexts, judging, shapes, warming
from verification.foreign.outcome import Resource

DOCUMENT = json.loads(OURS)
JCS = json.dumps(world.signed(world.badge(), suite="eddsa-jcs-2022"))
TOKEN = world.token(world.badge())


def of_did_key(key, document=None):
    made = world.changed(document or world.badge(), lambda made: made.pop("credentialStatus", None))
    issuer = world.did_key(key)
    made["issuer"]["id"] = issuer
    return made, issuer, f"{issuer}#{issuer[8:]}"


def by_did_key(key, suite):
    made, _, method = of_did_key(key)
    return json.dumps(world.signed(made, key, method, suite))


def version_1(document=None, **values):
    """A badge on VC 1.1, as 3.0.0 was."""
    made = document or world.badge()
    made["@context"] = [
        contexts.VC_1,
        made["@context"][1],
        made["@context"][2],
        "https://w3id.org/security/data-integrity/v2",
    ]
    made["issuanceDate"], made["expirationDate"] = made.pop("validFrom"), made.pop("validUntil", "2036-11-01T10:00:00Z")
    made.pop("credentialStatus")
    made.pop("awardedDate", None)
    return {**made, **values}


def plain_credential(**values):
    return {
        "@context": [contexts.VC_2],
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "credentialSubject": {"id": "urn:x:1"},
        **values,
    }


GOOD = {
    "ours": OURS,
    "smallest": json.dumps(world.signed(smallest())),
    "jcs": JCS,
    "jcs without contexts in the proof": json.dumps(world.signed(of_did_key(KEY)[0] | {}, KEY, of_did_key(KEY)[2], "eddsa-jcs-2022")),
    "did:key Ed25519": by_did_key(OTHER, "eddsa-rdfc-2022"),
    "ecdsa-rdfc P-256": by_did_key(P256, "ecdsa-rdfc-2019"),
    "ecdsa-rdfc P-384": by_did_key(P384, "ecdsa-rdfc-2019"),
    "ecdsa-jcs P-256": by_did_key(P256, "ecdsa-jcs-2019"),
    "ecdsa-jcs P-384": by_did_key(P384, "ecdsa-jcs-2019"),
    "two proofs": json.dumps({**DOCUMENT, "proof": [DOCUMENT["proof"], world.signed(world.badge(), P256, world.JWT_METHOD, "ecdsa-rdfc-2019")["proof"]]}),
    "proof with more to say": json.dumps(world.signed(world.badge(), domain="https://x.example", challenge="1", expires="2030-01-01T00:00:00Z", id="urn:x:proof")),
    "token ES256": TOKEN,
    "token ES384": world.token(world.badge(), P384, "ES384", world.P384_METHOD),
    "token RS256": world.token(world.badge(), RSA, "RS256", world.RSA_METHOD),
    "token EdDSA": world.token(world.badge(), KEY, "EdDSA", METHOD),
    "token Ed25519": world.token(world.badge(), KEY, "Ed25519", METHOD),
    "token vc+jwt": world.token(world.badge(), header={"typ": "vc+jwt"}),
    "token with a proof inside": world.token(DOCUMENT),
    "enveloped": json.dumps({"@context": contexts.VC_2, "id": f"data:application/vc+jwt,{TOKEN}", "type": "EnvelopedVerifiableCredential"}),
    "VC 1.1": json.dumps(world.signed(version_1())),
    "plain credential": json.dumps(world.signed(plain_credential())),
    "without version": json.dumps(world.signed(world.changed(world.badge(), lambda made: made["@context"].__setitem__(1, made["@context"][1].replace("-3.0.3", ""))))),
    "3.0.1": json.dumps(world.signed(version_1(smallest(), **{"@context": [contexts.VC_1, *(address.replace("3.0.3", "3.0.1") for address in version_1()["@context"][1:])]}))),
    "3.0.2": json.dumps(world.signed(world.changed(smallest(), lambda made: (made.pop("awardedDate"), made["@context"].__setitem__(1, made["@context"][1].replace("3.0.3", "3.0.2")))))),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_good_credential_passes_every_check(name):
    outcome = examine(GOOD[name])

    assert green(outcome), findings(outcome)
    assert outcome.kind == ("credential" if name == "plain credential" else "open_badge_3")


def test_report_has_the_checks_in_order_and_the_document():
    outcome = examine(OURS)

    assert findings(outcome) == {
        "form": ("passed", "badge_well_formed"),
        "shown": ("passed", "all_signed"),
        "signature": ("passed", "signature_fits"),
        "key": ("passed", "key_of_issuer"),
        "status": ("passed", "not_revoked"),
        "dates": ("passed", "within_dates"),
    }
    assert list(findings(outcome)) == ["form", "shown", "signature", "key", "status", "dates"]
    assert outcome.report.document == DOCUMENT
    assert (outcome.envelope, outcome.issuer.name, outcome.issuer.host) == (
        "json",
        "Northmoor University",
        "badges.example.org",
    )


def test_comprehensive_learner_record_is_a_credential_with_credentials_inside():
    inner = world.signed(world.changed(world.badge(), lambda made: made.pop("credentialStatus")))
    record = {
        "@context": [contexts.VC_2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", world.badge()["@context"][1], world.badge()["@context"][2]],
        "id": "urn:x:record", "type": ["VerifiableCredential", "ClrCredential"], "name": "Record", "issuer": {"id": DID, "type": ["Profile"], "name": "Northmoor University"},
        "validFrom": "2026-11-01T10:00:00Z", "credentialSubject": {"type": ["ClrSubject"], "id": "urn:x:1", "verifiableCredential": [inner]},
    }  # fmt: skip
    outcome = examine(world.signed(record))

    assert green(outcome), [(check.finding, check.facts) for check in outcome.report.checks]
    assert outcome.kind == "credential"
    assert not green(
        examine(
            world.changed(
                world.signed(record),
                lambda made: at(made, ("credentialSubject", "verifiableCredential", 0)).update(name="Doctor"),
            )
        )
    )


def test_warming_leaves_nothing_to_be_made_for_an_ordinary_badge():
    contexts._PROCESSOR._kept.clear()
    warming.warm()
    before = len(contexts._PROCESSOR._kept)

    examine(json.dumps(world.signed(smallest())))

    assert len(contexts._PROCESSOR._kept) == before


def test_everything_is_asked_for_in_the_first_round():
    assert judging.examine(OURS.encode(), {}, NOW).wants == (world.DID_ADDRESS, LIST)


# VC 1.1 in a token: what stands in the claims belongs to the credential.


def vc_1_token(change=lambda claims: None):
    made = version_1()
    claims = {"vc": {name: value for name, value in made.items() if name not in {"issuanceDate", "expirationDate", "id"}},
              "iss": DID, "jti": made["id"], "sub": made["credentialSubject"]["id"], "nbf": 1793527200, "exp": 2109146400}  # fmt: skip
    change(claims)
    return world.compact({"alg": "ES256", "typ": "JWT", "kid": world.JWT_METHOD}, claims, P256)


def test_claims_of_a_vc_1_token_are_part_of_the_credential():
    outcome = examine(vc_1_token())

    assert green(outcome), findings(outcome)
    assert outcome.report.document["issuanceDate"] == "2026-11-01T10:00:00+00:00"


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims.update(iss="did:web:evil.example"),
        lambda claims: claims["vc"].update(id="urn:x:other"),
        lambda claims: claims["vc"].update(expirationDate="2099-01-01T00:00:00Z"),
        lambda claims: claims.update(nbf="1793527200"),
        lambda claims: claims.update(nbf=1e300),
        lambda claims: claims.update(vc=[]),
    ],
)
def test_vc_1_token_that_contradicts_itself_is_refused(change):
    assert findings(examine(vc_1_token(change)))["form"][0] == "failed"


def test_claim_beside_the_credential_is_not_part_of_it():
    outcome = examine(vc_1_token(lambda claims: claims.update(name="Harvard", grade="A+")))

    assert green(outcome)
    assert "grade" not in outcome.report.document
    assert outcome.report.document["name"] == DOCUMENT["name"]


@pytest.mark.parametrize(
    "name", ["ours", "jcs", "token ES256", "token RS256", "token with a proof inside", "VC 1.1", "ecdsa-rdfc P-384"]
)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_flipped_bit_is_never_green_unless_it_says_the_same(name, data):
    raw = bytearray(GOOD[name].encode())
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit >> 3] ^= 1 << (bit & 7)

    outcome = examine(bytes(raw))

    # White space and the case of \\u escapes are not part of what is signed; nothing else may pass.
    assert not green(outcome) or outcome.report.document == examine(GOOD[name]).report.document


SMALL = world.signed({**plain_credential(), "validFrom": "2026-11-01T10:00:00Z"})
SMALL_TOKEN = world.compact({"alg": "EdDSA", "kid": METHOD}, plain_credential(), KEY)


@pytest.mark.slow
@pytest.mark.parametrize("text", [json.dumps(SMALL), SMALL_TOKEN], ids=["proof", "token"])
def test_every_flipped_bit_of_a_small_credential_is_seen(text):
    whole, raw = examine(text), text.encode()
    assert green(whole)

    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit >> 3] ^= 1 << (bit & 7)
        outcome = examine(bytes(flipped))
        assert not green(outcome) or outcome.report.document == whole.report.document, (bit, bytes(flipped))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*DOCUMENT, "@id", "@type", "@value", "identifier", "achievement", "badge", "recipient", "vc", "x"]), inner, max_size=5), max_leaves=25)  # fmt: skip


def answered(content, site=SITE, address=""):
    outcome = examine(content, site, address=address)
    assert outcome.report is not None
    assert [check.key for check in outcome.report.checks][:6] == [
        "form",
        "shown",
        "signature",
        "key",
        "status",
        "dates",
    ]
    return outcome


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"")
@example(b"\x89PNG\r\n\x1a\n")
@example(b"<svg/>")
@example(b"%PDF-1.7")
@example(b"eyJ.eyJ.")
@example(b"{" * 40)
@example(b"[]")
def test_any_bytes_have_an_answer(content):
    assert not green(answered(content))


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(places(DOCUMENT))), st.sampled_from(sorted({*DOCUMENT, "id", "type", "name", "achievement", "identifier"})), JSON)  # fmt: skip
def test_anything_put_anywhere_has_an_answer(path, field, value):
    made = json.loads(OURS)
    target = at(made, path)
    target[field] = value

    outcome = answered(json.dumps(made), address="amal@example.org")

    assert not green(outcome) or outcome.report.document == DOCUMENT


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(["did", "list"]), JSON | st.binary(max_size=50))
def test_anything_that_is_fetched_has_an_answer(which, value):
    place = {"did": world.DID_ADDRESS, "list": LIST}[which]
    body = value if isinstance(value, bytes) else json.dumps(value)

    assert not green(answered(OURS, SITE | {place: Resource(body if isinstance(body, bytes) else body.encode())}))


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["iss", "jti", "sub", "nbf", "exp", "vc", "credentialSubject", "issuer", "@context"]), JSON)
def test_anything_in_a_token_has_an_answer(claim, value):
    answered(world.token(world.badge(), claims={claim: value}))


# Who it is for.


@pytest.mark.parametrize(
    ("identity", "address", "expected"),
    [
        ({}, "amal@example.org", ("passed", "recipient_fits")),
        ({}, "  AMAL@Example.org ", ("passed", "recipient_fits")),
        ({}, "eve@example.org", ("failed", "recipient_other")),
        ({"hashed": False, "identityHash": "Amal@Example.org"}, "amal@example.org", ("passed", "recipient_fits")),
        ({"identityHash": "md5$" + __import__("hashlib").md5(b"amal@example.orgk7Zp0qf2s9Qw").hexdigest().upper()}, "amal@example.org", ("passed", "recipient_fits")),
        ({"identityHash": "sha1$00"}, "amal@example.org", ("unknown", "recipient_unnamed")),
        ({"identityType": "studentId"}, "amal@example.org", ("unknown", "recipient_unnamed")),
    ],
)  # fmt: skip
def test_recipient_is_told_by_the_hash(identity, address, expected):
    content = world.changed(world.badge(), lambda made: made["credentialSubject"]["identifier"][0].update(identity))
    content["credentialSubject"]["identifier"] = content["credentialSubject"]["identifier"][:1]

    found = findings(examine(json.dumps(world.signed(content, suite="eddsa-jcs-2022")), address=address))

    assert found["recipient"] == expected


def test_recipient_is_not_told_of_what_is_not_shown():
    assert "recipient" not in findings(
        examine(world.changed(OURS, lambda made: made.update(grade="A+")), address="amal@example.org")
    )
    assert "recipient" not in findings(examine(OURS))


# The quick schema and the official one.


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(places(world.badge()))), st.sampled_from(sorted({*DOCUMENT, "id", "type", "name", "achievement", "hashed", "image", "creditsEarned"})), JSON, st.booleans())  # fmt: skip
def test_quick_schema_says_what_the_official_one_says(path, field, value, remove):
    from badges.openbadges import validate
    from verification.foreign import schemas

    made = json.loads(json.dumps(world.badge()))
    target = at(made, path)
    if remove:
        target.pop(field, None)
    else:
        target[field] = value

    assert schemas._achievement_credential()(made) == validate.schema().is_valid(made)


def test_kinds_are_told_apart():
    assert shapes.kind({"type": ["VerifiableCredential"]}) == "credential"
    assert shapes.kind({"type": "Assertion"}) == "open_badge_2"
    assert shapes.kind({"@context": ["https://w3id.org/openbadges/v2"]}) == "open_badge_2"
    assert shapes.kind({"type": ["VerifiablePresentation"]}) == "presentation"
    assert shapes.kind({"type": 7, "@context": {}}) == "nothing"
