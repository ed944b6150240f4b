"""Stage of beginning with a pack: everything that it needs, as drafts. It stands above the stages of drafts, which it asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from badges import assessing, designing, laying_out, offering, ruling
from badges.models import Achievement
from badges.models import Opportunity as Session
from badges.packs import THE, Draft, Pack
from issuers.models import Issuer, User


@transaction.atomic
def begin(issuer: Issuer, by: User, pack: Pack) -> list[Achievement]:
    """The achievements of a pack, dressed, with their criteria; nothing is published, switched on or opened by it."""
    for one in pack.opportunities:
        if not Session.objects.filter(issuer=issuer, kind=one.kind, key=one.key).exists():
            offering.offer(issuer, by, kind=one.kind, key=one.key, title=str(one.title), tags=list(one.tags))
    made: dict[str, Achievement] = {}
    for draft in pack.drafts:
        made[draft.key] = _begin(issuer, by, draft, made)
    return list(made.values())


def _begin(issuer: Issuer, by: User, draft: Draft, made: Mapping[str, Achievement]) -> Achievement:
    begun = designing.begin(issuer, by, name=str(draft.name), achievement_type=draft.achievement_type)
    designing.save_words(
        begun, by, edits=_edits(begun), description=str(draft.description), tags=[str(tag) for tag in draft.tags]
    )
    designing.save_criteria(begun, by, edits=_edits(begun), criteria=str(draft.criteria), rows=[])
    designing.dress_badge(begun, starter=draft.badge, choices={"symbol": draft.symbol})
    laying_out.from_starter(begun, starter=draft.certificate, choices={})
    if draft.basis:
        plan = assessing.Plan(**_said(draft.plan)) if draft.plan else None
        assessing.save_assessment(begun, by, edits=_edits(begun), basis=draft.basis, plan=plan)
    if draft.rule:
        ruling.save_draft(begun, by, edits=0, document=_named(draft.rule, made))
    return Achievement.objects.select_related("issuer").get(pk=begun.pk)


def _edits(achievement: Achievement) -> int:
    return Achievement.objects.values_list("edits", flat=True).get(pk=achievement.pk)


def _said(value: Any) -> Any:
    """Lazy texts as texts of whoever begins the pack; tuples as lists."""
    if isinstance(value, Mapping):
        return {name: _said(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_said(one) for one in value]
    return value if isinstance(value, int | float | bool | None) else str(value)


def _named(value: Any, made: Mapping[str, Achievement]) -> Any:
    """A rule with the achievements of the pack under their public ids."""
    if isinstance(value, Mapping):
        return {name: _named(one, made) for name, one in value.items()}
    if isinstance(value, list):
        return [_named(one, made) for one in value]
    if isinstance(value, str) and value.startswith(THE):
        return made[value.removeprefix(THE)].public_id
    return value
