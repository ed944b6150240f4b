"""SECURITY section 4, V: every bad credential by its number, and what is found in it. None is ever green."""

import json

import base58
import pytest

from tests.openbadges_samples import DID
from tests.verification.foreign import world
from tests.verification.foreign.world import LIST, METHOD, NOW, OTHER, OURS, P256, SITE
from verification import status_list

L = 2**252 + 27742317777372353535851937790883648493
DOCUMENT = json.loads(OURS)
PROOF_VALUE = DOCUMENT["proof"]["proofValue"]


def altered(change):
    return json.dumps(world.changed(OURS, change))


def proof(**values):
    def change(made):
        made["proof"].update(values)
        made["proof"] = {name: value for name, value in made["proof"].items() if value is not None}

    return altered(change)


def with_signature(make):
    raw = base58.b58decode(PROOF_VALUE[1:])
    return proof(proofValue="z" + base58.b58encode(make(raw)).decode())


def flipped(raw):
    return bytes([raw[0] ^ 1]) + raw[1:]


def malleated(raw):
    """S + L: the same equation, another spelling (RFC 8032, section 5.1.7 forbids it)."""
    return raw[:32] + (int.from_bytes(raw[32:], "little") + L).to_bytes(32, "little")


def small_order():
    """An issuer whose key is the identity: every signature (identity, 0) would fit."""
    public = "z" + base58.b58encode(b"\xed\x01" + (1).to_bytes(32, "little")).decode()
    issuer = f"did:key:{public}"
    made = world.changed(world.badge(), lambda made: made["issuer"].update(id=issuer))
    made = world.signed(made, method=f"{issuer}#{public}")
    made["proof"]["proofValue"] = "z" + base58.b58encode((1).to_bytes(32, "little") + bytes(32)).decode()
    return json.dumps(made)


def unsigned(change):
    """Changed first, then signed anew by the issuer: well signed, and wrong all the same."""
    return json.dumps(world.signed(world.changed(world.badge(), change)))


def status(**values):
    return unsigned(lambda made: made["credentialStatus"].update(values))


def clique(size):
    """Blank nodes that all name each other: canonical labels take more than exponential time (SECURITY 1.2)."""
    nodes = [{"id": f"_:n{place}"} for place in range(size)]
    whole = [{**node, "type": "Achievement", "related": [other for other in nodes if other != node]} for node in nodes]
    return altered(lambda made: made["credentialSubject"].update(achievement=whole))


def alike(size):
    """The same without labels: many things without an id that are all the same but for where they hang."""
    return altered(lambda made: made["credentialSubject"].update(result=[{"type": ["Result"], "x": [{}] * 1}] * size, source=[{} for _ in range(size)]))  # fmt: skip


def from_did_key():
    issuer = world.did_key(OTHER)
    made = world.changed(world.badge(), lambda made: (made["issuer"].update(id=issuer), made.pop("credentialStatus")))
    made["credentialSubject"]["achievement"]["creator"]["id"] = issuer
    return json.dumps(world.signed(made, OTHER, f"{issuer}#{issuer[8:]}"))


def two_proofs(second):
    return altered(lambda made: made.update(proof=[made["proof"], second(dict(made["proof"]))]))


TOKEN = world.token(world.badge())
HEAD, BODY, SIGNATURE = TOKEN.split(".")
NO_ALGORITHM = world.b64(b'{"alg":"none"}')
STRANGER = world.ec.derive_private_key(9, world.ec.SECP256R1())
DEEP = '{"a":' * 100_000 + "1" + "}" * 100_000
MANY = altered(lambda made: made.update(type=made["type"] + [f"urn:t:{place}" for place in range(10_000)]))
BOMB = "u" + world.b64(__import__("gzip").compress(bytes(64 * 1024 * 1024)))

FORM, SHOWN, SIGNED, KEY_, STATUS, DATES = "form", "shown", "signature", "key", "status", "dates"
# number, content, site, {check: (result, finding)}: each must be found so; what is not named may be anything, but never green.
CASES = [
    ("V1", altered(lambda made: made.update(grade="A+")), SITE, {SHOWN: ("failed", "term_unsigned")}),
    ("V2 issuer", altered(lambda made: made["issuer"].update(legalName="Harvard")), SITE, {SHOWN: ("failed", "term_unsigned")}),
    ("V2 deep", altered(lambda made: made["credentialSubject"]["achievement"].update(level="PhD")), SITE, {SHOWN: ("failed", "term_unsigned")}),
    ("V3", altered(lambda made: made["@context"].append({"grade": "https://example.org/g"})), SITE, {SHOWN: ("failed", "context_unknown")}),
    ("V3 nested", altered(lambda made: made["issuer"].update({"@context": {"name": "https://schema.org/email"}})), SITE, {SHOWN: ("failed", "context_unknown")}),
    ("V4 unknown", altered(lambda made: made["@context"].append("https://evil.example/c")), SITE, {SHOWN: ("failed", "context_unknown"), STATUS: ("unknown", "status_not_looked_up")}),
    ("V4 http", altered(lambda made: made["@context"].__setitem__(0, "http://www.w3.org/ns/credentials/v2")), SITE, {SHOWN: ("failed", "context_unknown")}),
    ("V4 look-alike", altered(lambda made: made["@context"].__setitem__(1, made["@context"][1].replace("imsglobal", "imsgl0bal"))), SITE, {SHOWN: ("failed", "context_unknown")}),
    ("V5", altered(lambda made: made["@context"].reverse()), SITE, {SHOWN: ("failed", "context_unknown"), FORM: ("failed", "badge_malformed")}),
    ("V5 within", altered(lambda made: made.update({"@context": [made["@context"][place] for place in (0, 2, 1)]})), SITE, {SHOWN: ("failed", "context_unknown")}),
    ("V6", with_signature(flipped), SITE, {SIGNED: ("failed", "signature_broken")}),
    ("V7 S+L", with_signature(malleated), SITE, {SIGNED: ("failed", "signature_broken")}),
    ("V7 small order", small_order(), SITE, {KEY_: ("failed", "key_unusable"), SIGNED: ("unknown", "signature_without_key")}),
    ("V7 63 bytes", with_signature(lambda raw: raw[:63]), SITE, {SIGNED: ("failed", "proof_malformed")}),
    ("V7 65 bytes", with_signature(lambda raw: raw + b"\0"), SITE, {SIGNED: ("failed", "proof_malformed")}),
    ("V7 prefix", proof(proofValue="u" + PROOF_VALUE[1:]), SITE, {SIGNED: ("failed", "proof_malformed")}),
    ("V8 missing", proof(cryptosuite=None), SITE, {SIGNED: ("unknown", "proof_unsupported"), SHOWN: ("unknown", "shown_unknown")}),
    ("V8 other", proof(cryptosuite="bbs-2023"), SITE, {SIGNED: ("unknown", "proof_unsupported")}),
    ("V8 other type", proof(type="Ed25519Signature2020"), SITE, {SIGNED: ("unknown", "proof_unsupported")}),
    ("V8 wrong suite", proof(cryptosuite="eddsa-jcs-2022"), SITE, {SIGNED: ("failed", "signature_broken")}),
    ("V9 bad second", two_proofs(lambda second: {**second, "created": "2026-11-02T10:00:00Z"}), SITE, {SIGNED: ("failed", "signature_broken")}),
    ("V9 malformed second", two_proofs(lambda second: {**second, "proofValue": "z"}), SITE, {SIGNED: ("failed", "proof_malformed")}),
    ("V9 unknown second", two_proofs(lambda second: {**second, "cryptosuite": "bbs-2023"}), SITE, {SIGNED: ("unknown", "proof_unsupported")}),
    ("V9 chain", two_proofs(lambda second: {**second, "previousProof": "urn:x:1"}), SITE, {SIGNED: ("unknown", "proof_unsupported")}),
    ("V10", proof(proofPurpose="authentication"), SITE, {SIGNED: ("failed", "proof_malformed")}),
    ("V11", proof(verificationMethod=METHOD.replace("northmoor", "southmoor")), SITE | {SITE_2: world.did_document() for SITE_2 in ["https://badges.example.org/i/southmoor/did.json"]}, {KEY_: ("failed", "key_not_listed")}),
    ("V12", json.dumps(world.signed(world.changed(world.badge(), lambda made: made["issuer"].update(id="did:web:evil.example.org")))), SITE, {KEY_: ("failed", "key_of_another"), SIGNED: ("passed", "signature_fits")}),
    ("V12 list of another", OURS, SITE | {LIST: world.listed(issuer_id="did:web:evil.example.org")}, {STATUS: ("unknown", "list_untrusted")}),
    ("V13 future", unsigned(lambda made: made.update(validFrom="2026-11-22T00:00:00Z")), SITE, {DATES: ("failed", "not_yet")}),
    ("V13 past", unsigned(lambda made: made.update(validUntil="2026-11-20T00:00:00Z")), SITE, {DATES: ("failed", "expired"), SIGNED: ("passed", "signature_fits")}),
    ("V13 no created", proof(created=None), SITE, {SIGNED: ("failed", "proof_malformed")}),
    ("V13 no zone", unsigned(lambda made: made.update(validUntil="2027-11-20T00:00:00")), SITE, {DATES: ("failed", "dates_unreadable")}),
    ("V14 revoked", OURS, SITE | {LIST: world.listed([4242])}, {STATUS: ("failed", "revoked"), SIGNED: ("passed", "signature_fits")}),
    ("V14 suspended", status(statusPurpose="suspension"), SITE | {LIST: world.listed([4242], purpose="suspension")}, {STATUS: ("failed", "suspended")}),
    *[(f"V14 index {index!r}", status(statusListIndex=index), SITE, {STATUS: ("unknown", finding)}) for index, finding in
      (("-1", "status_unreadable"), ("1000000000", "list_untrusted"), ("1e3", "status_unreadable"), ("7 ", "status_unreadable"), ("٧", "status_unreadable"), ("007", "status_unreadable"))],
    ("V14 purpose", status(statusPurpose="refresh"), SITE, {STATUS: ("unknown", "status_unreadable")}),
    ("V14 other purpose", OURS, SITE | {LIST: world.listed(purpose="suspension")}, {STATUS: ("unknown", "list_untrusted")}),
    ("V14 stale", OURS, SITE | {LIST: world.listed(valid_until=NOW - world.timedelta(hours=1))}, {STATUS: ("unknown", "list_untrusted")}),
    ("V14 unsigned", OURS, SITE | {LIST: json.dumps({k: v for k, v in json.loads(world.listed()).items() if k != "proof"})}, {STATUS: ("unknown", "list_untrusted")}),
    ("V14 altered", OURS, SITE | {LIST: world.listed([4242]).replace(json.loads(world.listed([4242]))["credentialSubject"]["encodedList"], status_list.encode([]))}, {STATUS: ("unknown", "list_untrusted")}),
    ("V14 bomb", OURS, SITE | {LIST: world.listed(encoded_list=BOMB)}, {STATUS: ("unknown", "list_untrusted")}),
    ("V14 short", OURS, SITE | {LIST: world.listed(encoded_list="u" + world.b64(__import__("gzip").compress(bytes(8))))}, {STATUS: ("unknown", "list_untrusted")}),
    ("V14 another list", OURS, SITE | {LIST: world.listed(id=LIST + "0")}, {STATUS: ("unknown", "list_untrusted")}),
    ("V14 no list", OURS, SITE | {LIST: "!not_found"}, {STATUS: ("unknown", "status_unreachable")}),
    ("V14 kind", unsigned(lambda made: made.update(credentialStatus={"id": "https://x.example/s", "type": "1EdTechCredentialRefresh"})), SITE, {STATUS: ("unknown", "status_kind_unknown")}),
    ("V15", status(statusListCredential="http://127.0.0.1/status/1", id="http://127.0.0.1/status/1#4242"), SITE, {STATUS: ("unknown", "status_unreachable")}),
    ("V15 file", status(statusListCredential="file:///etc/passwd"), SITE, {STATUS: ("unknown", "status_unreachable")}),
    ("V16 none", f"{NO_ALGORITHM}.{BODY}.", SITE, {FORM: ("failed", "token_unsupported")}),
    ("V16 HS256", world.token(world.badge(), alg="HS256"), SITE, {FORM: ("failed", "token_unsupported")}),
    ("V16 other alg", world.token(world.badge(), alg="RS256"), SITE, {SIGNED: ("failed", "signature_broken")}),
    ("V16 crit", world.token(world.badge(), header={"crit": ["b64"], "b64": False}), SITE, {FORM: ("failed", "token_malformed")}),
    ("V16 jku", world.token(world.badge(), header={"jku": "https://evil.example/k"}), SITE, {FORM: ("failed", "token_malformed")}),
    ("V16 x5u", world.token(world.badge(), header={"x5u": "https://evil.example/k"}), SITE, {FORM: ("failed", "token_malformed")}),
    ("V16 kid", world.token(world.badge(), kid="../../x"), SITE, {KEY_: ("unknown", "key_unreachable"), SIGNED: ("unknown", "signature_without_key")}),
    ("V16 JWE", f"{HEAD}.{BODY}.{BODY}.{BODY}.{SIGNATURE}", SITE, {FORM: ("failed", "token_unsupported")}),
    ("V16 brought key", world.token(world.badge(), kid="", header={"jwk": world.jwk(STRANGER)}, key=STRANGER), SITE, {KEY_: ("failed", "key_not_listed"), SIGNED: ("passed", "signature_fits")}),
    ("V16 private key", world.token(world.badge(), kid="", header={"jwk": {**world.jwk(P256), "d": "AQ"}}), SITE, {KEY_: ("failed", "key_unusable")}),
    ("V16 typ", world.token(world.badge(), header={"typ": "openid4vci-proof+jwt"}), SITE, {FORM: ("failed", "token_malformed")}),
    *[(f"V16 {name}", world.token(world.badge(), claims={name: value}), SITE, {FORM: ("failed", "claims_disagree")}) for name, value in
      (("iss", "did:web:evil.example"), ("jti", "urn:x:1"), ("sub", "urn:x:2"), ("nbf", 1), ("exp", 4102444800))],
    ("V17", OURS.replace('"name":', '"name":"Harvard","name":', 1), SITE, {FORM: ("failed", "unreadable")}),
    ("V18 NaN", OURS.replace("{", '{"x":NaN,', 1), SITE, {FORM: ("failed", "unreadable")}),
    ("V18 1e400", OURS.replace("{", '{"x":1e400,', 1), SITE, {FORM: ("failed", "unreadable")}),
    ("V18 digits", OURS.replace("{", '{"x":' + "9" * 5000 + ",", 1), SITE, {FORM: ("failed", "unreadable")}),
    ("V19", DEEP, SITE, {FORM: ("failed", "unreadable")}),
    *[(f"V20 {size}", clique(size), SITE, {SHOWN: ("failed", "term_unsigned")}) for size in range(7, 13)],
    ("V21 NUL", altered(lambda made: made.update(name="a\0b")), SITE, {SIGNED: ("failed", "signature_broken")}),
    ("V21 surrogate", OURS.replace('"name":"', '"name":"\\ud800', 1), SITE, {FORM: ("failed", "unreadable")}),
    ("V22", OURS + " " * 10_000_000, SITE, {}),
    ("V22 inside", altered(lambda made: made.update(name="x" * 10_000_000)), SITE, {FORM: ("failed", "unreadable")}),
    ("V24", MANY, SITE, {SHOWN: ("failed", "term_unsigned")}),
    ("V25", OURS.encode("utf-16"), SITE, {FORM: ("failed", "other_encoding")}),
    ("V25 no mark", OURS.encode("utf-16-le"), SITE, {FORM: ("failed", "other_encoding")}),
    ("V26", {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": "VerifiablePresentation", "verifiableCredential": [DOCUMENT]}, SITE, {FORM: ("failed", "wrapped")}),
    ("V26 enveloped", {"@context": "https://www.w3.org/ns/credentials/v2", "type": "EnvelopedVerifiablePresentation", "id": "data:application/vp+jwt,eyJ"}, SITE, {FORM: ("failed", "wrapped")}),
    ("unsigned", {k: v for k, v in DOCUMENT.items() if k != "proof"}, SITE, {SIGNED: ("failed", "not_signed"), SHOWN: ("failed", "nothing_signed")}),
    ("not for this", OURS, SITE | {world.DID_ADDRESS: {**world.did_document(), "assertionMethod": []}}, {KEY_: ("failed", "key_not_for_this")}),
    ("revoked key", OURS, SITE | {world.DID_ADDRESS: world.changed(world.did_document(), lambda made: made["verificationMethod"][0].update(revoked="2026-11-10T00:00:00Z"))}, {KEY_: ("failed", "key_revoked")}),
    ("other controller", OURS, SITE | {world.DID_ADDRESS: world.changed(world.did_document(), lambda made: made["verificationMethod"][0].update(controller="did:web:evil.example"))}, {KEY_: ("failed", "key_of_another")}),
    ("document of another", OURS, SITE | {world.DID_ADDRESS: {**world.did_document(), "id": DID + "x"}}, {KEY_: ("failed", "key_not_listed")}),
    ("no document", OURS, {LIST: SITE[LIST]}, {KEY_: ("unknown", "key_unreachable"), SIGNED: ("unknown", "signature_without_key"), STATUS: ("unknown", "list_untrusted")}),
    ("broken document", OURS, SITE | {world.DID_ADDRESS: "<html>"}, {KEY_: ("unknown", "key_document_unreadable")}),
    ("other method", proof(verificationMethod="did:example:123#key"), SITE, {KEY_: ("unknown", "key_kind_unknown")}),
    ("lapsed proof", json.dumps(world.signed(world.badge(), expires="2026-11-02T00:00:00Z")), SITE, {SIGNED: ("failed", "proof_lapsed")}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "content", "site", "expected"), CASES, ids=[case[0] for case in CASES])
def test_bad_credential_is_never_green_and_says_what_is_wrong(number, content, site, expected):
    outcome = world.examine(content, site)
    found = world.findings(outcome)

    assert {key: found[key] for key in expected} == expected
    if number == "V22":
        return  # white space around it is not part of it
    assert not world.green(outcome)
    if found["shown"][0] != "passed":
        assert outcome.report.document is None


def test_refused_credential_fetches_nothing():
    """V3, V4: who hands it in cannot make us ask anybody."""
    for change in (
        lambda made: made["@context"].append("https://evil.example/c"),
        lambda made: made["@context"].append({"grade": "https://example.org/g"}),
        lambda made: made.pop("proof"),
        lambda made: made["proof"].update(cryptosuite="bbs-2023"),
    ):
        assert world.judging.examine(altered(change).encode(), {}, NOW).wants == ()


def test_wants_are_http_and_bounded():
    entries = [
        {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "1",
         "statusListCredential": f"https://list.example/{place}", "id": f"https://list.example/{place}#1"}
        for place in range(4)
    ]  # fmt: skip
    for address in (
        "ftp://x.example/1",
        "javascript:1",
        "https://user:secret@x.example/1",
        "https://",
        "//x.example",
        "https://x.example:99999/",
    ):
        content = status(statusListCredential=address) if address != "//x.example" else OURS
        wants = world.judging.examine(content.encode(), {}, NOW).wants
        assert address not in wants
        assert all(want.startswith(("http://", "https://")) for want in wants)

    many = altered(
        lambda made: made.update(
            credentialStatus=entries,
            proof=[dict(made["proof"], verificationMethod=f"did:web:h{place}.example#1") for place in range(4)],
        )
    )
    resources = {f"https://r{place}.example/": world.resource("{}") for place in range(6)}
    assert len(world.judging.examine(many.encode(), {}, NOW).wants) == 8
    assert len(world.judging.examine(many.encode(), resources, NOW).wants) == 6


# V23, V27 to V30: these are not wrong.


def test_v23_older_assertion_is_judged_as_what_it_is():
    outcome = world.examine(
        {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://x.example/a"}
    )

    assert (outcome.kind, world.findings(outcome)["form"]) == ("open_badge_2", ("failed", "assertion_malformed"))


def test_v23_oldest_assertion_is_refused_politely():
    outcome = world.examine(
        {
            "uid": "1",
            "recipient": {"identity": "a@x.example", "type": "email", "hashed": False},
            "badge": "https://x.example/b",
            "verify": {"type": "hosted", "url": "https://x.example/a"},
        }
    )

    assert world.findings(outcome)["form"] == ("failed", "badge_1")


def test_v27_script_address_of_evidence_is_text():
    outcome = world.examine(unsigned(lambda made: made["evidence"][0].update(id="javascript:alert(1)")))

    assert world.green(outcome)
    assert outcome.report.document["evidence"][0]["id"] == "javascript:alert(1)"


def test_v28_order_and_blanks_do_not_matter():
    assert world.green(world.examine(json.dumps(DOCUMENT, indent=7, sort_keys=True, ensure_ascii=True)))
    assert world.green(world.examine("\ufeff\n" + OURS + "\n"))


def test_v29_name_cannot_turn_the_text_around_it():
    outcome = world.examine(
        unsigned(lambda made: made["issuer"].update(name="\u202eHarvard<b>\u2066 \u200f{0.__class__}"))
    )

    assert outcome.issuer.name == "Harvard<b> {0.__class__}"
    assert outcome.issuer.host == "badges.example.org"
    assert world.green(outcome)


def test_v30_unknown_did_key_fits_and_names_no_host():
    outcome = world.examine(from_did_key())

    assert world.green(outcome)
    assert world.findings(outcome)["key"] == ("passed", "key_is_issuer")
    assert (outcome.issuer.id, outcome.issuer.host) == (world.did_key(OTHER), "")
