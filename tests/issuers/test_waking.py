"""One message of a kind waits at a time, whatever happens to the mark that says so."""

import json
import os
from types import SimpleNamespace

import pytest
import redis
from django.conf import settings
from django.core.cache import cache

from issuers import waking
from issuers.waking import wake
from tests.conftest import COMMITTED

pytestmark = COMMITTED
# All processes of a run share one broker: each counts messages of its own.
TASK = f"tests.nobody.{os.getpid()}"


@pytest.fixture
def live_workers():
    """Messages are really sent; nobody hears them here."""


@pytest.fixture
def waiting(live_workers, db):
    """How many messages of our kind wait. Other tests may have theirs beside it."""
    client = redis.Redis.from_url(settings.REDIS_URL)

    def ours():
        found = client.lrange("default", 0, -1)
        return [message for message in found if json.loads(message)["headers"]["task"] == TASK]

    cache.delete(waking._key(TASK))
    yield lambda: len(ours())
    for message in ours():
        client.lrem("default", 0, message)
    cache.delete(waking._key(TASK))


def test_thousand_wakes_are_one_message(waiting):
    for _ in range(1000):
        wake(TASK)

    assert waiting() == 1


def test_whoever_writes_after_a_task_began_sends_another(waiting):
    for number in (1, 2):
        wake(TASK)
        wake(TASK)
        assert waiting() == number
        waking._begins(sender=SimpleNamespace(name=TASK))


def test_messages_with_a_burden_all_go(waiting):
    for number in range(3):
        wake(TASK, args=[number])

    assert waiting() == 3


def test_nothing_keeps_messages_away_where_marks_cannot_be_set(monkeypatch, waiting):
    def away(*_args, **_options):
        raise redis.ConnectionError("away")

    monkeypatch.setattr(cache, "add", away)
    wake(TASK, TASK)

    assert waiting() == 2


def test_broker_that_is_away_leaves_no_mark_and_disturbs_nobody(monkeypatch, waiting):
    def away(*_args, **_options):
        raise OSError("away")

    monkeypatch.setattr("celery.app.base.Celery.send_task", away)
    wake(TASK)

    assert waiting() == 0
    assert waking._nobody_called(TASK)


def test_mark_that_nobody_takes_away_lapses_before_long():
    assert waking.SILENCE <= settings.SWEEP_SECONDS
