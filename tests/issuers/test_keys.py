"""Keys of issuers: sealed in the database, opened only for their own documents."""

import base64
import json
from dataclasses import replace

import base58
import pytest
from cryptography.hazmat.primitives import serialization
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from badges.openbadges import documents, validate
from issuers import keys, sealing
from issuers.models import AuditEvent, SigningKey
from issuers.signing import proofs
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


def _private(key):
    """Every spelling of a private half that somebody might have stored: the seed, and the DER and PEM forms around it."""
    opened = keys._open(key)
    none = serialization.NoEncryption()
    der = opened.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, none)
    if key.kind == "ed25519":
        seed = opened.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, none)
    else:
        seed = opened.private_numbers().private_value.to_bytes(32, "big")
    assert seed in der
    plain = [seed.hex(), base58.b58encode(seed).decode(), str(int.from_bytes(seed, "big")), repr(seed)[2:-1]]
    for raw in (seed, der):
        plain += [base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")]
    return plain


def _dump():
    """Every column of every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT row::text FROM "{table}" AS row')
            found += [text for (text,) in cursor.fetchall()]
    return "\n".join(found)


def test_private_halves_are_in_the_database_in_no_spelling(issuer):
    with across_issuers("a thief with a dump"):
        spelled = [text for key in SigningKey.objects.all() for text in _private(key)]
        keys.sign(issuer, ready(issuer))
        first, second = SigningKey.objects.order_by("id")
        keys.rotate(issuer, "ed25519", None)
        keys.compromise(second, None, "x")
        spelled += [text for key in SigningKey.objects.signing() for text in _private(key)]
        dump = _dump()

    assert first.multibase in dump and "key.compromised" in dump
    assert [text for text in spelled if text.lower() in dump.lower()] == []


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
        sealing.keks()
    assert "not base64 at all" not in str(caught.value)


# For nobody else.


OTHER_DIDS = [
    "did:web:evil.example:i:{slug}",
    "did:web:{host}:i:{slug}x",
    "did:web:{host}:i:{slug}:i:{slug}",
    "did:web:{host}:i:{slug}#{slug}",
    "did:web:{host}:{slug}",
    "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    "did:web:{host}:i:",
]


@pytest.mark.parametrize("form", OTHER_DIDS)
def test_document_that_names_another_did_is_refused(issuer, form):
    host = keys.did(issuer).split(":")[2]
    named = form.format(slug=issuer.slug, host=host)
    document = documents.credential(CREDENTIAL, ACHIEVEMENT, replace(ISSUER, did=named))

    with scope(issuer):
        prepared = validate.prepare(document)
        for sign in (keys.sign, keys.sign_jwt):
            with pytest.raises(keys.SigningRefused):
                sign(issuer, prepared)


@effort(deadline=None, max_examples=30)
@given(st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True))
def test_no_other_short_name_is_signed_for(slug):
    prepared = validate.prepare(
        documents.credential(CREDENTIAL, ACHIEVEMENT, replace(ISSUER, did=f"did:web:x.example:i:{slug}"))
    )
    with pytest.raises(keys.SigningRefused):
        keys.refuse_foreign(prepared, "did:web:x.example:i:our-own-name-that-is-longer-than-forty-letters")
