"""A real worker is killed by SIGKILL between an answer and its commit: what it had under way comes again, in order, under its id."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from issuers.tenancy import across_issuers
from recipients import calling
from recipients.models import WebhookDelivery
from tests.conftest import COMMITTED
from tests.receiver import receiver
from tests.recipients.posted import due, hook

pytestmark = [COMMITTED, pytest.mark.slow]
FULL = os.environ.get("LAUREL_FAULTS") == "full"
KILLS, SUBJECTS, EACH = (8, 30, 4) if FULL else (2, 8, 4)
WORKER = "import django; django.setup(); from recipients import calling; calling.post()"


def _worker():
    """A process of its own, on the database of this test."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "credentials_site.settings.test"}
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)


def test_worker_killed_after_an_answer_repeats_only_what_was_under_way(settings):
    deadly, workers = {5 + 7 * kill for kill in range(KILLS)}, []

    def answer(call):
        if len(there.calls) in deadly:
            with contextlib.suppress(ProcessLookupError):
                os.kill(workers[-1].pid, signal.SIGKILL)
        return 204

    with receiver(answer) as there:
        endpoint = hook(there.url)
        rows = [row for n in range(SUBJECTS) for row in due(endpoint, EACH, subject=f"Credential{n}")]
        for _ in range(KILLS):
            workers.append(_worker())
            workers[-1].wait(timeout=120)
            with across_issuers("time passes"):
                leased = WebhookDelivery.objects.waiting().filter(lease_until__isnull=False)
                leased.update(lease_until=timezone.now() - timedelta(seconds=1))
        until = time.monotonic() + 60
        while calling.waiting() and time.monotonic() < until:
            calling.post()

    assert [worker.returncode for worker in workers] == [-signal.SIGKILL] * KILLS
    with across_issuers("a test looks"):
        assert {row.state for row in WebhookDelivery.objects.all()} == {"delivered"}
    came = Counter(there.ids)
    assert set(came) == {row.message.message_id for row in rows}
    assert 1 <= sum(came.values()) - len(came) <= KILLS * calling.PER_ENDPOINT
    first = {number: place for place, number in reversed(list(enumerate(there.ids)))}
    for n in range(SUBJECTS):
        mine = [first[row.message.message_id] for row in rows[n * EACH : (n + 1) * EACH]]
        assert mine == sorted(mine)
