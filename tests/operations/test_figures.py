"""/metrics: what waits and what was asked, cheaply, for whoever has the token; and alerts about nothing else."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import yaml
from django.db import OperationalError
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from credentials_site import embedded
from credentials_site.logs.requests import KEY, Line, Numbered
from credentials_site.metrics import exposition, processes, rows
from tests.factories import CredentialFactory, IssuerFactory, OutgoingEmailFactory, StatusListFactory
from tests.operations.watched import AUTH, TOKEN, asked_anew, figures, ready  # noqa: F401 -- a fixture is found by its name

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("asked_anew")]


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
