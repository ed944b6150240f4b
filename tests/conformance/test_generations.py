"""Keys that were changed, and keys that others may know: two implementations that are not ours see what was told."""

import json
from datetime import UTC, datetime

import pytest

from badges.openbadges import validate
from issuers import keys
from issuers.signing import proofs
from issuers.tenancy import scope
from recipients import delivering
from tests.conformance.asking import ORACLES, ask, get
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.published import claimed, person, publish

pytestmark = [COMMITTED, pytest.mark.slow]


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
    assert [ask("openbadgeslib", site, token, form="jwt")["valid"] for token in (old, fresh)] == [True, True]
    assert old.split(".")[0] != fresh.split(".")[0]

    with scope(credential.issuer):
        keys.compromise(first, None, "Stolen")
    assert [ask("openbadgeslib", site, token, form="jwt")["valid"] for token in (old, fresh)] == [False, True]
