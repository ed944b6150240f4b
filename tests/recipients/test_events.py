"""Other systems tell what people did: signed, once, all or nothing, and every refusal with its reason."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from badges.criteria import evaluating, rules
from issuers.tenancy import across_issuers
from recipients import connecting, knowing, recording
from recipients.models import Activity, EventCall, Recipient
from tests import factories
from tests.conftest import COMMITTED
from tests.recipients.telling import EVENTS, calls, event, facts, headers, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(issuer):
    return factories.EventKeyFactory(issuer=issuer)


def _met(issuer, needs):
    """Whether Ana meets a rule by what is known of her."""
    rule = rules.read({"format": "rule/1", "needs": needs})
    with across_issuers("a test looks"):
        ana = Recipient.objects.get(issuer=issuer, address_key="ana@example.org")
        return evaluating.evaluate(rule, knowing.histories(issuer, [ana])[ana.pk]).met


def _needs(*conditions):
    return {"of": "all", "conditions": list(conditions)}


# What is told becomes a fact.


def test_event_becomes_fact_of_its_key_and_the_answer_names_it(client, issuer, key):
    answer = send(client, key, event("room-4/ana", value=1.5, unit="hours", place="Room 4"), message="m-1")

    (fact,) = facts()
    assert answer.status_code == 202
    assert answer.json() == {
        "message": "m-1",
        "recorded": 1,
        "already": 0,
        "events": [{"id": "room-4/ana", "state": "recorded", "activity": fact.public_id}],
    }
    assert (fact.issuer, fact.kind, fact.key, fact.tags, fact.place) == (
        issuer,
        "session",
        "webinar-1",
        ["webinar"],
        "Room 4",
    )
    assert (fact.source, fact.external_id, fact.recipient.name) == (f"events:{key.key_id}", "room-4/ana", "Ana Li")
    assert (answer["Cache-Control"], answer.cookies) == ("no-store", {})
    assert calls(key) == [(202, [])]


def test_a3_peer_review_completed_event_meets_a_rule(client, issuer, key):
    """A3: completing a peer review: the event peer_review.completed fires a rule."""
    needs = _needs({"type": "count", "kind": "peer_review", "at_least": 1})

    send(client, key, event(type="peer_review.completed", peer={"email": "bo@example.org"}, object={"key": "essay-3"}))

    assert _met(issuer, needs)
    assert facts()[0].peer == "bo@example.org"
    assert facts()[0].evaluated_at is None, "it waits for the rules"


def test_a4_course_completed_and_verified_attendance_both_count(client, issuer, key):
    """A4: completing an entire course, or attending a verified event."""
    send(client, key, event("1", type="course.completed", object={"key": "statistics"}))
    send(client, key, event("2", type="event.attended", object={"key": "open-day"}))

    assert _met(issuer, _needs({"type": "set", "kind": "course", "keys": ["statistics"], "at_least": 1}))
    assert _met(issuer, _needs({"type": "set", "kind": "session", "keys": ["open-day"], "at_least": 1}))


def test_a27_modules_early_and_forum_contributions_count(client, issuer, key):
    """A27: completing modules early, participating in group forums."""
    sent = [event(f"post-{n}", type="forum_post.made", object={"key": f"thread-{n}"}) for n in range(3)]
    send(client, key, [event("m", type="module.completed", object={"key": "module-1"}), *sent])

    later = (timezone.now() + timedelta(days=7)).date().isoformat()
    assert _met(issuer, _needs({"type": "deadline", "kind": "module", "key": "module-1", "by": later}))
    assert _met(issuer, _needs({"type": "count", "kind": "contribution", "at_least": 3}))


def test_own_kinds_are_told_by_their_name(client, issuer, key):
    factories.ActivityKindFactory(issuer=issuer, key="lab_visit")
    factories.ActivityKindFactory(key="elsewhere")

    assert send(client, key, event(type=None, kind="lab_visit")).status_code == 202
    assert send(client, key, event("2", type="lab_visit.completed")).status_code == 202
    assert send(client, key, event("3", type="elsewhere.completed")).status_code == 422


# Once is once.


def test_message_sent_again_gets_its_first_answer_and_writes_nothing(client, key):
    told = event()
    first = send(client, key, told, message="m-1")
    again = send(client, key, told, message="m-1")

    assert (again.status_code, again.json()) == (202, first.json())
    assert len(facts()) == 1
    with across_issuers("a test looks"):
        assert [(call.recorded, call.already) for call in key.calls.order_by("id")] == [(1, 0), (0, 1)]


def test_event_sent_in_another_message_is_known_already(client, key):
    told = event()
    first, again = send(client, key, told).json(), send(client, key, [told, event("2")]).json()

    assert [one["state"] for one in again["events"]] == ["already", "recorded"]
    assert again["events"][0]["activity"] == first["events"][0]["activity"]


def test_message_id_with_another_body_is_a_conflict(client, key):
    send(client, key, event(), message="m-1")
    answer = send(client, key, event("2"), message="m-1")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "message_id_used")
    assert len(facts()) == 1


def test_event_id_that_says_something_else_is_a_conflict_and_nothing_is_kept(client, key):
    told = event()
    send(client, key, told)
    answer = send(client, key, [event("2"), told | {"value": 3}])

    assert answer.status_code == 409
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/1", "id_used")]
    assert [fact.external_id for fact in facts()] == ["1"]
    with across_issuers("a test looks"):
        assert key.calls.latest("id").faults[0]["params"] == {}, "numbers of senders may name people"


def test_what_staff_took_back_does_not_come_back(client, issuer, key):
    told = event()
    send(client, key, told)
    with across_issuers("a test takes a fact back"):
        recording.withdraw(Activity.objects.select_related("issuer").get(), None)

    assert send(client, key, told).json()["events"][0]["state"] == "already"
    assert facts() == []


def test_second_key_of_a_system_tells_the_same_facts(client, issuer, owner, key):
    with across_issuers("a test makes a key"):
        second, secret = connecting.make(issuer, owner, name="Moodle", way="events", request_key="x", follows=key)
    second.told, told = secret, event()
    send(client, key, told, message="m-1")

    assert send(client, second, told, message="m-1").json()["recorded"] == 1, "its first answer"
    assert send(client, second, told).json()["events"][0]["state"] == "already"
    assert len(facts()) == 1


@COMMITTED
def test_same_event_fifty_times_in_parallel_is_one_fact():
    key = factories.EventKeyFactory(issuer=factories.IssuerFactory())
    told, start = event(), threading.Barrier(50)

    def call(number):
        try:
            start.wait()
            # Half of them are one message tried again, half are messages of their own.
            answer = send(Client(), key, told, message="m-1" if number % 2 else f"m-1-{number}")
            return answer.status_code, answer.json().get("events", [{}])[0].get("activity")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(call, range(50)))

    (fact,) = facts()
    assert answers == {(202, fact.public_id)}
    with across_issuers("a test looks"):
        assert (Activity.objects.count(), Recipient.objects.count()) == (1, 1)
        assert sum(EventCall.objects.values_list("recorded", flat=True)) == 1


# All or nothing.


def test_every_fault_of_a_request_is_named_and_nothing_is_recorded(client, key):
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    body = [
        event("1"),
        event("2", at=tomorrow, issuer="other"),
        event("3", type="essay.dreamt", actor={"email": "nobody"}),
        event("4", actor={"email": "stranger@example.org"}, value="7"),
    ]
    answer = send(client, key, body)

    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/1/issuer", "unknown_field"),
        ("/1/at", "moment_in_future"),
        ("/2/type", "unknown_kind"),
        ("/2/actor/email", "invalid_email"),
        ("/3/value", "json_number"),
    ]
    assert all(error["message"] for error in answer.json()["errors"])
    assert facts() == []


def test_stranger_without_a_name_is_refused_and_the_log_does_not_name_them(client, key):
    answer = send(client, key, [event("1"), event("2", actor={"email": "stranger@example.org"})])

    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/1", "name_missing")]
    send(client, key, event("3") | {"stranger@example.org": True})
    with across_issuers("a test looks"):
        assert "stranger" not in str(key.calls.values_list("faults", flat=True))
        assert not Recipient.objects.exists()


def test_who_is_named_once_in_a_request_need_not_be_named_again(client, key):
    answer = send(client, key, [event("1", actor={"email": "ana@example.org"}), event("2")])

    assert answer.status_code == 202


def test_thousand_events_at_once_and_no_more(client, key):
    told = [event(str(n), object={"key": f"webinar-{n % 7}"}) for n in range(1001)]

    assert send(client, key, told).status_code == 413
    assert send(client, key, told[:1000]).json()["recorded"] == 1000
    assert len(facts()) == 1000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b" ", 400),
        (b"{", 400),
        (b'{"id": 1, "id": 2}', 400),
        (b'{"value": NaN}', 400),
        (b'{"value": 1e400}', 400),
        (b'{"id": "\\ud800"}', 400),
        (b"[" * 40, 400),
        ("é".encode("utf-16"), 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b"[null, 7]", 422),
        (b'{"id": "\\u0000"}', 422),
        (b" " * 1_000_001, 413),
    ],
)
def test_bodies_that_are_none_are_refused(client, key, body, status):
    answer = send(client, key, body)

    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert facts() == []


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("multipart/form-data; boundary=x", {}),
        ("application/json; charset=utf-16", {}),
        ("application/json", {"Content-Encoding": "gzip"}),
    ],
)
def test_other_media_types_are_refused(client, key, kind, more):
    answer = client.post(EVENTS, b"{}", content_type=kind, headers={**headers(key, b"{}"), **more})

    assert answer.status_code in {400, 415}
