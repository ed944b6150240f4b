"""Open Badges 2.0: hosted assertions are what their own address says, signed ones what the issuer's key says."""

import copy
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.openbadges import baking
from tests.verification.foreign import world
from tests.verification.foreign.test_baked import PLAIN, png, text, with_chunks
from tests.verification.foreign.world import P256, RSA, examine, findings, green

HOME = "https://old.example"
ASSERTION = {
    "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": f"{HOME}/a/1",
    "recipient": {"type": "email", "hashed": True, "salt": "s", "identity": "sha256$" + hashlib.sha256(b"amal@example.orgs").hexdigest()},
    "badge": f"{HOME}/b/1", "verification": {"type": "HostedBadge"}, "issuedOn": "2020-01-01T00:00:00Z", "narrative": "Well done.",
}  # fmt: skip
BADGE = {
    "@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "id": f"{HOME}/b/1", "name": "Mentor", "description": "Guided others.",
    "image": f"{HOME}/b/1.png", "criteria": {"narrative": "Guide others."}, "issuer": f"{HOME}/i",
}  # fmt: skip
PROFILE = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Issuer",
    "id": f"{HOME}/i",
    "name": "Old School",
    "url": HOME,
}
SITE = {ASSERTION["id"]: ASSERTION, BADGE["id"]: BADGE, PROFILE["id"]: PROFILE}


def changed(document, **values):
    made = {**copy.deepcopy(document), **values}
    return {name: value for name, value in made.items() if value is not None}


def found(content=ASSERTION, site=SITE, **values):
    return findings(examine(content, {**site, **values}))


def test_hosted_assertion_passes_and_shows_what_is_hosted():
    outcome = examine(ASSERTION, SITE)

    assert green(outcome)
    assert findings(outcome) == {
        "form": ("passed", "assertion_well_formed"),
        "shown": ("passed", "all_hosted"),
        "signature": ("passed", "hosted_same"),
        "key": ("passed", "hosted_by_issuer"),
        "status": ("passed", "not_revoked_hosted"),
        "dates": ("passed", "no_end"),
    }
    assert (outcome.kind, outcome.issuer.id, outcome.issuer.name, outcome.issuer.host) == (
        "open_badge_2",
        f"{HOME}/i",
        "Old School",
        "old.example",
    )
    assert outcome.report.document == {**ASSERTION, "badge": {**BADGE, "issuer": PROFILE}}


def test_class_and_profile_written_out_on_the_same_site_are_not_asked_for_again():
    whole = changed(ASSERTION, badge={**BADGE, "issuer": PROFILE})

    assert green(examine(whole, {ASSERTION["id"]: whole}))
    assert green(examine(ASSERTION, {ASSERTION["id"]: whole, BADGE["id"]: BADGE}))


@pytest.mark.parametrize(
    ("content", "site", "expected"),
    [
        (changed(ASSERTION, narrative="With distinction."), SITE, {"signature": ("failed", "hosted_differs")}),
        (changed(ASSERTION, grade="A+"), SITE, {"signature": ("failed", "hosted_differs")}),
        (changed(ASSERTION, badge={**BADGE, "name": "Doctor"}), SITE, {"signature": ("failed", "hosted_differs")}),
        (ASSERTION, SITE | {ASSERTION["id"]: "!gone"}, {"status": ("failed", "revoked_gone")}),
        (ASSERTION, SITE | {ASSERTION["id"]: "!not_found"}, {"signature": ("unknown", "hosted_unreachable")}),
        (ASSERTION, SITE | {ASSERTION["id"]: "<html>"}, {"signature": ("unknown", "hosted_unreadable")}),
        (ASSERTION, SITE | {ASSERTION["id"]: changed(ASSERTION, id=f"{HOME}/a/2")}, {"signature": ("failed", "hosted_elsewhere")}),
        (ASSERTION, SITE | {ASSERTION["id"]: changed(ASSERTION, revoked=True)}, {"status": ("failed", "revoked_hosted")}),
        (ASSERTION, SITE | {ASSERTION["id"]: changed(ASSERTION, revoked="yes")}, {"status": ("failed", "revoked_hosted")}),
        (ASSERTION, SITE | {ASSERTION["id"]: changed(ASSERTION, expires="2021-01-01")}, {"dates": ("failed", "expired")}),
        (ASSERTION, SITE | {BADGE["id"]: "!unreachable"}, {"key": ("unknown", "hosted_unreachable")}),
        (ASSERTION, SITE | {BADGE["id"]: changed(BADGE, name=None)}, {"form": ("failed", "assertion_malformed")}),
        (ASSERTION, SITE | {PROFILE["id"]: changed(PROFILE, name=7)}, {"form": ("failed", "assertion_malformed")}),
        (ASSERTION, SITE | {ASSERTION["id"]: changed(ASSERTION, badge=7)}, {"form": ("failed", "assertion_malformed")}),
        (changed(ASSERTION, id="http://127.0.0.1/a"), SITE, {"signature": ("unknown", "hosted_unreachable")}),
        (changed(ASSERTION, id="file:///etc/passwd"), SITE, {"signature": ("unknown", "hosted_unreachable")}),
        (changed(ASSERTION, verification=None), SITE, {"form": ("failed", "assertion_malformed")}),
        (changed(ASSERTION, issuedOn=None), SITE, {"form": ("failed", "assertion_malformed")}),
    ],
)  # fmt: skip
def test_hosted_assertion_that_does_not_hold_is_never_green(content, site, expected):
    outcome = examine(content, site)

    assert not green(outcome)
    assert {key: findings(outcome)[key] for key in expected} == expected


def test_somebody_elses_site_cannot_speak_for_an_issuer():
    evil = changed(BADGE, id="https://evil.example/b", issuer=PROFILE["id"])
    assertion = changed(ASSERTION, id="https://evil.example/a", badge=evil["id"])

    assert findings(examine(assertion, SITE | {evil["id"]: evil, assertion["id"]: assertion}))["key"] == (
        "failed",
        "hosted_by_another",
    )
    forged = changed(assertion, badge={**evil, "issuer": {**PROFILE, "name": "Old School"}})
    assert findings(examine(forged, SITE | {forged["id"]: forged}))["key"] == ("failed", "hosted_by_another")


def test_site_without_https_cannot_be_told():
    plain = json.loads(json.dumps([ASSERTION, BADGE, PROFILE]).replace("https://old", "http://old"))

    assert findings(examine(plain[0], {each["id"]: each for each in plain}))["key"] == ("unknown", "hosted_in_clear")


# Signed.

PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
SIGNER = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "CryptographicKey",
    "id": f"{HOME}/k",
    "owner": f"{HOME}/i",
    "publicKeyPem": PEM,
}
SIGNED = changed(ASSERTION, id="urn:uuid:1", verification={"type": "SignedBadge", "creator": f"{HOME}/k"})
SIGNING = SITE | {PROFILE["id"]: {**PROFILE, "publicKey": f"{HOME}/k", "revocationList": f"{HOME}/r"}, SIGNER["id"]: SIGNER,
                  f"{HOME}/r": {"@context": "https://w3id.org/openbadges/v2", "type": "RevocationList", "id": f"{HOME}/r", "issuer": f"{HOME}/i", "revokedAssertions": []}}  # fmt: skip


def jws(assertion=SIGNED, key=RSA, **header):
    return world.compact({"alg": "RS256", **header}, assertion, key)


def test_signed_assertion_passes():
    outcome = examine(jws(), SIGNING)

    assert green(outcome), findings(outcome)
    assert findings(outcome)["signature"] == ("passed", "signature_fits")
    assert findings(outcome)["status"] == ("passed", "not_listed")


def test_signed_assertion_with_ecdsa_and_a_key_written_into_the_profile():
    pem = P256.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    profile = {**PROFILE, "publicKey": [{**SIGNER, "publicKeyPem": pem}]}

    assert green(examine(jws(key=P256, alg="ES256"), SITE | {PROFILE["id"]: profile}))


@pytest.mark.parametrize(
    ("content", "site", "expected"),
    [
        (jws(key=world.rsa.generate_private_key(65537, 2048)), SIGNING, {"signature": ("failed", "signature_broken")}),
        (jws(key=P256), SIGNING, {"signature": ("failed", "signature_broken")}),
        (jws(alg="HS256"), SIGNING, {"signature": ("unknown", "token_unsupported")}),
        (jws(alg="none"), SIGNING, {"signature": ("unknown", "token_unsupported")}),
        (jws(jku="https://evil.example"), SIGNING, {"signature": ("unknown", "token_unsupported")}),
        (jws(), SIGNING | {PROFILE["id"]: PROFILE}, {"key": ("failed", "key_not_listed")}),
        (jws(), SIGNING | {SIGNER["id"]: {**SIGNER, "owner": "https://evil.example"}}, {"key": ("failed", "key_of_another")}),
        (jws(), SIGNING | {SIGNER["id"]: {**SIGNER, "publicKeyPem": "x"}}, {"key": ("failed", "key_unusable")}),
        (jws(), SIGNING | {SIGNER["id"]: "!timeout"}, {"key": ("unknown", "hosted_unreachable")}),
        (jws(), SIGNING | {f"{HOME}/r": {**SIGNING[f"{HOME}/r"], "revokedAssertions": [{"id": "urn:uuid:1"}]}}, {"status": ("failed", "revoked_listed")}),
        (jws(), SIGNING | {f"{HOME}/r": {**SIGNING[f"{HOME}/r"], "revokedAssertions": ["urn:uuid:1"]}}, {"status": ("failed", "revoked_listed")}),
        (jws(), SIGNING | {f"{HOME}/r": "!timeout"}, {"status": ("unknown", "hosted_unreachable")}),
        (jws(), SIGNING | {f"{HOME}/r": {"id": f"{HOME}/r"}}, {"status": ("unknown", "list_untrusted")}),
        (jws(), SIGNING | {PROFILE["id"]: {**SIGNING[PROFILE["id"]], "revocationList": "https://evil.example/r"}}, {"status": ("unknown", "list_untrusted")}),
        (jws(changed(SIGNED, expires="2021-01-01T00:00:00Z")), SIGNING, {"dates": ("failed", "expired")}),
    ],
)  # fmt: skip
def test_signed_assertion_that_does_not_hold_is_never_green(content, site, expected):
    outcome = examine(content, site)

    assert not green(outcome)
    assert {key: findings(outcome)[key] for key in expected} == expected


def test_signed_assertion_cannot_bring_its_class_or_issuer():
    """Only what stands on the issuer's site counts: the class inside the token would be anybody's."""
    inside = {**BADGE, "name": "Doctor", "issuer": {**PROFILE, "name": "Harvard"}}

    assert examine(jws(changed(SIGNED, badge=inside)), SIGNING).report.document["badge"]["name"] == "Mentor"


def test_recipient_and_picture_of_an_older_badge():
    baked = with_chunks(text(json.dumps(ASSERTION), b"openbadges"))

    outcome = examine(baked, SITE | {BADGE["image"]: PLAIN}, address=" Amal@Example.org")
    assert green(outcome)
    assert findings(outcome)["picture"] == ("passed", "picture_same")
    assert findings(outcome)["recipient"] == ("passed", "recipient_fits")
    assert findings(examine(baked, SITE | {BADGE["image"]: png("red")}, address="x@y.example"))["recipient"] == (
        "failed",
        "recipient_other",
    )


def test_older_badge_in_a_drawing():
    from tests.verification.foreign.test_baked import SVG

    inside = f"<openbadges:assertion><![CDATA[{json.dumps(ASSERTION)}]]></openbadges:assertion>"
    drawing = SVG.replace("<svg ", '<svg xmlns:openbadges="http://openbadges.org" ').replace(
        "<circle", f"{inside}<circle"
    )

    assert green(examine(drawing.encode(), SITE))
    assert baking.NAMESPACE not in drawing


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ASSERTION, *BADGE, "creator", "owner"]), inner, max_size=4), max_leaves=12)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.sampled_from([ASSERTION["id"], BADGE["id"], PROFILE["id"], SIGNER["id"], f"{HOME}/r"]), st.sampled_from([*ASSERTION, *BADGE, *SIGNER, "revoked", "publicKey", "revocationList", "revokedAssertions"]), JSON)  # fmt: skip
def test_anything_hosted_has_an_answer(address, field, value):
    for content, site in ((ASSERTION, SITE), (jws(), SIGNING)):
        outcome = examine(content, site | {address: {**SIGNING[address], field: value}})
        assert outcome.report is not None

    outcome = examine({**ASSERTION, field: value}, SITE)
    assert outcome.report is not None
