"""What webhooks were told: the log, sending again, the program of the page, and every address that nothing may be sent to."""

import html
import os
import re
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from issuers.fetching import Guard
from issuers.models import AuditEvent
from issuers.tenancy import across_issuers, scope
from recipients import calling, destinations, subscribing
from recipients.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret, WebhookType
from recipients.views import webhook_words
from tests import factories
from tests.issuers.test_fetching import NAMES, REFUSED
from tests.receiver import receiver
from tests.recipients import hooked
from tests.recipients.hooked import delivery, every, make, shown
from tests.sink import full, says, sink
from tests.verification.public import text

pytestmark = pytest.mark.django_db
public_names, to, endpoint, proved = hooked.public_names, hooked.to, hooked.endpoint, hooked.proved


# Where nothing goes.


def _spellings():
    for url in REFUSED:
        yield url
        if url.startswith("http://"):
            yield "https://" + url.removeprefix("http://")


@pytest.mark.parametrize("site", ["public", "local"])
def test_no_address_of_the_inside_is_kept_or_sent_to(settings, monkeypatch, site):
    """SECURITY §4 U, entered and already stored, with http and with https: the sink hears of none."""
    settings.IS_LOCAL = site == "local"
    with sink(says(full(b"secret"))) as made:
        guard = Guard(
            resolver=lambda host, port: NAMES.get(host, ["127.0.0.1"]), ports={80, 443, made.port}, seconds=0.5
        )
        monkeypatch.setattr(destinations, "OUTSIDE", guard)
        kept, sent = [], []
        for url in _spellings():
            there = url.replace("{port}", f":{made.port}")
            # What a site on a developer's machine may tell: that machine, by its plain names and http.
            if site == "local" and re.match(r"http://(localhost|127\.0\.0\.1):\d+/", there):
                continue
            kept += [] if destinations.problem(there) else [there]
            sent += [] if destinations.post(there, b"{}", {}).problem else [there]

        assert (kept, sent) == ([], [])
        time.sleep(0.05)
        assert made.connections == 0


def test_refused_address_is_refused_by_the_form_and_by_the_worker(proved, to, endpoint):
    for url in (
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/",
        "https://db/",
        "https://user:pw@lms.example.org/",
    ):
        assert "Nothing is sent to this address" in text(make(proved, to, url=url))
    with across_issuers("a thief of the database"):
        WebhookEndpoint.objects.update(url="https://10.1.2.3/")
    row = delivery(endpoint)
    calling.post()

    (row,) = every(WebhookDelivery, pk=row.pk)
    assert (row.problem, row.state) == ("refused", "trying")
    assert "does not lead to a public host" in text(proved.get(to("-delivery", endpoint.public_id, row.pk)))


# The log.


def test_log_says_what_became_of_each_and_can_be_narrowed(proved, to, endpoint):
    now = timezone.now()
    tried = {"attempts": 3, "tried_at": now, "first_tried_at": now}
    delivery(endpoint, message__type="credential.revoked", delivered_at=now, status=202, **tried)
    delivery(endpoint, message__type="credential.expired", failed_at=now, status=500, problem="status", **tried)
    delivery(endpoint, problem="timeout", not_before=now + timedelta(hours=2), **tried)
    delivery(endpoint)
    page = text(proved.get(to("", endpoint.public_id)))

    for said in (
        "Taken with status 202.", "It answered with status 500.", "There was no whole answer within 15 seconds.",
        "none yet", "Will be tried again", "Given up", "1 was given up.", "2 wait.",
    ):  # fmt: skip
        assert said in page, said
    for query, kept in (
        ("state=failed", "status 500"), ("state=trying", "15 seconds"), ("state=delivered", "202"), ("state=waiting", "none yet"),
        ("type=credential.revoked", "202"),
    ):  # fmt: skip
        shown = text(proved.get(to("", endpoint.public_id) + f"?{query}"))
        assert kept in shown and shown.count("msg_") == 1, query
    assert "Nothing of this kind" in text(
        proved.get(to("", endpoint.public_id) + "?state=failed&type=credential.claimed")
    )
    assert proved.get(to("", endpoint.public_id) + "?state=x&type=%00&before=a").status_code in {200, 400}


def test_answers_of_strangers_are_shown_as_text(proved, to, endpoint):
    row = delivery(
        endpoint, attempts=1, tried_at=timezone.now(), status=500, problem="status", excerpt="<b>x</b>{{7*7}}"
    )
    page = proved.get(to("-delivery", endpoint.public_id, row.pk)).content.decode()

    assert "&lt;b&gt;x&lt;/b&gt;{{7*7}}" in page and "<b>x</b>" not in page


def test_one_delivery_is_sent_again_under_the_same_number(proved, to, issuer):
    with receiver() as there:
        endpoint = factories.WebhookEndpointFactory(issuer=issuer, url=there.url)
        factories.WebhookSecretFactory(issuer=issuer, endpoint=endpoint)
        row = delivery(endpoint)
        calling.post()
        again = to("-delivery-replay", endpoint.public_id, row.pk)
        assert "It is sent again" in text(proved.post(again, follow=True))
        assert "on its way already" in text(proved.post(again, follow=True))
        calling.post()

    assert there.ids == [row.message.message_id] * 2
    assert there.calls[0].body == there.calls[1].body
    (event,) = every(AuditEvent, action="webhook.replayed")
    assert event.details == {"name": endpoint.name, "messages": 1}


def test_delivery_that_waits_for_its_next_try_can_be_hurried(proved, to, endpoint):
    row = delivery(endpoint, attempts=4, problem="status", status=500, not_before=timezone.now() + timedelta(hours=5))
    page = to("-delivery", endpoint.public_id, row.pk)
    assert "Try now" in text(proved.get(page))
    proved.post(to("-delivery-replay", endpoint.public_id, row.pk))

    (row,) = every(WebhookDelivery)
    assert row.not_before <= timezone.now() and row.attempts == 4


def test_all_that_failed_since_a_moment_is_sent_again(proved, to, endpoint):
    now = timezone.now()
    lately, before = (
        delivery(endpoint, failed_at=now - timedelta(hours=hours), attempts=10, problem="status") for hours in (3, 50)
    )
    taken = delivery(endpoint, delivered_at=now)
    other = delivery(factories.WebhookEndpointFactory(issuer=endpoint.issuer), failed_at=now)
    assert "1 message is sent again" in text(
        proved.post(to("-replay", endpoint.public_id), {"since": "24"}, follow=True)
    )
    states = {row.pk: row.state for row in every(WebhookDelivery)}
    assert states == {lately.pk: "trying", before.pk: "failed", taken.pk: "delivered", other.pk: "failed"}
    assert "Nothing has failed" in text(proved.post(to("-replay", endpoint.public_id), {"since": "1"}, follow=True))
    assert "Choose since when" in text(proved.post(to("-replay", endpoint.public_id), {"since": "9"}, follow=True))
    assert "1 message is sent again" in text(
        proved.post(to("-replay", endpoint.public_id), {"since": "720"}, follow=True)
    )


def test_pages_cost_the_same_for_many(proved, to, issuer, endpoint, django_assert_max_num_queries):
    for _ in range(60):
        delivery(endpoint)
    factories.WebhookEndpointFactory.create_batch(8, issuer=issuer)

    with django_assert_max_num_queries(14):
        assert "Something waits to be sent" in proved.get(to("s")).content.decode()
    with django_assert_max_num_queries(20):  # a list has a time limit of its own: three statements
        assert "?before=" in proved.get(to("", endpoint.public_id)).content.decode()


def test_empty_pages_say_what_to_do(proved, to, endpoint, issuer):
    assert "Nothing was told yet" in text(proved.get(to("", endpoint.public_id)))
    with scope(issuer):
        subscribing.delete(endpoint, None)
    assert "No system is told yet" in text(proved.get(to("s")))


# What the page tells to run.


def _free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _listening(port):
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_program_of_the_page_checks_a_live_delivery_and_refuses_a_forged_one(proved, to):
    port = _free_port()
    answer = make(proved, to, url=f"http://localhost:{port}/")
    (secret,) = shown(answer)
    program = webhook_words.program()
    assert len(program.splitlines()) <= 30 and html.escape(program.splitlines()[2]) in answer.content.decode()
    running = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "LAUREL_SECRET": secret, "PORT": str(port)},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + 30
        while not _listening(port) and time.monotonic() < until:
            time.sleep(0.05)
        (endpoint,) = every(WebhookEndpoint)
        genuine = delivery(endpoint, message__payload='{"type":"credential.claimed","data":{"n":1}}')
        calling.post()
        again = to("-delivery-replay", endpoint.public_id, genuine.pk)
        proved.post(again)
        calling.post()
        assert every(WebhookDelivery)[0].status == 204
        with across_issuers("somebody forges"):
            WebhookSecret.objects.all().delete()
        factories.WebhookSecretFactory(issuer=endpoint.issuer, endpoint=endpoint)
        forged = delivery(endpoint)
        calling.post()
    finally:
        running.terminate()
        said = running.communicate()[0]

    assert said.splitlines() == ["credential.claimed {'n': 1}"]  # once, though it came twice
    (row,) = every(WebhookDelivery, pk=forged.pk)
    assert (row.status, row.problem) == (401, "status")


def test_reference_shows_the_program_and_every_type(settings):
    reference = (settings.ROOT / "docs" / "webhooks.md").read_text()

    assert webhook_words.program() in reference
    assert [kind for kind in WebhookType.values if f"`{kind}`" not in reference] == []


def test_messages_of_a_deleted_endpoint_stay_until_they_are_forgotten(issuer, owner, endpoint):
    delivery(endpoint)
    with scope(issuer):
        subscribing.delete(endpoint, owner)

    assert len(every(WebhookMessage)) == 1
