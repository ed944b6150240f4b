"""Who may tell what people did, how often, and what is remembered of it: forged, old and foreign messages leave nothing."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as Away

from issuers.tenancy import across_issuers
from recipients import connecting, receiving
from recipients.models import EventCall, EventKey, EventMessage
from recipients.views import machines
from tests import factories
from tests.recipients.anything import EVENT, JSON, STATEMENT, places, replaced
from tests.recipients.telling import EVENTS, calls, event, facts, headers, post, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(issuer):
    return factories.EventKeyFactory(issuer=issuer)


# Who may.


def _forged(key, body):
    good = headers(key, body)
    other = factories.EventKeyFactory()
    withdrawn = factories.EventKeyFactory(issuer=key.issuer)
    with across_issuers("a test withdraws a key"):
        connecting.withdraw(withdrawn, None)
    xapi = factories.EventKeyFactory(issuer=key.issuer, way="xapi")
    now = int(timezone.now().timestamp())
    return {
        "nothing said": ({}, "key_missing"),
        "no signature": (good | {"webhook-signature": ""}, "signature_missing"),
        "another scheme": (good | {"webhook-signature": "v1a,AAAA"}, "signature_missing"),
        "rubbish": (good | {"webhook-signature": "v1,é"}, "signature_wrong"),
        "another secret": (headers(key, body, secret=other.told), "signature_wrong"),
        "another body": (headers(key, body + b" "), "signature_wrong"),
        "another message": (good | {"webhook-id": "another"}, "signature_wrong"),
        "another moment": (good | {"webhook-timestamp": str(now - 7)}, "signature_wrong"),
        "a message id with spaces": (good | {"webhook-id": "a b"}, "message_id_missing"),
        "no moment": (good | {"webhook-timestamp": "now"}, "timestamp_missing"),
        "replayed after six minutes": (headers(key, body, seconds=now - 360), "timestamp_old"),
        "from a clock ahead": (headers(key, body, seconds=now + 360), "timestamp_future"),
        "the key of another institution": (headers(key, body) | {"laurel-key": other.key_id}, "signature_wrong"),
        "a withdrawn key": (headers(withdrawn, body), "key_unknown"),
        "a key for xAPI": (headers(xapi, body), "key_unknown"),
        "no such key": (good | {"laurel-key": "ek_" + "1" * 22}, "key_unknown"),
        "a key with NUL": (good | {"laurel-key": "ek_\x01" + "1" * 2000}, "key_unknown"),
    }


def test_forged_and_replayed_messages_are_refused_with_a_reason_and_leave_nothing(client, key):
    body = json.dumps(event()).encode()
    wrong = {}
    for name, (said, code) in _forged(key, body).items():
        cache.clear()
        answer = client.post(EVENTS, body, content_type="application/json", headers=said)
        if (answer.status_code, answer.json()["code"]) != (401, code) or "WWW-Authenticate" not in answer.headers:
            wrong[name] = (answer.status_code, answer.json())

    assert wrong == {}
    assert facts() == []
    with across_issuers("a test looks"):
        assert not EventMessage.objects.exists()
    assert (401, ["timestamp_old"]) in calls(key)


def test_facts_go_to_the_institution_of_the_key_and_to_no_other(client, issuer):
    other = factories.EventKeyFactory()
    send(client, other, event())

    (fact,) = facts()
    assert fact.issuer == other.issuer != issuer


def test_key_of_a_closed_institution_opens_nothing(client, issuer, key):
    type(issuer).objects.filter(pk=issuer.pk).update(closed_at=timezone.now())

    assert send(client, key, event()).status_code == 401


def test_staff_session_is_no_signature(staff):
    assert staff.post(EVENTS, b"{}", content_type="application/json").status_code == 401


@pytest.mark.parametrize("method", ["get", "put", "delete", "options", "head"])
def test_other_methods_are_refused(client, method):
    answer = getattr(client, method)(EVENTS)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")


# Whatever comes.


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(places(EVENT))), st.sampled_from(list(places(STATEMENT))), JSON, st.binary(max_size=40))
def test_anything_that_is_sent_is_answered(client, issuer, key, place, other_place, value, raw):
    xapi = factories.EventKeyFactory(issuer=issuer, way="xapi")
    bodies = [replaced(EVENT, place, value), [replaced(EVENT, place, value)], raw]
    answers = [send(client, key, body) for body in bodies]
    answers += [post(client, xapi, replaced(STATEMENT, other_place, value)), post(client, xapi, raw)]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    assert all("errors" in answer.json() for answer in answers if answer.status_code == 422)


# How often.


def test_too_many_calls_are_told_when_to_come_back(client, key, monkeypatch):
    monkeypatch.setattr(machines, "CALLS", machines.Limit("event-calls", most=2, seconds=60))
    answers = [send(client, key, event(str(n))).status_code for n in range(3)]
    late = send(client, key, event("4"))

    assert answers == [202, 202, 429]
    assert late["Retry-After"] == "60"
    assert len(facts()) == 2


def test_forgeries_do_not_fill_the_log_nor_keep_the_owner_out(client, key, monkeypatch):
    monkeypatch.setattr(machines, "NOTED", machines.Limit("event-forged-noted", most=3, seconds=60))
    forged = [send(client, key, event(), secret="whsec_" + "A" * 43 + "=").status_code for _ in range(70)]

    assert set(forged) == {401, 429}
    assert len(calls(key)) == 3
    assert send(client, key, event()).status_code == 202


def test_facts_are_taken_while_nobody_counts(client, key, monkeypatch):
    def away(*args):
        raise Away

    monkeypatch.setattr(machines.Limit, "_count", away)

    assert send(client, key, event()).status_code == 202
    assert send(client, key, event(), seconds=1).status_code == 401


# What is remembered.


def test_old_messages_and_calls_are_forgotten_and_facts_stay(client, key, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_CALLS", 3)
    told = event()
    for n in range(5):
        send(client, key, told, message=f"m-{n}")
    with across_issuers("a test makes them old"):
        EventMessage.objects.update(at=timezone.now() - timedelta(days=8))
        EventCall.objects.filter(pk=EventCall.objects.latest("pk").pk).update(at=timezone.now() - timedelta(days=31))

    assert receiving.forget() == 5 + 1 + 1
    assert len(calls(key)) == 3
    assert send(client, key, told, message="m-1").json()["events"][0]["state"] == "already"


def test_key_says_when_it_was_used(client, key):
    send(client, key, event())

    with across_issuers("a test looks"):
        assert timezone.now() - EventKey.objects.get(pk=key.pk).last_used_at < timedelta(minutes=1)
