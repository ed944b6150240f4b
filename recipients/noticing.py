"""Stage: what is new of people is looked at by the rules that it concerns, and what somebody has earned is written down.

A worker looks at all that is new of a person at once, with everything known of them, in one transaction: it leaves nothing half
done. Whatever a rule finds is only written down here (Earning); awarding it is the next step, and a rule that is paused or
over finds on, so that nothing is lost.

Two workers never look at one person at once, and nobody looks at anything of an institution while one of its rules looks at
everybody: what is written is always newer than what it was made of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

import structlog
from django.db import connection
from django.db.models import QuerySet

from badges.criteria import rules
from badges.criteria.evaluating import Verdict, evaluate, every_period
from badges.criteria.facts import STATES, Fact, History
from badges.criteria.periods import holding, named
from badges.models import Rule, RuleVersion
from issuers import clock
from issuers.models import Issuer
from issuers.tenancy import across_issuers, scope
from issuers.waking import wake
from recipients import everybody, knowing, news
from recipients.ledger import Ledger, Noticed, noticed
from recipients.models import Activity

log = structlog.get_logger()
EVALUATE = "recipients.tasks.evaluate"
RULES_AT_ONCE = 20
_INSTITUTION, _PERSON = 5001, 5002  # of advisory locks
_WAIT = """
SELECT pg_advisory_xact_lock_shared(%(all)s, %(issuer)s)
UNION ALL SELECT pg_advisory_xact_lock(%(one)s, person) FROM unnest(%(people)s::int[]) AS person
"""


# Asked for every new fact, so that it is written out.
_ON = """
SELECT id, achievement_id, version_id FROM badges_rule
WHERE issuer_id = %s AND switched_on_at IS NOT NULL AND version_id IS NOT NULL ORDER BY id
"""


class Running(NamedTuple):
    """A rule that is switched on."""

    pk: int
    achievement: int
    version: int


@lru_cache(maxsize=5000)
def read(version: int) -> rules.Rule:
    """The rule of a version; a version never changes. Inside its institution's scope."""
    return rules.read(RuleVersion.objects.values_list("document", flat=True).get(pk=version))


@lru_cache(maxsize=5000)
def _kinds(version: int) -> frozenset[str]:
    return read(version).kinds()


# ---- what is new


def evaluate_chunk() -> int:
    """Look at what is new of up to some hundred people; how many rows were looked at."""
    return sum(_each(issuer, rows) for issuer, rows in news.people().items())


def try_again() -> int:
    """Facts at which something went wrong, one by one, so that one of them stops nobody but its own person; how many are done."""
    done = 0
    for fact, issuer in news.tried():
        with scope(issuer):
            row = news.take_again(fact)
        done += _each(issuer, {news.FACT: {row}}) if row else 0
    return done


def _each(issuer: int, rows: news.Rows) -> int:
    """All of them at once; where that fails, each person singly."""
    try:
        with scope(issuer):
            return _look(_issuer(issuer), rows)
    except Exception:
        people = set().union(*rows.values())
        log.exception("evaluation_failed", issuer=issuer, people=len(people))
        singly = [{what: some & {one} for what, some in rows.items() if one in some} for one in sorted(people)]
        return sum(_each(issuer, one) for one in singly) if len(people) > 1 else 0


def _issuer(pk: int) -> Issuer:
    """Where it is is all that is asked here."""
    return Issuer.objects.raw("SELECT id, time_zone FROM issuers_issuer WHERE id = %s", [pk])[0]


def _look(issuer: Issuer, rows: news.Rows) -> int:
    whose = knowing.persons(issuer, set().union(*rows.values()))
    _wait_for(issuer, whose.values())
    found = news.News(issuer, rows, whose, clock.now())
    if found.facts:
        _judge(issuer, found, whose)
    return found.seen()


def _wait_for(issuer: Issuer, people: Iterable[int]) -> None:
    """Until the transaction ends. In order, so that two workers never wait for each other."""
    keys = sorted({person % 2**31 for person in people})
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, {"all": _INSTITUTION, "one": _PERSON, "issuer": issuer.pk % 2**31, "people": keys})


def _running(issuer: Issuer, kinds: set[str]) -> list[Running]:
    """Rules that look at facts of these kinds, or at any by their tags; the versions that run are at hand."""
    with connection.cursor() as cursor:
        cursor.execute(_ON, [issuer.pk])
        on = [Running(*row) for row in cursor.fetchall()]
    return [rule for rule in on if not _kinds(rule.version).isdisjoint({"", *kinds})]


def _judge(issuer: Issuer, found: news.News, whose: Mapping[int, int]) -> None:
    """Everything that the rules say of these people, with everything that is known of them."""
    running = _running(issuer, found.kinds)
    before: dict[int, list[Noticed]] = defaultdict(list)
    for earning in noticed(issuer, recipients=whose):
        before[whose[earning.recipient]].append(earning)
    asked = [Asked.of(person, new, running, before[person]) for person, new in found.facts.items()]
    asked = [one for one in asked if one.rules or one.before]
    kinds = {kind for one in asked for version in one.versions() for kind in _kinds(version)}
    histories = knowing.histories_of(issuer, whose, kinds=kinds) if asked else {}
    ledger = Ledger(issuer, clock.now(), whose)
    for one in asked:
        one.judge(histories[one.person], ledger)
    if ledger.write():
        wake("recipients.tasks.award")


@dataclass(frozen=True)
class Asked:
    """What is to be asked about one person: rules that something new concerns, with that, and what was noticed before."""

    person: int
    rules: Sequence[tuple[Running, Sequence[Fact]]]
    before: Sequence[Noticed]

    @classmethod
    def of(cls, person: int, new: Sequence[Fact], running: Iterable[Running], before: Iterable[Noticed]) -> Asked:
        concerned = [(rule, some) for rule in running if (some := _concerning(rule.version, new))]
        awarding = {rule.achievement for rule, _ in concerned}
        # What an older version awarded stays, and is doubted by what that version says.
        touched = [
            one for one in before if one.achievement in awarding or (one.credential and _concerning(one.version, new))
        ]
        return cls(person, concerned, touched)

    def versions(self) -> set[int]:
        return {rule.version for rule, _ in self.rules} | {earning.version for earning in self.before}

    def judge(self, history: History, ledger: Ledger) -> None:
        left = {(earning.achievement, earning.key): earning for earning in self.before}
        for rule, new in self.rules:
            for verdict in _verdicts(read(rule.version), history, new):
                key, met_at = verdict.award_key, verdict.met_at
                if earning := left.pop((rule.achievement, key), None):
                    ledger.compare(earning, met_at, rule.version, stands=partial(_stands, earning, history))
                elif met_at is not None:
                    ledger.add(rule.achievement, rule.version, recipient=self.person, key=key, met_at=met_at)
        for earning in left.values():
            if earning.credential:
                ledger.compare(earning, None, earning.version, stands=partial(_stands, earning, history))


def _concerning(version: int, facts: Iterable[Fact]) -> list[Fact]:
    rule = read(version)
    return [fact for fact in facts if rule.concerns(fact)]


def _verdicts(rule: rules.Rule, history: History, new: Sequence[Fact]) -> list[Verdict]:
    """Of the periods that something new may change: its own, and every one for what simply stands."""
    if rule.every is None or any(fact.kind in STATES for fact in new):
        return every_period(rule, history)
    periods = {holding(rule, fact.at.astimezone(history.zone).date()) for fact in new}
    return [evaluate(rule, history, period) for period in periods if period]


def _stands(earning: Noticed, history: History) -> bool:
    """Whether the version that it was earned by still says so."""
    rule = read(earning.version)
    period = named(rule, earning.key)
    return period is not None and evaluate(rule, history, period).met


# ---- everybody


def look_again(issuer: Issuer, some: QuerySet[Rule]) -> int:
    """Have these rules look at everybody: switched on, changed, no longer paused; a group that was left or put away."""
    due = some.filter(issuer=issuer, switched_on_at__isnull=False).update(all_due_at=clock.now())
    wake(EVALUATE)
    return due


def asking_for(issuer: Issuer, fact: Fact) -> QuerySet[Rule]:
    """Rules that look at such a fact; for `look_again`, where facts go without leaving a row."""
    asked = [rule.pk for rule in _running(issuer, {fact.kind}) if _concerning(rule.version, [fact])]
    return Rule.objects.filter(pk__in=asked)


def everybody_waits() -> list[tuple[int, int]]:
    """(rule, institution) of rules that are to look at everybody, oldest first."""
    with across_issuers("workers take the rules of every institution"):
        due = Rule.objects.filter(all_due_at__isnull=False, switched_on_at__isnull=False).order_by("all_due_at", "pk")
        return list(due.values_list("pk", "issuer_id")[:RULES_AT_ONCE])


def look_at_everybody() -> int:
    """Let rules that are due look at everybody, each in its own transaction; how many did."""
    done = 0
    for pk, issuer in everybody_waits():
        try:
            with scope(issuer):
                done += _let_look(_issuer(issuer), pk)
        except Exception:  # its neighbours go on, and `sweep` tries it again
            log.exception("evaluation_of_everybody_failed", issuer=issuer, rule=pk)
    return done


def _let_look(issuer: Issuer, pk: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_INSTITUTION, issuer.pk % 2**31])
    rule = Rule.objects.filter(pk=pk, all_due_at__isnull=False).first()
    if rule is None or rule.version_id is None:
        return False
    now = clock.now()
    running = Running(rule.pk, rule.achievement_id, rule.version_id)
    if _found(issuer, running).write():
        wake("recipients.tasks.award")
    # Whoever asked for it again meanwhile gets it again.
    Rule.objects.filter(pk=pk, all_due_at=rule.all_due_at).update(all_due_at=None, all_done_at=now)
    return True


def _found(issuer: Issuer, rule: Running) -> Ledger:
    """What the rule says of everybody, beside what was noticed before."""
    now = clock.now()
    met = {(one.recipient, one.period): one for one in _met(issuer, rule.version)}
    before = noticed(issuer, achievement=rule.achievement)
    whose = knowing.persons(issuer, {earning.recipient for earning in before})
    older = {earning.version for earning in before if earning.credential} - {rule.version}
    stood = {version: {(one.recipient, one.period) for one in _met(issuer, version)} for version in sorted(older)}
    ledger = Ledger(issuer, now)
    for earning in before:
        if person := whose.get(earning.recipient):
            who = person, earning.key
            said = met.pop(who, None)
            own = who in stood.get(earning.version, ())
            ledger.compare(earning, said.met_at if said else None, rule.version, stands=partial(bool, own))
    for one in met.values():
        if one.met_at:
            ledger.add(rule.achievement, rule.version, recipient=one.recipient, key=one.period, met_at=one.met_at)
    return ledger


def _met(issuer: Issuer, version: int) -> Iterator[everybody.Standing]:
    return everybody.standings(issuer, read(version), only_met=True)


# ---- what stands still


def waiting() -> bool:
    """Whether there is something to look at."""
    return news.waiting() or bool(everybody_waits())


def set_aside(issuer: Issuer) -> QuerySet[Activity]:
    """Facts at which every attempt failed; staff see how many, and can have them looked at again."""
    return news.set_aside(issuer)


def take_up(issuer: Issuer) -> int:
    """Look at them again."""
    put_back = set_aside(issuer).update(attempts=0)
    wake(EVALUATE)
    return put_back
