"""Stages of publishing: is it ready → freeze it. A version never changes; credentials point at the one they came from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
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
    return missing


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


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
    return {field: "" if value is None else str(value) for field, value in said.items()}


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


def _pictures(achievement: Achievement) -> tuple[str, bytes, bytes]:
    """SVG (empty for an upload), the 600-pixel PNG and the 90-pixel one. Made once a version, never per person."""
    badge = achievement.badge
    if badge.spec:
        svg = drawing.draw(badge.spec, size=LARGE)
        return svg, image.rasterise(svg, LARGE), image.rasterise(drawing.draw(badge.spec, size=SMALL), SMALL)
    large = media.fetch(badge.picture)
    return "", large, image.reencode(large, square=True, side=SMALL).png
