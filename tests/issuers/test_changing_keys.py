"""Keys end: changed, they stay published; withdrawn, they go. Either way the private half is erased."""

import io
import json
import threading

import jwt as pyjwt
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.db.models.functions import Now

from badges.openbadges import validate
from issuers import keys
from issuers.models import AuditEvent, SigningKey
from issuers.signing import jwt as tokens
from issuers.signing import proofs
from issuers.tenancy import scope
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.issuers.test_keys import kek, ready
from tests.published import issuer_with_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer(db):
    return issuer_with_keys()


def signing(issuer, kind="ed25519"):
    return SigningKey.objects.signing().get(issuer=issuer, kind=kind)


def test_changed_key_stays_published_without_its_private_half(issuer):
    with scope(issuer):
        old = signing(issuer)
        signed = json.loads(keys.sign(issuer, ready(issuer)))
        fresh = keys.rotate(issuer, "ed25519", None, "Every year")
        old.refresh_from_db()

        assert (old.retired_at is not None, old.compromised_at, bytes(old.secret), old.kek) == (True, None, b"", "")
        assert old.reason == "Every year"
        assert signing(issuer) == fresh != old
        methods = [f"{keys.did(issuer)}#{key.multibase}" for key in SigningKey.objects.order_by("id")]
        assert [entry["id"] for entry in keys.document(issuer)["verificationMethod"]] == methods
        assert keys.document(issuer)["assertionMethod"] == methods
        proofs.verify(signed, keys.public_key(issuer, old.multibase), validate.load_context)
        assert json.loads(keys.sign(issuer, ready(issuer)))["proof"]["verificationMethod"].endswith(fresh.multibase)
        with pytest.raises(keys.SigningRefused):
            keys._open(old)


def test_changing_a_key_twice_by_a_double_click_changes_it_once(issuer):
    with scope(issuer):
        old = signing(issuer)
        fresh = keys.rotate(issuer, "ed25519", None, replacing=old.pk)

        assert keys.rotate(issuer, "ed25519", None, replacing=old.pk) is None
        assert signing(issuer) == fresh
        assert AuditEvent.objects.filter(action="key.rotated").count() == 1


@COMMITTED
def test_changing_a_key_at_the_same_time_leaves_one_signing_key_of_a_kind(issuer):
    gate, failures = threading.Barrier(4), []

    def run():
        try:
            gate.wait(10)
            with scope(issuer):
                keys.rotate(issuer, "ed25519", None)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with scope(issuer):
        assert SigningKey.objects.signing().filter(kind="ed25519").count() == 1
        assert SigningKey.objects.filter(kind="ed25519").count() == 5


def test_withdrawn_key_goes_from_the_document_and_another_signs_at_once(issuer):
    with scope(issuer):
        old = signing(issuer)
        signed = json.loads(keys.sign(issuer, ready(issuer)))
        assert keys.compromise(old, None, "A laptop was stolen")
        assert not keys.compromise(old, None, "again")
        old.refresh_from_db()

        assert (old.compromised_at is not None, old.retired_at, bytes(old.secret)) == (True, None, b"")
        assert old.reason == "A laptop was stolen"
        fragments = {entry["id"].partition("#")[2] for entry in keys.document(issuer)["verificationMethod"]}
        assert fragments == {signing(issuer).multibase, signing(issuer, "p256").multibase}
        assert keys.public_key(issuer, old.multibase) is None
        again = json.loads(keys.sign(issuer, ready(issuer)))
        assert again["proof"]["verificationMethod"] != signed["proof"]["verificationMethod"]
        assert sorted(AuditEvent.objects.filter(action__startswith="key.").values_list("action", flat=True)) == [
            "key.compromised",
            "key.created",
            "key.created",
            "key.created",
        ]


def test_retired_key_that_is_withdrawn_later_needs_no_other_key(issuer):
    with scope(issuer):
        old = signing(issuer)
        fresh = keys.rotate(issuer, "ed25519", None)

        assert keys.compromise(old, None, "An old backup was found")
        assert signing(issuer) == fresh
        assert SigningKey.objects.filter(kind="ed25519").count() == 2
        assert keys.public_key(issuer, old.multibase) is None


def test_tokens_are_signed_with_the_current_key_and_old_ones_follow_their_keys_fate(issuer):
    with scope(issuer):
        first = signing(issuer, "p256")
        token = keys.sign_jwt(issuer, ready(issuer))
        keys.rotate(issuer, "p256", None)
        fresh = keys.sign_jwt(issuer, ready(issuer))

        assert pyjwt.get_unverified_header(fresh)["kid"].endswith(signing(issuer, "p256").multibase)
        assert tokens.decode(token, keys.public_key(issuer, first.multibase))["iss"] == keys.did(issuer)
        keys.compromise(first, None, "x")
        assert keys.public_key(issuer, first.multibase) is None


def test_key_of_another_issuer_can_be_neither_changed_nor_withdrawn(issuer):
    other = IssuerFactory()
    with scope(other):
        keys.create(other, None)
        foreign = signing(other)
    with scope(issuer):
        assert keys.rotate(issuer, "ed25519", None, replacing=foreign.pk) is None
        with pytest.raises(SigningKey.DoesNotExist):
            keys.compromise(foreign, None, "x")
    with scope(other):
        assert signing(other) == foreign


@pytest.mark.parametrize(
    "values",
    [{"retired_at": Now()}, {"compromised_at": Now()}, {"secret": b""}],
    ids=["retired", "compromised", "in use without one"],
)
def test_database_refuses_a_secret_that_should_be_gone_or_is_missing(issuer, values):
    with scope(issuer), pytest.raises(IntegrityError, match="only_signing_keys_have_a_secret"), transaction.atomic():
        SigningKey.objects.filter(kind="ed25519").update(**values)


def test_sealing_again_leaves_keys_alone_that_sign_no_more(issuer, settings):
    with scope(issuer):
        keys.rotate(issuer, "ed25519", None)
        keys.compromise(signing(issuer, "p256"), None, "x")
    settings.KEY_ENCRYPTION_KEYS = [kek("newer", 7), *settings.KEY_ENCRYPTION_KEYS]

    out = io.StringIO()
    call_command("keys_reseal", stdout=out)

    assert out.getvalue() == "2 keys are closed under 'newer' now.\n"
    with scope(issuer):
        assert all(key.kek == ("" if key.secret == b"" else "newer") for key in SigningKey.objects.all())
        assert all(keys.opens(key) for key in SigningKey.objects.signing())
        assert AuditEvent.objects.filter(action="key.resealed").count() == 2


def test_key_that_is_sealed_again_while_it_is_changed_stays_gone(issuer, settings):
    with scope(issuer):
        stale = signing(issuer)
        settings.KEY_ENCRYPTION_KEYS = [kek("newer", 7), *settings.KEY_ENCRYPTION_KEYS]
        keys.rotate(issuer, "ed25519", None)

        assert not keys.seal_again(stale)
        stale.refresh_from_db()
        assert bytes(stale.secret) == b""


# Commands of the operator.


def test_operator_changes_both_keys(issuer):
    out = io.StringIO()
    call_command("keys_rotate", issuer=issuer.slug, stdout=out)

    with scope(issuer):
        assert SigningKey.objects.filter(retired_at__isnull=False).count() == 2
        assert all(key.multibase in out.getvalue() for key in SigningKey.objects.signing())


def test_operator_changes_one_kind_alone(issuer):
    call_command("keys_rotate", issuer=issuer.slug, kind="p256", stdout=io.StringIO())

    with scope(issuer):
        assert list(SigningKey.objects.filter(retired_at__isnull=False).values_list("kind", flat=True)) == ["p256"]


def test_operator_withdraws_one_key_or_all(issuer):
    with scope(issuer):
        first = signing(issuer)
    call_command(
        "key_compromise", first.multibase, issuer=issuer.slug, reason="Found on a USB stick", stdout=io.StringIO()
    )
    with scope(issuer):
        assert [key.pk for key in SigningKey.objects.withdrawn()] == [first.pk]

    call_command("key_compromise", every=True, issuer=issuer.slug, reason="Server broken into", stdout=io.StringIO())
    with scope(issuer):
        assert SigningKey.objects.withdrawn().count() == 3
        assert SigningKey.objects.signing().count() == 2


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (["z6MkNobodys"], {"reason": "x"}, "no key"),
        ([], {"reason": "x"}, "Name a key"),
        (["z6MkNobodys"], {"reason": "x", "issuer": "nobody"}, "No institution"),
    ],
)
def test_operator_is_told_what_is_wrong(issuer, arguments, options, said):
    with pytest.raises(CommandError, match=said):
        call_command("key_compromise", *arguments, **{"issuer": issuer.slug, **options}, stdout=io.StringIO())
    with scope(issuer):
        assert not SigningKey.objects.withdrawn().exists()
