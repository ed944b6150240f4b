"""The pages of webhooks, as an owner or administrator uses them, and every address that nothing may be sent to."""

import html
import json
import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from issuers.fetching import Guard
from issuers.models import AuditEvent, Role
from issuers.tenancy import across_issuers, scope
from recipients import posting, reaching, subscribing
from recipients.events import signing
from recipients.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret, WebhookType
from recipients.views import webhook_words, webhooks
from tests import factories
from tests.issuers.test_fetching import NAMES, REFUSED
from tests.receiver import receiver
from tests.sink import full, says, sink
from tests.verification.public import text
from verification import invariants

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
THERE = "https://lms.example.org/hooks/laurel"


@pytest.fixture(autouse=True)
def public_names(monkeypatch):
    """Names of the tests lead to a public host, as far as anybody looks."""
    guard = Guard(resolver=lambda host, port: NAMES.get(host, ["93.184.215.14"]), seconds=0.3)
    monkeypatch.setattr(reaching, "OUTSIDE", guard)


@pytest.fixture
def to(issuer):
    return lambda name, *rest: reverse(f"manage-webhook{name}", args=[issuer.slug, *rest])


@pytest.fixture
def endpoint(issuer):
    made = factories.WebhookEndpointFactory(issuer=issuer)
    made.told = factories.WebhookSecretFactory(issuer=issuer, endpoint=made).told
    return made


@pytest.fixture
def proved(staff):
    """The owner has just typed the password again."""
    assert staff.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    return staff


def _all(model, **wanted):
    with across_issuers("a test looks"):
        return list(model.objects.filter(**wanted).order_by("id"))


def _values(**values):
    return {"name": "Moodle", "url": THERE, "types": WebhookType.values, "request_key": "a" * 22} | values


def _make(client, to, **values):
    return client.post(to("-new"), _values(**values), follow=True)


def _shown(answer):
    return re.findall(r"whsec_[A-Za-z0-9+/=]+", html.unescape(answer.content.decode()))


def _delivery(endpoint, **values):
    message = {"message__type": "credential.claimed", "message__payload": '{"type":"credential.claimed"}'}
    return factories.WebhookDeliveryFactory(issuer=endpoint.issuer, endpoint=endpoint, **{**message, **values})


# Making and changing.


def test_owner_makes_a_webhook_whose_secret_is_shown_once_and_stored_sealed(issuer, owner, proved, to):
    answer = _make(proved, to, types=["credential.revoked", "credential.claimed"])

    (made,) = _all(WebhookEndpoint)
    (row,) = _all(WebhookSecret)
    (secret,) = _shown(answer)
    assert answer["Cache-Control"].count("no-store") == 1
    assert row.opened().decode() == secret and signing._raw(secret) not in bytes(row.secret)
    assert (made.name, made.url, made.types, made.with_address) == (
        "Moodle", THERE, ["credential.claimed", "credential.revoked"], False,
    )  # fmt: skip
    for page in (to("s"), to("", made.public_id), to("-edit", made.public_id)):
        assert secret not in proved.get(page).content.decode()
    (event,) = _all(AuditEvent, action="webhook.made")
    assert (event.actor, event.details) == (owner, {"name": "Moodle", "address": False})
    assert "made the webhook “Moodle”" in text(proved.get(reverse("manage-audit", args=[issuer.slug])))


def test_pressing_twice_makes_one(proved, to):
    first, again = _make(proved, to), _make(proved, to)

    assert len(_shown(first)) == 1 and _shown(again) == []
    assert "was made before" in text(again)
    assert len(_all(WebhookEndpoint)) == 1


def test_no_more_than_ten(issuer, owner, proved, to):
    factories.WebhookEndpointFactory.create_batch(subscribing.MOST, issuer=issuer)

    assert "as many webhooks as there may be" in text(_make(proved, to))
    assert "10 webhooks, as many as there may be" in text(proved.get(to("s")))
    assert len(_all(WebhookEndpoint)) == subscribing.MOST


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "This is needed"),
        ({"types": []}, "Tick at least one thing"),
        ({"types": ["credential.invented"]}, "credential.invented"),
        ({"url": ""}, "This is needed"),
        ({"url": "http://lms.example.org/"}, "has to begin with https://"),
        ({"url": "https://lms.example.org/\x00"}, "control character"),
        ({"url": "https://lms.example.org/\ud800"}, ""),
        ({"url": "https://lms.example.org:8443/"}, "Nothing is sent to this address"),
        ({"name": "x" * 81}, "81 characters are too many"),
    ],
)
def test_form_says_what_is_wrong_and_makes_nothing(proved, to, values, said):
    answer = _make(proved, to, **values)

    assert answer.status_code in {400, 422} and said in text(answer)
    assert _all(WebhookEndpoint) == _all(WebhookSecret) == []


def test_host_that_does_not_exist_is_refused_when_it_is_entered(proved, to, monkeypatch):
    monkeypatch.setattr(reaching, "OUTSIDE", Guard(resolver=lambda host, port: [], seconds=0.3))

    assert "There is no host of this name" in text(_make(proved, to))
    assert _all(WebhookEndpoint) == []


def _spellings():
    for url in REFUSED:
        yield url
        if url.startswith("http://"):
            yield "https://" + url.removeprefix("http://")


@pytest.mark.parametrize("site", ["public", "local"])
def test_no_address_of_the_inside_is_kept_or_sent_to(issuer, settings, monkeypatch, site):
    """SECURITY §4 U, entered and already stored, with http and with https: the sink hears of none."""
    settings.IS_LOCAL = site == "local"
    endpoint = factories.WebhookEndpointFactory(issuer=issuer)
    factories.WebhookSecretFactory(issuer=issuer, endpoint=endpoint)
    with sink(says(full(b"secret"))) as made:
        guard = Guard(
            resolver=lambda host, port: NAMES.get(host, ["127.0.0.1"]), ports={80, 443, made.port}, seconds=0.5
        )
        monkeypatch.setattr(reaching, "OUTSIDE", guard)
        kept, sent = [], []
        for url in _spellings():
            there = url.replace("{port}", f":{made.port}")
            # What a site on a developer's machine may tell: that machine, by its plain names and http.
            if site == "local" and re.match(r"http://(localhost|127\.0\.0\.1):\d+/", there):
                continue
            kept += [] if reaching.problem(there) else [there]
            sent += [] if reaching.post(there, b"{}", {}).problem else [there]

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
        assert "Nothing is sent to this address" in text(_make(proved, to, url=url))
    with across_issuers("a thief of the database"):
        WebhookEndpoint.objects.update(url="https://10.1.2.3/")
    row = _delivery(endpoint)
    posting.post()

    (row,) = _all(WebhookDelivery, pk=row.pk)
    assert (row.problem, row.state) == ("refused", "trying")
    assert "does not lead to a public host" in text(proved.get(to("-delivery", endpoint.public_id, row.pk)))


def test_change_counts_from_the_next_try_on(proved, to, endpoint):
    row = _delivery(endpoint)
    with receiver() as there:
        answer = proved.post(to("-change", endpoint.public_id), _values(url=there.url, with_address="on"), follow=True)
        assert "Saved" in text(answer)
        posting.post()

    assert there.ids == [row.message.message_id]
    (changed,) = _all(WebhookEndpoint)
    assert changed.with_address and changed.name == "Moodle"
    (event,) = _all(AuditEvent, action="webhook.edited")
    assert event.details["fields"] == ["name", "url", "with_address"]
    same = proved.post(to("-change", endpoint.public_id), _values(url=there.url, with_address="on"), follow=True)
    assert "Nothing is different" in text(same)
    wrong = proved.post(to("-change", endpoint.public_id), _values(url="ftp://x"))
    assert wrong.status_code == 422 and "Nothing is sent to this address" in text(wrong)


def test_nothing_secret_is_done_before_the_password_is_typed_again(staff, to, endpoint):
    one = endpoint.public_id
    for address in (to("-new"), to("-change", one), to("-secret", one), to("-old-secret", one)):
        assert staff.post(address, _values())["Location"].startswith(reverse("account_reauthenticate"))

    assert len(_all(WebhookEndpoint)) == len(_all(WebhookSecret)) == 1


def test_deeds_have_a_limit(issuer, proved, to, endpoint):
    for _ in range(webhooks.DEEDS.most):
        webhooks.DEEDS.allows(str(issuer.pk))
    for _ in range(webhooks.TESTS.most):
        webhooks.TESTS.allows(str(issuer.pk))

    for answer in (
        _make(proved, to),
        proved.post(to("-test", endpoint.public_id), follow=True),
        proved.post(to("-secret", endpoint.public_id), follow=True),
    ):
        assert "very often lately" in text(answer)
    assert len(_all(WebhookEndpoint)) == len(_all(WebhookSecret)) == 1
    assert _all(WebhookDelivery) == []


@pytest.mark.parametrize("role", [Role.AWARDER, Role.DESIGNER, Role.REVIEWER, Role.VIEWER])
def test_others_see_nothing_of_it(issuer, client, to, endpoint, role):
    client.force_login(factories.MembershipFactory(issuer=issuer, role=role).user)

    assert client.get(to("s")).status_code == client.get(to("", endpoint.public_id)).status_code == 403
    assert "Webhooks" not in client.get(reverse("manage-home", args=[issuer.slug])).content.decode()


def test_webhook_of_another_institution_is_not_there(proved, to, endpoint):
    foreign = factories.WebhookEndpointFactory()
    row = _delivery(foreign, delivered_at=timezone.now())

    assert proved.get(to("", foreign.public_id)).status_code == 404
    assert proved.get(to("-delivery", endpoint.public_id, row.pk)).status_code == 404
    for name in ("-secret", "-old-secret", "-pause", "-resumption", "-deletion", "-test", "-replay", "-change"):
        assert proved.post(to(name, foreign.public_id), _values(since="1")).status_code == 404
    assert proved.post(to("-delivery-replay", endpoint.public_id, row.pk)).status_code == 404
    assert _all(WebhookDelivery, pk=row.pk)[0].delivered_at is not None
    assert len(_all(WebhookEndpoint)) == 2


# The secret.


def test_another_secret_signs_beside_the_old_one_until_that_is_ended(proved, to, endpoint):
    (newer,) = _shown(proved.post(to("-secret", endpoint.public_id)))

    old, new = _all(WebhookSecret)
    assert timedelta(hours=23) < old.until - timezone.now() < timedelta(hours=25) and new.until is None
    assert (old.opened().decode(), new.opened().decode()) == (endpoint.told, newer)
    assert "The old secret signs beside the new one" in text(proved.get(to("", endpoint.public_id)))
    assert "signs no more" in text(proved.post(to("-old-secret", endpoint.public_id), follow=True))
    assert [row.opened().decode() for row in _all(WebhookSecret)] == [newer]
    assert "no old secret" in text(proved.post(to("-old-secret", endpoint.public_id), follow=True))


def test_no_more_than_two_secrets_sign(issuer, owner, endpoint):
    with scope(issuer):
        second, third = (subscribing.rotate(endpoint, owner) for _ in range(2))

    assert [row.opened().decode() for row in _all(WebhookSecret)] == [second, third]


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
        posting.post()

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
        row = _delivery(endpoint, attempts=9, not_before=timezone.now() + timedelta(hours=20))
        assert (posting.post(), there.calls) == (0, [])

        assert "Resumed" in text(proved.post(to("-resumption", endpoint.public_id), follow=True))
        assert "It was running" in text(proved.post(to("-resumption", endpoint.public_id), follow=True))
        posting.post()

    assert there.ids == [row.message.message_id]


def test_deleted_webhook_takes_its_secrets_and_its_log_along(proved, to, endpoint):
    _delivery(endpoint)
    answer = proved.post(to("-deletion", endpoint.public_id), follow=True)

    assert "Nothing is sent there any more" in text(answer)
    assert _all(WebhookEndpoint) == _all(WebhookSecret) == _all(WebhookDelivery) == []
    assert proved.get(to("", endpoint.public_id)).status_code == 404
    trail = text(proved.get(reverse("manage-audit", args=[endpoint.issuer.slug])))
    assert "deleted the webhook “Course platform”" in trail


# The log.


def test_log_says_what_became_of_each_and_can_be_narrowed(proved, to, endpoint):
    now = timezone.now()
    tried = {"attempts": 3, "tried_at": now, "first_tried_at": now}
    _delivery(endpoint, message__type="credential.revoked", delivered_at=now, status=202, **tried)
    _delivery(endpoint, message__type="credential.expired", failed_at=now, status=500, problem="status", **tried)
    _delivery(endpoint, problem="timeout", not_before=now + timedelta(hours=2), **tried)
    _delivery(endpoint)
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
    row = _delivery(
        endpoint, attempts=1, tried_at=timezone.now(), status=500, problem="status", excerpt="<b>x</b>{{7*7}}"
    )
    page = proved.get(to("-delivery", endpoint.public_id, row.pk)).content.decode()

    assert "&lt;b&gt;x&lt;/b&gt;{{7*7}}" in page and "<b>x</b>" not in page


def test_one_delivery_is_sent_again_under_the_same_number(proved, to, issuer):
    with receiver() as there:
        endpoint = factories.WebhookEndpointFactory(issuer=issuer, url=there.url)
        factories.WebhookSecretFactory(issuer=issuer, endpoint=endpoint)
        row = _delivery(endpoint)
        posting.post()
        again = to("-delivery-replay", endpoint.public_id, row.pk)
        assert "It is sent again" in text(proved.post(again, follow=True))
        assert "on its way already" in text(proved.post(again, follow=True))
        posting.post()

    assert there.ids == [row.message.message_id] * 2
    assert there.calls[0].body == there.calls[1].body
    (event,) = _all(AuditEvent, action="webhook.replayed")
    assert event.details == {"name": endpoint.name, "messages": 1}


def test_delivery_that_waits_for_its_next_try_can_be_hurried(proved, to, endpoint):
    row = _delivery(endpoint, attempts=4, problem="status", status=500, not_before=timezone.now() + timedelta(hours=5))
    page = to("-delivery", endpoint.public_id, row.pk)
    assert "Try now" in text(proved.get(page))
    proved.post(to("-delivery-replay", endpoint.public_id, row.pk))

    (row,) = _all(WebhookDelivery)
    assert row.not_before <= timezone.now() and row.attempts == 4


def test_all_that_failed_since_a_moment_is_sent_again(proved, to, endpoint):
    now = timezone.now()
    lately, before = (
        _delivery(endpoint, failed_at=now - timedelta(hours=hours), attempts=10, problem="status") for hours in (3, 50)
    )
    taken = _delivery(endpoint, delivered_at=now)
    other = _delivery(factories.WebhookEndpointFactory(issuer=endpoint.issuer), failed_at=now)
    assert "1 message is sent again" in text(
        proved.post(to("-replay", endpoint.public_id), {"since": "24"}, follow=True)
    )
    states = {row.pk: row.state for row in _all(WebhookDelivery)}
    assert states == {lately.pk: "trying", before.pk: "failed", taken.pk: "delivered", other.pk: "failed"}
    assert "Nothing has failed" in text(proved.post(to("-replay", endpoint.public_id), {"since": "1"}, follow=True))
    assert "Choose since when" in text(proved.post(to("-replay", endpoint.public_id), {"since": "9"}, follow=True))
    assert "1 message is sent again" in text(
        proved.post(to("-replay", endpoint.public_id), {"since": "720"}, follow=True)
    )


def test_pages_cost_the_same_for_many(proved, to, issuer, endpoint, django_assert_max_num_queries):
    for _ in range(60):
        _delivery(endpoint)
    factories.WebhookEndpointFactory.create_batch(8, issuer=issuer)

    with django_assert_max_num_queries(14):
        assert "Something waits to be sent" in proved.get(to("s")).content.decode()
    with django_assert_max_num_queries(16):
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
    answer = _make(proved, to, url=f"http://localhost:{port}/")
    (secret,) = _shown(answer)
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
        (endpoint,) = _all(WebhookEndpoint)
        genuine = _delivery(endpoint, message__payload='{"type":"credential.claimed","data":{"n":1}}')
        posting.post()
        again = to("-delivery-replay", endpoint.public_id, genuine.pk)
        proved.post(again)
        posting.post()
        assert _all(WebhookDelivery)[0].status == 204
        with across_issuers("somebody forges"):
            WebhookSecret.objects.all().delete()
        factories.WebhookSecretFactory(issuer=endpoint.issuer, endpoint=endpoint)
        forged = _delivery(endpoint)
        posting.post()
    finally:
        running.terminate()
        said = running.communicate()[0]

    assert said.splitlines() == ["credential.claimed {'n': 1}"]  # once, though it came twice
    (row,) = _all(WebhookDelivery, pk=forged.pk)
    assert (row.status, row.problem) == (401, "status")


def test_reference_shows_the_program_and_every_type(settings):
    reference = (settings.ROOT / "docs" / "webhooks.md").read_text()

    assert webhook_words.program() in reference
    assert [kind for kind in WebhookType.values if f"`{kind}`" not in reference] == []


def test_messages_of_a_deleted_endpoint_stay_until_they_are_forgotten(issuer, owner, endpoint):
    _delivery(endpoint)
    with scope(issuer):
        subscribing.delete(endpoint, owner)

    assert len(_all(WebhookMessage)) == 1
