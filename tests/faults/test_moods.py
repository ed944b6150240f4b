"""Hundreds of mails to a server in every mood at once: real workers, real SMTP. Everybody whom mail can reach has it in
time and exactly once, or twice where the row says so; the others are told apart.
"""

import time
from collections import Counter

import psycopg
import pytest

from recipients import sending
from tests.faults.moods import MOODS, Moods, MoodyServer, mood_of
from tests.faults.place import FULL, seeded

# How many of each mood, and of those to whom nothing happens.
EACH, WELL = (16, 400) if FULL else (2, 30)
# Seconds from the first mail to the last of those to whom nothing happens: R5 says that others are not delayed by 30.
LATEST = 30

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


@pytest.fixture
def moody(place):
    with MoodyServer(Moods(slow=1)) as server:
        before = dict(place.environment)
        changed = {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}", "EMAIL_TIMEOUT": "5", "MAIL_LEASE_SECONDS": "120"}
        place.environment.update(changed)
        yield server.moods
        place.stop()
        place.environment.clear()
        place.environment.update(before)


def _rows(place, query, *values):
    with psycopg.connect(place.environment["DATABASE_URL"]) as connection:
        connection.execute("SELECT set_config('app.issuer', '*', false)")
        made = connection.execute(query, values)
        return made.fetchall() if made.description else []


MAILS = 'SELECT "to", sent_at, refused_at, failed_at, unsure_at, message_id FROM recipients_outgoingemail'


def _everybody(place):
    names = [f"{mood}{n}" for n in range(EACH) for mood in MOODS] + [f"ok{n}" for n in range(EACH, WELL)]
    file = place.folder / "moods.csv"
    file.write_text("name,email\n" + "".join(f"Person {name},{name}@example.org\n" for name in names))
    place.issue_file(file)
    return names


def _wait(what, seconds, every=0.3):
    ends = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < ends:
        time.sleep(every)
    return found


def _tried_once(place):
    waiting = "sent_at IS NULL AND refused_at IS NULL AND failed_at IS NULL AND deferred_since IS NULL"
    return not _rows(place, f"SELECT 1 FROM recipients_outgoingemail WHERE {waiting} LIMIT 1")  # noqa: S608


def _signed_and_printed(place):
    return place.counts()[:3] == (place.counts()[0],) * 3


def test_server_in_every_mood_loses_repeats_and_delays_nothing(place, moody):
    names = _everybody(place)
    place.run("manage.py", "shell", "-c", PRINT)
    place.start_worker()
    place.start_beat()
    assert _wait(lambda: _tried_once(place), 240 if FULL else 90), Counter(moody.people())

    well = [at for to, _id, at in moody.taken if mood_of(to) == "ok"]
    print(f"{len(names)} mails; {len(well)} without trouble within {max(well) - min(well):.1f} s of each other")
    assert len(well) == WELL
    assert max(well) - min(well) < LATEST

    # The minutes until the next try are over.
    _rows(place, "UPDATE recipients_outgoingemail SET not_before = now() WHERE sent_at IS NULL")
    assert _wait(lambda: _settled(place, names), 240 if FULL else 90), _rows(place, MAILS + " WHERE sent_at IS NULL")

    rows = _rows(place, MAILS)
    stands = Counter(
        (mood_of(to), "taken" if sent else "refused" if refused else "waits") for to, sent, refused, *_ in rows
    )
    assert stands == {(mood, end): EACH if mood != "ok" else WELL for mood, end in MOODS.items()}
    assert not [row for row in rows if row[3]]
    got, unsure = moody.people(), {to for to, *_, unsure, _id in rows if unsure}
    assert {to for to, times in got.items() if times > 1} <= unsure
    assert {to for to, times in got.items() if times > 2} == set()
    assert {(to, message_id) for to, message_id, _at in moody.taken} <= {(row[0], row[5]) for row in rows}


def _settled(place, names):
    lasting = tuple(mood for mood, end in MOODS.items() if end != "waits")
    open_ones = _rows(place, 'SELECT "to" FROM recipients_outgoingemail WHERE sent_at IS NULL AND refused_at IS NULL')
    return not [to for (to,) in open_ones if mood_of(to) in lasting]


# Printing is another slice's trouble, and takes longest.
PRINT = """
from django.utils import timezone
from issuers.tenancy import across_issuers
from recipients import delivering
from recipients.models import AchievementCredential
while delivering.sign_chunk():
    pass
with across_issuers("a test arranges"):
    AchievementCredential.objects.update(rendered_at=timezone.now())
"""


def test_death_of_a_sender_repeats_one_group_at_most_and_says_so(place):
    """Each kill meets a worker in the middle of sending, as few do at random times (test_kills)."""
    people, kills = (2000, 50) if FULL else (100, 3)
    place.issue(people)
    place.run("manage.py", "shell", "-c", PRINT)
    rng = seeded()
    for number in range(kills):
        before = len(place.sink.got)
        place.start(f"sender{number}", "-c", SEND)
        _wait(lambda before=before: len(place.sink.got) > before or None, 60, every=0.01)
        time.sleep(rng.uniform(0, 0.05))
        child = place.children.pop(f"sender{number}")
        child.kill()
        child.wait()
        _rows(place, "UPDATE recipients_outgoingemail SET lease_until = now() WHERE lease_until > now()")
    done = len(place.sink.people())
    place.start_worker()
    place.start_beat()
    place.wait(people, seconds=120)

    got = place.sink.people()
    twice = {to for to, times in got.items() if times > 1}
    rows = _rows(place, MAILS)
    unsure = {to for to, *_, unsure, _id in rows if unsure}
    print(
        f"{done} of {people} before the last of {kills} kills; {len(twice)} came twice, {len(unsure)} say that they may"
    )
    assert len(got) == people
    assert twice <= unsure
    assert len({*place.sink.got}) == people
    assert len(twice) <= kills * sending.GROUP


# Nothing but sending, so that kills meet it at work.
SEND = """
import django; django.setup()
import time
from recipients import sending
while True:
    if not sending.send_chunk():
        time.sleep(0.1)
"""
