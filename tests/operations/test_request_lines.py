"""One number from the click to the worker's last line, and one line a request in the form of all others."""

import json
import logging
import os
import re
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
import structlog
from celery import current_app
from celery.app.task import Context
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.test import Client
from gunicorn.config import Config

from credentials_site import embedded, heartbeat
from credentials_site.access_log import Tokenless
from credentials_site.logs import tasks as lines_of_tasks
from credentials_site.logs.requests import HEADER, KEY, Line, Numbered
from issuers.waking import wake
from tests.operations.logged import written

pytestmark = pytest.mark.django_db
OWN = re.compile(r"[0-9a-f]{32}")


# The number.


def test_every_answer_has_a_number_of_its_own(client):
    numbers = {client.get(path)[HEADER] for path in ("/healthz", "/help/", "/no/such/page", "/c/unknown")}

    assert len(numbers) == 4
    assert all(OWN.fullmatch(number) for number in numbers)


def test_number_of_a_proxy_is_taken_where_there_is_one(client, settings):
    settings.TRUSTED_PROXY_COUNT = 1

    assert client.get("/healthz", headers={HEADER: "abc-123.DEF_456"})[HEADER] == "abc-123.DEF_456"


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with blank here", "new\nline-injected", "${jndi:ldap}", "ünïcode-number", ""]
)
def test_number_that_is_not_sane_is_replaced(client, settings, given):
    settings.TRUSTED_PROXY_COUNT = 1

    assert OWN.fullmatch(client.get("/healthz", HTTP_X_REQUEST_ID=given)[HEADER])


def test_strangers_choose_no_number(client, settings):
    settings.TRUSTED_PROXY_COUNT = 0

    assert OWN.fullmatch(client.get("/healthz", headers={HEADER: "chosen-by-a-stranger"})[HEADER])


def test_answer_that_is_kept_for_everybody_has_a_new_number_each_time():
    """The front keeps headers and body; the number is none of them."""
    kept = [("Content-Type", "text/plain")]
    got = []
    app = Numbered(lambda environ, start: start("200 OK", kept) or [b"kept"])

    for _ in range(2):
        app({"REQUEST_METHOD": "GET"}, lambda status, headers, *rest: got.append(dict(headers)[HEADER]))

    assert len(set(got)) == 2
    assert kept == [("Content-Type", "text/plain")]


def test_lines_of_django_itself_bear_the_number():
    """A 404 is logged by Django after the last middleware is done."""
    django = WSGIHandler()
    environ = {
        **Client()._base_environ(),
        "PATH_INFO": "/no/such/page",
        "REQUEST_METHOD": "GET",
        "wsgi.errors": sys.stderr,
    }
    with written() as out:
        Numbered(django)(environ, lambda *args: None)

    (event,) = [event for event in out.events() if event.get("logger") == "django.request"]
    assert event["request"] == environ[KEY].id


def test_nothing_of_one_request_stays_for_the_next(client):
    client.get("/healthz")

    assert structlog.contextvars.get_contextvars() == {}


# The access log.


def _access(environ, status="200 OK", **config):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/help/", "RAW_URI": "/help/", **environ}
    logger = Tokenless(Config())
    logger.cfg.set("accesslog", "-")
    logger.setup(logger.cfg)
    answer = SimpleNamespace(status=status, headers=[], sent=321)
    with written() as out:
        logger.access(answer, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=45))
    return out


def test_request_is_one_line_with_what_it_belongs_to(staff, issuer):
    line = Line("0123456789abcdef0123456789abcdef")
    staff.get(f"/manage/{issuer.slug}/", **{KEY: line})

    (event,) = _access({KEY: line, "PATH_INFO": f"/manage/{issuer.slug}/"}).events("request")

    assert event["request"] == line.id
    assert (event["issuer"], event["user"]) == (issuer.pk, int(staff.session["_auth_user_id"]))
    assert event["route"] == line.route != ""
    assert (event["method"], event["status"], event["ms"], event["bytes"]) == ("GET", 200, 45, 321)
    assert event["client"] == "127.0.0.1"
    assert (event["level"], event["logger"] if "logger" in event else "") == ("info", "")


def test_access_line_has_no_query_no_referer_and_no_token():
    token = "x-_9" * 10 + "Abc"
    environ = {
        "PATH_INFO": f"/claim/{token}/",
        "RAW_URI": f"/claim/{token}/?q=amal@example.org",
        "QUERY_STRING": "q=amal@example.org",
        "HTTP_REFERER": f"https://laurel.example.org/claim/{token}/",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_COOKIE": f"__Host-sessionid={token}",
        "HTTP_USER_AGENT": "Mozilla/5.0\r\nforged: ${jndi:ldap://sink} " + "x" * 500,
    }

    text = _access(environ).text()

    assert len(text.splitlines()) == 1
    assert '"path": "/claim/.../"' in text
    for gone in (token, "amal", "?q", "${", "x" * 201):
        assert gone not in text


def test_lines_of_gunicorn_itself_go_the_same_way():
    logger = Tokenless(Config())

    with written() as out:
        logger.info("Listening at: %s (%s)", "http://0.0.0.0:8000", 7)
        logger.error("Error handling request %s", "/claim/" + "aB3-" * 11)

    first, second = out.events()
    assert (first["event"], first["logger"]) == ("Listening at: http://0.0.0.0:8000 (7)", "gunicorn.error")
    assert second["event"] == "Error handling request /claim/..."


def test_front_that_answers_ahead_of_django_has_its_line_too():
    line = Line("0123456789abcdef0123456789abcdef", route="front")

    (event,) = _access({KEY: line}).events("request")

    assert (event["route"], event["request"]) == ("front", line.id)


# Workers.


def _task(name, number=None):
    return SimpleNamespace(name=name, request=Context({"laurel_request": number} if number else {}))


def test_number_travels_with_the_message_and_stands_in_the_workers_lines(monkeypatch):
    sent = {}

    def publish(self, name, *args, **kwargs):
        headers = {}
        lines_of_tasks._take_along(headers=headers)
        sent[name] = headers

    monkeypatch.setattr("celery.app.base.Celery.send_task", publish)
    with structlog.contextvars.bound_contextvars(request="number-of-a-click"), transaction.atomic():
        transaction.on_commit(lambda: current_app.send_task("recipients.tasks.sign"))
    pytest.importorskip("celery")
    with structlog.contextvars.bound_contextvars(request="number-of-a-click"):
        current_app.send_task("recipients.tasks.render")

    task = _task("recipients.tasks.render", sent["recipients.tasks.render"]["laurel_request"])
    with written() as out:
        lines_of_tasks._begin(task_id="t-1", task=task)
        structlog.get_logger().info("inside")
        lines_of_tasks._end(task_id="t-1", task=task, state="SUCCESS")

    inside, end = out.events()
    for event in (inside, end):
        assert (event["request"], event["task"], event["task_id"]) == ("number-of-a-click", task.name, "t-1")
    assert (end["event"], end["state"]) == ("task", "success")
    assert end["ms"] >= 0
    assert structlog.contextvars.get_contextvars() == {}


def test_task_that_nobody_clicked_for_has_no_number():
    task = _task("recipients.tasks.sweep")
    with written() as out:
        lines_of_tasks._begin(task_id="t-2", task=task)
        lines_of_tasks._end(task_id="t-2", task=task, state="FAILURE")

    (end,) = out.events()
    assert "request" not in end
    assert end["state"] == "failure"


def test_sweep_that_is_done_is_a_heartbeat_and_one_that_failed_is_none():
    task = _task("recipients.tasks.sweep")
    for state, beats in (("FAILURE", False), ("SUCCESS", True)):
        lines_of_tasks._begin(task_id="t", task=task)
        lines_of_tasks._end(task_id="t", task=task, state=state)
        assert (heartbeat.age() is not None) is beats


CLICK = """
import django; django.setup()
import structlog; from celery import current_app
with structlog.contextvars.bound_contextvars(request='number-of-a-click'):
    current_app.send_task('issuers.tasks.sweep')
"""
WORKER = "worker -l info -Q default --without-gossip --without-mingle --without-heartbeat -n w@logs -P solo"


@pytest.mark.slow
@pytest.mark.xdist_group("class")
def test_real_worker_writes_json_and_the_number_of_the_click(tmp_path):
    """Through the broker: a process that wakes with a number, and a worker whose lines are read from its pipe."""
    engines = embedded.Engines(tmp_path / "data", ephemeral=True)
    environment = {**os.environ, "LOG_FORMAT": "json", "SECRET_KEY": "canary-of-the-secret-key-0123456789"}
    try:
        engines.launch()
        environment |= engines.environment()
        subprocess.run([sys.executable, "-c", CLICK], cwd=embedded.ROOT, env=environment, check=True)
        found = _until_the_task_is_done(environment)
    finally:
        engines.stop()

    # There are no tables in its database: the task fails, and says so with a traceback in the same form.
    end = found[-1]
    assert (end["task"], end["request"], end["state"]) == ("issuers.tasks.sweep", "number-of-a-click", "failure")
    assert any("UndefinedTable" in event.get("exception", "") for event in found)
    assert "canary-of-the-secret-key" not in json.dumps(found)


def _until_the_task_is_done(environment):
    command = [sys.executable, "-m", "celery", "-A", "credentials_site", "--quiet", *WORKER.split()]
    worker = subprocess.Popen(
        command, cwd=embedded.ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    try:
        found = []
        for text in worker.stderr:
            if text.startswith("{"):
                found.append(json.loads(text))
                if found[-1]["event"] == "task":
                    break
        return found
    finally:
        worker.kill()
        worker.wait()


def test_root_has_one_handler_and_nobody_else_has_any():
    from django.conf import settings

    assert list(settings.LOGGING["handlers"]) == ["console"]
    own = [
        name
        for name in ("celery", "weasyprint", "gunicorn.error", "gunicorn.access", "kombu")
        if logging.getLogger(name).handlers
    ]
    assert own == []


def test_waking_goes_on_without_a_number(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as called:
        wake("recipients.tasks.sign")

    assert len(called) == 1
