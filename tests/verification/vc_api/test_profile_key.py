"""The profile signs with a key of its own, never an institution's; and the site does not start with it half configured."""

import ast
import base64
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import base58
import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from badges.openbadges import documents, validate
from credentials_site.settings.vc_api import vc_api
from issuers import clock, keys
from issuers.models import SigningKey
from issuers.tenancy import scope
from tests.factories import IssuerFactory
from tests.openbadges_samples import ACHIEVEMENT, CREDENTIAL, ISSUER
from tests.verification.vc_api.conftest import SEED
from tests.verification.vc_api.stranger import credential
from verification.vc_api import contexts

ROOT = Path(__file__).resolve().parents[3]
KEY = base64.b64encode(SEED).decode()
TOKEN = "t" * 32


def of_institution(issuer):
    return validate.prepare(documents.credential(CREDENTIAL, ACHIEVEMENT, replace(ISSUER, did=keys.did(issuer))))


def of_profile():
    return validate.prepare_for_profile(
        credential(issuer=keys.profile_did()), contexts.load_context, keys.profile_did()
    )


@pytest.fixture
def issuer(db):
    issuer = IssuerFactory()
    with scope(issuer):
        keys.create(issuer, None)
    return issuer


def test_profile_refuses_what_an_institution_would_sign(profile, issuer):
    with pytest.raises(keys.SigningRefused):
        keys.profile_signer(clock.now())(of_institution(issuer))


def test_institution_refuses_what_the_profile_would_sign(profile, issuer):
    with scope(issuer), pytest.raises(keys.SigningRefused):
        keys.sign(issuer, of_profile())


def test_profile_signs_with_none_of_the_institutions_keys(profile, issuer):
    signed = json.loads(keys.profile_signer(clock.now())(of_profile()))

    method = signed["proof"]["verificationMethod"]
    with scope(issuer):
        published = set(SigningKey.objects.values_list("multibase", flat=True))
    assert method.partition("#")[2] not in published
    assert method.startswith(keys.profile_did())


@pytest.mark.parametrize("named", ["did:web:localhost%3A8000:i:north", "https://example.org/issuer"])
def test_profile_is_prepared_for_in_no_name_but_a_did_key(named):
    with pytest.raises(validate.NotPrepared):
        validate.prepare_for_profile(credential(issuer=named), contexts.load_context, named)


def test_document_in_another_name_is_not_prepared_for_the_profile(profile):
    with pytest.raises(validate.NotPrepared) as caught:
        validate.prepare_for_profile(credential(issuer="did:key:z6MkOther"), contexts.load_context, keys.profile_did())

    assert caught.value.code == "issuer"


def test_profile_reaches_for_no_key_but_its_own():
    """What the modules of the profile take from issuers.keys: nothing that opens an institution's key."""
    used = set()
    for path in (ROOT / "verification" / "vc_api").glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        imports = [
            (node.module, {name.asname or name.name for name in node.names})
            for node in nodes
            if isinstance(node, ast.ImportFrom)
        ]
        assert not any(isinstance(node, ast.Import) and "issuers" in ast.dump(node) for node in nodes)
        used |= {name for module, names in imports if module == "issuers.keys" for name in names}
        if any(module == "issuers" and "keys" in names for module, names in imports):
            used |= {
                node.attr
                for node in nodes
                if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "keys"
            }

    assert used == {"profile_did", "profile_signer"}


def configured(monkeypatch, *, is_local=True, **environment):
    for name in ("VC_API_TOKEN", "VC_API_KEY", "VC_API_WITHOUT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return vc_api(Env(), is_local=is_local)


def test_off_unless_asked_for(monkeypatch):
    off = {"VC_API_TOKENS": [], "VC_API_WITHOUT_TOKEN": False, "VC_API_KEY": b""}

    assert configured(monkeypatch) == off
    assert configured(monkeypatch, VC_API_TOKEN="", VC_API_KEY="anything") == off


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "z" + base58.b58encode(b"\x80\x26" + SEED).decode(),
        "z" + base58.b58encode(b"\x80\x26" + SEED + b"\x07" * 32).decode(),
    ],
)
def test_token_and_key_turn_it_on(monkeypatch, key):
    on = configured(monkeypatch, VC_API_TOKEN=f"{TOKEN}, {'u' * 40}", VC_API_KEY=key)

    assert on == {"VC_API_TOKENS": [TOKEN, "u" * 40], "VC_API_WITHOUT_TOKEN": False, "VC_API_KEY": SEED}


@pytest.mark.parametrize(
    ("environment", "is_local", "remedy"),
    [
        ({"VC_API_TOKEN": TOKEN}, True, "VC_API_KEY is not set"),
        ({"VC_API_WITHOUT_TOKEN": "true"}, True, "VC_API_KEY is not set"),
        ({"VC_API_TOKEN": TOKEN, "VC_API_KEY": "short"}, True, "base64 of 32 bytes"),
        ({"VC_API_TOKEN": TOKEN, "VC_API_KEY": KEY[4:]}, True, "base64 of 32 bytes"),
        ({"VC_API_TOKEN": TOKEN, "VC_API_KEY": "z0OIl"}, True, "base64 of 32 bytes"),
        (
            {"VC_API_TOKEN": TOKEN, "VC_API_KEY": "z" + base58.b58encode(b"\xed\x01" + SEED).decode()},
            True,
            "secretKeyMultibase",
        ),
        ({"VC_API_TOKEN": "short", "VC_API_KEY": KEY}, True, "at least 32 characters"),
        ({"VC_API_TOKEN": f"{TOKEN},short", "VC_API_KEY": KEY}, True, "at least 32 characters"),
        ({"VC_API_WITHOUT_TOKEN": "true", "VC_API_KEY": KEY}, False, "only where SITE_URL is localhost"),
        (
            {"VC_API_WITHOUT_TOKEN": "true", "VC_API_TOKEN": TOKEN, "VC_API_KEY": KEY},
            False,
            "only where SITE_URL is localhost",
        ),
    ],
)
def test_half_a_configuration_is_refused_with_the_remedy_and_without_the_secret(
    monkeypatch, environment, is_local, remedy
):
    with pytest.raises(ImproperlyConfigured, match=remedy) as caught:
        configured(monkeypatch, is_local=is_local, **environment)

    assert not any(secret in str(caught.value) for secret in (TOKEN, KEY, KEY[4:]))


def test_site_does_not_start_without_the_key():
    environment = {**os.environ, "VC_API_TOKEN": TOKEN, "DJANGO_SETTINGS_MODULE": "credentials_site.settings.test"}
    environment.pop("VC_API_KEY", None)

    started = subprocess.run(
        [sys.executable, "-c", "import credentials_site.wsgi"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert started.returncode != 0
    assert "VC_API_KEY is not set. Make one: python3 -c" in started.stderr
