"""What one person can earn at the institutions that know them, how far they are, and what comes next: in the rule's own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from badges.criteria import rules
from badges.criteria.evaluating import Verdict, evaluate
from badges.models import Achievement, AchievementVersion, Opportunity, Rule
from badges.wording import sentences, verdicts
from badges.wording.names import Names, in_quotes
from issuers import media
from issuers.models import Issuer
from recipients import knowing
from recipients.models import Earning
from recipients.oneself import Held, Oneself


class State(StrEnum):
    """Where one achievement stands for one person."""

    EARNED = "earned"
    WAITING = "waiting"  # everything is done; it is not awarded yet
    OPEN = "open"
    OVER = "over"  # nothing that can still be done would earn it
    STAFF = "staff"  # no rule: staff award it


# What can be worked on comes first.
_RANK = {State.OPEN: 0, State.WAITING: 1, State.STAFF: 2, State.EARNED: 3, State.OVER: 4}


@dataclass(frozen=True)
class Standing:
    """One achievement and one person, before anything is said in words."""

    achievement: Achievement
    row: Rule | None
    verdict: Verdict | None
    state: State
    held: Held | None

    @property
    def issuer(self) -> int:
        return self.achievement.issuer_id

    @property
    def share(self) -> Fraction:
        if self.state in {State.EARNED, State.WAITING}:
            return Fraction(1)
        return self.verdict.share if self.verdict else Fraction(0)

    @property
    def begun(self) -> bool:
        """Something was done for it, and something is left."""
        return self.state is State.OPEN and self.share > 0

    @property
    def reached_at(self) -> datetime | None:
        if self.held:
            return self.held.since
        return self.verdict.met_at if self.verdict else None


@dataclass(frozen=True)
class Prospect:
    """The same, with its words and its picture."""

    standing: Standing
    issuer: Issuer
    name: str
    description: str
    picture: str
    names: Names

    @property
    def state(self) -> State:
        return self.standing.state

    @property
    def public_id(self) -> str:
        return self.standing.achievement.public_id

    @property
    def rule(self) -> str:
        """What it takes, as one sentence; empty where staff award it."""
        verdict = self.standing.verdict
        return sentences.sentence(verdict.rule, self.names) + "." if verdict else ""

    @property
    def next_step(self) -> str:
        verdict = self.standing.verdict
        return verdicts.next_step(verdict, self.names) if verdict and self.state is State.OPEN else ""

    @property
    def progress(self) -> str:
        """2 of 3."""
        return verdicts.overall(self.standing.verdict) if self.standing.verdict else ""

    @property
    def done(self) -> float:
        return float(self.standing.verdict.progress[0]) if self.standing.verdict else 0

    @property
    def goal(self) -> float:
        return float(self.standing.verdict.progress[1]) if self.standing.verdict else 1

    @property
    def percent(self) -> int:
        return int(self.standing.share * 100)

    @property
    def dots(self) -> int:
        """How many dots show it, where a handful do."""
        whole = self.goal == int(self.goal) and self.done == int(self.done)
        return int(self.goal) if whole and 2 <= self.goal <= 5 else 0

    @property
    def lines(self) -> list[tuple[str, str, bool]]:
        """Each condition, why it stands as it does, and whether it is met."""
        found = self.standing.verdict.whole.findings() if self.standing.verdict else []
        said = [
            (sentences.condition_sentence(one.condition, self.names), verdicts.why(one, self.names)) for one in found
        ]
        return [(what, why, one.met) for (what, why), one in zip(said, found, strict=True)]


def running(issuers: Iterable[int]) -> QuerySet[Rule]:
    """Rules that award at these institutions now; their last days are compared where each institution is."""
    published = AchievementVersion.objects.filter(achievement=OuterRef("achievement"))
    found = Rule.objects.on().filter(Exists(published), issuer__in=issuers, issuer__approved_at__isnull=False)
    return found.select_related("version", "achievement")


def standings(me: Oneself, also: Iterable[Achievement] = ()) -> list[Standing]:
    """Every achievement with a rule at the institutions that know one, and these others: what is nearest first."""
    in_force = [row for row in running(me.issuers) if not _ended(row, me)]
    settled = _settled(me, in_force)
    found = {row.achievement_id: _standing(row.achievement, row, me, settled) for row in in_force}
    for achievement in also:
        if achievement.pk not in found and achievement.issuer_id in me.histories:
            found[achievement.pk] = _standing(achievement, None, me, settled)
    return sorted(found.values(), key=lambda one: (_RANK[one.state], -one.share, one.achievement.name, one.issuer))


def _ended(row: Rule, me: Oneself) -> bool:
    return row.over_on(me.histories[row.issuer_id].today)


def _settled(me: Oneself, rows: Sequence[Rule]) -> set[tuple[int, str]]:
    """What was decided otherwise: refused, or given and then taken back or declined. It does not come a second time."""
    own = Earning.objects.filter(recipient__in=[row.pk for row in me.rows], settled_at__isnull=False)
    return set(own.values_list("achievement_id", "award_key")) if rows else set()


def _standing(achievement: Achievement, row: Rule | None, me: Oneself, settled: set[tuple[int, str]]) -> Standing:
    held = [one for one in me.held if one.achievement == achievement.pk]
    if row is None or row.version is None:
        state = State.EARNED if held else State.STAFF
        return Standing(achievement, None, None, state, held[0] if held else None)
    rule = rules.read(row.version.document)
    verdict = evaluate(rule, me.histories[row.issuer_id])
    if rule.every:
        held = [one for one in held if one.award_key == verdict.award_key]
    return Standing(achievement, row, verdict, _state(verdict, held, settled, achievement), held[0] if held else None)


def _state(verdict: Verdict, held: list[Held], settled: set[tuple[int, str]], achievement: Achievement) -> State:
    if held:
        return State.EARNED
    if verdict.met:
        return State.OVER if (achievement.pk, verdict.award_key) in settled else State.WAITING
    return State.OPEN if verdict.open else State.OVER


def shown(me: Oneself, some: Iterable[Standing]) -> list[Prospect]:
    """With words and pictures, as they were published. What is not published is left out."""
    chosen = list(some)
    faces = _faces([one.achievement.pk for one in chosen])
    asked = [(one.issuer, one.verdict.rule) for one in chosen if one.verdict]
    names = defaultdict(lambda: Names(mark=in_quotes), knowing.names_asked(asked, mark=in_quotes))
    return [
        Prospect(one, me.issuers[one.issuer], **faces[one.achievement.pk], names=names[one.issuer])
        for one in chosen
        if one.achievement.pk in faces
    ]


def _faces(achievements: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Name, description and picture of the newest version of each."""
    newest = AchievementVersion.objects.filter(achievement__in=achievements).order_by("achievement", "-number")
    rows = newest.distinct("achievement").values_list(
        "achievement_id", "content__words__name", "content__words__description", "badge_small"
    )
    return {
        pk: {"name": name, "description": description or "", "picture": media.url(picture)}
        for pk, name, description, picture in rows
    }


def titles(issuers: Iterable[int], keys: Iterable[str]) -> dict[tuple[int, str, str], str]:
    """How things that were done are called, by institution, kind and key; what nobody has named is missing."""
    named = Opportunity.objects.filter(issuer__in=list(issuers), key__in=list(keys))
    return {
        (issuer, kind, key): title
        for issuer, kind, key, title in named.values_list("issuer_id", "kind", "key", "title")
    }
