"""Tokens of mailed links: derived, never stored, and worth nothing when altered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuers.tenancy import across_issuers
from recipients import links
from recipients.models import ClaimLink
from tests.factories import CredentialFactory, OutgoingEmailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def email(db):
    credential = CredentialFactory()
    return OutgoingEmailFactory(credential=credential, issuer=credential.issuer)


def test_claim_link_is_remembered_by_its_hash_and_made_twice_is_one(email, every_issuer):
    token = links.remember(email, email.credential_id, email.issuer_id)

    assert links.remember(email, email.credential_id, email.issuer_id) == token
    assert links.find(token).credential_id == email.credential_id
    assert ClaimLink.objects.get().token_hash == links.digest(token) != token
    assert len(token) == 43


def test_each_mail_and_each_credential_has_a_token_of_its_own(email):
    other = OutgoingEmailFactory(credential=email.credential, issuer=email.issuer, sequence=1)

    tokens = {links.claim_token(mail, number) for mail in (email, other) for number in (1, 2)}
    assert len(tokens) == 4


@pytest.mark.parametrize("token", ["", "x", "0" * 43])
def test_token_that_was_never_mailed_opens_nothing(token, every_issuer):
    assert links.find(token) is None


def test_stop_link_names_its_mail(email):
    assert links.read_stop(links.stop_token(email)) == email.pk


def test_stop_link_still_works_after_the_secret_was_changed(email, settings):
    token = links.stop_token(email)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret", [settings.SECRET_KEY]
    assert links.read_stop(token) == email.pk

    settings.SECRET_KEY_FALLBACKS = []
    assert links.read_stop(token) is None


def test_stop_link_of_one_mail_is_not_that_of_another(email):
    number, _, mac = links.stop_token(email).partition(".")

    for token in (f"{int(number) + 1}.{mac}", f"{number}.{mac[:-1]}", f"{number}.", f"0{number}.{mac}", f"{number}.é"):
        assert links.read_stop(token) is None


@given(st.text(max_size=40))
def test_no_text_makes_anything_but_nothing(text):
    assert links.read_stop(text) is None
    assert links.read_stop(f"1.{text}") is None


def test_token_of_a_mail_is_in_no_row(email):
    with across_issuers("a test looks"):
        token = links.remember(email, email.credential_id, email.issuer_id)
        assert token not in str(list(ClaimLink.objects.values()))
