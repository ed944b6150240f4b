"""Good credentials of every kind pass; whatever is added, renamed, moved or flipped does not; nothing at all raises."""

import base64
import gzip
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.openbadges_samples import DID, smallest
from tests.verification.foreign import world
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
from verification import status_list
from verification.foreign import contexts, judging, shapes
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
    judging.warm()
    before = len(contexts._PROCESSOR._kept)

    examine(json.dumps(world.signed(smallest())))

    assert len(contexts._PROCESSOR._kept) - before <= 2  # the badge's own list of contexts


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


# Added, renamed, moved: one graph, another tree (SECURITY 1.1).


def places(value, path=()):
    """Every object inside, by its path."""
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def at(document, path):
    for step in path:
        document = document[step]
    return document


SIX = [
    ((), "grade", "A+"),
    ((), "recipientName", "Somebody Else"),
    (("credentialSubject",), "grade", "A+"),
    (("credentialSubject",), "recipientName", "Somebody Else"),
    (("credentialSubject", "achievement"), "level", "PhD"),
    (("issuer",), "legalName", "Harvard"),
]
EVERY_DEPTH = [(path, "honours", "with distinction") for path in places(DOCUMENT) if path[:1] != ("@context",)]


@pytest.mark.parametrize(("path", "field", "value"), [*SIX, *EVERY_DEPTH])
@pytest.mark.parametrize("text", [OURS, JCS], ids=["rdfc", "jcs"])
def test_added_field_is_refused_and_not_shown(text, path, field, value):
    document = json.loads(text)
    at(document, path)[field] = value

    outcome = examine(document)

    assert not green(outcome)
    assert findings(outcome)["signature"][0] != "passed"
    if text is OURS:
        assert outcome.report.document is None or path == ("proof",)


LONG = {
    "credentialStatus": "https://www.w3.org/2018/credentials#credentialStatus",
    "validUntil": "https://www.w3.org/2018/credentials#validUntil",
    "narrative": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#narrative",
}


def renamed(name):
    """The same graph: the field under its long name."""
    made = json.loads(OURS)
    value = made.pop(name)
    if name == "validUntil":
        value = {"@value": value, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    return {**made, LONG[name]: value}


def inside_itself():
    """The same graph: fields of the credential moved to where its id stands again. Signed with such a place inside."""
    honest = world.changed(
        world.badge(), lambda made: made["evidence"].append({"id": made["id"], "type": ["Evidence"]})
    )
    made = world.signed(honest)
    status = made.pop("credentialStatus")
    at(made, ("evidence", -1))["credentialStatus"] = status
    return made


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("status by its long name", renamed("credentialStatus")),
        ("end by its long name", renamed("validUntil")),
        ("status inside itself", inside_itself()),
        ("index", world.changed(OURS, lambda made: made["issuer"].update({"@index": "PhD"}))),
        ("included", world.changed(OURS, lambda made: made.update({"@included": [made.pop("credentialStatus")]}))),
        ("nest", world.changed(OURS, lambda made: made.update({"@nest": {"credentialStatus": made.pop("credentialStatus")}}))),
        ("graph", {"@context": DOCUMENT["@context"], "@graph": [{k: v for k, v in DOCUMENT.items() if k != "@context"}]}),
        ("keyword that is none", world.changed(OURS, lambda made: made.update({"@grade": "A+"}))),
        ("reverse", world.changed(OURS, lambda made: made.update({"@reverse": {"related": {"id": "urn:x:1"}}}))),
        ("keyword id", world.changed(OURS, lambda made: made["issuer"].update({"@id": made["issuer"].pop("id")}))),
        ("direction", world.changed(OURS, lambda made: made.update(name={"@value": made["name"], "@direction": "rtl"}))),
        ("label", world.changed(OURS, lambda made: made["credentialSubject"]["achievement"]["alignment"][0].update(id="_:b0"))),
        ("relative type", world.changed(OURS, lambda made: made["type"].append("Doctorate"))),
        ("relative id", world.changed(OURS, lambda made: made["credentialSubject"]["achievement"]["criteria"].update(id="criteria"))),
        ("id with a space", world.changed(OURS, lambda made: made["credentialSubject"].update(id="urn:x: 1"))),
    ],
)  # fmt: skip
def test_other_tree_of_the_same_graph_is_refused(name, content):
    outcome = examine(content, SITE | {LIST: world.listed([4242])} if "status" in name else SITE)

    assert not green(outcome)
    assert outcome.report.document is None


def test_null_and_empty_lists_are_signed_by_nobody_and_not_shown():
    outcome = examine(
        world.changed(
            OURS,
            lambda made: made["credentialSubject"].update(
                role=None, result=[*made["credentialSubject"]["result"], None]
            ),
        )
    )

    assert findings(outcome)["signature"] == ("passed", "signature_fits")
    assert outcome.report.document == DOCUMENT


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


# Status lists of three kinds.


def status_2021(bits, encoded=None, **entry):
    address = "https://badges.example.org/i/northmoor/status/2021"
    listed = {
        "@context": [contexts.VC_1, "https://w3id.org/vc/status-list/2021/v1", "https://w3id.org/security/data-integrity/v2"],
        "id": address, "type": ["VerifiableCredential", "StatusList2021Credential"], "issuer": DID, "issuanceDate": "2026-11-01T10:00:00Z",
        "credentialSubject": {"id": f"{address}#list", "type": "StatusList2021", "statusPurpose": "revocation",
                              "encodedList": encoded or status_list.encode(bits)[1:]},
    }  # fmt: skip
    made = version_1(credentialStatus={"id": f"{address}#7", "type": "StatusList2021Entry", "statusPurpose": "revocation",
                                       "statusListIndex": "7", "statusListCredential": address, **entry})  # fmt: skip
    made["@context"].append("https://w3id.org/vc/status-list/2021/v1")
    return world.signed(made), SITE | {address: world.signed(listed)}


def test_status_list_2021_is_read():
    assert findings(examine(*status_2021([])))["status"] == ("passed", "not_revoked")
    assert green(examine(*status_2021([])))
    assert findings(examine(*status_2021([7])))["status"] == ("failed", "revoked")
    assert findings(examine(*status_2021([], base64.b64encode(gzip.compress(bytes(8))).decode())))["status"] == (
        "unknown",
        "list_untrusted",
    )


def test_list_in_a_token_is_read():
    listed = {name: value for name, value in json.loads(world.listed([4242])).items() if name != "proof"}

    assert findings(examine(OURS, SITE | {LIST: world.token(listed)}))["status"] == ("failed", "revoked")
    assert findings(examine(OURS, SITE | {LIST: world.token({**listed, "issuer": "did:web:evil.example"})}))[
        "status"
    ] == ("unknown", "list_untrusted")


REVOCATIONS = "https://badges.example.org/i/northmoor/revoked.json"


def with_revocation_list(listed, address=REVOCATIONS):
    made = world.changed(
        world.badge(), lambda made: made.update(credentialStatus={"id": address, "type": "1EdTechRevocationList"})
    )
    return world.signed(made), SITE | {address: listed}


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ({"issuer": DID, "revokedCredential": []}, ("passed", "not_listed")),
        ({"issuer": DID, "revokedCredential": [{"id": DOCUMENT["id"]}]}, ("failed", "revoked_listed")),
        ({"issuer": DID, "revokedCredential": [{"id": DOCUMENT["id"], "revoked": True}]}, ("failed", "revoked_listed")),
        ({"issuer": DID, "revokedCredential": [{"id": DOCUMENT["id"], "revoked": False}]}, ("passed", "not_listed")),
        ({"issuer": DID, "revokedCredential": [{"id": "urn:x:other"}]}, ("passed", "not_listed")),
        ({"issuer": "did:web:evil.example", "revokedCredential": []}, ("unknown", "list_untrusted")),
        ({"issuer": DID}, ("unknown", "list_untrusted")),
        ({"issuer": DID, "revokedCredential": ["x"]}, ("unknown", "list_untrusted")),
        ("<html>", ("unknown", "list_untrusted")),
        ("!timeout", ("unknown", "status_unreachable")),
    ],
)  # fmt: skip
def test_revocation_list_of_1edtech_is_read(listed, expected):
    assert findings(examine(*with_revocation_list(listed)))["status"] == expected


def test_unsigned_revocation_list_counts_only_from_the_issuers_own_site():
    elsewhere = with_revocation_list({"issuer": DID, "revokedCredential": []}, "https://elsewhere.example/revoked.json")

    assert findings(examine(*elsewhere))["status"] == ("unknown", "list_untrusted")


def test_worst_of_several_entries_counts():
    second = LIST.replace("revocation", "suspension")
    entry = {"id": f"{second}#9", "type": "BitstringStatusListEntry", "statusPurpose": "suspension", "statusListIndex": "9", "statusListCredential": second}  # fmt: skip
    content = world.signed(
        world.changed(world.badge(), lambda made: made.update(credentialStatus=[made["credentialStatus"], entry]))
    )

    def found(bits):
        return findings(examine(content, SITE | {second: world.listed(bits, id=second, purpose="suspension")}))

    assert found([])["status"] == ("passed", "not_revoked")
    assert found([])["form"] == ("passed", "badge_well_formed")
    assert found([9])["status"] == ("failed", "suspended")


def test_two_entries_of_one_id_cannot_change_places():
    entry = {"id": f"{LIST}#4242", "type": "BitstringStatusListEntry", "statusPurpose": "suspension", "statusListIndex": "9", "statusListCredential": LIST}  # fmt: skip
    content = world.signed(
        world.changed(world.badge(), lambda made: made.update(credentialStatus=[made["credentialStatus"], entry]))
    )

    assert findings(examine(content))["shown"] == ("failed", "term_unsigned")


# Keys at https addresses.


def by_https(issuer, method, site, key=KEY):
    made = world.changed(world.badge(), lambda made: (made["issuer"].update(id=issuer), made.pop("credentialStatus")))
    return examine(world.signed(made, key, method), site)


def test_https_issuer_with_a_document_of_its_own():
    issuer = "https://uni.example/issuers/1"
    method = {"id": f"{issuer}#k", "type": "Multikey", "controller": issuer, "publicKeyMultibase": world.multibase(KEY)}
    site = {issuer: {"id": issuer, "verificationMethod": [method], "assertionMethod": ["#k"]}}

    assert green(by_https(issuer, f"{issuer}#k", site))
    embedded = {issuer: {"id": issuer, "assertionMethod": [method]}}
    assert green(by_https(issuer, f"{issuer}#k", embedded))
    assert findings(by_https(issuer, f"{issuer}#other", site))["key"] == ("failed", "key_not_listed")


def test_bare_key_counts_on_the_issuers_own_site_alone():
    key = {"kty": "OKP", "crv": "Ed25519", "x": world.b64(KEY.public_key().public_bytes_raw())}

    assert findings(
        by_https("https://uni.example/i", "https://uni.example/keys/1", {"https://uni.example/keys/1": key})
    )["key"] == ("passed", "key_on_site")
    assert findings(by_https("https://uni.example/i", "https://evil.example/k", {"https://evil.example/k": key}))[
        "key"
    ] == ("failed", "key_of_another")
    assert findings(by_https(DID, "https://badges.example.org/k", {"https://badges.example.org/k": key}))["key"] == (
        "passed",
        "key_on_site",
    )


def test_did_jwk_is_its_own_key():
    name = "did:jwk:" + world.b64(json.dumps(world.jwk(P256)).encode())
    made = world.changed(world.badge(), lambda made: (made["issuer"].update(id=name), made.pop("credentialStatus")))

    assert green(examine(world.token(made, P256, kid=f"{name}#0")))
    assert green(examine(world.token(made, P256, kid="", header={"jwk": world.jwk(P256)})))
    assert not green(examine(world.token(made, KEY, "EdDSA", kid=f"{name}#0")))


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
