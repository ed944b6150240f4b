"""Signing in and up: by code, by password, with a second proof; nobody learns from it whose address is known here."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from issuers.models import User
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "anna@example.org", "boris@example.org"
LOGIN, SIGNUP = "/accounts/login/", "/accounts/signup/"
CODE, CONFIRM, VERIFY = "/accounts/login/code/", "/accounts/login/code/confirm/", "/accounts/confirm-email/"
RESET = "/accounts/password/reset/"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def known():
    return UserFactory(email=KNOWN)


def code(to=KNOWN):
    message = next(message for message in reversed(mail.outbox) if to in message.to)
    return re.search(r"\b\d{6}\b", str(message.body))[0]


def another(digits):
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def is_in(client):
    return "_auth_user_id" in client.session


def plain(answer):
    """A page without what differs by itself: the form's token, and the address that was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return text.replace(KNOWN, "ADDRESS").replace(UNKNOWN, "ADDRESS")


# Codes


def test_code_signs_in_when_it_is_typed(client, known):
    client.post(CODE, {"email": KNOWN})
    client.post(CONFIRM, {"code": code()})
    assert is_in(client)


def test_code_signs_in_when_asked_for_on_the_page_with_the_password(client, known):
    answer = client.post(LOGIN, {"login": KNOWN, "by": "code"})
    assert answer.url == CONFIRM
    client.post(CONFIRM, {"code": code()})
    assert is_in(client)


def test_code_signs_in_when_it_is_copied_with_spaces(client, known):
    client.post(CODE, {"email": KNOWN})
    digits = code()
    client.post(CONFIRM, {"code": f" {digits[:3]} {digits[3:]} "})
    assert is_in(client)


def test_code_is_used_up_when_it_has_signed_in(client, known):
    client.post(CODE, {"email": KNOWN})
    digits = code()
    client.post(CONFIRM, {"code": digits})
    other = Client()
    other.post(CONFIRM, {"code": digits})
    assert not is_in(other)


def test_code_is_given_up_when_three_wrong_ones_were_typed(client, known):
    client.post(CODE, {"email": KNOWN})
    right = code()
    for _ in range(3):
        client.post(CONFIRM, {"code": another(right)})
    client.post(CONFIRM, {"code": right})
    assert not is_in(client)


@pytest.mark.parametrize("text", ["", "abcdef", "12345", "1234567", "١٢٣٤٥٦", "0 or 1=1"])
def test_code_is_refused_when_it_is_none(client, known, text):
    client.post(CODE, {"email": KNOWN})
    assert client.post(CONFIRM, {"code": text}).status_code in {200, 302}
    assert not is_in(client)


def test_mail_with_a_code_is_plain_and_in_our_frame_when_sent(client, known):
    client.post(CODE, {"email": KNOWN})
    message = mail.outbox[-1]
    html = message.alternatives[0][0]
    assert message.subject == f"Your code to sign in: {code()}"
    assert code() in html
    assert "Hello from" not in message.body
    assert not re.search(r"<(script|img)", html)


def test_sign_in_says_so_when_the_mail_server_is_away(client, known, monkeypatch):
    def refuse(backend, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    answer = client.post(CODE, {"email": KNOWN})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "could not be sent" in answer.content.decode()


# Passwords


def test_password_signs_in_when_it_is_right(client, known):
    client.post(LOGIN, {"login": KNOWN, "password": PASSWORD})
    assert is_in(client)


def test_password_signs_in_when_the_address_has_capitals(client, known):
    client.post(LOGIN, {"login": " Anna@Example.ORG ", "password": PASSWORD})
    assert is_in(client)


def test_password_is_refused_alike_when_wrong_and_when_nobody_has_the_address(client, known):
    wrong = client.post(LOGIN, {"login": KNOWN, "password": "wrong"})
    nobody = Client().post(LOGIN, {"login": UNKNOWN, "password": "wrong"})
    assert wrong.status_code == nobody.status_code == 200
    assert plain(wrong) == plain(nobody)
    assert "do not belong together" in plain(wrong)


def test_password_is_not_tried_any_more_when_it_was_wrong_five_times(client, known):
    for _ in range(6):
        client.post(LOGIN, {"login": KNOWN, "password": "wrong"})
    answer = client.post(LOGIN, {"login": KNOWN, "password": PASSWORD})
    assert not is_in(client)
    assert "too often" in answer.content.decode() or answer.status_code == 429


def test_password_is_chosen_anew_when_the_code_is_typed(client, known):
    client.post(RESET, {"email": KNOWN})
    answer = client.post("/accounts/password/reset/confirm/", {"code": code()}, follow=True)
    client.post(answer.request["PATH_INFO"], {"password1": "a new and longer one", "password2": "a new and longer one"})
    known.refresh_from_db()
    assert known.check_password("a new and longer one")


@pytest.mark.parametrize("password", ["short", "qwerty123456", "anna@example.org"])
def test_password_is_refused_when_it_is_weak(client, known, password):
    client.force_login(known)
    url = reverse("account_change_password")
    answer = client.post(url, {"oldpassword": PASSWORD, "password1": password, "password2": password})
    known.refresh_from_db()
    assert answer.status_code == 200
    assert known.check_password(PASSWORD)


def test_password_changed_signs_out_and_is_told_by_mail_when_changed(client, known):
    client.force_login(known)
    url = reverse("account_change_password")
    client.post(
        url, {"oldpassword": PASSWORD, "password1": "a new and longer one", "password2": "a new and longer one"}
    )
    assert not is_in(client)
    assert mail.outbox[-1].subject == "Your password was changed"


# Accounts


def test_account_is_made_with_an_address_when_its_code_is_typed(client):
    client.post(SIGNUP, {"email": "New@Example.org"})
    user = User.objects.get(email="new@example.org")
    assert not is_in(client)
    client.post(VERIFY, {"code": code("new@example.org")})
    assert is_in(client)
    assert EmailAddress.objects.get(user=user).verified
    assert not user.has_usable_password()


def test_account_is_not_signed_in_when_the_code_is_wrong(client):
    client.post(SIGNUP, {"email": "new@example.org"})
    client.post(VERIFY, {"code": another(code("new@example.org"))})
    assert not is_in(client)
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_account_is_finished_by_its_owner_when_somebody_else_began_it(client):
    Client().post(SIGNUP, {"email": "new@example.org"})
    cache.clear()  # a while later: codes to one address go out ten seconds apart at most
    client.post(SIGNUP, {"email": "new@example.org"})
    client.post(VERIFY, {"code": code("new@example.org")})
    assert is_in(client)
    assert User.objects.filter(email="new@example.org").count() == 1


@pytest.mark.parametrize("email", ["nobody", "a@b", "a b@example.org", "a@example.org\r\nBcc: x@example.org", ""])
def test_account_is_not_made_when_the_address_is_none(client, email):
    answer = client.post(SIGNUP, {"email": email})
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not User.objects.exists()


# Nobody learns whose address is known


@pytest.mark.parametrize(
    ("path", "field", "next_path"), [(CODE, "email", CONFIRM), (SIGNUP, "email", VERIFY), (RESET, "email", None)]
)
def test_answers_are_alike_when_an_address_is_known_and_when_not(client, known, path, field, next_path):
    other = Client()
    mine, theirs = client.post(path, {field: KNOWN}), other.post(path, {field: UNKNOWN})
    assert (mine.status_code, mine.url) == (theirs.status_code, theirs.url)
    if next_path:
        assert mine.url == next_path
    assert plain(client.get(mine.url)) == plain(other.get(theirs.url))
    assert {message.to[0] for message in mail.outbox} == {KNOWN, UNKNOWN}


def test_typed_codes_are_refused_alike_when_an_address_is_known_and_when_not(client, known):
    other = Client()
    client.post(CODE, {"email": KNOWN})
    other.post(CODE, {"email": UNKNOWN})
    wrong = another(code())
    assert plain(client.post(CONFIRM, {"code": wrong})) == plain(other.post(CONFIRM, {"code": wrong}))


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_codes_are_sent_six_times_an_hour_at_most_when_asked_for(known, email):
    answers = []
    for _ in range(8):
        client = Client()
        client.post(CODE, {"email": email})
        answers.append(client.get(CONFIRM).status_code)
    assert len([message for message in mail.outbox if email in message.to]) == 6
    assert len(set(answers[:6])) == 1


# Where it leads


@pytest.mark.parametrize(
    "text", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/no/such/page"]
)
def test_sign_in_stays_here_when_the_way_on_leads_away(client, known, text):
    answer = client.post(LOGIN, {"login": KNOWN, "password": PASSWORD, "next": text})
    assert is_in(client)
    assert answer.url == reverse("after-sign-in")


def test_sign_in_goes_on_when_a_page_of_ours_asked_for_it(client, known):
    answer = client.post(LOGIN, {"login": KNOWN, "password": PASSWORD, "next": "/wallet/"})
    assert answer.url == "/wallet/"


def test_after_sign_in_leads_to_work_or_wallet_when_somebody_works_or_not(client, known):
    client.force_login(known)
    assert client.get(reverse("after-sign-in")).url == reverse("wallet")
    MembershipFactory(user=known)
    assert client.get(reverse("after-sign-in")).url == reverse("manage")


def test_sign_out_needs_a_press_when_its_page_is_opened(client, known):
    client.force_login(known)
    client.get("/accounts/logout/")
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)


def test_session_is_new_when_somebody_signs_in(client, known):
    client.get(LOGIN)
    client.post(CODE, {"email": KNOWN})
    before = client.session.session_key
    client.post(CONFIRM, {"code": code()})
    assert client.session.session_key != before


# A second proof


@pytest.fixture
def guarded(known):
    """Somebody with an authenticator app and recovery codes."""
    Authenticator.objects.create(user=known, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    return RecoveryCodes.activate(known).get_unused_codes()


def test_second_proof_is_asked_for_when_it_is_set_up(client, known, guarded):
    answer = client.post(LOGIN, {"login": KNOWN, "password": PASSWORD})
    assert answer.url == reverse("mfa_authenticate")
    assert not is_in(client)
    page = client.get(answer.url).content.decode()
    assert "One more proof" in page
    client.post(answer.url, {"code": "000000"})
    assert not is_in(client)
    client.post(answer.url, {"code": guarded[0]})
    assert is_in(client)


def test_recovery_code_works_once_when_used(known, guarded):
    for expected in (True, False):
        client = Client()
        client.post(LOGIN, {"login": KNOWN, "password": PASSWORD})
        client.post(reverse("mfa_authenticate"), {"code": guarded[0]})
        assert is_in(client) is expected


def test_ways_of_signing_in_ask_again_when_they_are_changed(client, known):
    client.force_login(known)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate"))


PAGES = ["account_login", "account_signup", "account_request_login_code", "account_reset_password", "account_inactive"]
OWN = [
    "account",
    "mfa_index",
    "mfa_list_webauthn",
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
]


@pytest.mark.parametrize("name", [*PAGES, *OWN])
def test_page_wears_our_frame_and_has_no_inline_script_when_opened(client, known, name):
    if name in OWN:
        client.force_login(known)
    answer = client.get(reverse(name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<main id="main" class="wrap-narrow claim">' in page
    for attributes in re.findall(r"<script\b([^>]*)>", page):
        assert "src=" in attributes or 'type="application/json"' in attributes
    assert not re.search(r'\sstyle="|\son[a-z]+="', page)
    assert "Sorry" not in page
