"""Webhooks on their way: what counts as taken, what does not, when they go again, and when nobody tries any more."""

import gzip
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from issuers.fetching import Guard
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers
from recipients import calling, destinations, retrying, sending
from recipients.events import signing
from recipients.models import OutgoingEmail, WebhookSecret
from tests import factories
from tests.receiver import receiver
from tests.recipients.posted import SAID, again, due, hook, put
from tests.sink import says, sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def quick(monkeypatch):
    """Receivers on this machine are waited for half a second."""
    hurried = Guard(
        resolver=lambda host, port: ["127.0.0.1"], permits=lambda address: True, ports=range(65536), seconds=0.5,
        per_host=16,
    )  # fmt: skip
    monkeypatch.setattr(destinations, "LOCAL", hurried)


# Taken.


def test_delivery_is_signed_as_standard_webhooks_has_it_and_sent_byte_for_byte():
    with receiver() as there:
        endpoint = hook(there.url)
        row = due(endpoint)
        assert calling.post() == 1

    (call,) = there.calls
    assert call.body == SAID.encode() and call.path == "/hook"
    assert call.headers["content-type"] == "application/json" and "Laurel" in call.headers["user-agent"]
    assert call.id == row.message.message_id and call.id.startswith("msg_")
    signed = signing.headers(lambda name: {**call.headers, "laurel-key": "any"}.get(name))
    signing.check(signed, call.body, endpoint.told, timezone.now())
    row, endpoint = again(row), again(endpoint)
    assert (row.state, row.status, row.attempts, row.problem, row.lease_until) == ("delivered", 204, 1, "", None)
    assert endpoint.delivered_at is not None and endpoint.failures == 0
    assert calling.post() == 0


def test_signature_is_that_of_the_published_vector():
    """https://github.com/standard-webhooks/standard-webhooks: the vector of its libraries."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    sent = signing.signing_headers([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert sent == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_both_secrets_sign_while_a_receiver_changes_over():
    with receiver() as there:
        endpoint = hook(there.url)
        with across_issuers("a test"):
            WebhookSecret.objects.update(until=timezone.now() + timedelta(hours=1))
        newer = factories.WebhookSecretFactory(issuer=endpoint.issuer, endpoint=endpoint).told
        due(endpoint)
        calling.post()
        with across_issuers("a test"):
            WebhookSecret.objects.filter(until__isnull=False).update(until=timezone.now() - timedelta(seconds=1))
        due(endpoint)
        calling.post()

    during, after = there.calls
    signed = signing.headers(lambda name: {**during.headers, "laurel-key": "any"}.get(name))
    for secret in (endpoint.told, newer):
        signing.check(signed, during.body, secret, timezone.now())
    assert during.headers["webhook-signature"].count("v1,") == 2
    assert after.headers["webhook-signature"].count("v1,") == 1
    alone = signing.headers(lambda name: {**after.headers, "laurel-key": "any"}.get(name))
    with pytest.raises(signing.NotSigned, match="signature_wrong"):
        signing.check(alone, after.body, endpoint.told, timezone.now())


def test_address_of_a_person_goes_only_where_it_was_asked_for():
    with receiver() as there:
        asking, other = (hook(there.url, with_address=asked) for asked in (True, False))
        for endpoint in (asking, other):
            row = due(endpoint)
            put(row.message, named='{"recipient":"ana@example.org"}')
        calling.post()

    assert sorted(call.body.decode() for call in there.calls) == sorted(['{"recipient":"ana@example.org"}', SAID])


# Refused, and again.

ANSWERS = {
    "an error": (lambda call: (500, b"out of order", {}), 500, "status", "out of order"),
    "no such hook": (lambda call: 404, 404, "status", ""),
    "a redirect": (lambda call: (302, b"", {"Location": "http://127.0.0.1:1/"}), 302, "redirect", ""),
    "an answer without end": (lambda call: (200, b"x" * 200_000, {}), 200, "too_large", ""),
    "a bomb": (
        lambda call: (200, gzip.compress(b"0" * 9_000_000), {"Content-Encoding": "gzip"}),
        200,
        "too_large",
        "",
    ),
    "a promise not kept": (lambda call: (200, b"x", {"Content-Length": "50"}), 200, "unreachable", ""),
    "silence": (lambda call: time.sleep(1.2) or 204, 0, "timeout", ""),
    "control characters": (lambda call: (500, b"a\x00b\x1b[31m\xff\ttab", {}), 500, "status", "a�b�[31m�\ttab"),
}


@pytest.mark.parametrize("said", ANSWERS)
def test_only_a_whole_answer_of_2xx_is_success(quick, said):
    answer, status, problem, excerpt = ANSWERS[said]
    with receiver(answer) as there:
        endpoint = hook(there.url)
        row = due(endpoint)
        before = timezone.now()
        assert calling.post() == 1

    row = again(row)
    assert (row.state, row.status, row.problem, row.excerpt) == ("trying", status, problem, excerpt)
    assert row.attempts == 1 and row.lease_until is None
    assert timedelta(seconds=4) <= row.not_before - before <= timedelta(seconds=8)
    assert again(endpoint).failures == 1
    assert len(there.calls) == 1  # a redirect was not followed


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n", b"\x00" * 100])
def test_what_is_no_answer_is_none(said):
    with sink(says(said)) as made:
        row = due(hook(f"http://localhost:{made.port}/"))
        calling.post()

    assert (again(row).problem, again(row).status) == ("unreachable", 0)


def test_nobody_there_is_unreachable():
    row = due(hook("http://localhost:1/"))
    calling.post()

    assert (again(row).problem, again(row).state) == ("unreachable", "trying")


def test_same_id_is_sent_until_it_is_taken():
    with receiver(lambda call: 500 if len(there.calls) < 3 else 200) as there:
        endpoint = hook(there.url)
        row = due(endpoint)
        for _ in range(4):
            calling.post()
            put(row, **({"not_before": timezone.now()} if again(row).state == "trying" else {"problem": ""}))

    assert there.ids == [row.message.message_id] * 3
    assert len({call.body for call in there.calls}) == 1
    assert (again(row).state, again(row).attempts, again(endpoint).failures) == ("delivered", 3, 0)


@pytest.mark.parametrize(("asked", "least", "most"), [("600", 600, 601), ("1", 4, 6), ("99999", 21600, 21601)])
def test_retry_after_is_honoured_within_bounds(asked, least, most):
    with receiver(lambda call: (503, b"", {"Retry-After": asked})) as there:
        row = due(hook(there.url))
        before = timezone.now()
        calling.post()

    pause = (again(row).not_before - before).total_seconds()
    assert least <= pause <= most + 3


def _owners(endpoint):
    for role in (Role.OWNER, Role.ADMIN):
        factories.MembershipFactory(issuer=endpoint.issuer, role=role)
    with across_issuers("a test"):
        return list(endpoint.issuer.memberships.owners().values_list("user__email", flat=True))


def test_endpoint_that_took_nothing_for_three_days_is_disabled_and_its_owners_are_told_once():
    with receiver(lambda call: 500) as there:
        endpoint = hook(there.url)
        first, second = due(endpoint, 2)
        owners = _owners(endpoint)
        moment = timezone.now()
        for row in (first, second):
            put(row, attempts=retrying.TRIES - 1, first_tried_at=moment - timedelta(hours=71))
        calling.post()
        due(endpoint)
        assert calling.post() == 0

    assert len(there.calls) <= 2 and again(first).state == "failed"
    endpoint = again(endpoint)
    assert endpoint.disabled_why == "failing" and endpoint.disabled_at is not None
    with across_issuers("a test looks"):
        event = AuditEvent.objects.get(action="webhook.disabled")
        assert (event.actor, event.details) == (None, {"why": "failing", "name": endpoint.name})
        assert list(OutgoingEmail.objects.values_list("to", flat=True)) == owners
        OutgoingEmail.objects.update(not_before="2026-01-01T00:00:00Z")
    sending.send_chunk()
    (told,) = mail.outbox
    assert endpoint.name in told.subject and "three days" in told.body
    assert f"/webhooks/{endpoint.public_id}/" in told.body


def test_message_is_given_up_after_three_days_however_few_its_tries():
    with receiver(lambda call: 500) as there:
        row = due(hook(there.url))
        put(row, attempts=2, first_tried_at=timezone.now() - timedelta(hours=73))
        calling.post()

    assert again(row).state == "failed"


def test_next_try_is_never_later_than_three_days_after_the_first():
    with receiver(lambda call: 500) as there:
        row = due(hook(there.url))
        first = timezone.now() - timedelta(hours=71)
        put(row, attempts=8, first_tried_at=first)
        calling.post()

    assert again(row).not_before == first + retrying.LONGEST


def test_message_that_a_receiver_cannot_stomach_does_not_disable_it():
    with receiver(lambda call: 500) as there:
        endpoint = hook(there.url, delivered_at=timezone.now() - timedelta(minutes=5))
        row = due(endpoint)
        put(row, attempts=retrying.TRIES - 1, first_tried_at=timezone.now() - timedelta(hours=71))
        calling.post()

    assert again(row).state == "failed" and again(endpoint).disabled_at is None
    with across_issuers("a test looks"):
        assert not OutgoingEmail.objects.exists()


def test_gone_is_for_good():
    with receiver(lambda call: (410, b"moved away", {})) as there:
        endpoint = hook(there.url)
        row = due(endpoint)
        _owners(endpoint)
        calling.post()
        later = due(endpoint)
        assert calling.post() == 0

    assert (again(row).state, again(row).problem) == ("failed", "gone")
    assert again(endpoint).disabled_why == "gone" and again(later).state == "waiting"
    with across_issuers("a test looks"):
        assert OutgoingEmail.objects.get().context["why"] == "gone"
