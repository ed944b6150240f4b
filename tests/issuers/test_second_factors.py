"""Second factors at rest: an authenticator app's secret and the seed of recovery codes are closed, and still let their owner in."""

import base64
import io
import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse

from credentials_site.backups.making import _keks
from issuers import sealing, second_factors
from tests.factories import UserFactory

SECRET = "JBSWY3DPEHPK3PXP"


def kek(name, byte):
    return f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}"


@pytest.fixture
def guarded(db):
    """Somebody with an app and recovery codes, set up as the pages do it."""
    user = UserFactory()
    TOTP.activate(user, SECRET)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    return user, codes


def lying_open():
    """What a thief of the database reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator ORDER BY id")
        return [json.loads(text) for (text,) in cursor.fetchall()]


def test_neither_secret_nor_seed_lies_open(guarded):
    app, codes = lying_open()

    assert SECRET not in json.dumps([app, codes])
    assert app["secret"].startswith("sealed:") and codes["seed"].startswith("sealed:")


def test_code_of_the_app_and_recovery_codes_let_in(guarded):
    user, codes = guarded
    for code in (format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time()))), codes[3]):
        client = Client()
        client.force_login(user)
        client.post(reverse("account_logout"))
        user.set_password("long enough, 77")
        user.save()
        client.post(reverse("account_login"), {"login": user.email, "password": "long enough, 77"})
        assert "_auth_user_id" not in client.session
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert client.session["_auth_user_id"] == str(user.pk)


def test_what_was_kept_open_before_still_lets_in_and_is_closed_by_keys_reseal(db):
    user = UserFactory()
    row = Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    moved = Authenticator.objects.create(
        user=user, type=Authenticator.Type.RECOVERY_CODES, data={"migrated_codes": ["abc", "def"], "used_mask": 0}
    )
    assert row.wrap().validate_code("000000") is False

    call_command("keys_reseal", stdout=io.StringIO())

    assert SECRET not in json.dumps(lying_open()) and '"abc"' not in json.dumps(lying_open())
    moved.refresh_from_db()
    assert RecoveryCodes(moved).get_unused_codes() == ["abc", "def"]


def test_newer_key_closes_them_again_and_only_once(guarded, settings):
    user, codes = guarded
    settings.KEY_ENCRYPTION_KEYS = [kek("newer", 7), *settings.KEY_ENCRYPTION_KEYS]
    before = second_factors.keks()

    out = io.StringIO()
    call_command("keys_reseal", stdout=out)
    call_command("keys_reseal", stdout=out)

    assert out.getvalue() == "2 keys are closed under 'newer' now.\n0 keys are closed under 'newer' now.\n"
    assert before != {"newer"} and second_factors.keks() == {"newer"}
    settings.KEY_ENCRYPTION_KEYS = settings.KEY_ENCRYPTION_KEYS[:1]
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    assert RecoveryCodes(row).get_unused_codes() == codes


def test_key_that_is_gone_is_told_and_nothing_is_changed(guarded, settings):
    before = lying_open()
    settings.KEY_ENCRYPTION_KEYS = [kek("another", 9)]

    with pytest.raises(CommandError, match="2 keys could not be opened"):
        call_command("keys_reseal", stdout=io.StringIO(), stderr=io.StringIO())

    assert lying_open() == before


@pytest.mark.django_db(databases=["default", "migrator"], transaction=True)
def test_backup_names_the_key_they_are_closed_with(settings):
    settings.KEY_ENCRYPTION_KEYS = [kek("for-factors", 5), *settings.KEY_ENCRYPTION_KEYS]
    TOTP.activate(UserFactory(), SECRET)

    assert "for-factors" in _keks()


def test_sealed_text_of_another_place_is_not_opened(db):
    name, secret = sealing.seal(b"JBSW", b"laurel:something else")

    with pytest.raises(sealing.NotOpened):
        second_factors.MfaAdapter().decrypt(f"sealed:{name}:{base64.b64encode(secret).decode()}")


# The operator, after a leak.


def _end(*arguments):
    out = io.StringIO()
    call_command("second_factors_end", *arguments, stdout=out)
    return out.getvalue()


def _kinds(user):
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def _with_passkey(user):
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "laptop"})


def test_operator_ends_second_factors_of_everybody_and_tells_them(guarded, mailoutbox):
    user, other, unguarded = guarded[0], UserFactory(), UserFactory()
    TOTP.activate(other, SECRET)
    for one in (user, unguarded):
        _with_passkey(one)

    said = _end("--all")

    assert said == "Second factors of 2 people are ended, and they are told.\n"
    assert [_kinds(one) for one in (user, other, unguarded)] == [["webauthn"], [], ["webauthn"]]
    assert [mail.to for mail in mailoutbox] == [[user.email], [other.email]]
    assert reverse("mfa_index") in mailoutbox[0].body and "recovery codes" in mailoutbox[0].body
    assert _end("--all") == "Second factors of 0 people are ended, and they are told.\n"


def test_operator_ends_second_factors_of_one_person_by_any_spelling_of_an_address(guarded, mailoutbox):
    other = UserFactory()
    TOTP.activate(other, SECRET)

    _end(guarded[0].email.upper())

    assert (_kinds(guarded[0]), _kinds(other)) == ([], ["totp"])
    assert [mail.to for mail in mailoutbox] == [[guarded[0].email]]


def test_ended_app_lets_nobody_in(guarded):
    user, _codes = guarded
    user.set_password("long enough, 77")
    user.save()

    _end(user.email)

    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": "long enough, 77"})
    assert client.session["_auth_user_id"] == str(user.pk)  # nothing is asked that nobody has


@pytest.mark.parametrize("arguments", [[], ["--all", "a@example.org"], ["nobody@example.org"], ["no address"]])
def test_operator_has_to_say_whose(guarded, arguments):
    with pytest.raises(CommandError):
        _end(*arguments)

    assert _kinds(guarded[0]) == ["recovery_codes", "totp"]


def test_operator_is_told_where_there_is_nothing_to_end(db):
    with pytest.raises(CommandError, match="neither an authenticator app nor recovery codes"):
        _end(UserFactory().email)
