"""What waking workers costs beside the work: a message a chunk, against a message a person.

CPU, user and system. The work is the signing of 2,000 people in this product's own chunks, of Python and PostgreSQL together:
the cheapest of its steps, so that the share is as large as it gets. One message costs what a task that does nothing costs:
publishing it, the broker, a real worker's parent and child. How many messages a batch takes is asked of the worker that
signed it. The baseline sends one for each person, as is usual.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measuring import Measured, less_is_better
from tests.faults.place import Place, children_of

NAMES = ["broker_overhead"]
PEOPLE, MESSAGES = 2000, 600
_TICK = os.sysconf("SC_CLK_TCK")

SIGN = """
import json, time
import django; django.setup()
from recipients import delivering
signed, began = 0, time.process_time()
while taken := delivering.sign_chunk():
    signed += taken
print(json.dumps([signed, time.process_time() - began]))
"""
PUBLISH = """
import json, time
import django; django.setup()
from credentials_site.celery import app
from issuers import waking
waking._send("celery.accumulate", [0])
began = time.process_time()
for number in range(%d):
    waking._nobody_called("bench")
    app.send_task("celery.accumulate", args=[number], queue="sign")
print(json.dumps(time.process_time() - began))
"""
COUNT = """
import json
import django; django.setup()
from credentials_site.celery import app
print(json.dumps(sum(sum(found["total"].values()) for found in app.control.inspect(timeout=10).stats().values())))
"""
WAKE = """
import django; django.setup()
from issuers.waking import wake
wake("recipients.tasks.sign")
"""
UNSIGNED = "UPDATE recipients_achievementcredential SET signed = '', signed_at = NULL, attempts = 0, lease_until = NULL"


def _spent(*pids: int) -> float:
    """CPU seconds of processes and of those of their children that have ended."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError):  # it has ended, and its parent counts it
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / _TICK


def _database(place: Place) -> float:
    """CPU seconds of PostgreSQL."""
    return _spent(place.postgres.pid, *children_of(place.postgres.pid))


def _tree(place: Place) -> list[int]:
    """The worker, its children and the broker."""
    worker = place.children["worker"].pid
    return [worker, *children_of(worker), place.valkey.pid]


def _until(place: Place, done: str, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not place.ask(done)[0][0]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"not done after {seconds} s: {done}")
        time.sleep(0.2)


def _message(place: Place) -> float:
    """CPU seconds of one message that wakes for nothing."""
    before = _spent(*_tree(place))
    published = json.loads(place.run("-c", PUBLISH % MESSAGES))
    deadline = time.monotonic() + 120
    while place.broker.llen("sign") or place.broker.hlen("unacked"):
        if time.monotonic() > deadline:
            raise RuntimeError("the worker does not answer")
        time.sleep(0.1)
    return (published + _spent(*_tree(place)) - before) / MESSAGES


def measure() -> Iterator[Measured]:
    """Shares in percent of all CPU; the ratio says how many times smaller ours is."""
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder, Place(Path(folder), lease=120) as place:
        place.issue(PEOPLE)
        before = _database(place)
        signed, work = json.loads(place.run("-c", SIGN))
        work += _database(place) - before
        if signed != PEOPLE:
            raise AssertionError(f"{signed} of {PEOPLE} were signed")
        place.write(UNSIGNED)
        place.start_worker(queues=("sign",))
        place.run("-c", WAKE)
        _until(place, "SELECT bool_and(signed_at IS NOT NULL) FROM recipients_achievementcredential")
        sent, one = json.loads(place.run("-c", COUNT)), _message(place)
    ours, baseline = (100 * number * one / (work + number * one) for number in (sent, PEOPLE))
    print(
        f"  {sent} messages of {one * 1000:.2f} ms for {work * 1000 / PEOPLE:.3f} ms a person: {ours:.2f} % of all CPU"
    )
    yield less_is_better("broker_overhead", ours, baseline, unit="% of CPU")
