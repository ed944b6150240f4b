"""What becomes of a credential is seen by two implementations that are not ours (tests/conformance/oracles.py).

Documents, DID document and status list travel by the public HTTP of a running server.
"""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from jsonschema import Draft201909Validator

from badges.openbadges import validate
from issuers.tenancy import scope
from recipients import correcting
from tests.conformance.asking import ORACLES, ask, get
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import claimed, person, publish, reread

pytestmark = [COMMITTED, pytest.mark.slow]


@pytest.mark.parametrize("oracle", ORACLES)
def test_public_credential_verifies(oracle, site, credential, text):
    answer = ask(oracle, site, text)

    assert answer == {"valid": True, "why": json.loads(text)["issuer"]["id"]}
    assert json.loads(text)["issuer"]["id"].startswith("did:web:localhost%3A")


def test_public_credential_passes_the_official_schema(text):
    schema = json.loads(
        (Path(validate.__file__).parent / "schemas/achievement-credential.json").read_text(encoding="utf-8")
    )

    assert list(Draft201909Validator(schema).iter_errors(json.loads(text))) == []


@pytest.mark.parametrize("oracle", ORACLES)
def test_revoked_credential_fails(oracle, site, credential, text):
    with scope(credential.issuer):
        correcting.revoke(credential, reason="Wrong person", by=None)

    answer = ask(oracle, site, text)

    assert not answer["valid"]
    assert "revo" in answer["why"].lower()


@pytest.mark.parametrize("oracle", ORACLES)
def test_suspended_credential_fails_until_it_is_reinstated(oracle, site):
    made = claimed(publish(IssuerFactory(), status_purpose="suspension"), person())
    text = get(f"{made.url}.json").decode()
    assert ask(oracle, site, text)["valid"]

    with scope(made.issuer):
        correcting.suspend(made, reason="Under review", by=None)
    answer = ask(oracle, site, text)
    assert not answer["valid"] and "suspen" in answer["why"].lower()

    with scope(made.issuer):
        correcting.reinstate(made, by=None)
    assert ask(oracle, site, text)["valid"]


@pytest.mark.parametrize("oracle", ORACLES)
def test_corrected_credential_verifies_and_its_old_copy_fails(oracle, site, credential, text):
    from issuers.cleaning import address

    with scope(credential.issuer):
        correcting.correct(
            credential, name="Amal Al-Mansoori", address=address(credential.recipient.address), by=None, reason=""
        )
    assert reread(credential).revision == 2
    fresh = get(credential.url, accept="application/vc+ld+json").decode()

    assert ask(oracle, site, fresh)["valid"]
    assert "Amal Al-Mansoori" in fresh
    assert not ask(oracle, site, text)["valid"]


def test_machine_formats_are_open_to_every_origin(site, credential, text):
    document = json.loads(text)
    listed = document["credentialStatus"]["statusListCredential"]
    did = f"{site}/i/{credential.issuer.slug}/did.json"
    for url, kind in (
        (listed, "application/vc"),
        (did, "application/did+json"),
        (credential.url + ".json", "application/"),
    ):
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Content-Type"].startswith(kind)
            etag = answer.headers["ETag"]
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(url, headers={"If-None-Match": etag}), timeout=20)
        assert caught.value.code == 304
