"""Webhooks beside each other: who waits for whom, what a dying worker leaves, where they may go, what is forgotten."""

import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from issuers import clock
from issuers.fetching import Guard
from issuers.tenancy import across_issuers
from recipients import calling, destinations, retrying
from recipients.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret
from tests import factories
from tests.conftest import COMMITTED
from tests.receiver import receiver
from tests.recipients.posted import again, due, hook, put
from tests.sink import full, says, sink
from verification import invariants

pytestmark = pytest.mark.django_db


# Turns.


def test_later_message_about_one_credential_waits_for_the_earlier():
    refuses = {"on": True}
    with receiver(lambda call: 500 if refuses["on"] and call.id == first.message.message_id else 204) as there:
        endpoint = hook(there.url)
        first = due(endpoint, subject="Credential1")
        second, third = due(endpoint, 2, subject="Credential1")
        other = due(endpoint, subject="Credential2")
        calling.post()
        assert set(there.ids) == {first.message.message_id, other.message.message_id}
        refuses["on"] = False
        put(first, not_before=timezone.now())
        calling.post()

    assert there.ids[2:] == [row.message.message_id for row in (first, second, third)]


def test_message_that_was_given_up_holds_nobody_up():
    with receiver() as there:
        endpoint = hook(there.url)
        first, second = due(endpoint, 2, subject="Credential1")
        put(first, failed_at=timezone.now())
        calling.post()

    assert there.ids == [second.message.message_id]


def test_other_endpoint_does_not_wait_for_the_turn_of_this_one():
    with receiver(lambda call: 500) as away, receiver() as there:
        broken, fine = hook(away.url), hook(there.url)
        for endpoint in (broken, fine):
            due(endpoint, 2, subject="Credential1")
        calling.post()

    assert (len(away.calls), len(there.calls)) == (1, 2)


def test_slow_receivers_delay_nobody_else():
    with receiver(lambda call: time.sleep(6) or 204) as slow, receiver() as there:
        for _ in range(2):
            lagging = hook(slow.url)
            due(lagging, 5)
        # As many as there are for those that are known to dawdle.
        for _ in range(calling.SUSPECT_LANES):
            due(hook(slow.url, slow_at=timezone.now()))
        fine = hook(there.url)
        due(fine, 12)
        began = time.monotonic()
        calling.post(seconds=4)

    assert len(there.calls) == 12
    assert max(call.at for call in there.calls) - began < 5  # R16
    assert len(slow.calls) >= 2 * calling.PER_ENDPOINT


def test_receiver_that_dawdled_gets_one_at_a_time(monkeypatch):
    monkeypatch.setattr(calling, "SLOW_MILLISECONDS", 100)
    at_once = []
    with receiver(lambda call: at_once.append(1) or time.sleep(0.2) or at_once.pop() and 204) as there:
        endpoint = hook(there.url)
        due(endpoint)
        calling.post()
        assert again(endpoint).slow_at is not None
        due(endpoint, 3)
        with across_issuers("a test"):
            assert len(calling._take([])) == 1
            assert calling._take([]) == []


def test_institution_with_much_to_tell_does_not_keep_others_waiting():
    with receiver() as there:
        issuer = factories.IssuerFactory()
        for _ in range(4):
            due(hook(there.url, issuer=issuer), 6)
        other = hook(there.url)
        due(other, 10)
        small = due(hook(there.url))
        calls = calling._take([])
        assert calling._take(calls) == []

    assert small.pk in [call.row.pk for call in calls]
    mine = [call for call in calls if call.row.issuer_id == issuer.pk]
    assert len(mine) == calling.PER_ISSUER
    assert sum(call.row.endpoint_id == other.pk for call in calls) == calling.PER_ENDPOINT


# Workers that die, and workers beside each other.


def test_answer_that_was_not_written_down_is_asked_for_again_under_the_same_id(monkeypatch):
    with receiver() as there:
        row = due(hook(there.url))
        with monkeypatch.context() as patch:
            patch.setattr(calling, "_settle", _dies)
            with pytest.raises(KeyboardInterrupt):
                calling.post()
        assert calling.post() == 0  # the lease holds
        with across_issuers("time passes"):
            WebhookDelivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert calling.post() == 1

    assert there.ids == [row.message.message_id] * 2
    assert (again(row).state, again(row).attempts) == ("delivered", 2)


def _dies(*_):
    raise KeyboardInterrupt


def test_worker_that_comes_too_late_leaves_the_row_as_it_is():
    with receiver() as there:
        row = due(hook(there.url))
        (call,) = calling._take([])
        put(row, attempts=2, lease_until=timezone.now() + timedelta(minutes=1))
        calling._settle(call, *call.make())

    assert (again(row).state, again(row).attempts) == ("waiting", 2)
    assert again(row).lease_until is not None


def test_delivery_that_takes_every_worker_down_is_given_up():
    row = due(hook("http://localhost:1/"), attempts=retrying.TRIES, lease_until=timezone.now() - timedelta(minutes=1))

    assert calling.post() == 0
    assert calling.give_up_crashed() == 1
    assert (again(row).state, again(row).problem) == ("failed", "crashed")


@COMMITTED
def test_two_workers_never_send_the_same():
    with receiver(lambda call: time.sleep(random.random() / 50) or 204) as there:
        for _ in range(3):
            endpoint = hook(there.url)
            due(endpoint, 12, subject=f"Credential{endpoint.pk}")
            due(endpoint, 8)

        def work():
            try:
                while calling.post(seconds=5):
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
        row = due(hook(there.url))
        keys = settings.KEY_ENCRYPTION_KEYS
        settings.KEY_ENCRYPTION_KEYS = ["newer:" + "B" * 43 + "="]
        assert calling.post() == 0
        assert (again(row).attempts, again(row).problem, again(row).state) == (0, "secret", "trying")
        settings.KEY_ENCRYPTION_KEYS = keys
        put(row, not_before=timezone.now())
        calling.post()

    assert again(row).state == "delivered" and len(there.calls) == 1


def test_operator_is_told_of_what_nobody_takes_up():
    lost = due(hook("http://localhost:1/"), lease_until=timezone.now() - timedelta(hours=2))
    paused = hook("http://localhost:1/", disabled_at=timezone.now(), disabled_why="paused")
    due(paused, lease_until=timezone.now() - timedelta(hours=2))

    with across_issuers("a test looks"):
        assert [said for said in invariants.nothing_is_stuck() if "webhook" in said] == [
            f"webhook delivery {lost.pk}: was taken more than an hour ago and neither sent nor put back"
        ]


# Where it may go.


def test_name_that_leads_inside_by_now_is_refused_when_it_is_sent(monkeypatch):
    with sink(says(full(b"secret"))) as made:
        inside = Guard(resolver=lambda host, port: ["127.0.0.1"], ports={443, made.port}, seconds=1, per_host=4)
        monkeypatch.setattr(destinations, "OUTSIDE", inside)
        row = due(hook(f"https://turned.example.org:{made.port}/"))
        calling.post()

        assert made.connections == 0
    assert (again(row).problem, again(row).state) == ("refused", "trying")


def test_receivers_on_this_machine_are_for_sites_on_this_machine(settings):
    settings.IS_LOCAL = False
    with receiver() as there:
        row = due(hook(there.url))
        calling.post()

        assert there.calls == []
    assert again(row).problem == "refused"


# Forgetting.


def test_messages_are_forgotten_after_30_days_whether_or_not_they_left():
    endpoint = hook("http://localhost:1/")
    old, new = due(endpoint, 2)
    with across_issuers("time passes"):
        WebhookMessage.objects.filter(pk=old.message_id).update(created_at=timezone.now() - timedelta(days=31))
        WebhookSecret.objects.update(until=timezone.now() - timedelta(seconds=5))

    assert calling.forget() == 1
    with across_issuers("a test looks"):
        assert list(WebhookDelivery.objects.values_list("pk", flat=True)) == [new.pk]
        assert list(WebhookMessage.objects.values_list("pk", flat=True)) == [new.message_id]
        assert not WebhookSecret.objects.exists()
        assert WebhookEndpoint.objects.exists()
    with clock.at(timezone.now() + timedelta(days=31)):
        assert calling.forget() == 1
