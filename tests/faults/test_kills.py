"""Workers die, the broker forgets, the database restarts: nothing is lost, nobody is awarded or signed twice."""

import json
import os
import signal
import time

import psycopg
import pytest
import redis

from tests.faults.place import seeded

FULL = os.environ.get("LAUREL_FAULTS") == "full"
PEOPLE, KILLS, PAUSE = (500, 12, (1.5, 4)) if FULL else (100, 3, (1, 2.5))
FEW = 40 if FULL else 25

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def _nothing_twice(place, people):
    """Exact counts, unique signatures, each person mailed; a repeat only where the row says that it may be one."""
    assert place.counts()[0] == people
    with psycopg.connect(place.environment["DATABASE_URL"]) as connection:
        connection.execute("SELECT set_config('app.issuer', '*', false)")
        signed = [row[0] for row in connection.execute("SELECT signed FROM recipients_achievementcredential")]
        unsure = connection.execute('SELECT "to" FROM recipients_outgoingemail WHERE unsure_at IS NOT NULL').fetchall()
    assert len({json.loads(text)["id"] for text in signed}) == people
    assert len({json.loads(text)["proof"]["proofValue"] for text in signed}) == people
    got = place.sink.people()
    assert len(got) == people
    assert {to for to, times in got.items() if times > 1} <= {row[0] for row in unsure}
    for to in got:
        assert len({message_id for who, message_id in place.sink.got if who == to}) == 1
    assert (
        len([file for file in (place.folder / "media" / "pdf").rglob("*") if file.suffix in {".pdf", ".tail"}])
        >= people
    )
    print(place.run("manage.py", "invariants"))


def test_workers_killed_at_random_lose_and_repeat_nothing(place):
    rng = seeded()
    place.start_worker()
    place.start_beat()
    place.issue(PEOPLE)
    kills = []
    while len(kills) < KILLS:
        time.sleep(rng.uniform(*PAUSE))
        kills.append(place.kill_something(rng))
    place.wait(PEOPLE, seconds=300 if FULL else 150)
    _nothing_twice(place, PEOPLE)
    print(f"kills: {kills}; repeats that say so: {place.counts()[4]}")


def test_broker_that_forgets_everything_delays_the_batch_only(place):
    place.start_worker()
    place.start_beat()
    place.issue(FEW)
    client = redis.Redis(unix_socket_path=str(place.engines.sockets / "valkey.sock"))
    for _again in range(3):
        time.sleep(1)
        client.flushall()
    place.wait(FEW, seconds=120)
    _nothing_twice(place, FEW)


def test_database_that_restarts_loses_no_row(place):
    place.start_worker()
    place.start_beat()
    place.issue(FEW)
    time.sleep(2)
    server = place.engines._servers.pop(0)
    server.send_signal(signal.SIGINT)
    server.wait(20)
    place.engines._launch_postgres()
    place.wait(FEW, seconds=120)
    _nothing_twice(place, FEW)


def test_same_file_twice_awards_nobody_twice(place):
    place.issue(10)
    place.issue_file(place.folder / "people.csv")
    assert place.counts()[0] == 10
