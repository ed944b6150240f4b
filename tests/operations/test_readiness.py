"""/readyz: what is missing has a sentence, and strangers learn yes and no alone."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings as the_settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import OperationalError, connections
from django.utils import timezone
from redis.exceptions import ConnectionError as NoValkey

from credentials_site import readiness
from tests.factories import IssuerFactory, OutgoingEmailFactory
from tests.operations.watched import AUTH, TOKEN, asked_anew, figures, ready  # noqa: F401 -- a fixture is found by its name
from tests.published import publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("asked_anew")]


def test_place_that_has_everything_is_ready(client):
    assert ready(client) == (
        200,
        {
            "state": "ready",
            **dict.fromkeys(["database", "migrations", "valkey", "media", "secrets"], True),
            **dict.fromkeys(["space", "clock", "sweep", "printing", "mail"], True),
            "faults": {},
        },
    )


def _no_database(monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(readiness, "connection", type("Away", (), {"cursor": away})())


def _above(monkeypatch):
    monkeypatch.setattr(readiness, "connection", connections["migrator"])


def _unapplied(monkeypatch):
    monkeypatch.setattr(readiness, "_known", lambda: frozenset({("recipients", "0999_later")}))


def _no_valkey(monkeypatch):
    def away(*_args, **_kwargs):
        raise NoValkey("refused")

    monkeypatch.setattr(readiness.valkey, "set", away)


def _no_storage(monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        readiness, "default_storage", SimpleNamespace(exists=lambda name: False, save=full, delete=full)
    )


def _no_kek(monkeypatch):
    publish(IssuerFactory())
    monkeypatch.setattr(the_settings, "KEY_ENCRYPTION_KEYS", ["other:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="])


NEEDED = [
    ("database", _no_database, "PostgreSQL does not answer"),
    ("database", _above, "is above row-level security. Use the role app"),
    (
        "migrations",
        _unapplied,
        "1 migrations are not applied, beginning with recipients.0999_later. Run `manage.py migrate`",
    ),
    ("valkey", _no_valkey, "Valkey does not answer"),
    ("media", _no_storage, "No space left on device"),
    ("secrets", _no_kek, "Signing keys closed with test do not open"),
]


@pytest.mark.django_db(databases=["default", "migrator"])
@pytest.mark.parametrize(
    ("part", "break_it", "sentence"), NEEDED, ids=[f"{part}-{n}" for n, (part, *_) in enumerate(NEEDED)]
)
def test_what_is_needed_and_missing_makes_it_not_ready_and_is_named(client, monkeypatch, part, break_it, sentence):
    break_it(monkeypatch)

    status, body = ready(client)

    assert (status, body["state"], body[part]) == (503, "not ready", False)
    assert sentence in body["faults"][part]


def _old_sweep(monkeypatch):
    cache.set("heartbeat:sweep", time.time() - 300, 60)


def _never_swept(monkeypatch):
    cache.delete("heartbeat:sweep")


def _little_space(monkeypatch):
    monkeypatch.setattr(readiness, "LEAST_FREE", 10**18)


def _skewed(monkeypatch):
    late = time.time
    monkeypatch.setattr(readiness.time, "time", lambda: late() - 40)


def _no_pango(monkeypatch):
    readiness.printing.cache_clear()
    monkeypatch.setattr(readiness.pdf, "available", lambda: "Pango is missing")


def _mailbox(monkeypatch):
    monkeypatch.setattr(the_settings, "EMAIL_BACKEND", "credentials_site.mailbox.MailboxBackend")
    monkeypatch.setattr(the_settings, "IS_LOCAL", False)


def _mail_server_away(monkeypatch):
    OutgoingEmailFactory(
        attempts=1, not_before=timezone.now() + timedelta(minutes=1), response="ConnectionRefusedError: refused"
    )


WANTED = [
    ("sweep", _old_sweep, "The last sweep was 300 s ago"),
    ("sweep", _never_swept, "No worker has swept yet"),
    ("space", _little_space, "MB are free where files are kept"),
    ("clock", _skewed, "differ by 40 s"),
    ("printing", _no_pango, "Certificates cannot be printed here: Pango is missing"),
    ("mail", _mailbox, "EMAIL_URL is not set"),
    ("mail", _mail_server_away, "was not reached at the last try (ConnectionRefusedError"),
]


@pytest.mark.parametrize(
    ("part", "break_it", "sentence"), WANTED, ids=[f"{part}-{n}" for n, (part, *_) in enumerate(WANTED)]
)
def test_what_is_only_wanted_makes_it_degraded_and_it_still_serves(client, monkeypatch, part, break_it, sentence):
    break_it(monkeypatch)

    status, body = ready(client)
    readiness.printing.cache_clear()

    assert (status, body["state"], body[part]) == (200, "degraded", False)
    assert sentence in body["faults"][part]


def test_mail_that_a_server_refused_for_now_is_no_fault_of_the_way_there(client):
    OutgoingEmailFactory(attempts=1, not_before=timezone.now() + timedelta(minutes=1), response="451 try again later")

    assert ready(client)[1]["mail"] is True


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {TOKEN}"}, {"authorization": TOKEN}]
)
def test_strangers_learn_yes_and_no_alone(client, monkeypatch, headers):
    _no_kek(monkeypatch)

    answer = client.get("/readyz", headers=headers)

    assert answer.status_code == 503
    assert "faults" not in answer.json()
    assert "KEY_ENCRYPTION_KEYS" not in answer.content.decode()


def test_strangers_cannot_make_it_work_hard(client, monkeypatch):
    monkeypatch.setattr(readiness, "SECONDS", 60)
    asked = []
    monkeypatch.setattr(readiness, "_NEEDED", (("database", lambda: asked.append(1) or ""),))

    for _ in range(5):
        client.get("/readyz")

    assert asked == [1]


def test_probe_leaves_no_file(client):
    ready(client)
    ready(client)

    assert default_storage.listdir("probe") == ([], [])


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_watchers_may_ask_by_address(client, path):
    """A container's health check and Prometheus know no name of the site; every other page still refuses them."""
    assert client.get(path, headers={**AUTH, "host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/help/", headers={"host": "10.0.0.7:8000"}).status_code == 400
