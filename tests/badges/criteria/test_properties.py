"""What holds for every rule and every history. Rules and facts are drawn from one small world, so that they meet often."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from badges.criteria import rules
from badges.criteria.evaluating import Together, evaluate, every_period
from badges.criteria.facts import HELD, MEMBER, History
from badges.criteria.periods import last_moment, named
from badges.criteria.rules import TIMES, Group, Take, Type
from badges.criteria.soundness import check
from badges.wording.sentences import condition_sentence, sentence
from badges.wording.verdicts import next_step, overall, why
from tests.badges.criteria.making import CONDITIONS, FACTS, HISTORIES, MONOTONE, NOW, ZONES, document, documents

ZONE = st.sampled_from(ZONES)
NOWS = st.sampled_from([NOW, NOW - timedelta(days=45), NOW - timedelta(days=90)])
some = settings(deadline=None, max_examples=40)


def sound(said):
    assume(not check(said))
    return rules.read(said)


def judged(rule, facts, zone, now):
    """As it stands now, and in every period."""
    history = History.of(facts, zone=zone, now=now)
    return [evaluate(rule, history), *every_period(rule, history)]


@some
@given(documents(), HISTORIES, FACTS, ZONE, NOWS)
def test_irrelevant_fact_changes_nothing(said, facts, more, zone, now):
    rule = sound(said)
    assume(not rule.concerns(more))

    assert judged(rule, [*facts, more], zone, now) == judged(rule, facts, zone, now)


@some
@given(documents(), HISTORIES, ZONE, NOWS, st.data())
def test_order_of_facts_and_sending_them_twice_never_matter(said, facts, zone, now, data):
    rule = sound(said)
    shuffled = data.draw(st.permutations(facts + facts[:3]))

    assert judged(rule, shuffled, zone, now) == judged(rule, facts, zone, now)


def each(verdict):
    """The whole, its groups and its conditions."""
    waiting = [verdict.whole]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += found.members if isinstance(found, Together) else []


@some
@given(documents(), HISTORIES, ZONE, NOWS)
def test_progress_never_exceeds_the_goal_and_reaches_it_when_met(said, facts, zone, now):
    for verdict in judged(sound(said), facts, zone, now):
        for found in each(verdict):
            assert 0 <= found.done <= found.goal
            assert 0 <= found.share <= 1
            assert found.met is (found.done == found.goal) is (found.share == 1) is (found.met_at is not None)
            assert found.met <= found.open
        done, goal = verdict.progress
        assert verdict.met is (done == goal)


def needed_are_met(group, members):
    met = [
        needed_are_met(one, found.members) if isinstance(one, Group) else found.met
        for one, found in zip(group.members, members, strict=True)
    ]
    return {"all": all(met), "any": any(met), "at_least": sum(met) >= group.n}[group.of]


@some
@given(documents(), HISTORIES, ZONE, NOWS)
def test_met_means_that_every_needed_condition_is_met(said, facts, zone, now):
    rule = sound(said)

    for verdict in judged(rule, facts, zone, now):
        assert verdict.met is needed_are_met(rule.needs, verdict.whole.members)
        moments = {found.met_at for found in verdict.whole.findings()}
        assert verdict.met_at in moments if verdict.met else verdict.met_at is None


@some
@given(documents(MONOTONE), HISTORIES, FACTS, ZONE, NOWS)
def test_another_fact_never_lowers_what_only_grows(said, facts, more, zone, now):
    rule = sound(said)

    before = {verdict.award_key: verdict for verdict in judged(rule, facts, zone, now)}
    after = {verdict.award_key: verdict for verdict in judged(rule, [*facts, more], zone, now)}

    assert before.keys() <= after.keys()
    for key, verdict in before.items():
        assert after[key].share >= verdict.share
        assert not verdict.met or after[key].met_at <= verdict.met_at
        pairs = zip(each(verdict), each(after[key]), strict=True)
        assert all(now_found.done >= found.done for found, now_found in pairs)


@some
@given(documents(), HISTORIES, ZONE, NOWS)
def test_every_sound_rule_has_a_sentence_and_every_verdict_its_words(said, facts, zone, now):
    rule = sound(said)

    assert sentence(rule)[:1].isupper()
    assert "%(" not in sentence(rule)
    for verdict in judged(rule, facts, zone, now):
        assert overall(verdict)
        assert bool(next_step(verdict)) is (verdict.open and not verdict.met)
        words = [
            text for found in verdict.whole.findings() for text in (why(found), condition_sentence(found.condition))
        ]
        assert all(words)
        assert "%(" not in "".join([*words, next_step(verdict), overall(verdict)])


@some
@given(documents(), HISTORIES, ZONE)
def test_periods_give_different_keys_that_fit_the_column(said, facts, zone):
    rule = sound(said)
    verdicts = every_period(rule, History.of(facts, zone=zone, now=NOW))
    keys = [verdict.award_key for verdict in verdicts]

    assert len(set(keys)) == len(keys)
    assert all(len(key) <= 80 for key in keys)
    assert rule.every or keys == ["once"]
    assert [named(rule, key) for key in keys] == [verdict.period for verdict in verdicts]


# ---- a second evaluation, written down plainly: what each condition means


def plainly(condition, facts, zone, now):
    """How much there is of one condition, straight from its meaning, and slowly."""

    def in_days(fact):
        day = fact.at.astimezone(zone).date()
        last = condition.window.end
        if condition.clock and day == last:
            return fact.at <= last_moment(day, condition.clock, zone)
        return (not condition.window.start or day >= condition.window.start) and (not last or day <= last)

    counting = [fact for fact in set(facts) if fact.at <= now and in_days(fact)]
    if condition.type in {Type.HOLDS, Type.MEMBER}:
        kind = HELD if condition.type is Type.HOLDS else MEMBER
        return len({fact.key for fact in counting if fact.kind == kind} & set(condition.keys))
    counting = [
        fact
        for fact in counting
        if fact.kind not in {HELD, MEMBER} and condition.kind in {"", fact.kind} and set(condition.tags) <= fact.tags
    ]
    if condition.type is Type.PEERS:
        return len({fact.peer for fact in counting} - {""})
    if condition.type is Type.COUNT:
        return len({fact.key for fact in counting})
    if condition.type is Type.SUM:
        timed = [fact for fact in counting if fact.unit in TIMES and fact.value and fact.value > 0]
        return sum(fact.value * TIMES[fact.unit] for fact in timed) / Decimal(TIMES[condition.unit])
    counting = [fact for fact in counting if fact.key in condition.keys]
    if condition.type in {Type.SET, Type.DEADLINE}:
        return len({fact.key for fact in counting})
    tries = sorted(
        (fact.at, fact.value) for fact in counting if fact.value is not None and condition.unit in {"", fact.unit}
    )
    if not tries:
        return 0
    at_first = max(value for moment, value in tries if moment == tries[0][0])
    if condition.type is Type.IMPROVED:
        return max((value - at_first for moment, value in tries if moment > tries[0][0]), default=0)
    if condition.take is Take.FIRST:
        return at_first
    return max(value for moment, value in tries if condition.take is Take.BEST or moment == tries[-1][0])


@settings(deadline=None, max_examples=100)
@given(CONDITIONS, HISTORIES, ZONE, NOWS)
def test_condition_comes_to_what_its_meaning_says(said, facts, zone, now):
    rule = sound(document(said))
    [condition] = rule.needs.conditions()

    found = evaluate(rule, History.of(facts, zone=zone, now=now)).whole.findings()[0]

    there_is = plainly(condition, facts, zone, now)
    assert found.met is (there_is >= condition.goal)
    assert 0 <= min(max(there_is, 0), condition.goal) - found.done < Decimal("0.01")
