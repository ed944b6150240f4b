"""Status lists of three kinds, several entries, and keys at https addresses."""

import base64
import gzip
import json

import pytest

from tests.openbadges_samples import DID
from tests.verification.foreign import world
from tests.verification.foreign.test_judging import version_1
from tests.verification.foreign.world import KEY, LIST, OURS, P256, SITE, examine, findings, green
from verification import status_list
from verification.foreign import contexts

DOCUMENT = json.loads(OURS)


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
