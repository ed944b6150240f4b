"""Stage of a draft: what it rests on, and how it is assessed. A version freezes both (badges/publishing.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from badges import editing
from badges.models import Achievement, Assessment, Resource, RubricCriterion, RubricLevel
from issuers.models import User

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Plan:
    """How a draft is assessed. `levels` are names from the lowest, `reaches` is the first of them that counts."""

    values: Mapping[str, Any]
    levels: Sequence[str]
    reaches: int
    criteria: Rows
    resources: Rows


@transaction.atomic
def save_assessment(achievement: Achievement, by: User, *, edits: int, basis: str, plan: Plan | None) -> None:
    """Write what it rests on; without a plan what was written of an assessment stays as it was. May raise EditedMeanwhile."""
    last = editing.touch(achievement, edits, basis=basis)
    if plan is not None:
        _write(achievement, plan)
    editing.remember(achievement, by, "assessment", last)


def _write(achievement: Achievement, plan: Plan) -> Assessment:
    assessment, _made = Assessment.objects.update_or_create(
        achievement=achievement,
        defaults=dict(plan.values),
        create_defaults={**plan.values, "issuer": achievement.issuer},
    )
    own: dict[str, Any] = {"issuer": achievement.issuer, "assessment": assessment}
    for model in (RubricLevel, RubricCriterion, Resource):
        model._default_manager.filter(assessment=assessment).delete()
    RubricLevel.objects.bulk_create(
        RubricLevel(**own, position=place, name=name, demonstrated=place >= plan.reaches)
        for place, name in enumerate(plan.levels)
    )
    RubricCriterion.objects.bulk_create(
        RubricCriterion(**own, position=place, **row) for place, row in enumerate(plan.criteria)
    )
    Resource.objects.bulk_create(Resource(**own, position=place, **row) for place, row in enumerate(plan.resources))
    return assessment


def copy(achievement: Achievement, made: Achievement) -> None:
    """The same assessment for another draft."""
    assessment = Assessment.objects.filter(achievement=achievement).first()
    Achievement.objects.filter(pk=made.pk).update(basis=achievement.basis)
    if assessment is None:
        return
    levels = list(assessment.levels.all())
    told = {field.name: getattr(assessment, field.name) for field in Assessment._meta.concrete_fields}
    for own in ("id", "issuer", "achievement"):
        del told[own]
    plan = Plan(
        values=told,
        levels=[level.name for level in levels],
        reaches=next((place for place, level in enumerate(levels) if level.demonstrated), len(levels)),
        criteria=list(assessment.criteria.values("name", "description", "looks")),
        resources=list(assessment.resources.values("name", "url", "note")),
    )
    _write(made, plan)
