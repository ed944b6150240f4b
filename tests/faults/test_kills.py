"""Workers die, the broker forgets or goes away, the database restarts, a row kills: nothing is lost, nothing is done twice.

LAUREL_FAULTS=full (`make faults`): 2,000 people and fifty kills; FLUSHALL ten times and three minutes without a broker; five
restarts of the database. Otherwise the same with less of each.
"""

import time

import pytest

from tests.faults.exact import exact
from tests.faults.place import FULL, seeded

PEOPLE, KILLS, PAUSE = (2000, 50, (2, 6)) if FULL else (60, 3, (1, 2.5))
FEW = 300 if FULL else 25

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def test_workers_killed_at_random_lose_and_repeat_nothing(place):
    rng = seeded()
    place.start_worker()
    place.start_beat()
    place.issue(PEOPLE)
    kills = []
    while len(kills) < KILLS:
        time.sleep(rng.uniform(*PAUSE))
        kills.append(place.kill_something(rng))
        place.queued()
    began = time.monotonic()
    place.wait(PEOPLE, seconds=300 if FULL else 150)
    print(f"{len(kills)} kills: {kills}; whole {time.monotonic() - began:.0f} s after the last")
    exact(place, PEOPLE)


def test_broker_that_forgets_and_goes_away_delays_the_batch_only(place):
    """Rows are the work: a message more or less changes nothing, and none waits for each of them."""
    place.start_worker()
    place.start_beat()
    place.issue(FEW)
    for _again in range(10 if FULL else 3):
        time.sleep(0.7)
        place.queued()
        place.broker.flushall()
    place.stop_broker()
    place.issue(FEW + 5, name="more.csv")  # issuing goes on without it
    time.sleep(180 if FULL else 8)
    place.start_broker()
    began = time.monotonic()
    place.wait(FEW + 5, seconds=120)
    print(f"whole {time.monotonic() - began:.0f} s after the broker came back")
    exact(place, FEW + 5)


def test_database_that_restarts_at_once_loses_no_row(place):
    place.start_worker()
    place.start_beat()
    place.issue(FEW)
    for again in range(5 if FULL else 2):
        time.sleep(1.5)
        place.restart_database(away=again % 2)
    place.wait(FEW, seconds=150)
    exact(place, FEW)


def test_row_that_kills_its_worker_is_set_aside_and_its_neighbours_go_on(place):
    """A real child of a real worker dies by SIGSEGV whenever it prints one name."""
    place.start_beat()
    place.issue(8, p3="Segmentation Fault")
    place.start_worker(app="tests.faults.dying", WORK_LEASE_SECONDS="1")
    place.wait(8, seconds=90, until=lambda found: found[3] == 7)
    place.wait(8, seconds=90, until=lambda _: place.ask(_SET_ASIDE)[0][0])
    deaths = _deaths(place, 5)
    [(name, attempts, failure)] = place.ask(
        "SELECT name, attempts, failure FROM recipients_achievementcredential WHERE failed_at IS NOT NULL"
    )
    print(f"{deaths} workers died of it; {attempts} attempts")
    assert (name, attempts, deaths) == ("Segmentation Fault", 5, 5)
    assert failure == "The worker stopped while it worked on this, five times."
    place.stop("worker")
    place.run("-c", _TRY_AGAIN)
    place.start_worker()
    place.wait(8, seconds=60)
    exact(place, 8)


def _deaths(place, expected):
    """As the log tells them: a child whose lease of one second was over on a busy machine dies a little later."""
    deadline = time.monotonic() + 20
    while True:
        found = (place.folder / "worker.log").read_text().count("exited with 'signal 11 (SIGSEGV)'")
        if found >= expected or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


_SET_ASIDE = "SELECT count(*) FROM recipients_achievementcredential WHERE failed_at IS NOT NULL"
_TRY_AGAIN = """
import django; django.setup()
from issuers.tenancy import across_issuers
from recipients import delivering
from recipients.models import AchievementCredential
with across_issuers("a test presses the button"):
    assert delivering.try_again(AchievementCredential.objects.get(failed_at__isnull=False))
"""


def test_worker_that_is_asked_to_stop_ends_soon_and_leaves_nothing_undone(place):
    """Rolling restarts: SIGTERM in the middle of chunks, and no row waits for the end of a lease afterwards."""
    people, times = (600, 20) if FULL else (30, 2)
    place.start_beat()
    place.start_worker()
    place.issue(people)
    seconds = []
    for _again in range(times):
        time.sleep(2.5)
        seconds.append(place.stop_gracefully())
        leased = place.ask("SELECT count(*) FROM recipients_achievementcredential WHERE lease_until > now()")
        assert leased == [(0,)], "a worker that ended by itself holds rows"
        place.start_worker()
    place.wait(people, seconds=200)
    print(f"ended after {', '.join(f'{one:.1f}' for one in seconds)} s")
    assert max(seconds) < 30
    assert place.counts()[4] == 0
    exact(place, people)


def test_same_file_twice_awards_nobody_twice(place):
    place.issue(10)
    place.issue_file(place.folder / "people.csv")
    assert place.counts()[0] == 10
