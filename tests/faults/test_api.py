"""The database restarts while a program posts awards and tries again: every number it was told exists, and nothing twice."""

import importlib.util
import json
import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.faults.exact import exact
from tests.faults.place import FULL, free_port

POSTS, RESTARTS = (150, 5) if FULL else (20, 2)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.skipif(importlib.util.find_spec("recipients.api") is None, reason="NO API YET"),
]

TOKEN = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from issuers import entrusting
from issuers.models import Issuer, User
from issuers.tenancy import scope
issuer = Issuer.objects.get(slug="faults")
with scope(issuer):
    _made, text = entrusting.make(
        issuer, User.objects.first(), name="Faults", scopes=["awards:write", "awards:read", "achievements:read"],
        expires_at=timezone.now() + timedelta(days=1), request_key=str(timezone.now()))
print(text)
"""


class Program:
    """Posts award after award, each under a key of its own, until it has an answer; what it was told."""

    def __init__(self, url, token):
        self.url, self.token = url, token
        self.told, self.failed, self.refused = {}, 0, []

    def call(self, method, path, body=None, key=""):
        """An answer, or None where there is none that says whether it was done."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key}
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            told = error.read().decode(errors="replace")
            if error.code < 500 and error.code not in {409, 429}:
                self.refused.append((error.code, told[:300]))
            time.sleep(min(float(error.headers.get("Retry-After") or 0.3), 2))
        except OSError:
            time.sleep(0.3)
        self.failed += 1
        return None

    def post(self, achievement, number):
        people = [{"name": f"Person {number}", "email": f"person{number}@example.org"}]
        body = {"achievement": achievement, "recipients": people, "send_at_once": True}
        while (answer := self.call("POST", "/awards", body, key=f"post-{number}")) is None:
            assert not self.refused, self.refused
        status, said = answer
        assert status in {200, 201, 202}
        self.told[number] = said["award"]["id"]


@pytest.fixture
def program(place):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    token = place.run("-c", TOKEN).split()[-1]
    options = ["--workers", "2", "--threads", "4", "--no-control-socket"]
    place.start("web", "-m", "gunicorn", "credentials_site.wsgi", "-b", f"127.0.0.1:{port}", *options)
    made = Program(url, token)
    for _ in range(100):
        if made.call("GET", "/achievements"):
            break
    made.failed = 0
    return made


def test_every_award_that_was_acknowledged_exists_once(place, program):
    place.start_worker()
    place.start_beat()
    _status, found = program.call("GET", "/achievements")
    achievement = found["items"][0]["id"]
    ahead = iter(range(POSTS))
    threads = [
        threading.Thread(target=lambda: [program.post(achievement, number) for number in ahead]) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for again in range(RESTARTS):
        time.sleep(2 if FULL else 0.7)
        place.restart_database(away=again % 2)
    for thread in threads:
        thread.join()

    print(f"{POSTS} posted, {program.failed} tries without an answer, {RESTARTS} restarts")
    kept = {public_id for (public_id,) in place.ask("SELECT public_id FROM recipients_award")}
    assert len(program.told) == POSTS
    assert set(program.told.values()) == kept
    assert len(kept) == POSTS
    place.wait(POSTS, seconds=200)
    exact(place, POSTS)
