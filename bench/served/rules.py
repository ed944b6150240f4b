"""The rules bench itself, in a process of its own: prints a line of JSON for each result."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from bench.served import ground

PEOPLE, FACTS, RULES, MORE_RULES = 10_000, 200_000, 20, 50
SAMPLE, TIMES = 200, 100

# Session, assessment, mentoring, help: 12, 4, 2 and 2 of 20 facts. 40 things of each kind; every third session is a webinar.
_FACTS = """
INSERT INTO recipients_activity (issuer_id, public_id, recipient_id, kind, key, tags, value, unit, at, day, place, peer, note,
  evidence_url, source, external_id, refusal, confirmed_at, evaluated_at, attempts)
SELECT %(issuer)s, 'f' || n, p.id, kind, kind || '-' || thing,
  CASE WHEN kind = 'session' AND thing %% 3 = 0 THEN ARRAY['webinar'] ELSE ARRAY[]::varchar[] END,
  CASE kind WHEN 'assessment' THEN (n * 7919) %% 101 WHEN 'mentoring' THEN 30 + (n * 31) %% 90 END,
  CASE kind WHEN 'assessment' THEN 'percent' WHEN 'mentoring' THEN 'minutes' ELSE '' END,
  at, (at AT TIME ZONE 'Europe/Berlin')::date, '', CASE kind WHEN 'help' THEN 'peer-' || thing ELSE '' END, '', '',
  'bench', n::text, '', now(), now(), 0
FROM (
  SELECT n, (hashint8(n) & 65535) %% 40 AS thing,
    timestamptz '2026-09-01 08:00+00' + ((hashint8(-n) & 16777215) %% 70000) * interval '1 minute' AS at,
    CASE WHEN n / %(people)s < 12 THEN 'session' WHEN n / %(people)s < 16 THEN 'assessment'
      WHEN n / %(people)s < 18 THEN 'mentoring' ELSE 'help' END AS kind
  FROM generate_series(1::bigint, %(facts)s - 1) AS n
) AS f JOIN recipients_recipient p ON p.student_id = (n %% %(people)s)::text AND p.issuer_id = %(issuer)s
"""
_PEOPLE = """
INSERT INTO recipients_recipient (issuer_id, name, address, address_key, student_id)
SELECT %(issuer)s, 'Person ' || n, 'p' || n || '@example.org', 'p' || n || '@example.org', n::text
FROM generate_series(0, %(people)s - 1) AS n
"""


def documents(number: int) -> list[dict[str, object]]:
    """Every type of condition, alone and together, once ever and once a period."""
    webinars = {"type": "count", "kind": "session", "tags": ["webinar"]}
    hours = {"type": "sum", "kind": "mentoring", "unit": "hours"}
    made: list[dict[str, object]] = []
    for n in range(number):
        quiz = {"kind": "assessment", "key": f"assessment-{n % 40}", "unit": "percent"}
        named = [f"session-{(n + step) % 40}" for step in range(6)]
        needs = [
            ("all", [webinars | {"at_least": 1 + n % 4}, hours | {"at_least": 1 + n % 3}]),
            ("all", [{"type": "set", "kind": "session", "keys": named, "at_least": 2 + n % 3}]),
            ("any", [quiz | {"type": "score", "at_least": 70}, {"type": "peers", "kind": "help", "at_least": 2}]),
            ("all", [quiz | {"type": "score", "at_least": 40, "take": "last"}, webinars | {"at_least": 2}]),
            ("any", [quiz | {"type": "improved", "at_least": 10}, hours | {"at_least": 2}]),
            ("all", [{"type": "deadline", "kind": "session", "key": named[0], "by": "2026-10-05", "time": "12:00"}]),
        ]
        of, conditions = needs[n % len(needs)]
        every = {"every": ["week", "month"][n % 2]} if n % 5 == 4 and n % len(needs) != 5 else {}
        made.append({"format": "rule/1", "needs": {"of": of, "conditions": conditions}, **every})
    return made


def main() -> None:
    ground.begin()
    for name, ours, baseline in _results():
        print(json.dumps({"name": name, "ours": ours, "baseline": baseline}), flush=True)


def _results() -> Iterator[tuple[str, float, float]]:
    from django.db import connection

    from badges.criteria import rules
    from issuers.tenancy import scope
    from tests.factories import IssuerFactory

    issuer = IssuerFactory(time_zone="Europe/Berlin")
    values = {"issuer": issuer.pk, "people": PEOPLE, "facts": FACTS}
    with scope(issuer), connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        cursor.execute(_FACTS, values)
    ground.tidy()
    asked = [rules.read(said) for said in documents(RULES)]
    with scope(issuer):
        yield ("rules_retro", *_retro(issuer, asked))
    yield ("one_fact", *_one_fact(issuer))


def _retro(issuer, asked) -> tuple[float, float]:
    from badges.criteria.evaluating import every_period
    from recipients import everybody, knowing
    from recipients.models import Recipient

    at_once: dict[int, dict[tuple[int, str], object]] = {}
    singly: dict[int, dict[tuple[int, str], object]] = {}

    def ours() -> None:
        for number, rule in enumerate(asked):
            found = everybody.standings(issuer, rule, only_met=True)
            at_once[number] = {(one.recipient, one.period): one.met_at for one in found}

    def naive() -> None:
        for person in people:
            history = knowing.histories(issuer, [person])[person.pk]
            for number, rule in enumerate(asked):
                for verdict in every_period(rule, history):
                    if verdict.met:
                        singly.setdefault(number, {})[person.pk, verdict.award_key] = verdict.met_at

    people = list(Recipient.objects.filter(issuer=issuer).order_by("id")[: PEOPLE : PEOPLE // SAMPLE])
    chosen = {person.pk for person in people}
    took, baseline = ground.cpu(ours), ground.cpu(naive)
    for number in range(len(asked)):
        if singly.get(number, {}) != {who: at for who, at in at_once[number].items() if who[0] in chosen}:
            raise AssertionError(f"the two ways do not find the same people: rule {number}")
    found = sum(map(len, at_once.values()))
    print(f"{found} earnings found, {sum(map(len, singly.values()))} of them in the sample", file=sys.stderr)
    return took, baseline * PEOPLE / len(people)


def _one_fact(issuer) -> tuple[float, float]:
    """One new fact of somebody with 20 older ones, from the row to what was earned; the mean of 100 people, one after another."""
    from badges.criteria import rules
    from badges.criteria.evaluating import every_period
    from badges.models import Rule, RuleVersion
    from issuers.tenancy import scope
    from recipients import knowing, news, noticing
    from recipients.models import Recipient
    from tests.factories import ActivityFactory, RuleVersionFactory

    for said in documents(MORE_RULES):
        version = RuleVersionFactory(issuer=issuer, rule__draft=said, kinds=sorted(rules.read(said).kinds()))
        _switch_on(issuer, version)
    with scope(issuer):
        noticing.look_again(issuer, Rule.objects.all())
        people = list(Recipient.objects.filter(issuer=issuer).order_by("-id")[: TIMES + 1])
    while noticing.look_at_everybody():
        pass
    for person in people:
        ActivityFactory(issuer=issuer, recipient=person, key="session-3", tags=["webinar"])
    news.CHUNK = 1
    ground.tidy()

    def ours() -> None:
        if [noticing.evaluate_chunk() for _ in range(TIMES)] != [1] * TIMES:
            raise AssertionError("not one fact at a time")

    def naive() -> None:
        with scope(issuer):
            for person in people[:10]:
                for version in RuleVersion.objects.filter(issuer=issuer):
                    every_period(rules.read(version.document), knowing.histories(issuer, [person])[person.pk])

    noticing.evaluate_chunk()
    return ground.cpu(ours) / TIMES, ground.cpu(naive) / 10


def _switch_on(issuer, version) -> None:
    from badges.models import Rule
    from issuers import clock
    from issuers.tenancy import scope

    with scope(issuer):
        Rule.objects.filter(pk=version.rule_id).update(version=version, switched_on_at=clock.now())


if __name__ == "__main__":
    main()
