"""What a fact counts for, in the rules' own words, and what it has earned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from badges.criteria import evaluating, rules
from badges.criteria.facts import History
from badges.models import Achievement, Opportunity, Rule
from badges.wording import sentences, verdicts
from badges.wording.names import Names, in_quotes
from issuers import clock, media
from issuers.models import Issuer
from recipients import knowing
from recipients.emails import masked
from recipients.models import AchievementCredential, Activity, Earning


@dataclass(frozen=True)
class Line:
    """One rule that looks at the fact: what it asks, how far the person is, and what came of it."""

    achievement: Achievement
    sentence: str
    progress: str
    done: float
    goal: float
    step: str
    met: bool
    held: bool  # somebody has to approve it first
    credential: AchievementCredential | None
    fresh: bool  # since this fact
    sent_to: str  # as much of the address as whoever is here has shown to be theirs

    @property
    def badge_url(self) -> str:
        return media.url(self.credential.version.badge_picture) if self.credential else ""


@dataclass(frozen=True)
class _Person:
    """Whoever did it: what is known of them, and what they were given."""

    fact: Activity
    history: History
    names: Names
    held: dict[int, AchievementCredential]
    waiting: frozenset[int]


def _looking(issuer: Issuer, fact: Activity) -> list[tuple[Rule, rules.Rule]]:
    """Rules that run, and that such a fact can change."""
    kinds = Q(version__kinds__contains=[fact.kind]) | Q(version__kinds__contains=[""])
    running = Rule.objects.on().filter(kinds, issuer=issuer).select_related("version", "achievement").order_by("id")
    read = [(rule, rules.read(rule.version.document)) for rule in running if rule.version]
    told = fact.fact()
    return [(rule, asked) for rule, asked in read if asked.concerns(told) and not rule.over_on(fact.day)]


def lines(issuer: Issuer, fact: Activity) -> list[Line]:
    """One for each rule: what was just earned first, then what is nearest."""
    looking = _looking(issuer, fact)
    if not looking:
        return []
    whose = list(knowing.same_people(issuer, [fact.recipient]))
    achievements = [rule.achievement_id for rule, _asked in looking]
    waiting = Earning.objects.open().filter(recipient__in=whose, achievement__in=achievements)
    person = _Person(
        fact,
        knowing.histories(issuer, [fact.recipient])[fact.recipient_id],
        knowing.names_asked([(issuer.pk, asked) for _rule, asked in looking], mark=in_quotes)[issuer.pk],
        _held(whose, achievements),
        frozenset(waiting.values_list("achievement_id", flat=True)),
    )
    made = [_line(rule, asked, person) for rule, asked in looking]
    return sorted(made, key=lambda line: (not (line.fresh and line.credential), not line.met, -line.done / line.goal))


def _held(whose: Iterable[int], achievements: Iterable[int]) -> dict[int, AchievementCredential]:
    """The newest of each, as it stands. Until its mails may leave, nobody but staff knows of it."""
    known = AchievementCredential.objects.live().filter(award__release_at__lte=clock.now())
    found = known.filter(recipient__in=whose, achievement__in=achievements)
    return {row.achievement_id: row for row in found.select_related("version", "recipient", "issuer").order_by("id")}


def _line(rule: Rule, asked: rules.Rule, person: _Person) -> Line:
    verdict = evaluating.evaluate(asked, person.history)
    done, goal = verdict.progress
    credential = person.held.get(rule.achievement_id)
    to = credential.recipient if credential else person.fact.recipient
    return Line(
        achievement=rule.achievement,
        sentence=sentences.sentence(asked, person.names),
        progress=verdicts.overall(verdict),
        done=float(done),
        goal=float(goal),
        step=verdicts.next_step(verdict, person.names),
        met=verdict.met,
        held=rule.approval != Rule.Approval.NONE and rule.achievement_id in person.waiting,
        credential=credential,
        fresh=credential is not None and credential.created_at >= person.fact.recorded_at,
        sent_to=to.address if to.pk == person.fact.recipient_id else masked(to.address),
    )


def standing_of(fact: Activity, found: Iterable[Line]) -> dict[str, Any]:
    """Whether something is still on its way: the page asks again while it is."""
    rows = list(found)
    making = [row for row in rows if row.met and not row.credential and not row.held]
    leaving = [row for row in rows if row.credential and row.fresh and not _left(row.credential)]
    return {"looked": fact.evaluated_at is not None, "making": bool(making), "leaving": bool(leaving)}


def _left(credential: AchievementCredential) -> bool:
    """Its mail has gone, or needs to go no more."""
    return any([credential.offered_at, credential.claimed_at, credential.declined_at, credential.failed_at])


def title_of(fact: Activity) -> str:
    """How people call what the fact is about."""
    found = Opportunity.objects.filter(issuer=fact.issuer_id, kind=fact.kind, key=fact.key).first()
    return found.title if found else fact.key
