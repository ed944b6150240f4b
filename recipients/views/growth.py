"""How it grew: what was earned and done in time, stacks with their parts, skills, personal bests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from badges.criteria.facts import Dated
from badges.criteria.rules import Type
from badges.wording.kinds import words_of
from badges.wording.names import amount, number
from issuers import clock, media
from recipients import bests, holding, oneself, prospects
from recipients.models import AchievementCredential
from recipients.oneself import Oneself
from recipients.prospects import Prospect
from recipients.views.person import own_page, tabbed
from recipients.views.wallet import state_of

MONTHS = 6
SKILLS = 24


@require_safe
@own_page
def growth(request: Any) -> HttpResponse:
    """A person's own way, compared with nobody."""
    me = oneself.look(request.user)
    held = list(holding.held_by(request.user))
    valid = [row for row in held if state_of(row) == "valid"]
    done = [Done(issuer, one) for issuer, history in me.histories.items() for one in history.every("")]
    months, earlier = _timeline(held, done, request.GET.get("until", ""))
    context = {
        "months": months,
        "earlier": earlier,
        "stacks": _stacks(me),
        "skills": holding.skills_in(valid, most=SKILLS),
        "most": len(valid),
        "bests": _bests(me, done),
        "boards": [issuer for issuer in me.issuers.values() if issuer.leaderboard],
        **tabbed(request, "growth"),
    }
    return render(request, "recipients/wallet/growth.html", context)


@dataclass(frozen=True)
class Done:
    """One fact, and where."""

    issuer: int
    dated: Dated

    @property
    def month(self) -> date:
        return self.dated.day.replace(day=1)

    @property
    def thing(self) -> tuple[int, str, str]:
        return self.issuer, self.dated.fact.kind, self.dated.fact.key


@dataclass(frozen=True)
class Deeds:
    """Different things of one kind in one month."""

    label: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Month:
    """What was earned and done in it, by its first day."""

    day: date
    earned: tuple[Any, ...]
    deeds: tuple[Deeds, ...]


def _timeline(held: list[AchievementCredential], done: list[Done], until: str) -> tuple[list[Month], str]:
    """Six months that have something in them, the newest first, and where earlier ones go on."""
    begins = {row.awarded_on.replace(day=1) for row in held} | {one.month for one in done}
    days = sorted((day for day in begins if not until or day.isoformat() < until), reverse=True)
    shown = days[:MONTHS]
    some = [one for one in done if one.month in shown]
    titles = prospects.titles({one.issuer for one in some}, {one.dated.fact.key for one in some}) if some else {}
    months = [_month(day, held, [one for one in some if one.month == day], titles) for day in shown]
    return months, shown[-1].isoformat() if len(days) > MONTHS else ""


def _month(
    day: date, held: list[AchievementCredential], done: list[Done], titles: dict[tuple[int, str, str], str]
) -> Month:
    earned = [row for row in held if row.awarded_on.replace(day=1) == day]
    for row in earned:
        row.badge_url = media.url(row.version.badge_small)  # type: ignore[attr-defined]
        row.state = state_of(row)  # type: ignore[attr-defined]
    return Month(day, tuple(earned), tuple(_deeds(done, titles)))


def _deeds(done: list[Done], titles: dict[tuple[int, str, str], str]) -> Iterator[Deeds]:
    """The kind with the most first."""
    found: dict[str, dict[tuple[int, str, str], None]] = {}
    for one in done:
        found.setdefault(one.dated.fact.kind, {})[one.thing] = None
    for kind, things in sorted(found.items(), key=lambda item: -len(item[1])):
        label = str(words_of(kind).label) % {"kind": kind.replace("_", " ").capitalize()}
        yield Deeds(label, tuple(titles.get(thing, thing[2]) for thing in things))


@dataclass(frozen=True)
class Stack:
    """A credential that others add up to: its parts, and which of them are there."""

    prospect: Prospect
    parts: tuple[tuple[str, bool], ...]
    needed: int
    more: bool  # the rule asks for other things too, so that its progress is not that of the parts

    @property
    def done(self) -> int:
        return min(sum(there for _name, there in self.parts), self.needed)


def _stacks(me: Oneself) -> list[Stack]:
    """Achievements whose rules ask for credentials."""
    asking = [one for one in prospects.standings(me) if one.verdict and one.verdict.rule.stands_on()]
    return [_stack(one) for one in prospects.shown(me, asking)]


def _stack(prospect: Prospect) -> Stack:
    found = prospect.standing.verdict.whole.findings() if prospect.standing.verdict else []
    asked = [one for one in found if one.condition.type is Type.HOLDS]
    parts = {
        key: (prospect.names.titles.get((one.condition.kind, key), key), key not in one.missing)
        for one in asked
        for key in one.condition.keys
    }
    needed = int(sum(one.goal for one in asked))
    return Stack(prospect, tuple(parts.values()), needed, more=len(found) > 1)


def _bests(me: Oneself, done: list[Done]) -> dict[str, Any]:
    """In words that need no arithmetic in the page; empty where nothing is worth a line. One of something is no best."""
    today = max((history.today for history in me.histories.values()), default=clock.now().date())
    found = bests.of((one.dated for one in done), today)
    scores = [score for score in (found.score, found.improved) if score]
    titles = prospects.titles(me.issuers, [score.key for score in scores]) if scores else {}
    called = {key: title for (_issuer, kind, key), title in titles.items() if kind == "assessment"}
    sessions, streak = found.sessions, found.streak
    told: dict[str, Any] = {
        "sessions": {**_when(sessions), "most": int(sessions.most)} if sessions and sessions.most > 1 else None,
        "hours": {**_when(found.hours), "most": amount(found.hours.most, "hours")} if found.hours else None,
        "all_hours": amount(found.all_hours, "hours") if found.all_hours else "",
        "streak": streak if streak and streak.longest > 1 else None,
        "score": _scored(found.score, called),
        "improved": _scored(found.improved, called),
    }
    if not any(told.values()):
        return {}
    return {**told, "streak_until": streak.ended + timedelta(days=6) if streak else None}


def _scored(score: bests.Score | None, called: dict[str, str]) -> dict[str, str] | None:
    if score is None:
        return None
    return {"value": amount(score.value, score.unit or "points"), "thing": called.get(score.key, score.key)}


def _when(month: bests.Month) -> dict[str, Any]:
    return {"month": date_format(month.day, "F Y"), "now": number(month.now), "is_best": month.now == month.most}
