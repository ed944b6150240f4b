"""Stages of a draft: begin, edit, dress, copy, put away. Nothing here touches what was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from badges import editing, keeping, laying_out
from badges.dressing import badge_spec, certificate_layout
from badges.keeping import Kit
from badges.models import Achievement, Alignment, BadgeDesign, CertificateDesign
from badges.rendering import badge as drawing
from badges.rendering import certificate as paper
from badges.rendering import image
from issuers import clock, media
from issuers.models import AuditEvent, Issuer, User

FIRST_BADGE = "shield"
_SLUG = 60


def free_slug(issuer: Issuer, name: str, own: Achievement | None = None) -> str:
    """A short name that no other achievement of this issuer has. Names in other scripts begin with 'achievement'."""
    base = slugify(name)[: _SLUG - 6].strip("-") or "achievement"
    taken = set(
        issuer.achievements.filter(slug__startswith=base)
        .exclude(pk=own.pk if own else 0)
        .values_list("slug", flat=True)
    )
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return slug


@transaction.atomic
def begin(issuer: Issuer, by: User, *, name: str, achievement_type: str = "Achievement") -> Achievement:
    """A new draft, dressed in the first starters and the issuer's kit, so that there is something to look at."""
    achievement = Achievement.objects.create(
        issuer=issuer,
        name=name,
        achievement_type=achievement_type,
        slug=free_slug(issuer, name),
        created_by=by,
        edited_at=clock.now(),
        language=issuer.language,
    )
    dress_badge(achievement, starter=FIRST_BADGE, choices={})
    laying_out.from_starter(achievement, starter=laying_out.FIRST, choices={})
    AuditEvent.objects.record(issuer, by, "achievement.begun", achievement)
    return achievement


@transaction.atomic
def save_words(achievement: Achievement, by: User, *, edits: int, **words: Any) -> Achievement:
    """Write the words of the next version; `edits` is the count that the form was opened with. May raise EditedMeanwhile."""
    if not achievement.versions.exists() and "name" in words:
        words["slug"] = free_slug(achievement.issuer, words["name"], achievement)
    last = editing.touch(achievement, edits, **words)
    achievement.refresh_from_db()
    redraw(achievement)
    editing.remember(achievement, by, "words", last)
    return achievement


@transaction.atomic
def save_criteria(
    achievement: Achievement, by: User, *, edits: int, criteria: str, rows: Sequence[Mapping[str, str]]
) -> None:
    """Write what it takes, and the skills beside it. May raise EditedMeanwhile."""
    last = editing.touch(achievement, edits, criteria=criteria)
    _align(achievement, rows)
    achievement.refresh_from_db()
    editing.remember(achievement, by, "criteria", last)


@transaction.atomic
def save_alignments(achievement: Achievement, by: User, *, edits: int, rows: Sequence[Mapping[str, str]]) -> None:
    """Replace the list of skills and frameworks. May raise EditedMeanwhile."""
    last = editing.touch(achievement, edits)
    _align(achievement, rows)
    editing.remember(achievement, by, "skills", last)


def _align(achievement: Achievement, rows: Sequence[Mapping[str, str]]) -> None:
    achievement.alignments.all().delete()
    Alignment.objects.bulk_create(
        Alignment(issuer=achievement.issuer, achievement=achievement, position=place, **row)
        for place, row in enumerate(rows)
    )


def redraw(achievement: Achievement, kit: Kit | None = None) -> bool:
    """Let both designs follow the achievement's words and the issuer's kit, where nothing else was chosen for them.

    True if one of them changed. A drawing that would have a fault then stays as it was.
    """
    changed = False
    kit = kit or keeping.chosen(achievement.issuer)
    badge, certificate = getattr(achievement, "badge", None), getattr(achievement, "certificate", None)
    if badge and badge.spec and badge.starter:
        spec = badge_spec(achievement, badge.starter, badge.choices, kit)
        if spec != badge.spec and not drawing.check(spec):
            badge.spec, badge.alt, changed = spec, spec["alt"], True
            badge.save(update_fields=["spec", "alt"])
    if certificate and (certificate.is_own or certificate.starter in paper.IDS):
        made = _followed(achievement, certificate, kit)
        if made != certificate.layout and not paper.check(made):
            certificate.layout, changed = made, True
            certificate.save(update_fields=["layout"])
    return changed


def _followed(achievement: Achievement, certificate: CertificateDesign, kit: Kit) -> dict[str, Any]:
    """What the certificate would be now. A free layout takes on the language of the words, and nothing else."""
    if certificate.is_own:
        return {**certificate.layout, "locale": achievement.language}
    return certificate_layout(achievement, certificate.starter, certificate.choices, kit)


def follow_kit(issuer: Issuer) -> int:
    """The kit has changed: draw again every draft that follows it. How many changed; nothing published does."""
    kit = keeping.chosen(issuer)
    drafts = issuer.achievements.current().select_related("badge", "certificate", "issuer")
    return sum(redraw(achievement, kit) for achievement in drafts)


@transaction.atomic
def dress_badge(
    achievement: Achievement,
    *,
    starter: str,
    choices: Mapping[str, Any],
    by: User | None = None,
    edits: int | None = None,
) -> BadgeDesign:
    """Draw the draft's badge from a starter. Raises ValueError with the first fault of the drawing, or EditedMeanwhile."""
    spec = badge_spec(achievement, starter, choices)
    if faults := drawing.check(spec):
        raise ValueError(f"{faults[0].pointer}: {faults[0].message}")
    values = {"starter": starter, "choices": dict(choices), "spec": spec, "picture": "", "alt": spec["alt"]}
    return editing.store(BadgeDesign, achievement, values, by, edits)


@transaction.atomic
def upload_badge(
    achievement: Achievement, data: bytes, *, alt: str, by: User | None = None, edits: int | None = None
) -> BadgeDesign:
    """Use a picture instead: decoded, made square and encoded again. Raises image.ImageRefused or EditedMeanwhile."""
    picture = image.reencode(data, square=True, side=600)
    key = media.keep(media.PUBLIC, picture.png, "png")
    values: dict[str, Any] = {"starter": "", "choices": {}, "spec": None, "picture": key, "alt": alt}
    return editing.store(BadgeDesign, achievement, values, by, edits)


@transaction.atomic
def describe_badge(achievement: Achievement, by: User, *, alt: str, edits: int) -> None:
    """Say in other words what an uploaded picture shows. May raise EditedMeanwhile."""
    last = editing.touch(achievement, edits)
    BadgeDesign.objects.filter(achievement=achievement, spec__isnull=True).update(alt=alt)
    editing.remember(achievement, by, "badge", last)


@transaction.atomic
def copy(achievement: Achievement, by: User, *, name: str) -> Achievement:
    """Begin another achievement with the words and looks of this one."""
    issuer = achievement.issuer
    kept = ["achievement_type", "description", "criteria", "tags", "language", "field_of_study", "credits", "hours"]
    kept += ["valid_months", "status_purpose"]
    words = {field: getattr(achievement, field) for field in kept}
    made = Achievement.objects.create(
        issuer=issuer, name=name, slug=free_slug(issuer, name), created_by=by, edited_at=clock.now(), **words
    )
    looks = [getattr(achievement, look, None) for look in ("badge", "certificate")]
    for row in [*achievement.alignments.all(), *filter(None, looks)]:
        row.pk, row.achievement = None, made
        row.save(force_insert=True)
    redraw(Achievement.objects.select_related("issuer").get(pk=made.pk))
    AuditEvent.objects.record(issuer, by, "achievement.copied", made, source=achievement.public_id)
    return made


@transaction.atomic
def archive(achievement: Achievement, by: User) -> bool:
    """Put away: nothing new is issued, everything issued stays. False if it already was."""
    done = Achievement.objects.current().filter(pk=achievement.pk).update(archived_at=clock.now()) == 1
    if done:
        AuditEvent.objects.record(achievement.issuer, by, "achievement.archived", achievement)
    return done


@transaction.atomic
def restore(achievement: Achievement, by: User) -> bool:
    """Take out again. False if it was not put away."""
    done = Achievement.objects.archived().filter(pk=achievement.pk).update(archived_at=None) == 1
    if done:
        AuditEvent.objects.record(achievement.issuer, by, "achievement.restored", achievement)
    return done
