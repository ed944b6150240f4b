"""Stage: a dry run. Where everybody stands in a rule that need not be on, kept until the next run, and what has changed since.

Large institutions wait for a worker: the run is a row, and the row is the queue.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from badges import ruling
from badges.criteria import rules
from badges.criteria.drafting import Json
from badges.criteria.estimating import estimate
from badges.criteria.evaluating import Verdict, evaluate, every_period
from badges.criteria.facts import History
from badges.criteria.periods import current
from badges.criteria.rules import Rule as Read
from badges.models import Achievement, Rule
from issuers import clock
from issuers.models import User
from issuers.tenancy import across_issuers, scope
from issuers.waking import wake
from recipients import everybody, knowing, leasing
from recipients.everybody import Standing
from recipients.models import DryRun, DryRunOutcome, Earning, Recipient
from recipients.models.dry_run import Outcome

# An institution of up to so many people is answered at once; the page of a larger one polls.
AT_ONCE = 500
BATCH = 500
# As far as this, a person is nearly there.
NEAR = 0.5
WHOLE = 1000
WORK = "recipients.tasks.rehearse"


@dataclass(frozen=True)
class Stands:
    """Where one person stands, and how far along, in thousandths."""

    recipient: int
    outcome: str
    share: int


def answered(achievement: Achievement, whose: dict[int, int]) -> dict[int, set[str]]:
    """Person → keys under which a rule has nothing to give them."""
    found: dict[int, set[str]] = defaultdict(set)
    for credential in knowing.awarded(achievement.issuer, [achievement.pk], whose):
        found[whose[credential.recipient_id]] |= credential.answered
    return found


def refused(achievement: Achievement, whose: dict[int, int]) -> dict[int, set[str]]:
    """Person → keys under which staff have refused it."""
    found: dict[int, set[str]] = defaultdict(set)
    earnings = Earning.objects.filter(achievement=achievement, recipient__in=whose, refused_at__isnull=False)
    for row, key in earnings.values_list("recipient_id", "award_key"):
        found[whose[row]].add(key)
    return found


def fresh(verdicts: Iterable[Verdict], had: Collection[str]) -> list[Verdict]:
    """Those that would become an award now."""
    return [verdict for verdict in verdicts if verdict.met and verdict.award_key not in had]


def verdict_of(read: Read, history: History, had: Collection[str] = ()) -> Verdict:
    """The one to show of a person: what they would get now, else where they stand in the period of today."""
    return next(iter(fresh(every_period(read, history), had)), None) or evaluate(read, history)


def stands(rule: Rule, document: Json, *, now: datetime | None = None) -> Iterator[Stands]:
    """Everybody of the institution, in the order of their rows. Inside its scope."""
    issuer, read, now = rule.issuer, rules.read(document), now or clock.now()
    whose = knowing.everyone(issuer)
    had, no = answered(rule.achievement, whose), refused(rule.achievement, whose)
    told: dict[int, list[Standing]] = defaultdict(list)
    for standing in everybody.standings(issuer, read, now=now):
        told[standing.recipient].append(standing)
    look = _Look(read, now, ZoneInfo(issuer.time_zone))
    for person in sorted(set(whose.values())):
        yield look.at(person, told.get(person, []), had.get(person, set()), no.get(person, set()))


class _Look:
    """One rule at one moment."""

    def __init__(self, read: Read, now: datetime, zone: ZoneInfo) -> None:
        self.read, self.now, self.zone = read, now, zone
        self.period = current(read, now.astimezone(zone).date())

    def at(self, person: int, standings: list[Standing], had: Collection[str], no: Collection[str]) -> Stands:
        if any(one.met and one.period not in had and one.period not in no for one in standings):
            return Stands(person, Outcome.EARNS, WHOLE)
        if self.period.key in had or self.period.key in no:
            return Stands(person, Outcome.HAS if self.period.key in had else Outcome.CLOSED, WHOLE)
        done = next((one.done for one in standings if one.period == self.period.key), ())
        found = estimate(self.read, done, self.period, now=self.now, zone=self.zone)
        share = int(found.share * WHOLE)
        if not found.open:
            return Stands(person, Outcome.CLOSED, share)
        return Stands(person, Outcome.NEAR if found.share >= NEAR else Outcome.FAR, share)


def expected(rule: Rule) -> int:
    """How many people would get it if it were switched on now. A page asks it: only who has met it is looked at."""
    assert rule.draft is not None
    whose = knowing.everyone(rule.issuer)
    had, no = answered(rule.achievement, whose), refused(rule.achievement, whose)
    met = everybody.standings(rule.issuer, rules.read(rule.draft), only_met=True)
    return len({one.recipient for one in met if one.period not in {*had[one.recipient], *no[one.recipient]}})


def last(rule: Rule) -> DryRun | None:
    """The newest run, finished or not."""
    return DryRun.objects.filter(rule=rule).order_by("-id").first()


@transaction.atomic
def start(rule: Rule, by: User) -> DryRun:
    """Run the draft, in which there is no fault. Pressed twice while one runs, it is that one."""
    assert rule.draft is not None
    before = DryRun.objects.filter(rule=rule).finished().first()
    run, new = DryRun.objects.get_or_create(
        rule=rule,
        finished_at=None,
        failed_at=None,
        defaults={
            "issuer": rule.issuer,
            "document": rule.draft,
            "digest": ruling.digest(rule.draft),
            "made_by": by,
            "before_at": before.made_at if before else None,
            "before_digest": before.digest if before else "",
        },
    )
    if new and Recipient.objects.filter(issuer=rule.issuer, erased_at__isnull=True).count() <= AT_ONCE:
        _make(run)
        run.refresh_from_db()
    elif new:
        wake(WORK)
    return run


def _make(run: DryRun) -> None:
    """All of a run. Each batch is a transaction of its own where a worker makes it, so that its page sees it grow."""
    with scope(run.issuer_id):
        rule = Rule.objects.select_related("issuer", "achievement").get(pk=run.rule_id)
        DryRunOutcome.objects.filter(dry_run=run).delete()
        found = list(stands(rule, run.document))
        before = _before(run)
        DryRun.objects.filter(pk=run.pk).update(total=len(found), done=0)
    for some in (found[start : start + BATCH] for start in range(0, len(found), BATCH)):
        with scope(run.issuer_id):
            _write(run, some, before)
    with scope(run.issuer_id):
        _finish(run, found, before)


def _before(run: DryRun) -> dict[int, str]:
    """Where everybody stood in the run before."""
    rows = DryRunOutcome.objects.filter(dry_run__rule=run.rule_id).exclude(dry_run=run)
    return dict(rows.values_list("recipient_id", "outcome"))


def _write(run: DryRun, some: list[Stands], before: dict[int, str]) -> None:
    DryRunOutcome.objects.bulk_create(
        DryRunOutcome(
            issuer_id=run.issuer_id,
            dry_run=run,
            recipient_id=one.recipient,
            outcome=one.outcome,
            share=one.share,
            before=before.get(one.recipient, ""),
        )
        for one in some
    )
    DryRun.objects.filter(pk=run.pk).update(done=F("done") + len(some))


def _finish(run: DryRun, found: list[Stands], before: dict[int, str]) -> None:
    """Count, compare, and let the run before go."""
    earned = {one.recipient for one in found if one.outcome == Outcome.EARNS}
    had = {one.recipient for one in found if one.outcome == Outcome.HAS}
    earned_before = {recipient for recipient, outcome in before.items() if outcome == Outcome.EARNS}
    DryRun.objects.filter(pk=run.pk).update(
        counts=dict(Counter(one.outcome for one in found)),
        more=len(earned - earned_before) if run.before_at else 0,
        fewer=len(earned_before - earned - had),
        changed=sum(before.get(one.recipient, "") != one.outcome for one in found) if run.before_at else 0,
        finished_at=clock.now(),
        lease_until=None,
    )
    DryRun.objects.filter(rule=run.rule_id).exclude(pk=run.pk).delete()


def make_next() -> bool:
    """A worker's part: the oldest run that waits. False when none does."""
    with across_issuers("workers make the dry runs of every issuer"):
        # What took its worker down every time is said on its page.
        run = leasing.take_oldest(DryRun.objects.unfinished(), failed_at=clock.now())
    if run is None:
        return False
    _make(run)
    return True
