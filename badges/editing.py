"""What every change of a draft goes through: one conditional update that two people at once meet at, and the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F

from badges.models import Achievement, BadgeDesign, CertificateDesign
from issuers import clock
from issuers.models import AuditEvent, User

Design = TypeVar("Design", BadgeDesign, CertificateDesign)
Values = dict[str, Any]
# What the trail calls them.
PARTS = {BadgeDesign: "badge", CertificateDesign: "certificate"}


class EditedMeanwhile(Exception):
    """Somebody else saved this draft after the form was opened; nothing was overwritten."""


def touch(achievement: Achievement, edits: int | None, **values: Any) -> datetime:
    """When it was last edited. One conditional update: the second of two people who save at once is told, and overwrites nothing.

    Without `edits` nobody else can have been there: the draft is being made.
    """
    draft = Achievement.objects.filter(pk=achievement.pk)
    draft = draft if edits is None else draft.filter(edits=edits)
    if not draft.update(edits=F("edits") + 1, edited_at=clock.now(), **values):
        raise EditedMeanwhile
    return achievement.edited_at


def store(design: type[Design], achievement: Achievement, values: Values, by: User | None, edits: int | None) -> Design:
    """The draft's badge or certificate as it is now. Without `by` nobody edits: the draft is being made."""
    last = touch(achievement, edits)
    made, _new = design._default_manager.update_or_create(
        achievement=achievement, defaults=values, create_defaults={**values, "issuer": achievement.issuer}
    )
    if by is not None:
        remember(achievement, by, PARTS[design], last)
    return made


def remember(achievement: Achievement, by: User, part: str, last: datetime) -> None:
    """One line in the trail for a person and a sitting, however often the page saved by itself."""
    AuditEvent.objects.record_sitting(achievement.issuer, by, "achievement.edited", achievement, last=last, part=part)
