"""/readyz and /metrics: what is missing has a sentence, strangers learn little, and watching costs little."""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
import yaml
from django.conf import settings as the_settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from redis.exceptions import ConnectionError as NoValkey

from credentials_site import embedded, heartbeat, readiness
from credentials_site.logs.requests import KEY, Line, Numbered
from credentials_site.metrics import exposition, processes, rows
from tests.factories import CredentialFactory, IssuerFactory, OutgoingEmailFactory, StatusListFactory
from tests.published import publish

TOKEN = "a-token-of-the-watchers-0123456789"
AUTH = {"authorization": f"Bearer {TOKEN}"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(readiness, "_kept", (0.0, []))
    monkeypatch.setattr(readiness, "SECONDS", 0)
    monkeypatch.setattr(exposition, "_kept", (0.0, b""))
    monkeypatch.setattr(exposition, "SECONDS", 0)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "counted"))
    settings.METRICS_TOKEN = TOKEN
    heartbeat.beat()


def ready(client, **headers):
    answer = client.get("/readyz", headers=headers or AUTH)
    return answer.status_code, answer.json()


def figures(client):
    answer = client.get("/metrics", headers=AUTH)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, *sorted(s.labels.items())): s.value for family in families for s in family.samples}


# /readyz


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


# /metrics


def test_without_a_token_in_the_settings_there_is_no_such_page(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Bearer ünï"}])
def test_without_the_right_token_nothing_is_told(client, headers):
    answer = client.get("/metrics", headers=headers)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"laurel_" not in answer.content


def test_rows_that_wait_are_counted_by_step_for_all_institutions(client):
    ago = timezone.now() - timedelta(minutes=5)
    for _ in range(2):
        issuer = IssuerFactory()
        lists = StatusListFactory(issuer=issuer)
        common = {"issuer": issuer, "status_list": lists, "created_at": ago}
        CredentialFactory(**common, status_index=1, lease_until=timezone.now() + timedelta(minutes=1))
        CredentialFactory(**common, status_index=2, failed_at=ago)
        CredentialFactory(**common, status_index=3, signed="{}", signed_at=ago)
        CredentialFactory(**common, status_index=4, cancelled_at=ago)
    for values in ({}, {"not_before": timezone.now() + timedelta(hours=1)}, {"sent_at": ago}, {"failed_at": ago}):
        OutgoingEmailFactory(
            **{"not_before": ago, "kind": "links", "credential": None, "to": "p@example.org", **values}
        )

    found = figures(client)

    assert found["laurel_waiting_rows", ("step", "sign")] == 2
    assert found["laurel_leased_rows", ("step", "sign")] == 2
    assert found["laurel_failed_rows", ("step", "sign")] == 2
    assert found["laurel_waiting_rows", ("step", "render")] == 2
    assert found["laurel_waiting_rows", ("step", "mail")] == 1
    assert 299 < found["laurel_oldest_waiting_seconds", ("step", "mail")] < 400
    assert found["laurel_mails_last_hour", ("state", "waiting")] == 2
    assert (
        found["laurel_mails_last_hour", ("state", "sent")] == found["laurel_mails_last_hour", ("state", "failed")] == 1
    )
    assert found["laurel_awards_in_progress",] == 4
    assert 0 <= found["laurel_sweep_age_seconds",] < 60
    assert found["laurel_broker_up",] == 1
    assert found["laurel_queue_messages", ("queue", "sign")] == 0
    assert found["laurel_media_free_bytes",] > 0


def test_counting_stops_where_it_would_become_the_load(client, monkeypatch):
    monkeypatch.setattr(rows, "MOST", 3)
    issuer = IssuerFactory()
    lists = StatusListFactory(issuer=issuer)
    for number in range(5):
        CredentialFactory(issuer=issuer, status_list=lists, status_index=number)

    assert figures(client)["laurel_waiting_rows", ("step", "sign")] == 3


def test_question_that_fails_is_named_and_leaves_the_others(client, monkeypatch):
    monkeypatch.setattr(rows, "_MAILS", "SELECT pg_sleep(9), {most}")
    monkeypatch.setattr(rows, "_PATIENCE_MS", 50)

    found = figures(client)

    assert found["laurel_figures_missing", ("figure", "mails")] == 1
    assert found["laurel_waiting_rows", ("step", "sign")] == 0


def test_scrape_while_database_and_broker_are_away_still_says_what_it_can(client, monkeypatch, settings):
    settings.CELERY_BROKER_URL = "redis+socket:///nonexistent/valkey.sock"
    monkeypatch.setattr(rows, "across_issuers", lambda why: (_ for _ in ()).throw(OperationalError("away")))

    found = figures(client)

    assert found["laurel_broker_up",] == 0
    assert found["laurel_figures_missing", ("figure", "database")] == 1
    assert any(name == "laurel_build_info" for name, *_ in found)


def test_two_scrapes_within_seconds_ask_once(client, monkeypatch):
    monkeypatch.setattr(exposition, "SECONDS", 60)
    asked = []
    look = rows.look
    monkeypatch.setattr(rows, "look", lambda: asked.append(1) or look())

    first, second = (client.get("/metrics", headers=AUTH).content for _ in range(2))

    assert first == second
    assert asked == [1]


# What web processes count.

SERVE = """
import os, sys
os.environ["METRICS_TOKEN"] = "a-token-of-the-watchers-0123456789"
import django; django.setup()
from credentials_site.metrics import processes
from credentials_site.logs.requests import Line
for _ in range(int(sys.argv[1])):
    line = Line("x"); line.route, line.status = "home", 200
    processes.count(line)
if len(sys.argv) > 2:
    sys.stdout.write("counted\\n"); sys.stdout.flush(); sys.stdin.read()
"""


def _serve(*arguments, **options):
    return subprocess.Popen([sys.executable, "-c", SERVE, *arguments], cwd=embedded.ROOT, env=os.environ, **options)


def _requests():
    return {
        (sample.name, sample.labels.get("route"), sample.labels.get("status"), sample.labels.get("le")): sample.value
        for metric in processes.collected()
        for sample in metric.samples
    }


@pytest.mark.slow
def test_processes_are_added_up_and_seats_are_taken_again():
    """Two at once sit apart; who is killed leaves what it counted; the next goes on in its seat, so that files stay few."""
    living = [_serve("3", "stay", stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    for child in living:
        assert child.stdout.readline() == b"counted\n"
    living[0].kill()
    living[1].communicate(b"")
    living[0].wait()
    for _ in range(2):
        assert _serve("2").wait() == 0

    found = _requests()

    assert found["laurel_requests_total", "home", "200", None] == 10
    assert found["laurel_request_seconds_count", "home", None, None] == 10
    assert found["laurel_request_seconds_bucket", "home", None, "+Inf"] == 10
    assert len(list(processes.folder().glob("*.db"))) == 4  # two seats, a counter and a histogram each


def test_application_around_all_others_tells_route_and_status(settings):
    told = []

    def app(environ, start_response):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]

    Numbered(app, told.append)({"REQUEST_METHOD": "GET"}, lambda status, headers, *rest: None)

    assert [(line.route, line.status) for line in told] == [("front", 404)]


def test_route_is_a_name_and_never_a_path(rf):
    from django.test import Client

    line = Line("number-one")
    Client().get("/help/", **{KEY: line})
    assert line.route == "help"
    other = Line("number-two")
    Client().get("/no/such/page/4711", **{KEY: other})
    assert other.route == "none"


def test_folder_of_somebody_else_is_refused_and_disturbs_nobody(monkeypatch, tmp_path):
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "open"))
    processes._counted.cache_clear()

    processes.count(Line("x"))

    assert os.getpid() in processes._off
    processes._off.clear()
    assert processes.collected() == []


# Alerts.


def _alerts():
    document = yaml.safe_load((embedded.ROOT / "deploy" / "alerts.yml").read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


def test_every_alert_is_about_a_figure_that_exists(client):
    import re

    exposition_ = client.get("/metrics", headers=AUTH).content.decode()
    names = {family.name for family in text_string_to_metric_families(exposition_)}
    known = names | {"laurel_requests_total", "laurel_request_seconds_bucket", "laurel_request_seconds_count", "up"}

    for rule in _alerts():
        used = set(re.findall(r"\b(?:laurel_[a-z_]+|up)\b", rule["expr"]))
        assert used, rule
        assert used <= known, rule["alert"]
        assert rule["annotations"]["summary"], rule
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_every_alert_stands_in_the_runbook():
    page = (embedded.ROOT / "docs" / "operations.md").read_text()

    assert [rule["alert"] for rule in _alerts() if f"`{rule['alert']}`" not in page] == []


# invariants


@pytest.mark.django_db(transaction=True, databases=["default", "migrator"])
def test_invariants_say_everything_as_json(capsys):
    call_command("invariants", "--json", "--thorough")

    found = json.loads(capsys.readouterr().out)
    assert (found["holds"], found["breaches"]) == (True, 0)
    assert {"signatures verify", "certificates are whole", "status lists say so"} <= {
        one["name"] for one in found["checks"]
    }


@pytest.mark.django_db(transaction=True, databases=["default", "migrator"])
def test_invariants_end_with_1_for_a_breach_and_2_where_nobody_knows(capsys, monkeypatch):
    from django.core.management import CommandError

    from verification.management.commands import invariants

    CredentialFactory(claimed_at=timezone.now(), accepted_at=timezone.now(), cancelled_at=timezone.now())
    with pytest.raises(CommandError) as broken:
        call_command("invariants", "--json")
    assert broken.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["breaches"] >= 1

    monkeypatch.setattr(invariants, "across_issuers", lambda why: (_ for _ in ()).throw(OperationalError("away")))
    with pytest.raises(CommandError, match="could not be asked") as away:
        call_command("invariants")
    assert away.value.returncode == 2
