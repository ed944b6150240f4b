"""Calls of mail providers: what they tell is kept once, and only theirs counts."""

import json
import time

import pytest
from django.core import mail as outbox
from django.core.cache import cache

from credentials_site import system_checks
from issuers.tenancy import across_issuers
from recipients import bouncing, emails, holding, reminding
from recipients.models import Digest, MailStop, OutgoingEmail
from recipients.views import mail_events
from tests.factories import DigestFactory, IssuerFactory, UserFactory
from tests.recipients import told_by_providers as told
from tests.recipients.passing import days_pass, mailed, taken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings):
    settings.MAIL_EVENTS = ["mailgun", "postmark", "brevo", "mailjet", "sparkpost"]
    settings.ANYMAIL = {"WEBHOOK_SECRET": told.SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": told.KEY}


@pytest.fixture
def offer():
    return mailed()


def mail_of(credential):
    with across_issuers("a test looks"):
        return OutgoingEmail.objects.get(credential=credential, kind="offer")


def call(client, provider, body, **headers):
    headers = headers or told.basic()
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/mail-events/{provider}/", content, content_type="application/json", **headers)


def stops():
    return list(MailStop.objects.values_list("address_key", "issuer"))


@pytest.mark.parametrize("provider", ["mailgun", "postmark", "brevo", "mailjet", "sparkpost"])
def test_bounce_finds_its_mail_and_says_why(client, offer, provider):
    other = mailed(address="bo@example.org")
    body = getattr(told, provider)(mail_of(offer))

    answer = call(client, provider, body)

    assert answer.status_code == 200
    row = mail_of(offer)
    assert row.bounced_at
    assert row.diagnostic
    assert (row.delivered_at, row.complained_at) == (None, None)
    assert mail_of(other).bounced_at is None


def test_number_of_the_provider_is_kept_for_later_calls_without_our_mark(client, offer):
    call(client, "postmark", told.postmark(mail_of(offer)))
    later = {**told.postmark(mail_of(offer), "SpamComplaint", "SpamComplaint"), "Metadata": {}}

    assert mail_of(offer).provider_id == later["MessageID"]
    assert call(client, "postmark", later).status_code == 200
    assert mail_of(offer).complained_at


def test_complaint_stops_mails_of_this_institution_to_this_address(client, offer):
    elsewhere = IssuerFactory()
    call(client, "mailgun", told.mailgun(mail_of(offer), "complained", severity=""))

    assert mail_of(offer).complained_at
    assert stops() == [("amal@example.org", offer.issuer_id)]
    assert elsewhere.pk not in {issuer for _key, issuer in stops()}


def test_unsubscribing_at_the_provider_counts_as_here(client, offer):
    call(client, "mailgun", told.mailgun(mail_of(offer), "unsubscribed", severity=""))

    assert stops() == [("amal@example.org", offer.issuer_id)]


def test_complaint_about_the_weekly_mail_ends_the_weekly_mail_alone(client):
    user = UserFactory()
    with across_issuers("a test arranges"):
        DigestFactory(user=user, on_at="2026-01-01T00:00Z", stopped_at=None, next_at="2027-01-01T00:00Z")
        mail = OutgoingEmail.objects.create(
            kind="digest",
            user=user,
            to=user.email,
            address_key=user.email,
            message_id="<w@localhost>",
            not_before="2026-01-01T00:00Z",
        )
    call(client, "mailgun", told.mailgun(mail, "complained", severity=""))

    assert Digest.objects.get(user=user).on_at is None
    assert stops() == []


def test_soft_bounce_is_put_off_and_delivery_noted(client, offer):
    call(client, "mailgun", told.mailgun(mail_of(offer), severity="temporary", code=452, message="4.2.2 Mailbox full"))
    row = mail_of(offer)
    assert (row.bounced_at, row.diagnostic) == (None, "4.2.2 Mailbox full")
    assert row.deferred_at

    call(client, "mailgun", told.mailgun(mail_of(offer), "delivered", severity="", code=250, message="OK"))
    assert mail_of(offer).delivered_at


@pytest.mark.parametrize(
    ("severity", "code", "moment"), [("permanent", 550, "bounced_at"), ("temporary", 452, "deferred_at")]
)
def test_late_event_does_not_write_down_an_address_that_was_erased(client, offer, severity, code, moment):
    body = told.mailgun(mail_of(offer), severity=severity, code=code, message=f"{code} <amal@example.org> not here")
    with across_issuers("its person is erased"):
        holding._forget_credential(offer)
    call(client, "mailgun", body)

    assert getattr(mail_of(offer), moment)
    assert mail_of(offer).diagnostic == ""


def test_bounce_that_the_answer_calls_temporary_is_none(client, offer):
    call(client, "postmark", told.postmark(mail_of(offer), kind="SoftBounce", details="smtp;452 4.2.2 over quota"))

    assert mail_of(offer).bounced_at is None
    assert mail_of(offer).deferred_at


def test_same_event_told_again_changes_nothing(client, offer):
    body = told.postmark(mail_of(offer))
    assert call(client, "postmark", body).status_code == 200
    before = mail_of(offer)
    assert call(client, "postmark", {**body, "Details": "another text"}).status_code == 200

    after = mail_of(offer)
    assert (after.bounced_at, after.diagnostic) == (before.bounced_at, before.diagnostic)


def test_event_of_a_mail_that_is_not_ours_is_passed_over(client, offer):
    stranger = OutgoingEmail(to="x@example.org", message_id="<nobody@elsewhere.example.org>")

    assert call(client, "mailgun", told.mailgun(stranger)).status_code == 200
    assert mail_of(offer).bounced_at is None


def test_bounce_calls_back_reminders_that_wait(client, offer):
    days_pass(3)
    assert reminding.write_due() == 1
    call(client, "postmark", told.postmark(mail_of(offer)))

    with across_issuers("a test looks"):
        (waiting,) = OutgoingEmail.objects.filter(kind="reminder")
    assert waiting.cancelled_at
    assert reminding.write_due() == 0


def test_answers_that_name_an_address_leave_with_their_person(client):
    user = UserFactory()
    row = taken(user)
    call(client, "postmark", told.postmark(mail_of(row), details="550 5.1.1 <amal@example.org>: unknown"))
    with across_issuers("a test forgets"):
        OutgoingEmail.objects.update(response="250 for amal@example.org")
        holding.forget(user)
        left = str(list(OutgoingEmail.objects.values()))

    assert "amal@example.org" not in left


# Who may.


@pytest.mark.parametrize(
    "headers", [{"HTTP_ACCEPT": "*/*"}, told.basic("laurel:wrong-password"), {"HTTP_AUTHORIZATION": "Basic %%%"}]
)
@pytest.mark.parametrize("provider", ["mailgun", "postmark"])
def test_call_without_the_secret_is_refused(client, offer, provider, headers):
    answer = call(client, provider, getattr(told, provider)(mail_of(offer)), **headers)

    assert answer.status_code == 401
    assert mail_of(offer).bounced_at is None


def test_forged_signature_is_refused(client, offer):
    forged = told.mailgun(mail_of(offer), signed=told.signature(key="somebody else's"))

    assert call(client, "mailgun", forged).status_code == 401
    assert mail_of(offer).bounced_at is None


def test_signature_opens_once_even_with_another_content(client, offer):
    other = mailed(address="bo@example.org")
    heard = told.mailgun(mail_of(offer))
    assert call(client, "mailgun", heard).status_code == 200
    again = told.mailgun(mail_of(other), "complained", severity="", signed=heard["signature"])

    assert call(client, "mailgun", heard).status_code == 406
    assert call(client, "mailgun", again).status_code == 406
    assert (mail_of(other).complained_at, stops()) == (None, [])


def test_old_signature_is_refused(client, offer):
    old = told.mailgun(mail_of(offer), signed=told.signature(at=time.time() - mail_events.YOUNG - 60))

    assert call(client, "mailgun", old).status_code == 406
    assert mail_of(offer).bounced_at is None


def test_call_that_failed_here_may_be_made_again(client, offer, monkeypatch):
    client.raise_request_exception = False
    body = told.mailgun(mail_of(offer))
    with monkeypatch.context() as broken:
        broken.setattr(bouncing, "take", lambda events: 1 / 0 if events else 0)
        assert call(client, "mailgun", body).status_code == 400

    assert call(client, "mailgun", body).status_code == 200
    assert mail_of(offer).bounced_at


@pytest.mark.parametrize("provider", ["mailgun", "resend", "nobody", "mailgun%00"])
def test_provider_that_is_not_switched_on_is_not_there(client, offer, settings, provider):
    settings.MAIL_EVENTS = ["postmark"]

    assert call(client, provider, told.mailgun(mail_of(offer))).status_code in {400, 404}
    assert mail_of(offer).bounced_at is None


def test_nobody_is_heard_without_a_secret_in_the_settings(client, offer, settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}

    assert call(client, "postmark", told.postmark(mail_of(offer))).status_code == 404


def test_provider_may_ask_whether_somebody_is_at_home(client):
    assert client.head("/mail-events/postmark/").status_code == 200
    assert client.get("/mail-events/postmark/").status_code == 405


def test_guessing_is_slowed_down(client, offer, monkeypatch):
    monkeypatch.setattr(mail_events, "REFUSED", mail_events.Limit("mail-events-refused", most=2, seconds=60))
    body = told.postmark(mail_of(offer))
    answers = [call(client, "postmark", body, **told.basic("laurel:wrong-password")).status_code for _ in range(4)]

    assert answers == [401, 401, 429, 429]
    right = call(client, "postmark", body)
    assert (right.status_code, right["Retry-After"]) == (429, "60")
    assert mail_of(offer).bounced_at is None
    assert call(client, "postmark", body, **told.basic(), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_looking_at_the_limit_takes_nothing_of_it(client, offer, monkeypatch):
    monkeypatch.setattr(mail_events, "REFUSED", mail_events.Limit("mail-events-refused", most=2, seconds=60))
    body = told.postmark(mail_of(offer))

    assert [call(client, "postmark", body).status_code for _ in range(4)] == [200] * 4


# Whatever comes.


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"signature": []}',
        b'{"signature": {"timestamp": 1, "token": "\xc3\xa9", "signature": 7}}',
        b'{"RecordType": {"a": 1}}',
        b'{"RecordType": "Bounce", "Type": [], "Metadata": 3, "BouncedAt": "yesterday", "MessageID": 5}',
        b'[{"msys": 1}]',
    ],
)
@pytest.mark.parametrize("provider", ["mailgun", "postmark", "brevo", "mailjet", "sparkpost"])
def test_text_that_is_no_event_is_never_a_fault_of_ours(client, provider, body):
    assert call(client, provider, body).status_code in {200, 400, 401}


def test_text_that_no_database_keeps_is_cleaned(client, offer):
    said = "550 5.1.1 gone\x00\ud800\n" + "x" * 5000
    body = told.postmark(mail_of(offer), details=said)

    assert call(client, "postmark", body).status_code == 200
    assert mail_of(offer).diagnostic.startswith("550 5.1.1 gone x")
    assert len(mail_of(offer).diagnostic) == 300


def test_moment_of_the_future_is_now(client, offer):
    call(client, "postmark", {**told.postmark(mail_of(offer)), "BouncedAt": "2999-01-01T00:00:00Z"})

    assert mail_of(offer).bounced_at.year < 2999


def test_more_than_anybody_tells_at_once_is_refused(client, offer, monkeypatch):
    monkeypatch.setattr(mail_events, "MOST", 1)

    assert call(client, "mailjet", told.mailjet(mail_of(offer)) * 2).status_code == 413
    assert call(client, "postmark", b" " * 2_700_000).status_code == 413
    cache.clear()


# What our mails carry, and what the operator sets.


def test_mails_carry_the_mark_of_providers_that_are_on_and_nothing_else(offer, settings):
    mark = mail_of(offer).message_id.strip("<>").partition("@")[0]
    with across_issuers("a test composes"):
        headers = emails.compose(mail_of(offer)).extra_headers
        assert headers["X-PM-Metadata-laurel"] == mark
        assert json.loads(headers["X-MSYS-API"]) == {"metadata": {"laurel": mark}}
        settings.MAIL_EVENTS = []
        assert not [name for name in emails.compose(mail_of(offer)).extra_headers if name.startswith("X-")]
    assert outbox.outbox == []


@pytest.mark.parametrize(
    ("on", "secrets", "found"),
    [
        ([], {}, []),
        (["postmark"], {"WEBHOOK_SECRET": told.SECRET}, []),
        (["postmark"], {"WEBHOOK_SECRET": ""}, ["laurel.E006"]),
        (["postmark"], {"WEBHOOK_SECRET": "laurel:short"}, ["laurel.E006"]),
        (["mailgun"], {"WEBHOOK_SECRET": told.SECRET}, ["laurel.E007"]),
        (["pigeon"], {"WEBHOOK_SECRET": told.SECRET}, ["laurel.E005"]),
    ],
)
def test_site_refuses_to_hear_providers_without_secrets(settings, on, secrets, found):
    settings.MAIL_EVENTS, settings.ANYMAIL = on, secrets

    assert [problem.id for problem in system_checks.mail_events()] == found
