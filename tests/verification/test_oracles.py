"""What we publish verifies, and altered copies fail, in two implementations that are not ours (tests/verification/oracles.py).

Documents, DID document and status list travel by the public HTTP of a running server.
"""

import copy
import io
import json
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft201909Validator
from PIL import Image

from badges.openbadges import baking, validate
from issuers import keys
from issuers.signing import proofs
from issuers.tenancy import scope
from recipients import correcting, delivering
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import FULL, claimed, person, publish, reread

pytestmark = [COMMITTED, pytest.mark.slow]
ORACLES = ("openvc", "openbadgeslib")
PROGRAM = Path(__file__).parent / "oracles.py"


@pytest.fixture
def site(live_server, settings):
    """The server's own address is the one in every document."""
    settings.SITE_URL = live_server.url
    return live_server.url


def ask(oracle, site, text):
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), oracle, site],
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def get(url, accept="*/*"):
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=20) as answer:
        return answer.read()


@pytest.fixture
def credential(site):
    return claimed(publish(IssuerFactory()), FULL)


@pytest.fixture
def text(credential):
    """The signed JSON as anybody gets it."""
    return get(credential.url, accept="application/vc+ld+json").decode()


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


ALTERED = {
    "name": lambda made: made.update(name="Doctor of Everything"),
    "recipient": lambda made: made["credentialSubject"]["identifier"][1].update(identityHash="Somebody Else"),
    "grade": lambda made: made["credentialSubject"]["result"][0].update(value="A+"),
    "issuer": lambda made: made["issuer"].update(name="Harvard"),
    "later": lambda made: made.update(validUntil="2099-01-01T00:00:00Z"),
    "index": lambda made: made["credentialStatus"].update(statusListIndex="1"),
    "without_status": lambda made: made.pop("credentialStatus"),
    "added": lambda made: made["credentialSubject"]["achievement"].update(specialization="Surgery"),
    "created": lambda made: made["proof"].update(created="2020-01-01T00:00:00Z"),
    "signature": lambda made: made["proof"].update(proofValue="z" + made["proof"]["proofValue"][:0:-1]),
    "unknown_term": lambda made: made.update(honours="summa cum laude"),
}


@pytest.mark.parametrize("oracle", ORACLES)
def test_altered_copies_fail(oracle, site, text):
    passed = []
    for name, alter in ALTERED.items():
        made = copy.deepcopy(json.loads(text))
        alter(made)
        answer = ask(oracle, site, json.dumps(made))
        if answer["valid"]:
            passed.append(name)
        assert "is not of this site" not in answer["why"], answer

    assert passed == []


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


def _four_generations():
    """A credential of each of four keys: the key is changed three times."""
    version, made = publish(IssuerFactory()), []
    for number in range(4):
        made.append(claimed(version, person(f"Person {number}", f"p{number}@example.org"), key=str(number)))
        if number < 3:
            with scope(version.issuer):
                keys.rotate(version.issuer, "ed25519", None)
    return made


@pytest.mark.parametrize("oracle", ORACLES)
def test_each_generation_of_keys_stands_as_told(oracle, site):
    made = _four_generations()
    issuer, texts = made[0].issuer, [get(f"{row.url}.json").decode() for row in made]
    with scope(issuer):
        second = issuer.keys.get(multibase=made[1].signed_with)
    assert len({row.signed_with for row in made}) == 4
    assert [ask(oracle, site, text)["valid"] for text in texts] == [True] * 4

    with scope(issuer):
        keys.compromise(second, None, "A backup was stolen")
    assert [ask(oracle, site, text)["valid"] for text in texts] == [True, False, True, True]

    while delivering.sign_again_chunk():
        continue
    again = [get(f"{row.url}.json").decode() for row in made]
    assert [new == old for new, old in zip(again, texts, strict=True)] == [True, False, True, True]
    assert ask(oracle, site, again[1])["valid"]
    assert not ask(oracle, site, texts[1])["valid"]


@pytest.mark.parametrize("oracle", ORACLES)
def test_everything_verifies_when_the_key_in_use_was_withdrawn_and_a_forgery_fails(oracle, site, credential, text):
    with scope(credential.issuer):
        key = credential.issuer.keys.signing().get(kind="ed25519")
        private, method = keys._open(key), f"{keys.did(credential.issuer)}#{key.multibase}"
    document = {**json.loads(credential.document), "name": "Doctor of Everything"}
    forged = proofs.sign(validate.prepare(document), private, method, datetime(2026, 1, 1, tzinfo=UTC))
    assert ask(oracle, site, forged)["valid"]

    with scope(credential.issuer):
        keys.compromise(key, None, "Stolen")
    while delivering.sign_again_chunk():
        continue

    assert not ask(oracle, site, forged)["valid"]
    assert not ask(oracle, site, text)["valid"]
    fresh = ask(oracle, site, get(f"{credential.url}.json").decode())
    assert fresh["valid"], fresh


def test_token_follows_the_fate_of_its_key(site, credential):
    old = get(f"{credential.url}.jwt").decode()
    with scope(credential.issuer):
        first = credential.issuer.keys.signing().get(kind="p256")
        keys.rotate(credential.issuer, "p256", None)
    fresh = get(f"{credential.url}.jwt").decode()
    assert [ask("openbadgeslib", site, token)["valid"] for token in (old, fresh)] == [True, True]
    assert old.split(".")[0] != fresh.split(".")[0]

    with scope(credential.issuer):
        keys.compromise(first, None, "Stolen")
    assert [ask("openbadgeslib", site, token)["valid"] for token in (old, fresh)] == [False, True]


def test_baked_pictures_from_the_public_address_verify(site, credential):
    png, svg = get(f"{credential.url}.png"), get(f"{credential.url}.svg").decode()
    Image.open(io.BytesIO(png)).verify()

    assert ask("openbadgeslib", site, baking.unbake_png(png))["valid"]
    assert ask("openvc", site, baking.unbake_svg(svg))["valid"]


def test_token_from_the_public_address_verifies_and_an_altered_one_fails(site, credential):
    token = get(f"{credential.url}.jwt").decode()
    head, body, signature = token.split(".")

    assert ask("openbadgeslib", site, token)["valid"], ask("openbadgeslib", site, token)
    assert not ask("openbadgeslib", site, f"{head}.{body[:-8]}AAAAAAAA.{signature}")["valid"]


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
