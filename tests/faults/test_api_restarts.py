"""PostgreSQL is shot while programs award through the API: every answer holds, everybody is awarded once, and has one mail.

LAUREL_FAULTS=full (`make faults`) restarts it five times, otherwise once.
"""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.faults import asking
from tests.faults.exact import exact
from tests.faults.place import FULL, free_port, seeded

RESTARTS, PROGRAMS, AWARDS, PAUSE = (5, 4, 40, (1.0, 3.0)) if FULL else (1, 3, 8, (0.5, 1.0))

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


@pytest.fixture
def web(place):
    """Gunicorn, as in the Dockerfile."""
    port = free_port()
    command = ["credentials_site.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "6", "--log-level", "warning"]
    place.start("web", "-m", "gunicorn", *command)
    return f"http://127.0.0.1:{port}"


def _shoot(place):
    """SIGQUIT: no checkpoint, no goodbye; then it starts again and recovers."""
    place.restart_database(away=0.3)


def _award(program, achievement, number, answers):
    """One program's awards, one after the other; each a second time under the same key, as if its answer had been lost."""
    for turn in range(AWARDS):
        key, people = str(uuid.uuid4()), _people(number, turn)
        first = program.award(achievement, people, key=key)
        again = program.award(achievement, people, key=key)
        answers.append((first, again))


def _people(number, turn):
    """Two of its own, and one whom every program awards at this turn."""
    own = [
        {"email": f"p{number}-{turn}-{one}@example.org", "name": f"Person {number} {turn} {one}"} for one in range(2)
    ]
    return [*own, {"email": f"all-{turn}@example.org", "name": f"Everybody's {turn}"}]


def test_database_that_is_shot_while_programs_award_loses_and_repeats_nothing(place, web):
    rng = seeded()
    told, achievement = asking.token(place)
    programs = [asking.Asker(web, told) for _each in range(PROGRAMS)]
    programs[0].get("/achievements")
    answers, shot = [], 0

    with ThreadPoolExecutor(PROGRAMS) as pool:
        work = [pool.submit(_award, one, achievement, number, answers) for number, one in enumerate(programs)]
        # By this thread: an engine ends with the thread that started it.
        while shot < RESTARTS:
            time.sleep(rng.uniform(*PAUSE))
            assert not all(one.done() for one in work), "they had finished before the database was shot"
            _shoot(place)
            shot += 1
        for one in work:
            one.result(600)

    refused = sum((one.refused for one in programs), start=type(programs[0].refused)())
    print(f"restarts: {shot}; refused meanwhile: {dict(refused)}")
    assert refused, "nobody noticed that the database was away"
    assert not any(code in refused for code in (500, 422, 409)), refused
    people = _every_answer_holds(place, answers)
    place.start_worker()
    place.start_beat()
    place.wait(people, seconds=200)
    exact(place, people)


def _every_answer_holds(place, answers):
    """How many people there are."""
    assert len(answers) == PROGRAMS * AWARDS
    assert all(first == again for first, again in answers)
    with psycopg.connect(place.environment["DATABASE_URL"]) as connection:
        connection.execute("SELECT set_config('app.issuer', '*', false)")
        awards = dict(connection.execute("SELECT public_id, total FROM recipients_award").fetchall())
        given = connection.execute(
            "SELECT r.address_key, count(*) FROM recipients_achievementcredential c"
            " JOIN recipients_recipient r ON r.id = c.recipient_id GROUP BY 1"
        ).fetchall()
        known = {row[0] for row in connection.execute("SELECT public_id FROM recipients_achievementcredential")}
        kept = connection.execute("SELECT count(*), count(*) FILTER (WHERE status = 0) FROM recipients_keptanswer")
        assert kept.fetchone() == (PROGRAMS * AWARDS, 0)
    assert awards == {first["award"]["id"]: first["created"] for first, _again in answers}
    assert {one["credential"]["id"] for first, _again in answers for one in first["already_awarded"]} <= known
    everybody = [_people(number, turn) for number in range(PROGRAMS) for turn in range(AWARDS)]
    once = {person["email"]: 1 for people in everybody for person in people}
    assert dict(given) == once
    return len(once)
