"""Stages of publishing: is it ready → freeze it. A version never changes; credentials point at the one they came from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import transaction

from badges.models import Achievement, AchievementVersion
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.rendering import image, told
from issuers import clock, media
from issuers.models import AuditEvent, User

LARGE, SMALL = 600, 90
LINES = ("target_name", "target_url", "target_framework", "target_code")
# Of an assessment, what is one value; its levels, criteria and resources are lists beside them.
ASSESSED = (
    "competency",
    "competency_url",
    "task",
    "routes",
    "tries",
    "due_by_agreement",
    "competency_based",
    "personalized",
    "job_embedded",
    "research",
    "research_url",
    "second_assessor",
    "sample_percent",
    "distributed",
)


class NotReady(Exception):
    """Something is missing; `missing` says what and on which page."""

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__(", ".join(item.code for item in missing))
        self.missing = missing


@dataclass(frozen=True)
class Missing:
    """One thing to do before publishing; `tab` is the page where it is done."""

    code: str
    tab: str


def readiness(achievement: Achievement) -> list[Missing]:
    """What is missing before this draft can be published; empty when it is ready."""
    badge, certificate = getattr(achievement, "badge", None), getattr(achievement, "certificate", None)
    wanted = [
        (achievement.name, "name", "words"),
        (achievement.description, "description", "words"),
        (achievement.criteria, "criteria", "criteria"),
        (badge and (badge.picture or badge.spec), "badge", "badge"),
        (badge and badge.alt, "badge_alt", "badge"),
        (certificate and certificate.layout, "certificate", "certificate"),
    ]
    missing = [Missing(code, tab) for value, code, tab in wanted if not value]
    if badge and badge.spec and drawing.check(badge.spec):
        missing.append(Missing("badge_faulty", "badge"))
    if certificate and certificate.layout and paper.check(certificate.layout):
        missing.append(Missing("certificate_faulty", "certificate"))
    return missing + _unassessable(achievement)


def _unassessable(achievement: Achievement) -> list[Missing]:
    """What an assessor would miss."""
    if achievement.basis != Achievement.Basis.MASTERY:
        return []
    assessment = getattr(achievement, "assessment", None)
    if assessment is None:
        return [Missing("assessment", "assessment")]
    levels = list(assessment.levels.all())
    wanted = [
        (assessment.competency, "competency"),
        (assessment.task, "task"),
        (len(levels) > 1 and any(level.demonstrated for level in levels), "levels"),
        (assessment.criteria.all(), "rubric"),
    ]
    return [Missing(code, "assessment") for value, code in wanted if not value]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _assessed(achievement: Achievement) -> dict[str, Any]:
    """What it rests on, and how it is assessed; nothing where that is not said, so that older versions stay as they are."""
    if achievement.basis != Achievement.Basis.MASTERY:
        return {"basis": achievement.basis} if achievement.basis else {}
    row = getattr(achievement, "assessment", None)
    if row is None:
        return {"basis": achievement.basis}
    plain = {field: getattr(row, field) for field in ASSESSED}
    return {
        "basis": achievement.basis,
        "assessment": {
            **plain,
            "levels": list(row.levels.values("name", "demonstrated")),
            "criteria": list(row.criteria.values("name", "description", "looks")),
            "resources": list(row.resources.values("name", "url", "note")),
        },
    }


def content(achievement: Achievement) -> dict[str, Any]:
    """Everything that a version freezes."""
    fields = ["name", "achievement_type", "description", "criteria", "tags", "language", "human_code", "field_of_study"]
    words = {field: getattr(achievement, field) for field in fields}
    words |= {
        "credits": _text(achievement.credits),
        "hours": _text(achievement.hours),
        "valid_months": achievement.valid_months,
    }
    badge, certificate = achievement.badge, achievement.certificate
    return {
        "words": words,
        "alignments": [{line: getattr(row, line) for line in LINES} for row in achievement.alignments.all()],
        "badge": {"starter": badge.starter, "spec": badge.spec, "picture": badge.picture, "alt": badge.alt},
        "certificate": {"starter": certificate.starter, "layout": certificate.layout},
        **_assessed(achievement),
    }


def changed(achievement: Achievement) -> bool:
    """Whether the draft says something else than the newest version."""
    latest = achievement.latest
    if latest is None:
        return True
    return latest.content != content(achievement) or latest.status_purpose != achievement.status_purpose


@dataclass(frozen=True)
class Change:
    """One field that two states say differently, as texts to lay beside each other; `badge.word:Name` is one of a look."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class State:
    """What a version froze, or what the draft would freeze now."""

    content: dict[str, Any]
    status_purpose: str

    @classmethod
    def of(cls, source: Achievement | AchievementVersion) -> State:
        told = content(source) if isinstance(source, Achievement) else source.content
        return cls(told, source.status_purpose)


def _flat(state: State) -> dict[str, str]:
    """The words as one text a field."""
    said = dict(state.content["words"])
    said["tags"] = ", ".join(said["tags"])
    skills = (" ".join(filter(None, (row.get(line, "") for line in LINES))) for row in state.content["alignments"])
    said |= {"alignments": "\n".join(skills), "status_purpose": state.status_purpose}
    said |= {"basis": state.content.get("basis", ""), **_flat_assessment(state.content.get("assessment", {}))}
    return {field: "" if value is None else str(value) for field, value in said.items()}


def _flat_assessment(told: dict[str, Any]) -> dict[str, Any]:
    if not told:
        return {}
    levels = [f"{level['name']}{' ✓' if level['demonstrated'] else ''}" for level in told["levels"]]
    rows = ["\n".join(filter(None, (row["name"], row["description"], *row["looks"]))) for row in told["criteria"]]
    resources = ["\n".join(filter(None, row.values())) for row in told["resources"]]
    return {
        **{field: told[field] for field in ("competency", "competency_url", "task", "tries")},
        "routes": "\n".join(told["routes"]),
        "levels": " · ".join(levels),
        "rubric": "\n\n".join(rows),
        "resources": "\n\n".join(resources),
        **{field: told[field] for field in ("competency_based", "personalized", "job_embedded", "research")},
    }


def changes(achievement: Achievement) -> list[Change]:
    """What publishing would change; nothing before the first version."""
    latest = achievement.latest
    return [] if latest is None else compared(State.of(latest), State.of(achievement))


def compared(then: State, now: State) -> list[Change]:
    """Everything that differs: the words, then what the looks say, else that they are drawn otherwise."""
    found = _differing(_flat(then), _flat(now))
    for look, tell in (("badge", told.badge), ("certificate", told.certificate)):
        before, after = then.content[look], now.content[look]
        if before == after:
            continue
        differing = _differing(tell(before), tell(after))
        found += [Change(f"{look}.{change.field}", change.before, change.after) for change in differing]
        found += [] if differing else [Change(look, "", "")]
    return found


def _differing(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    fields = list(dict.fromkeys([*after, *before]))
    return [
        Change(field, before.get(field, ""), after.get(field, ""))
        for field in fields
        if before.get(field, "") != after.get(field, "")
    ]


@transaction.atomic
def publish(achievement: Achievement, by: User | None) -> AchievementVersion:
    """Freeze the draft as the next version; publishing an unchanged draft gives the newest one again. Raises NotReady."""
    achievement = Achievement.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=achievement.pk)
    if missing := readiness(achievement):
        raise NotReady(missing)
    latest = achievement.latest
    if latest is not None and not changed(achievement):
        return latest
    svg, large, small = _pictures(achievement)
    version = AchievementVersion.objects.create(
        issuer=achievement.issuer,
        achievement=achievement,
        number=latest.number + 1 if latest else 1,
        content=content(achievement),
        status_purpose=achievement.status_purpose,
        badge_svg=svg,
        badge_picture=media.keep(media.PUBLIC, large, "png"),
        badge_small=media.keep(media.PUBLIC, small, "png"),
        published_by=by,
        published_at=clock.now(),
    )
    AuditEvent.objects.record(achievement.issuer, by, "achievement.published", achievement, version=version.number)
    return version


@lru_cache(maxsize=32)
def _raster(svg: str, size: int) -> bytes:
    """New words are published with the badge as it was: it is not drawn again."""
    return image.rasterise(svg, size)


def _pictures(achievement: Achievement) -> tuple[str, bytes, bytes]:
    """SVG (empty for an upload), the 600-pixel PNG and the 90-pixel one. Made once a version, never per person."""
    badge = achievement.badge
    if badge.spec:
        svg = drawing.draw(badge.spec, size=LARGE)
        return svg, _raster(svg, LARGE), _raster(drawing.draw(badge.spec, size=SMALL), SMALL)
    large = media.fetch(badge.picture)
    return "", large, image.reencode(large, square=True, side=SMALL).png
