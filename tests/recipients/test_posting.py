"""Webhooks on their way: what counts as taken, when they go again, who waits for whom, and what a dying worker leaves."""

import gzip
import random
import threading
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone

from issuers import clock
from issuers.fetching import Guard
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers
from recipients import posting, reaching, retrying, sending
from recipients.events import signing
from recipients.models import OutgoingEmail, WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret
from tests import factories
from tests.conftest import COMMITTED
from tests.receiver import receiver
from tests.sink import full, says, sink

pytestmark = pytest.mark.django_db
SAID = '{"type":"credential.claimed","data":{"name":"Søren"}}'


def _to(url, issuer=None, **values):
    """An endpoint with a secret."""
    made = factories.WebhookEndpointFactory(url=url, **({"issuer": issuer} if issuer else {}), **values)
    made.told = factories.WebhookSecretFactory(issuer=made.issuer, endpoint=made).told
    return made


def _due(endpoint, count=1, *, subject=None, **values):
    messages = [
        factories.WebhookMessageFactory(
            issuer=endpoint.issuer, payload=SAID, **({"subject": subject} if subject else {})
        )
        for _ in range(count)
    ]
    rows = [
        factories.WebhookDeliveryFactory(issuer=endpoint.issuer, endpoint=endpoint, message=message, **values)
        for message in messages
    ]
    return rows if count > 1 else rows[0]


def _again(row):
    with across_issuers("a test looks"):
        return type(row)._default_manager.get(pk=row.pk)


def _set(row, **values):
    with across_issuers("a test"):
        type(row)._default_manager.filter(pk=row.pk).update(**values)


@pytest.fixture
def quick(monkeypatch):
    """Receivers on this machine are waited for half a second."""
    hurried = Guard(
        resolver=lambda host, port: ["127.0.0.1"], permits=lambda address: True, ports=range(65536), seconds=0.5,
        per_host=16,
    )  # fmt: skip
    monkeypatch.setattr(reaching, "LOCAL", hurried)


# Taken.


def test_delivery_is_signed_as_standard_webhooks_has_it_and_sent_byte_for_byte():
    with receiver() as there:
        endpoint = _to(there.url)
        row = _due(endpoint)
        assert posting.post() == 1

    (call,) = there.calls
    assert call.body == SAID.encode() and call.path == "/hook"
    assert call.headers["content-type"] == "application/json" and "Laurel" in call.headers["user-agent"]
    assert call.id == row.message.message_id and call.id.startswith("msg_")
    signed = signing.headers(lambda name: {**call.headers, "laurel-key": "any"}.get(name))
    signing.check(signed, call.body, endpoint.told, timezone.now())
    row, endpoint = _again(row), _again(endpoint)
    assert (row.state, row.status, row.attempts, row.problem, row.lease_until) == ("delivered", 204, 1, "", None)
    assert endpoint.delivered_at is not None and endpoint.failures == 0
    assert posting.post() == 0


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
        endpoint = _to(there.url)
        with across_issuers("a test"):
            WebhookSecret.objects.update(until=timezone.now() + timedelta(hours=1))
        newer = factories.WebhookSecretFactory(issuer=endpoint.issuer, endpoint=endpoint).told
        _due(endpoint)
        posting.post()
        with across_issuers("a test"):
            WebhookSecret.objects.filter(until__isnull=False).update(until=timezone.now() - timedelta(seconds=1))
        _due(endpoint)
        posting.post()

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
        asking, other = (_to(there.url, with_address=asked) for asked in (True, False))
        for endpoint in (asking, other):
            row = _due(endpoint)
            _set(row.message, named='{"recipient":"ana@example.org"}')
        posting.post()

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
        endpoint = _to(there.url)
        row = _due(endpoint)
        before = timezone.now()
        assert posting.post() == 1

    row = _again(row)
    assert (row.state, row.status, row.problem, row.excerpt) == ("trying", status, problem, excerpt)
    assert row.attempts == 1 and row.lease_until is None
    assert timedelta(seconds=4) <= row.not_before - before <= timedelta(seconds=8)
    assert _again(endpoint).failures == 1
    assert len(there.calls) == 1  # a redirect was not followed


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n", b"\x00" * 100])
def test_what_is_no_answer_is_none(said):
    with sink(says(said)) as made:
        row = _due(_to(f"http://localhost:{made.port}/"))
        posting.post()

    assert (_again(row).problem, _again(row).status) == ("unreachable", 0)


def test_nobody_there_is_unreachable():
    row = _due(_to("http://localhost:1/"))
    posting.post()

    assert (_again(row).problem, _again(row).state) == ("unreachable", "trying")


def test_same_id_is_sent_until_it_is_taken():
    with receiver(lambda call: 500 if len(there.calls) < 3 else 200) as there:
        endpoint = _to(there.url)
        row = _due(endpoint)
        for _ in range(4):
            posting.post()
            _set(row, **({"not_before": timezone.now()} if _again(row).state == "trying" else {"problem": ""}))

    assert there.ids == [row.message.message_id] * 3
    assert len({call.body for call in there.calls}) == 1
    assert (_again(row).state, _again(row).attempts, _again(endpoint).failures) == ("delivered", 3, 0)


@pytest.mark.parametrize(("asked", "least", "most"), [("600", 600, 601), ("1", 4, 6), ("99999", 21600, 21601)])
def test_retry_after_is_honoured_within_bounds(asked, least, most):
    with receiver(lambda call: (503, b"", {"Retry-After": asked})) as there:
        row = _due(_to(there.url))
        before = timezone.now()
        posting.post()

    pause = (_again(row).not_before - before).total_seconds()
    assert least <= pause <= most + 3


def _owners(endpoint):
    for role in (Role.OWNER, Role.ADMIN):
        factories.MembershipFactory(issuer=endpoint.issuer, role=role)
    with across_issuers("a test"):
        return list(endpoint.issuer.memberships.owners().values_list("user__email", flat=True))


def test_endpoint_that_took_nothing_for_three_days_is_disabled_and_its_owners_are_told_once():
    with receiver(lambda call: 500) as there:
        endpoint = _to(there.url)
        first, second = _due(endpoint, 2)
        owners = _owners(endpoint)
        moment = timezone.now()
        for row in (first, second):
            _set(row, attempts=retrying.TRIES - 1, first_tried_at=moment - timedelta(hours=71))
        posting.post()
        _due(endpoint)
        assert posting.post() == 0

    assert len(there.calls) <= 2 and _again(first).state == "failed"
    endpoint = _again(endpoint)
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
        row = _due(_to(there.url))
        _set(row, attempts=2, first_tried_at=timezone.now() - timedelta(hours=73))
        posting.post()

    assert _again(row).state == "failed"


def test_next_try_is_never_later_than_three_days_after_the_first():
    with receiver(lambda call: 500) as there:
        row = _due(_to(there.url))
        first = timezone.now() - timedelta(hours=71)
        _set(row, attempts=8, first_tried_at=first)
        posting.post()

    assert _again(row).not_before == first + retrying.LONGEST


def test_message_that_a_receiver_cannot_stomach_does_not_disable_it():
    with receiver(lambda call: 500) as there:
        endpoint = _to(there.url, delivered_at=timezone.now() - timedelta(minutes=5))
        row = _due(endpoint)
        _set(row, attempts=retrying.TRIES - 1, first_tried_at=timezone.now() - timedelta(hours=71))
        posting.post()

    assert _again(row).state == "failed" and _again(endpoint).disabled_at is None
    with across_issuers("a test looks"):
        assert not OutgoingEmail.objects.exists()


def test_gone_is_for_good():
    with receiver(lambda call: (410, b"moved away", {})) as there:
        endpoint = _to(there.url)
        row = _due(endpoint)
        _owners(endpoint)
        posting.post()
        later = _due(endpoint)
        assert posting.post() == 0

    assert (_again(row).state, _again(row).problem) == ("failed", "gone")
    assert _again(endpoint).disabled_why == "gone" and _again(later).state == "waiting"
    with across_issuers("a test looks"):
        assert OutgoingEmail.objects.get().context["why"] == "gone"


# Turns.


def test_later_message_about_one_credential_waits_for_the_earlier():
    refuses = {"on": True}
    with receiver(lambda call: 500 if refuses["on"] and call.id == first.message.message_id else 204) as there:
        endpoint = _to(there.url)
        first = _due(endpoint, subject="Credential1")
        second, third = _due(endpoint, 2, subject="Credential1")
        other = _due(endpoint, subject="Credential2")
        posting.post()
        assert set(there.ids) == {first.message.message_id, other.message.message_id}
        refuses["on"] = False
        _set(first, not_before=timezone.now())
        posting.post()

    assert there.ids[2:] == [row.message.message_id for row in (first, second, third)]


def test_message_that_was_given_up_holds_nobody_up():
    with receiver() as there:
        endpoint = _to(there.url)
        first, second = _due(endpoint, 2, subject="Credential1")
        _set(first, failed_at=timezone.now())
        posting.post()

    assert there.ids == [second.message.message_id]


def test_other_endpoint_does_not_wait_for_the_turn_of_this_one():
    with receiver(lambda call: 500) as away, receiver() as there:
        broken, fine = _to(away.url), _to(there.url)
        for endpoint in (broken, fine):
            _due(endpoint, 2, subject="Credential1")
        posting.post()

    assert (len(away.calls), len(there.calls)) == (1, 2)


def test_slow_receivers_delay_nobody_else():
    with receiver(lambda call: time.sleep(4) or 204) as slow, receiver() as there:
        for _ in range(2):
            lagging = _to(slow.url)
            _due(lagging, 5)
        # As many as there are for those that are known to dawdle.
        for _ in range(posting.SUSPECT_LANES):
            _due(_to(slow.url, slow_at=timezone.now()))
        fine = _to(there.url)
        _due(fine, 12)
        began = time.monotonic()
        posting.post(seconds=1.5)

    assert len(there.calls) == 12
    assert max(call.at for call in there.calls) - began < 2.5
    assert len(slow.calls) >= 2 * posting.PER_ENDPOINT


def test_receiver_that_dawdled_gets_one_at_a_time(monkeypatch):
    monkeypatch.setattr(posting, "SLOW_MILLISECONDS", 100)
    at_once = []
    with receiver(lambda call: at_once.append(1) or time.sleep(0.2) or at_once.pop() and 204) as there:
        endpoint = _to(there.url)
        _due(endpoint)
        posting.post()
        assert _again(endpoint).slow_at is not None
        _due(endpoint, 3)
        with across_issuers("a test"):
            assert len(posting._take([])) == 1
            assert posting._take([]) == []


def test_institution_with_much_to_tell_does_not_keep_others_waiting():
    with receiver() as there:
        issuer = factories.IssuerFactory()
        for _ in range(4):
            _due(_to(there.url, issuer=issuer), 6)
        other = _to(there.url)
        _due(other, 10)
        small = _due(_to(there.url))
        calls = posting._take([])
        assert posting._take(calls) == []

    assert small.pk in [call.row.pk for call in calls]
    mine = [call for call in calls if call.row.issuer_id == issuer.pk]
    assert len(mine) == posting.PER_ISSUER
    assert sum(call.row.endpoint_id == other.pk for call in calls) == posting.PER_ENDPOINT


# Workers that die, and workers beside each other.


def test_answer_that_was_not_written_down_is_asked_for_again_under_the_same_id(monkeypatch):
    with receiver() as there:
        row = _due(_to(there.url))
        with monkeypatch.context() as patch:
            patch.setattr(posting, "_settle", _dies)
            with pytest.raises(KeyboardInterrupt):
                posting.post()
        assert posting.post() == 0  # the lease holds
        with across_issuers("time passes"):
            WebhookDelivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert posting.post() == 1

    assert there.ids == [row.message.message_id] * 2
    assert (_again(row).state, _again(row).attempts) == ("delivered", 2)


def _dies(*_):
    raise KeyboardInterrupt


def test_worker_that_comes_too_late_leaves_the_row_as_it_is():
    with receiver() as there:
        row = _due(_to(there.url))
        (call,) = posting._take([])
        _set(row, attempts=2, lease_until=timezone.now() + timedelta(minutes=1))
        posting._settle(call, *call.make())

    assert (_again(row).state, _again(row).attempts) == ("waiting", 2)
    assert _again(row).lease_until is not None


def test_delivery_that_takes_every_worker_down_is_given_up():
    row = _due(_to("http://localhost:1/"), attempts=retrying.TRIES, lease_until=timezone.now() - timedelta(minutes=1))

    assert posting.post() == 0
    assert posting.give_up_crashed() == 1
    assert (_again(row).state, _again(row).problem) == ("failed", "crashed")


@COMMITTED
def test_two_workers_never_send_the_same():
    with receiver(lambda call: time.sleep(random.random() / 50) or 204) as there:
        for _ in range(3):
            endpoint = _to(there.url)
            _due(endpoint, 12, subject=f"Credential{endpoint.pk}")
            _due(endpoint, 8)

        def work():
            try:
                while posting.post(seconds=5):
                    continue
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    assert len(there.ids) == len(set(there.ids)) == 60
    with across_issuers("a test looks"):
        rows = list(WebhookDelivery.objects.select_related("message").order_by("sequence"))
    assert {(row.state, row.attempts) for row in rows} == {("delivered", 1)}
    for endpoint in {row.endpoint_id for row in rows}:
        mine = [row.message.message_id for row in rows if row.subject == f"Credential{endpoint}"]
        assert len(mine) == 12
        assert [number for number in there.ids if number in mine] == mine


def test_secret_that_does_not_open_costs_the_receiver_no_try(settings):
    with receiver() as there:
        row = _due(_to(there.url))
        keys = settings.KEY_ENCRYPTION_KEYS
        settings.KEY_ENCRYPTION_KEYS = ["newer:" + "B" * 43 + "="]
        assert posting.post() == 0
        assert (_again(row).attempts, _again(row).problem, _again(row).state) == (0, "secret", "trying")
        settings.KEY_ENCRYPTION_KEYS = keys
        _set(row, not_before=timezone.now())
        posting.post()

    assert _again(row).state == "delivered" and len(there.calls) == 1


# Where it may go.


def test_name_that_leads_inside_by_now_is_refused_when_it_is_sent(monkeypatch):
    with sink(says(full(b"secret"))) as made:
        inside = Guard(resolver=lambda host, port: ["127.0.0.1"], ports={443, made.port}, seconds=1, per_host=4)
        monkeypatch.setattr(reaching, "OUTSIDE", inside)
        row = _due(_to(f"https://turned.example.org:{made.port}/"))
        posting.post()

        assert made.connections == 0
    assert (_again(row).problem, _again(row).state) == ("refused", "trying")


def test_receivers_on_this_machine_are_for_sites_on_this_machine(settings):
    settings.IS_LOCAL = False
    with receiver() as there:
        row = _due(_to(there.url))
        posting.post()

        assert there.calls == []
    assert _again(row).problem == "refused"


# Forgetting.


def test_messages_are_forgotten_after_30_days_whether_or_not_they_left():
    endpoint = _to("http://localhost:1/")
    old, new = _due(endpoint, 2)
    with across_issuers("time passes"):
        WebhookMessage.objects.filter(pk=old.message_id).update(created_at=timezone.now() - timedelta(days=31))
        WebhookSecret.objects.update(until=timezone.now() - timedelta(seconds=5))

    assert posting.forget() == 1
    with across_issuers("a test looks"):
        assert list(WebhookDelivery.objects.values_list("pk", flat=True)) == [new.pk]
        assert list(WebhookMessage.objects.values_list("pk", flat=True)) == [new.message_id]
        assert not WebhookSecret.objects.exists()
        assert WebhookEndpoint.objects.exists()
    with clock.at(timezone.now() + timedelta(days=31)):
        assert posting.forget() == 1
