"""Programs at the same time: one award, one answer, nobody twice."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from issuers import keys
from issuers.tenancy import scope
from recipients.models import KeptAnswer
from tests.conftest import COMMITTED
from tests.factories import AchievementFactory, AchievementVersionFactory, ApiTokenFactory, IssuerFactory
from tests.recipients.api.calling import Program
from tests.recipients.api.test_awards import ANA, BEN, asking, counted

pytestmark = COMMITTED


def _parallel(calls):
    def one(call):
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


@pytest.fixture
def busy():
    """An institution whose rows are committed, its program, and something to award."""
    issuer = IssuerFactory()
    with scope(issuer):
        keys.create(issuer, None)
    achievement = AchievementVersionFactory(issuer=issuer, achievement=AchievementFactory(issuer=issuer)).achievement
    return Program(ApiTokenFactory(issuer=issuer)), achievement


def test_fifty_identical_requests_are_one_award_and_one_answer(busy):
    program, achievement = busy
    body = asking(achievement, ANA, BEN)

    answers = _parallel([lambda: Program(program.token).award(body, key="same")] * 50)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert counted() == (1, 2, 2, 2, 1)


def test_fifty_identical_awards_under_other_keys_award_once(busy):
    program, achievement = busy

    answers = _parallel([lambda: Program(program.token).award(asking(achievement), key=str(uuid.uuid4()))] * 50)

    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["credential"]["id"] for answer in answers}) == 1
    assert counted()[:4] == (1, 1, 1, 1)


def test_same_key_with_fifty_bodies_is_taken_once(busy):
    program, achievement = busy
    bodies = [asking(achievement, {"email": f"p{n}@example.org", "name": "P"}) for n in range(50)]

    answers = _parallel([lambda body=body: Program(program.token).award(body, key="k") for body in bodies])

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 49
    assert counted()[:2] == (1, 1)


def test_request_whose_twin_takes_long_is_told_to_come_back(busy, monkeypatch):
    """While the first is in progress: 409, once waiting for it takes longer than the database allows."""
    program, achievement = busy
    with scope(program.token.issuer):
        KeptAnswer.objects.create(issuer=program.token.issuer, token=program.token, key="k", digest="0")
        _wait_a_moment_only(monkeypatch)
        (answer,) = _parallel([lambda: Program(program.token).award(asking(achievement), key="k")])

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (409, "in_progress", "1")


def _wait_a_moment_only(monkeypatch):
    found = KeptAnswer.objects.get_or_create

    def impatient(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        return found(*args, **kwargs)

    monkeypatch.setattr(type(KeptAnswer.objects), "get_or_create", lambda self, *a, **k: impatient(*a, **k))
