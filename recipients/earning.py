"""Stage: what was earned waits for what holds it (an approval, a pause, an end, a number), and is handed on to be awarded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Min, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from badges.models import Achievement, AchievementVersion, Rule, RuleVersion
from issuers import clock
from issuers.cleaning import Address
from issuers.models import AuditEvent, Issuer, User
from issuers.tenancy import across_issuers
from issuers.waking import wake
from recipients import knowing
from recipients.importing import Person
from recipients.models import AchievementCredential, Award, Earning, Recipient
from recipients.models.earning import EarningQuerySet

AWARD = "recipients.tasks.award"
AT_ONCE = 500


class Hold(models.TextChoices):
    """Why something that was earned is not awarded."""

    CLOSED = "closed", _("The institution is closed.")
    NOT_APPROVED = "not_approved", _("The institution is not approved yet.")
    ARCHIVED = "archived", _("The achievement is archived.")
    NOT_PUBLISHED = "not_published", _("The achievement is not published.")
    OFF = "off", _("The rule is switched off.")
    PAUSED = "paused", _("The rule is paused.")
    LOOKING = "looking", _("The rule is looking at everybody.")
    ENDED = "ended", _("It was earned after the last day of the rule.")
    APPROVAL = "approval", _("It waits for approval.")
    SECOND = "second", _("It waits for the approval of a second person.")
    FULL = "full", _("The rule has awarded as many as it may.")


@dataclass(frozen=True)
class Due:
    """One batch that nothing holds: for `issuing.intend`, and for `settle` afterwards. Each person stands in it once."""

    issuer: Issuer
    version: AchievementVersion
    rule_version: RuleVersion
    undo_minutes: int
    people: tuple[Person, ...]
    award_keys: Mapping[str, str]
    earnings: tuple[int, ...]

    @property
    def request_key(self) -> str:
        """The same earnings again are the same award."""
        return "earned/" + hashlib.sha256(repr(sorted(self.earnings)).encode()).hexdigest()[:56]


# ---- to be awarded


def ready() -> list[tuple[int, int]]:
    """(rule, institution) of rules for which something was earned that may be awarded."""
    with across_issuers("workers award what was earned at every institution"):
        rules = Rule.objects.on().filter(
            all_due_at__isnull=True, issuer__approved_at__isnull=False, issuer__closed_at__isnull=True
        )
        found = _approved(Earning.objects.open()).filter(rule_version__rule__in=rules)
        return sorted(set(found.values_list("rule_version__rule", "issuer")))


def _approved(earnings: EarningQuerySet) -> EarningQuerySet:
    """As the rule wants it now."""
    approval = "rule_version__rule__approval"
    return earnings.filter(
        Q(**{approval: Rule.Approval.NONE})
        | Q(**{approval: Rule.Approval.ONE}, approved_at__isnull=False)
        | Q(**{approval: Rule.Approval.TWO}, seconded_at__isnull=False)
    )


def _of(rule: Rule) -> EarningQuerySet:
    """Open ones, and nobody's who was erased."""
    return Earning.objects.open().filter(
        issuer=rule.issuer_id, rule_version__rule=rule, recipient__erased_at__isnull=True
    )


def _end(rule: Rule) -> datetime | None:
    """The moment after the rule's last day where the institution is."""
    if rule.ends_on is None:
        return None
    return datetime.combine(rule.ends_on + timedelta(days=1), time(), ZoneInfo(rule.issuer.time_zone))


def _in_time(rule: Rule, earnings: EarningQuerySet) -> EarningQuerySet:
    end = _end(rule)
    return earnings.filter(met_at__lt=end) if end else earnings


def _stopped(rule: Rule) -> Hold | None:
    """What holds everything of a rule."""
    issuer, achievement = rule.issuer, rule.achievement
    holds = {
        Hold.CLOSED: issuer.closed_at is not None,
        Hold.NOT_APPROVED: issuer.approved_at is None,
        Hold.ARCHIVED: achievement.archived_at is not None,
        Hold.NOT_PUBLISHED: achievement.latest is None,
        Hold.OFF: rule.switched_on_at is None,
        Hold.PAUSED: rule.paused_at is not None,
        Hold.LOOKING: rule.all_due_at is not None,
    }
    return next((hold for hold, so in holds.items() if so), None)


def take(rule: int) -> Due | None:
    """In the transaction that awards it: the next batch of a rule, or None. Whoever else would count its cap waits meanwhile."""
    locked = Rule.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(pk=rule)
    found = locked.select_related("issuer", "achievement").first()
    version = found.achievement.latest if found else None
    if found is None or version is None or _stopped(found):
        return None
    open_ones = _within_cap(found, _in_time(found, _approved(_of(found)))).select_related("recipient", "rule_version")
    some = list(open_ones.order_by("met_at", "pk").select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    some = _one_each(found.issuer, some)
    return (
        _due(found, version, [one for one in some if one.rule_version_id == some[0].rule_version_id]) if some else None
    )


def _one_each(issuer: Issuer, earnings: Iterable[Earning]) -> list[Earning]:
    """The first of each person: a batch has nobody twice, and another address of theirs finds that they have it."""
    earnings = list(earnings)
    whose = knowing.persons(issuer, {one.recipient_id for one in earnings})
    first: dict[int, Earning] = {}
    for one in earnings:
        if person := whose.get(one.recipient_id):
            first.setdefault(person, one)
    return list(first.values())


def _awarded(rule: Rule) -> set[int]:
    """Rows of people whom the rule has awarded, also where an application asked it; what was undone gives its place back."""
    given = AchievementCredential.objects.filter(award__rule_version__rule=rule, cancelled_at__isnull=True)
    return set(given.values_list("recipient_id", flat=True))


def full(rule: Rule) -> bool:
    """Whether the rule has awarded as many people as it may."""
    return rule.cap is not None and len(_awarded(rule)) >= rule.cap


def _within_cap(rule: Rule, earnings: EarningQuerySet) -> EarningQuerySet:
    """Those who have a place already, and whoever came first to what is left: nobody for whom there is none stands in their way."""
    if rule.cap is None:
        return earnings
    has = _awarded(rule)
    newcomers = earnings.exclude(recipient__in=has).values("recipient")
    first = newcomers.annotate(first=Min("met_at"), own=Min("pk")).order_by("first", "own")
    places = max(rule.cap - len(has), 0)
    return earnings.filter(recipient__in=has | {row["recipient"] for row in first[:places]})


def _due(rule: Rule, version: AchievementVersion, earnings: list[Earning]) -> Due:
    zone = ZoneInfo(rule.issuer.time_zone)
    people = tuple(_person(one.recipient, one.met_at.astimezone(zone)) for one in earnings)
    return Due(
        issuer=rule.issuer,
        version=version,
        rule_version=earnings[0].rule_version,
        undo_minutes=rule.undo_minutes,
        people=people,
        award_keys={one.recipient.address_key: one.award_key for one in earnings},
        earnings=tuple(one.pk for one in earnings),
    )


def _person(recipient: Recipient, met_at: datetime) -> Person:
    """As the institution knows them; awarded on the day on which they met it."""
    address = Address(recipient.address, recipient.address, recipient.address_key)
    return Person(
        line=0, name=recipient.name, address=address, student_id=recipient.student_id, issued_on=met_at.date()
    )


def settle(due: Due, award: Award | None) -> int:
    """In the same transaction: what was awarded points at its credential; who had it already is done without one."""
    credential = AchievementCredential.objects.filter(
        award=award, recipient=OuterRef("recipient"), award_key=OuterRef("award_key")
    )
    given = {"credential": Subquery(credential.values("pk")[:1])} if award else {}
    return Earning.objects.open().filter(pk__in=due.earnings).update(settled_at=clock.now(), **given)


def held(rule: Rule) -> dict[Hold, int]:
    """How many wait, by what holds them; what is about to be awarded is not among them."""
    waiting = _of(rule)
    if stopped := _stopped(rule):
        return {stopped: count} if (count := waiting.count()) else {}
    in_time = _in_time(rule, waiting)
    found = {Hold.ENDED: waiting.count() - in_time.count()}
    if rule.approval != Rule.Approval.NONE:
        found[Hold.APPROVAL] = in_time.filter(approved_at__isnull=True).count()
    if rule.approval == Rule.Approval.TWO:
        found[Hold.SECOND] = in_time.filter(approved_at__isnull=False, seconded_at__isnull=True).count()
    if rule.cap is not None:
        has = _awarded(rule)
        newcomers = set(_approved(in_time).values_list("recipient_id", flat=True)) - has
        found[Hold.FULL] = max(len(newcomers) - max(rule.cap - len(has), 0), 0)
    return {hold: count for hold, count in found.items() if count}


# ---- what staff decide


@transaction.atomic
def approve(issuer: Issuer, earnings: Iterable[int], by: User) -> int:
    """What was earned may be awarded, or may once somebody else says so too; how many. Nobody approves what they earned."""
    asked = Rule.objects.filter(issuer=issuer).exclude(approval=Rule.Approval.NONE)
    waiting = _chosen(issuer, earnings).open().filter(approved_at__isnull=True, rule_version__rule__in=asked)
    waiting = waiting.exclude(recipient__in=Recipient.objects.filter(issuer=issuer).being(by))
    return _decide(issuer, waiting, by, "earning.approved", approved_at=clock.now(), approved_by=by)


@transaction.atomic
def second(issuer: Issuer, earnings: Iterable[int], by: User) -> int:
    """Somebody else says so too; how many of them."""
    asked = Rule.objects.filter(issuer=issuer, approval=Rule.Approval.TWO)
    waiting = _chosen(issuer, earnings).open().filter(approved_at__isnull=False, seconded_at__isnull=True)
    others = waiting.filter(rule_version__rule__in=asked).exclude(approved_by=by)
    others = others.exclude(recipient__in=Recipient.objects.filter(issuer=issuer).being(by))
    return _decide(issuer, others, by, "earning.seconded", seconded_at=clock.now(), seconded_by=by)


@transaction.atomic
def refuse(issuer: Issuer, earnings: Iterable[int], by: User, reason: str) -> int:
    """It is not awarded, whatever else they do for it under this key; how many."""
    now = clock.now()
    values = {"refused_at": now, "refused_by": by, "refusal": reason[:300], "settled_at": now}
    return _decide(issuer, _chosen(issuer, earnings).open(), by, "earning.refused", **values)


@transaction.atomic
def take_back_refusal(issuer: Issuer, earnings: Iterable[int], by: User) -> int:
    """It waits again, as if nobody had looked; the rule looks whether it is still met. How many."""
    refused = _chosen(issuer, earnings).filter(refused_at__isnull=False)
    rules = list(refused.values_list("rule_version__rule", flat=True))
    cleared = ("refused_at", "refused_by", "settled_at", "approved_at", "approved_by", "seconded_at", "seconded_by")
    values = dict.fromkeys(cleared) | {"refusal": ""}
    done = _decide(issuer, refused, by, "earning.refusal_taken_back", **values)
    Rule.objects.filter(issuer=issuer, pk__in=rules, switched_on_at__isnull=False).update(all_due_at=clock.now())
    wake("recipients.tasks.evaluate")
    return done


def doubts(issuer: Issuer) -> EarningQuerySet:
    """Credentials that rules awarded and would not award now, and of which nobody has decided yet."""
    live = AchievementCredential.objects.live().filter(issuer=issuer)
    return Earning.objects.doubted().filter(issuer=issuer, credential__in=live)


@transaction.atomic
def keep_doubted(issuer: Issuer, earnings: Iterable[int], by: User) -> int:
    """They keep what they have; how many. Taking it from them is recipients.correcting.revoke."""
    doubted = doubts(issuer).filter(pk__in=list(earnings))
    return _decide(issuer, doubted, by, "earning.kept", doubt_settled_at=clock.now(), doubt_settled_by=by)


def _chosen(issuer: Issuer, earnings: Iterable[int]) -> EarningQuerySet:
    return Earning.objects.filter(issuer=issuer, pk__in=list(earnings))


def _decide(issuer: Issuer, chosen: EarningQuerySet, by: User, action: str, **values: object) -> int:
    """One line in the trail for each achievement; what may be awarded now is."""
    done = 0
    for achievement in Achievement.objects.filter(issuer=issuer, pk__in=chosen.values("achievement")):
        changed = chosen.filter(achievement=achievement).update(**values)
        if changed:
            AuditEvent.objects.record(issuer, by, action, achievement, people=changed)
        done += changed
    if done:
        wake(AWARD)
    return done
