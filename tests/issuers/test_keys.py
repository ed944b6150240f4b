"""Keys of issuers: sealed in the database, opened only for their own documents."""

import base64
import json
from dataclasses import replace

import base58
import pytest
from cryptography.hazmat.primitives import serialization
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from badges.openbadges import documents, validate
from issuers import keys
from issuers.models import AuditEvent, SigningKey
from issuers.signing import multikey, proofs
from issuers.tenancy import across_issuers, scope
from tests.factories import IssuerFactory
from tests.openbadges_samples import ACHIEVEMENT, CREDENTIAL, ISSUER

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer(db):
    issuer = IssuerFactory()
    with scope(issuer):
        keys.create(issuer, None)
    return issuer


def ready(issuer):
    return validate.prepare(documents.credential(CREDENTIAL, ACHIEVEMENT, replace(ISSUER, did=keys.did(issuer))))


def kek(name, byte):
    return f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}"


def test_new_issuer_has_one_key_of_each_kind_in_the_trail(issuer):
    with scope(issuer):
        assert sorted(SigningKey.objects.values_list("kind", flat=True)) == ["ed25519", "p256"]
        assert AuditEvent.objects.filter(action="key.created").count() == 2


def test_signed_document_verifies_with_the_published_key(issuer):
    with scope(issuer):
        signed = json.loads(keys.sign(issuer, ready(issuer)))
        method = signed["proof"]["verificationMethod"]
        published = {entry["id"] for entry in keys.document(issuer)["verificationMethod"]}
        public = keys.public_key(issuer, method.partition("#")[2])

    assert method in published
    proofs.verify(signed, public, validate.load_context)


def test_private_halves_are_in_the_database_in_no_spelling(issuer):
    with scope(issuer):
        raws = [
            keys._open(key).private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            for key in SigningKey.objects.all()
        ]
        with connection.cursor() as cursor:
            cursor.execute("SELECT multibase, kek, encode(secret, 'hex') FROM issuers_signingkey")
            stored = "".join("".join(row) for row in cursor.fetchall())
    for raw in raws:
        seed = raw[-32:]
        for text in (seed.hex(), base64.b64encode(seed).decode(), base58.b58encode(seed).decode()):
            assert text not in stored


def test_document_of_another_issuer_is_refused(issuer):
    other = IssuerFactory()
    with scope(issuer), pytest.raises(keys.SigningRefused):
        keys.sign(issuer, ready(other))
    with scope(issuer), pytest.raises(keys.SigningRefused):
        keys.sign_jwt(issuer, ready(other))


def test_issuer_without_a_key_signs_nothing():
    other = IssuerFactory()
    with scope(other), pytest.raises(keys.SigningRefused):
        keys.signer(other)


def test_secret_moved_to_another_row_does_not_open(issuer):
    other = IssuerFactory()
    with across_issuers("a thief in the database"):
        keys.create(other, None)
        stolen = SigningKey.objects.get(issuer=issuer, kind="ed25519").secret
        SigningKey.objects.filter(issuer=other, kind="ed25519").update(secret=stolen)
    with scope(other), pytest.raises(keys.SigningRefused):
        keys.sign(other, ready(other))


def test_old_secret_still_opens_when_a_newer_one_stands_before_it(issuer, settings):
    old = settings.KEY_ENCRYPTION_KEYS
    settings.KEY_ENCRYPTION_KEYS = [kek("newer", 7), *old]

    with scope(issuer):
        before = keys.sign(issuer, ready(issuer))
        assert [keys.seal_again(key) for key in SigningKey.objects.all()] == [True, True]
        assert [keys.seal_again(key) for key in SigningKey.objects.all()] == [False, False]
        settings.KEY_ENCRYPTION_KEYS = [kek("newer", 7)]
        assert keys.sign(issuer, ready(issuer)) == before
        settings.KEY_ENCRYPTION_KEYS = old
        with pytest.raises(keys.SigningRefused, match="newer"):
            keys.sign(issuer, ready(issuer))


def test_wrong_secret_under_the_same_name_does_not_open(issuer, settings):
    settings.KEY_ENCRYPTION_KEYS = [kek("test", 9)]

    with scope(issuer), pytest.raises(keys.SigningRefused):
        keys.sign(issuer, ready(issuer))


@pytest.mark.parametrize("entry", ["test", "test:", "test:AAAA", ":" + "A" * 43 + "=", "test:not base64 at all!"])
def test_faulty_secret_is_refused_without_being_repeated(entry, settings):
    settings.KEY_ENCRYPTION_KEYS = [entry]

    with pytest.raises(ImproperlyConfigured) as caught:
        keys.keks()
    assert "not base64 at all" not in str(caught.value)


def test_retired_key_stays_published_and_a_compromised_one_goes(issuer):
    from django.utils import timezone

    with scope(issuer):
        ed25519, p256 = SigningKey.objects.order_by("id")
        SigningKey.objects.filter(pk=ed25519.pk).update(retired_at=timezone.now())
        SigningKey.objects.filter(pk=p256.pk).update(compromised_at=timezone.now())

        assert [method["id"] for method in keys.document(issuer)["verificationMethod"]] == [
            f"{keys.did(issuer)}#{ed25519.multibase}"
        ]
        assert keys.public_key(issuer, ed25519.multibase) == multikey.decode(ed25519.multibase)
        assert keys.public_key(issuer, p256.multibase) is None
        with pytest.raises(keys.SigningRefused):
            keys.signer(issuer)
