"""From a fact to a mail, with real threads, connections and commits: each once, whatever stops in between."""

import random
import secrets
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connections

from issuers import clock
from issuers.cleaning import address
from issuers.tenancy import across_issuers, scope
from recipients import earning, everybody, issuing, noticing, printing, recording, tasks
from recipients.activities import Deed
from recipients.ledger import Ledger
from recipients.models import Activity, OutgoingEmail
from tests.badges.criteria.making import document
from tests.conftest import COMMITTED
from tests.factories import IssuerFactory
from tests.making_rules import credentials, earnings, switched_on, work

pytestmark = COMMITTED


@pytest.fixture
def issuer(db):
    return IssuerFactory()


def deed(who="ana@example.org", key="quiz-2", value=80, **said):
    moment = said.pop("at", clock.now() - timedelta(hours=1))
    return Deed(address(who), "assessment", key, moment, "Ana Li", value=Decimal(value), **said)


def quiz(issuer, **options):
    return switched_on(
        issuer, document({"type": "score", "kind": "assessment", "key": "quiz-2", "at_least": 70}), **options
    )


def record(issuer, *deeds):
    with scope(issuer):
        return recording.record(issuer, deeds, source="events:test")


def at_once(number, run):
    """The same thing in so many threads, begun together; what went wrong."""
    gate, failures = threading.Barrier(number), []

    def one():
        try:
            gate.wait(60)
            run()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_a18_mentoring_earns_a_certificate_that_is_printed_and_mailed(issuer, monkeypatch):
    """“Earn a Community Mentor certificate.” Each step wakes the next: from the fact to the mail, nothing waits for the sweep."""
    hours = document({"type": "sum", "kind": "mentoring", "unit": "hours", "at_least": 10})
    switched_on(issuer, hours, name="Community Mentor")
    woken = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda app, name, **how: woken.append(name))
    evenings = [
        Deed(
            address("ana@example.org"),
            "mentoring",
            f"evening-{n}",
            clock.now(),
            "Ana Li",
            value=Decimal(120),
            unit="minutes",
        )
        for n in range(5)
    ]
    record(issuer, *evenings)
    while woken:
        getattr(tasks, woken.pop(0).rpartition(".")[2])()

    (credential,) = credentials()
    assert printing.fetch(credential.pdf).startswith(b"%PDF-")
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_sweep_finds_what_nobody_was_woken_for(issuer, monkeypatch):
    quiz(issuer)
    record(issuer, deed())
    woken = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda app, name, **how: woken.append(name))
    tasks.sweep()
    assert "recipients.tasks.evaluate" in woken

    noticing.evaluate_chunk()
    tasks.sweep()
    assert "recipients.tasks.award" in woken


def test_same_event_fifty_times_at_once_is_one_fact_and_one_award(issuer):
    quiz(issuer)
    sent = deed(external_id="event-7")

    def arrive():
        record(issuer, sent)
        noticing.evaluate_chunk()
        tasks.award_earned()

    assert at_once(50, arrive) == []
    work()
    with across_issuers("a test looks"):
        assert Activity.objects.count() == OutgoingEmail.objects.count() == 1
    assert len(credentials()) == len(earnings()) == 1


def test_workers_at_once_look_at_each_person_once_and_lose_nobody(issuer):
    quiz(issuer)
    record(issuer, *(deed(f"p{n}@example.org", value=60 + n) for n in range(30)))

    assert at_once(4, work) == []
    work()
    assert len(credentials()) == len(earnings(credential__isnull=False)) == 20


def test_facts_that_come_and_go_while_workers_look_leave_what_the_facts_say(issuer):
    """Nobody lapses by an old look, and nobody's award goes undoubted."""
    rule = quiz(issuer)
    chance = random.Random(5)

    def come_and_go():
        for _ in range(12):
            who = f"p{chance.randrange(6)}@example.org"
            (made,) = record(issuer, deed(who, value=chance.choice([60, 80]), external_id=secrets.token_hex(8))).new
            noticing.evaluate_chunk()
            if chance.random() < 0.6:
                with scope(issuer):
                    recording.withdraw(made, None)
            tasks.award_earned()

    assert at_once(4, come_and_go) == []
    noticing.try_again()
    work()
    with scope(issuer):
        met = {one.recipient for one in everybody.standings(issuer, rule.version.document, only_met=True)}
    rows = earnings()
    assert {row.recipient_id for row in rows if row.credential and not row.doubted_at} == met
    assert all(row.credential or row.lapsed_at for row in rows)
    assert len(credentials()) == len([row for row in rows if row.credential])


def test_old_look_never_overwrites_a_newer_one(issuer, monkeypatch):
    quiz(issuer, approval="one")
    (fact,) = record(issuer, deed()).new
    work()
    with scope(issuer):
        recording.withdraw(fact, None)
    real, looked, newer = Ledger.write, threading.Event(), threading.Event()

    def slowly(ledger):
        """The first one has read everything, and is overtaken if that is possible."""
        if not looked.is_set():
            looked.set()
            newer.wait(0.5)
        return real(ledger)

    def overtakes():
        looked.wait(10)
        record(issuer, deed(value=90, at=clock.now() - timedelta(minutes=1)))
        noticing.evaluate_chunk()
        newer.set()

    monkeypatch.setattr(Ledger, "write", slowly)
    turns = [noticing.evaluate_chunk, overtakes]
    assert at_once(2, lambda: turns.pop()()) == []
    assert [row.lapsed_at for row in earnings()] == [None]


@pytest.mark.parametrize(("stage", "name"), [(earning, "settle"), (issuing, "intend"), (earning, "take")])
def test_worker_that_stops_while_it_awards_leaves_nothing_half_done(issuer, monkeypatch, stage, name):
    quiz(issuer)
    record(issuer, deed())
    real = getattr(stage, name)

    def dies(*args, **options):
        real(*args, **options)
        raise SystemExit

    monkeypatch.setattr(stage, name, dies)
    with pytest.raises(SystemExit):
        work()
    assert credentials() == []
    assert [row.settled_at for row in earnings()] == [None]

    monkeypatch.undo()
    work()
    assert len(credentials()) == 1


def test_worker_that_stops_while_it_looks_leaves_the_fact_for_the_sweep(issuer, monkeypatch):
    quiz(issuer)
    record(issuer, deed())

    def dies(*args):
        raise SystemExit

    monkeypatch.setattr("recipients.news.News.seen", dies)
    with pytest.raises(SystemExit):
        noticing.evaluate_chunk()
    assert earnings() == []

    monkeypatch.undo()
    assert noticing.evaluate_chunk() == 0
    assert noticing.waiting()
    assert noticing.try_again() == 1
    work()
    assert len(credentials()) == 1
