"""Stages of a rule: write it, say how it runs, switch it on and off. What runs is a version, and a version never changes."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from badges.criteria import rules, soundness
from badges.criteria.checking import Problem
from badges.criteria.drafting import Json
from badges.criteria.soundness import Known
from badges.editing import EditedMeanwhile
from badges.models import Achievement, Rule, RuleVersion
from issuers import clock
from issuers.models import AuditEvent, User
from issuers.waking import wake

# Workers look at everybody where `all_due_at` says so.
EVERYBODY = "recipients.tasks.evaluate"


class NotSound(Exception):
    """The draft has faults; nobody could meet it, or nobody could say who does."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def of(achievement: Achievement) -> Rule | None:
    """The rule of an achievement, if somebody has begun one."""
    return Rule.objects.select_related("version", "achievement", "issuer").filter(achievement=achievement).first()


def digest(document: Json) -> str:
    """Two documents that say the same have the same one."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def changed(rule: Rule) -> bool:
    """Whether the draft says something else than what runs."""
    return rule.version is None or rule.draft != rule.version.document


@transaction.atomic
def save_draft(achievement: Achievement, by: User, *, edits: int, document: Json) -> Rule:
    """Keep what was written, complete or not; `edits` is the count that the page was opened with. May raise EditedMeanwhile."""
    rule, _made = Rule.objects.get_or_create(
        achievement=achievement, defaults={"issuer": achievement.issuer, "made_by": by, "edited_at": clock.now()}
    )
    last = rule.edited_at
    _touch(rule, edits, draft=document)
    AuditEvent.objects.record_sitting(achievement.issuer, by, "rule.edited", achievement, last=last)
    return rule


def _touch(rule: Rule, edits: int, **values: Any) -> None:
    """One conditional update, at which two people who save at once meet."""
    opened = Rule.objects.filter(pk=rule.pk, edits=edits)
    if not opened.update(edits=F("edits") + 1, edited_at=clock.now(), **values):
        raise EditedMeanwhile
    rule.refresh_from_db()


@transaction.atomic
def save_options(
    rule: Rule, by: User, *, edits: int, approval: str, undo_minutes: int, cap: int | None, ends_on: date | None
) -> None:
    """How it runs, from now on. May raise EditedMeanwhile."""
    last = rule.edited_at
    _touch(rule, edits, approval=approval, undo_minutes=undo_minutes, cap=cap, ends_on=ends_on)
    AuditEvent.objects.record_sitting(rule.issuer, by, "rule.options_changed", rule.achievement, last=last)


def faults(rule: Rule, known: Known) -> list[Problem]:
    """What keeps the draft from running."""
    return soundness.check(rule.draft, known)


@transaction.atomic
def switch_on(rule: Rule, by: User, *, known: Known, seen: str | None = None) -> RuleVersion:
    """Freeze the draft and run it; pressed twice it is one version. On a rule that runs: the draft in place of what ran.

    `seen` is the digest of what somebody has read and means: another draft in its place raises EditedMeanwhile, and a draft
    with faults NotSound. A pause goes on.
    """
    rule = (
        Rule.objects.select_for_update(of=("self",)).select_related("version", "achievement", "issuer").get(pk=rule.pk)
    )
    if seen is not None and seen != digest(rule.draft or {}):
        raise EditedMeanwhile
    if problems := faults(rule, known):
        raise NotSound(problems)
    version = rule.version if rule.version and not changed(rule) else _freeze(rule, by)
    if rule.switched_on_at is not None and rule.version == version:
        return version
    now = clock.now()
    on = {} if rule.switched_on_at else {"switched_on_at": now, "switched_on_by": by, "paused_at": None}
    Rule.objects.filter(pk=rule.pk).update(version=version, all_due_at=now, **on)
    action = "rule.switched_on" if on else "rule.renewed"
    AuditEvent.objects.record(rule.issuer, by, action, rule.achievement, version=version.number)
    wake(EVERYBODY)
    return version


def _freeze(rule: Rule, by: User) -> RuleVersion:
    assert rule.draft is not None
    last = rule.versions.aggregate(last=Max("number"))["last"] or 0
    return RuleVersion.objects.create(
        issuer=rule.issuer,
        rule=rule,
        number=last + 1,
        document=rule.draft,
        kinds=sorted(rules.read(rule.draft).kinds()),
        made_by=by,
    )


@transaction.atomic
def pause(rule: Rule, by: User) -> bool:
    """Award nothing until it goes on. False if it does not run."""
    running = Rule.objects.filter(pk=rule.pk, switched_on_at__isnull=False, paused_at__isnull=True)
    return _changed(rule, by, "rule.paused", running.update(paused_at=clock.now()))


@transaction.atomic
def go_on(rule: Rule, by: User) -> bool:
    """End the pause; who has met it meanwhile is found. False if there was none."""
    paused = Rule.objects.filter(pk=rule.pk, switched_on_at__isnull=False, paused_at__isnull=False)
    done = _changed(rule, by, "rule.resumed", paused.update(paused_at=None, all_due_at=clock.now()))
    if done:
        wake(EVERYBODY)
    return done


@transaction.atomic
def switch_off(rule: Rule, by: User) -> bool:
    """Award nothing any more. What was awarded stays. False if it was off."""
    on = Rule.objects.filter(pk=rule.pk, switched_on_at__isnull=False)
    return _changed(rule, by, "rule.switched_off", on.update(switched_on_at=None, paused_at=None, all_due_at=None))


def _changed(rule: Rule, by: User, action: str, rows: int) -> bool:
    if rows:
        AuditEvent.objects.record(rule.issuer, by, action, rule.achievement)
    return bool(rows)
