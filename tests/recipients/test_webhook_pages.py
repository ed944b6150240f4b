"""The pages of webhooks, as an owner or administrator uses them: making, changing, secrets, pausing, deleting."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from issuers.fetching import Guard
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients import calling, destinations, subscribing
from recipients.events import signing
from recipients.models import WebhookDelivery, WebhookEndpoint, WebhookSecret
from recipients.views import webhooks
from tests import factories
from tests.receiver import receiver
from tests.recipients import hooked
from tests.recipients.hooked import THERE, delivery, every, make, shown, values_of
from tests.verification.public import text
from verification import invariants

pytestmark = pytest.mark.django_db
public_names, to, endpoint, proved = hooked.public_names, hooked.to, hooked.endpoint, hooked.proved


# Making and changing.


def test_owner_makes_a_webhook_whose_secret_is_shown_once_and_stored_sealed(issuer, owner, proved, to):
    answer = make(proved, to, types=["credential.revoked", "credential.claimed"])

    (made,) = every(WebhookEndpoint)
    (row,) = every(WebhookSecret)
    (secret,) = shown(answer)
    assert answer["Cache-Control"].count("no-store") == 1
    assert row.opened().decode() == secret and signing._raw(secret) not in bytes(row.secret)
    assert (made.name, made.url, made.types, made.with_address) == (
        "Moodle", THERE, ["credential.claimed", "credential.revoked"], False,
    )  # fmt: skip
    for page in (to("s"), to("", made.public_id), to("-edit", made.public_id)):
        assert secret not in proved.get(page).content.decode()
    (event,) = every(AuditEvent, action="webhook.made")
    assert (event.actor, event.details) == (owner, {"name": "Moodle", "address": False})
    assert "made the webhook “Moodle”" in text(proved.get(reverse("manage-audit", args=[issuer.slug])))


def test_pressing_twice_makes_one(proved, to):
    first, again = make(proved, to), make(proved, to)

    assert len(shown(first)) == 1 and shown(again) == []
    assert "was made before" in text(again)
    assert len(every(WebhookEndpoint)) == 1


def test_no_more_than_ten(issuer, owner, proved, to):
    factories.WebhookEndpointFactory.create_batch(subscribing.MOST, issuer=issuer)

    assert "as many webhooks as there may be" in text(make(proved, to))
    assert "10 webhooks, as many as there may be" in text(proved.get(to("s")))
    assert len(every(WebhookEndpoint)) == subscribing.MOST


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"types": []}, "Tick at least one thing"),
        ({"types": ["credential.invented"]}, "credential.invented"),
        ({"url": ""}, "This field is required"),
        ({"url": "http://lms.example.org/"}, "has to begin with https://"),
        ({"url": "https://lms.example.org/\x00"}, "could not be read"),
        ({"url": "https://lms.example.org/\r\nX: 1"}, "There is a line break"),
        ({"url": "https://lms.example.org/#part"}, "Nothing is sent to this address"),
        ({"url": "https://lms.example.org/" + "a" * 2049}, "are too many"),
        ({"url": "https://lms.example.org:8443/"}, "Nothing is sent to this address"),
        ({"name": "x" * 81}, "81 characters are too many"),
    ],
)
def test_form_says_what_is_wrong_and_makes_nothing(proved, to, values, said):
    answer = make(proved, to, **values)

    assert answer.status_code in {400, 422} and said in text(answer)
    assert every(WebhookEndpoint) == every(WebhookSecret) == []


def test_host_that_does_not_exist_is_refused_when_it_is_entered(proved, to, monkeypatch):
    monkeypatch.setattr(destinations, "OUTSIDE", Guard(resolver=lambda host, port: [], seconds=0.3))

    assert "There is no host of this name" in text(make(proved, to))
    assert every(WebhookEndpoint) == []


def test_change_counts_from_the_next_try_on(proved, to, endpoint):
    row = delivery(endpoint)
    with receiver() as there:
        answer = proved.post(
            to("-change", endpoint.public_id), values_of(url=there.url, with_address="on"), follow=True
        )
        assert "Saved" in text(answer)
        calling.post()

    assert there.ids == [row.message.message_id]
    (changed,) = every(WebhookEndpoint)
    assert changed.with_address and changed.name == "Moodle"
    (event,) = every(AuditEvent, action="webhook.edited")
    assert event.details["fields"] == ["name", "url", "with_address"]
    same = proved.post(to("-change", endpoint.public_id), values_of(url=there.url, with_address="on"), follow=True)
    assert "Nothing is different" in text(same)
    wrong = proved.post(to("-change", endpoint.public_id), values_of(url="ftp://x"))
    assert wrong.status_code == 422 and "Nothing is sent to this address" in text(wrong)


def test_nothing_secret_is_done_before_the_password_is_typed_again(staff, to, endpoint):
    one = endpoint.public_id
    for address in (to("-new"), to("-change", one), to("-secret", one), to("-old-secret", one)):
        assert staff.post(address, values_of())["Location"].startswith(reverse("account_reauthenticate"))

    assert len(every(WebhookEndpoint)) == len(every(WebhookSecret)) == 1


def test_deeds_have_a_limit(issuer, proved, to, endpoint):
    for _ in range(webhooks.DEEDS.most):
        webhooks.DEEDS.allows(str(issuer.pk))
    for _ in range(webhooks.TESTS.most):
        webhooks.TESTS.allows(str(issuer.pk))

    for answer in (
        make(proved, to),
        proved.post(to("-test", endpoint.public_id), follow=True),
        proved.post(to("-secret", endpoint.public_id), follow=True),
    ):
        assert "very often lately" in text(answer)
    assert len(every(WebhookEndpoint)) == len(every(WebhookSecret)) == 1
    assert every(WebhookDelivery) == []


@pytest.mark.parametrize("role", [Role.AWARDER, Role.DESIGNER, Role.REVIEWER, Role.VIEWER])
def test_others_see_nothing_of_it(issuer, client, to, endpoint, role):
    client.force_login(factories.MembershipFactory(issuer=issuer, role=role).user)

    assert client.get(to("s")).status_code == client.get(to("", endpoint.public_id)).status_code == 403
    assert "Webhooks" not in client.get(reverse("manage-home", args=[issuer.slug])).content.decode()


def test_webhook_of_another_institution_is_not_there(proved, to, endpoint):
    foreign = factories.WebhookEndpointFactory()
    row = delivery(foreign, delivered_at=timezone.now())

    assert proved.get(to("", foreign.public_id)).status_code == 404
    assert proved.get(to("-delivery", endpoint.public_id, row.pk)).status_code == 404
    for name in ("-secret", "-old-secret", "-pause", "-resumption", "-deletion", "-test", "-replay", "-change"):
        assert proved.post(to(name, foreign.public_id), values_of(since="1")).status_code == 404
    assert proved.post(to("-delivery-replay", endpoint.public_id, row.pk)).status_code == 404
    assert every(WebhookDelivery, pk=row.pk)[0].delivered_at is not None
    assert len(every(WebhookEndpoint)) == 2


# The secret.


def test_another_secret_signs_beside_the_old_one_until_that_is_ended(proved, to, endpoint):
    (newer,) = shown(proved.post(to("-secret", endpoint.public_id)))

    old, new = every(WebhookSecret)
    assert timedelta(hours=23) < old.until - timezone.now() < timedelta(hours=25) and new.until is None
    assert (old.opened().decode(), new.opened().decode()) == (endpoint.told, newer)
    assert "The old secret signs beside the new one" in text(proved.get(to("", endpoint.public_id)))
    assert "signs no more" in text(proved.post(to("-old-secret", endpoint.public_id), follow=True))
    assert [row.opened().decode() for row in every(WebhookSecret)] == [newer]
    assert "no old secret" in text(proved.post(to("-old-secret", endpoint.public_id), follow=True))


def test_no_more_than_two_secrets_sign(issuer, owner, endpoint):
    with scope(issuer):
        second, third = (subscribing.rotate(endpoint, owner) for _ in range(2))

    assert [row.opened().decode() for row in every(WebhookSecret)] == [second, third]


def _renew(*arguments):
    out = StringIO()
    call_command("webhook_secrets_renew", *arguments, stdout=out)
    return out.getvalue()


def test_operator_ends_secrets_without_a_change_over_and_the_page_says_what_to_do(proved, owner, to, issuer):
    with receiver() as there:
        endpoint = factories.WebhookEndpointFactory(issuer=issuer, url=there.url)
        known = factories.WebhookSecretFactory(issuer=issuer, endpoint=endpoint).told
        with scope(issuer):
            subscribing.rotate(endpoint, owner)  # of two that sign neither is left
        said = _renew("--issuer", issuer.slug)
        delivery(endpoint)
        assert (calling.post(), there.calls, every(WebhookSecret)) == (0, [], [])
        page = text(proved.get(to("", endpoint.public_id)))
        refused = text(proved.post(to("-resumption", endpoint.public_id), follow=True))
        assert calling.post() == 0

        answer = proved.post(to("-secret", endpoint.public_id))
        proved.post(to("-resumption", endpoint.public_id))
        calling.post()

    (told,), (call,) = shown(answer), there.calls
    assert f"{issuer.slug}: {endpoint.name} is paused without a secret: write to {issuer.email}" in said
    assert "Its secret was ended" in page and "Make another secret" in page
    assert "Make another secret first" in refused
    assert "two signatures" not in text(answer)
    arguments = call.headers["webhook-id"], int(call.headers["webhook-timestamp"]), call.body
    signed = call.headers["webhook-signature"]
    assert signed == signing.signing_headers([told], *arguments)["webhook-signature"]
    assert signed != signing.signing_headers([known], *arguments)["webhook-signature"]
    (event,) = every(AuditEvent, action="webhook.secrets_ended")
    assert (event.actor, event.details) == (None, {"name": endpoint.name})
    assert "ended the secret of the webhook" in text(proved.get(reverse("manage-audit", args=[issuer.slug])))


def test_operator_ends_secrets_of_one_institution_or_of_all(endpoint):
    other = factories.WebhookEndpointFactory()
    elsewhere = factories.WebhookSecretFactory(issuer=other.issuer, endpoint=other)

    assert _renew("--issuer", endpoint.issuer.slug).count("is paused") == 1
    assert every(WebhookSecret) == [elsewhere]
    assert _renew("--all").count("is paused") == 1
    assert every(WebhookSecret) == []
    assert {one.disabled_why for one in every(WebhookEndpoint)} == {"paused"}


@pytest.mark.parametrize("arguments", [[], ["--all", "--issuer", "some"], ["--issuer", "nobody"]])
def test_operator_has_to_say_whose_secrets(endpoint, arguments):
    with pytest.raises(CommandError):
        _renew(*arguments)

    assert len(every(WebhookSecret)) == 1


def test_secrets_move_to_a_newer_key_encryption_key_with_the_others(endpoint, settings):
    settings.KEY_ENCRYPTION_KEYS = ["newer:" + "B" * 43 + "=", *settings.KEY_ENCRYPTION_KEYS]
    call_command("keys_reseal", stdout=StringIO())
    settings.KEY_ENCRYPTION_KEYS = settings.KEY_ENCRYPTION_KEYS[:1]

    with across_issuers("a test looks"):
        assert list(invariants.other_secrets_open()) == []
        assert WebhookSecret.objects.get().opened().decode() == endpoint.told


# Sending, pausing, deleting.


def test_test_message_arrives_and_its_page_says_so(proved, to, issuer):
    with receiver(lambda call: (200, b"thank you", {})) as there:
        endpoint = factories.WebhookEndpointFactory(issuer=issuer, url=there.url, types=["credential.revoked"])
        factories.WebhookSecretFactory(issuer=issuer, endpoint=endpoint)
        answer = proved.post(to("-test", endpoint.public_id), follow=True)
        assert "A test is on its way" in text(answer) and "Not tried yet" in text(answer)
        calling.post()

    (call,) = there.calls
    said = json.loads(call.body)
    assert (said["type"], said["data"]["endpoint"]) == ("webhook.test", {"id": endpoint.public_id})
    page = text(proved.get(answer.redirect_chain[-1][0]))
    assert "Taken with status 200." in page and "thank you" in page and call.body.decode() in page


def test_paused_webhook_sends_nothing_until_it_is_resumed(proved, to, issuer):
    with receiver() as there:
        endpoint = factories.WebhookEndpointFactory(issuer=issuer, url=there.url)
        factories.WebhookSecretFactory(issuer=issuer, endpoint=endpoint)
        assert "Paused" in text(proved.post(to("-pause", endpoint.public_id), follow=True))
        assert "anyway" in text(proved.post(to("-pause", endpoint.public_id), follow=True))
        assert "Resume it first" in text(proved.post(to("-test", endpoint.public_id), follow=True))
        row = delivery(endpoint, attempts=9, not_before=timezone.now() + timedelta(hours=20))
        assert (calling.post(), there.calls) == (0, [])

        assert "Resumed" in text(proved.post(to("-resumption", endpoint.public_id), follow=True))
        assert "It was running" in text(proved.post(to("-resumption", endpoint.public_id), follow=True))
        calling.post()

    assert there.ids == [row.message.message_id]


def test_deleted_webhook_takes_its_secrets_and_its_log_along(proved, to, endpoint):
    delivery(endpoint)
    answer = proved.post(to("-deletion", endpoint.public_id), follow=True)

    assert "Nothing is sent there any more" in text(answer)
    assert every(WebhookEndpoint) == every(WebhookSecret) == every(WebhookDelivery) == []
    assert proved.get(to("", endpoint.public_id)).status_code == 404
    trail = text(proved.get(reverse("manage-audit", args=[endpoint.issuer.slug])))
    assert "deleted the webhook “Course platform”" in trail
