"""One rule and everybody at once, in the database: each condition is one SELECT … GROUP BY person (decision 0016).

It says what badges.criteria says of each person singly, without reasons, steps and facts. tests/recipients/test_everybody.py
compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from badges.criteria import rules
from badges.criteria.facts import STATES
from badges.criteria.periods import EVER, last_moment, terms
from badges.criteria.rules import TIMES, Condition, Every, Group, Of, Rule, Take, Type, Window
from issuers import clock
from issuers.models import Issuer


class Standing(NamedTuple):
    """How one person stands, in one period. `done` is of each condition, in the order of `rule.needs.conditions()`.

    `recipient` is the person's first row (knowing.persons), `period` the key that an award of it would have. Who did nothing
    that counts in a period has no standing in it: met is nothing then, and done is nothing but what simply stands.
    """

    recipient: int
    period: str
    met_at: datetime | None
    done: tuple[Decimal, ...]

    @property
    def met(self) -> bool:
        return self.met_at is not None


def standings(
    issuer: Issuer, rule: Rule | Mapping[str, Any], *, now: datetime | None = None, only_met: bool = False
) -> Iterator[Standing]:
    """Of everybody who did something for the rule, or for a document in which there is no fault; in the order of their rows.

    `only_met`: of those alone who have met it, without what they did of each condition. Inside scope(issuer): row-level
    security is on, as everywhere.
    """
    asked = rule if isinstance(rule, Rule) else rules.read(rule)
    query = _Query(issuer, asked, now or clock.now())
    with connection.cursor() as cursor:
        # Whole tables meet here. Of those that were filled a minute ago the planner knows nothing, and would loop: 12 s for 0.1.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(query.text(only_met=only_met), query.values)
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop = on")
    for person, period, met, *done in rows:
        met_at = None if met is None else _EPOCH + timedelta(microseconds=met)
        yield Standing(person, period, met_at, tuple(Decimal(one) for one in done))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Whole numbers: reading a moment as text takes ten times as long, and is done for everybody.
_MICROSECONDS = "(extract(epoch FROM {met}) * 1000000)::bigint"

# Who has proved two addresses is one person, known by the first row; who was erased is nobody (knowing.persons).
_WHOSE = """
whose AS MATERIALIZED (
  SELECT id AS entry, id AS person FROM recipients_recipient
  WHERE issuer_id = %(issuer)s AND erased_at IS NULL AND user_id IS NULL
  UNION ALL
  SELECT id, min(id) OVER (PARTITION BY user_id) FROM recipients_recipient
  WHERE issuer_id = %(issuer)s AND erased_at IS NULL AND user_id IS NOT NULL
)"""
# As ActivityQuerySet.counting, knowing.held and knowing.histories say it.
_DEEDS = """
SELECT w.person, {period} AS period, f.key, f.peer, f.at, f.value, f.unit
FROM recipients_activity f JOIN whose w ON w.entry = f.recipient_id
WHERE f.issuer_id = %(issuer)s AND f.confirmed_at IS NOT NULL AND f.withdrawn_at IS NULL AND f.at <= %(now)s AND {asked}"""
_HELD = """
SELECT w.person, {period} AS period, a.public_id AS key, c.created_at AS at
FROM recipients_achievementcredential c JOIN badges_achievement a ON a.id = c.achievement_id
JOIN whose w ON w.entry = c.recipient_id
WHERE c.issuer_id = %(issuer)s AND c.revoked_at IS NULL AND c.cancelled_at IS NULL AND c.declined_at IS NULL
  AND c.suspended_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > %(now)s) AND c.created_at <= %(now)s AND {asked}"""
_BELONGS = """
SELECT w.person, {period} AS period, g.key, m.joined_at AS at
FROM recipients_groupmember m JOIN recipients_group g ON g.id = m.group_id JOIN whose w ON w.entry = m.recipient_id
WHERE m.issuer_id = %(issuer)s AND g.archived_at IS NULL AND m.joined_at <= %(now)s AND {asked}"""

# What each type comes to, as badges.criteria.tallying says it. {f}: the facts that count.
_DIFFERENT = """
SELECT person, period, count(*)::numeric AS done, (array_agg(first ORDER BY first))[{goal}::int] AS since
FROM (SELECT person, period, min(at) AS first FROM ({f}) f GROUP BY person, period, {what}) d GROUP BY person, period"""
# Of one moment all count at once: RANGE, which is what a window has without a word.
_ONCE = "SELECT person, period, 1::numeric AS done, min(at) AS since FROM ({f}) f GROUP BY person, period"
_SUM = """
SELECT person, period, div(max(total) * 100, {per}) / 100 AS done, min(at) FILTER (WHERE total >= {goal} * {per}) AS since
FROM (SELECT person, period, at, sum({worth}) OVER (PARTITION BY person, period ORDER BY at) AS total FROM ({f}) f) t
GROUP BY person, period"""
_BEST = """
SELECT person, period, max(value) AS done, min(at) FILTER (WHERE value >= {goal}) AS since FROM ({f}) f
GROUP BY person, period"""
_FIRST = """
SELECT person, period, value AS done, CASE WHEN value >= {goal} THEN at END AS since
FROM (SELECT DISTINCT ON (person, period) person, period, value, at FROM ({f}) f
      ORDER BY person, period, at, value DESC) t"""
# One try a moment, the better one.
_TRIES = "SELECT person, period, at, max(value) AS value FROM ({f}) f GROUP BY person, period, at"
_LAST = """
SELECT person, period, (array_agg(value ORDER BY at DESC))[1] AS done,
  min(at) FILTER (WHERE short IS NULL OR at > short) AS since
FROM (SELECT person, period, at, value,
        max(at) FILTER (WHERE value < {goal}) OVER (PARTITION BY person, period) AS short FROM ({tries}) o) t
GROUP BY person, period""".replace("{tries}", _TRIES)
_IMPROVED = """
SELECT person, period, max(value - start) AS done, min(at) FILTER (WHERE value - start >= {goal}) AS since
FROM (SELECT person, period, at, value, first_value(value) OVER w AS start
      FROM ({tries}) o WINDOW w AS (PARTITION BY person, period ORDER BY at)) t
GROUP BY person, period""".replace("{tries}", _TRIES)
_SCORES = {Take.BEST: _BEST, Take.FIRST: _FIRST, Take.LAST: _LAST}
_MINUTES = "value * CASE unit" + "".join(f" WHEN '{unit}' THEN {worth}" for unit, worth in TIMES.items()) + " END"


class _Query:
    """Writes one rule as SQL. Whatever came from people or from the document is a parameter."""

    def __init__(self, issuer: Issuer, rule: Rule, now: datetime) -> None:
        self.rule, self.zone, self.zone_name = rule, ZoneInfo(issuer.time_zone), issuer.time_zone
        self.values: dict[str, Any] = {"issuer": issuer.pk, "now": now}
        self.conditions = list(rule.needs.conditions())

    def _put(self, value: object) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def text(self, *, only_met: bool) -> str:
        done = "" if only_met else "".join(f", coalesce(d{place}, 0)" for place in range(len(self.conditions)))
        met = self._met_at(self.rule.needs, iter(range(len(self.conditions))))
        when = _MICROSECONDS.format(met=met)
        text = f"WITH {_WHOSE} SELECT person, period, {when}{done} FROM {self._gathered()} AS gathered"  # noqa: S608
        return f"{text} WHERE {met} IS NOT NULL ORDER BY 1, 2" if only_met else f"{text} ORDER BY 1, 2"

    def _met_at(self, group: Group, places: Iterator[int]) -> str:
        """When the last one that was needed was met; NULL where too few are. `places` counts the conditions through."""
        moments = [self._met_at(one, places) if isinstance(one, Group) else f"s{next(places)}" for one in group.members]
        if group.needed == 1:
            return f"LEAST({', '.join(moments)})"
        if group.of is Of.ALL:
            return f"CASE WHEN num_nulls({', '.join(moments)}) = 0 THEN GREATEST({', '.join(moments)}) END"
        nth = f"ORDER BY moment OFFSET {group.needed - 1} LIMIT 1"
        return f"(SELECT moment FROM unnest(ARRAY[{', '.join(moments)}]) AS moment {nth})"  # noqa: S608

    def _gathered(self) -> str:
        """One row a person and period. What simply stands counts in every period in which something was done."""
        places = {place: one.dated or self.rule.every is None for place, one in enumerate(self.conditions)}
        done = self._side([place for place, dated in places.items() if dated], "person, period")
        stands = [place for place, dated in places.items() if not dated]
        return f"({done} AS o LEFT JOIN {self._side(stands, 'person')} AS n USING (person))" if stands else done

    def _side(self, places: Sequence[int], by: str) -> str:
        if len(places) == 1:  # there is nothing to bring together
            (place,) = places
            return f"(SELECT {by}, done AS d{place}, since AS s{place} FROM ({self._counted(place)}) AS told)"  # noqa: S608
        rows = " UNION ALL ".join(f"SELECT {place} AS place, * FROM ({self._counted(place)}) AS c" for place in places)  # noqa: S608
        columns = ", ".join(
            f"max(done) FILTER (WHERE place = {place}) AS d{place}, max(since) FILTER (WHERE place = {place}) AS s{place}"
            for place in places
        )
        return f"(SELECT {by}, {columns} FROM ({rows}) AS told GROUP BY {by})"  # noqa: S608

    def _counted(self, place: int) -> str:
        """(person, period, done, since) of one condition; never more than its goal is done, and never less than nothing."""
        condition = self.conditions[place]
        goal = self._put(condition.goal)
        per = TIMES.get(condition.unit, 1)
        worth = _MINUTES if condition.unit in TIMES else "value"
        what = "peer" if condition.type is Type.PEERS else "key"
        shape = {Type.SUM: _SUM, Type.SCORE: _SCORES[condition.take], Type.IMPROVED: _IMPROVED}
        text = shape.get(condition.type, _ONCE if condition.goal == 1 else _DIFFERENT).format(
            f=self._facts(condition), goal=goal, per=per, worth=worth, what=what
        )
        return f"SELECT person, period, LEAST(GREATEST(done, 0), {goal}) AS done, since FROM ({text}) AS t"  # noqa: S608

    def _facts(self, condition: Condition) -> str:
        if condition.type is Type.HOLDS:
            day = f"(c.created_at AT TIME ZONE {self._put(self.zone_name)})::date"
            asked = [f"a.public_id = ANY({self._put(list(condition.keys))})", *self._in_days(day, condition.window)]
            return _HELD.format(period=self._period(None), asked=" AND ".join(asked))
        if condition.type is Type.MEMBER:
            return _BELONGS.format(period=self._period(None), asked=f"g.key = {self._put(condition.keys[0])}")
        asked = [*self._asked(condition), *self._in_days("f.day", condition.window)]
        if condition.clock and condition.window.end:
            ends = self._put(last_moment(condition.window.end, condition.clock, self.zone))
            asked.append(f"(f.day < {self._put(condition.window.end)} OR f.at <= {ends})")
        period = self._period("f.day")
        return _DEEDS.format(period=period, asked=" AND ".join([*asked, f"({period}) IS NOT NULL"]))

    def _asked(self, condition: Condition) -> Iterator[str]:
        """As Condition.concerns says it."""
        yield f"f.kind = {self._put(condition.kind)}" if condition.kind else f"f.kind <> ALL({self._put(list(STATES))})"
        if condition.keys:
            yield f"f.key = ANY({self._put(list(condition.keys))})"
        if condition.tags:
            yield f"f.tags @> {self._put(list(condition.tags))}::varchar[]"
        if condition.type is Type.PEERS:
            yield "f.peer <> ''"
        if condition.type is Type.SUM:
            yield "f.value > 0"
            yield f"f.unit = ANY({self._put(list(TIMES) if condition.unit in TIMES else [condition.unit])})"
        if condition.type in {Type.SCORE, Type.IMPROVED}:
            yield "f.value IS NOT NULL"
            if condition.unit:
                yield f"f.unit = {self._put(condition.unit)}"

    def _in_days(self, day: str, window: Window) -> Iterator[str]:
        if window.start:
            yield f"{day} >= {self._put(window.start)}"
        if window.end:
            yield f"{day} <= {self._put(window.end)}"

    def _period(self, day: str | None) -> str:
        """The key of the period of a day (badges.criteria.periods); of what simply stands only where there is but one."""
        if self.rule.every is None:
            return f"'{EVER.key}'"
        if day is None:
            return "NULL::text"
        if self.rule.every is not Every.TERM:
            form = {Every.WEEK: "'week/' || to_char({}::timestamp, 'IYYY-\"W\"IW')"}
            return form.get(self.rule.every, "'month/' || to_char({}::timestamp, 'YYYY-MM')").format(day)
        cases = [
            f"WHEN {' AND '.join(self._in_days(day, term.window)) or 'true'} THEN {self._put(term.key)}"
            for term in terms(self.rule)
        ]
        return f"CASE {' '.join(cases)} END"
