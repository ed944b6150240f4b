"""When a spliced certificate does not look like WeasyPrint's: the whole version is printed slowly until somebody settles it."""

from __future__ import annotations

from collections.abc import Collection

import structlog
from django.db import transaction

from badges.models import Achievement, AchievementVersion, Misprint
from issuers import clock
from issuers.models import AuditEvent, User

log = structlog.get_logger(__name__)


def stands(version: AchievementVersion) -> bool:
    """Whether certificates of this version are printed by WeasyPrint for now."""
    return Misprint.objects.standing().filter(version=version).exists()


def newest_of(versions: Collection[int]) -> dict[int, Misprint]:
    """The last one, standing or settled, of each of these versions that ever had one, by the version's key."""
    return {row.version_id: row for row in Misprint.objects.filter(version__in=versions).order_by("pk")}


@transaction.atomic
def found(version: AchievementVersion, credential: str, why: str) -> bool:
    """Write a difference down, once for all workers that find one. False if one stands already."""
    _, new = Misprint.objects.get_or_create(
        issuer_id=version.issuer_id,
        version=version,
        settled_at=None,
        defaults={"credential": credential, "why": why[:300]},
    )
    if new:
        log.error("certificate_misprinted", version=version.pk, credential=credential, why=why)
        AuditEvent.objects.record(
            version.issuer, None, "achievement.misprinted", version.achievement, version=version.number
        )
    return new


def standing(achievement: Achievement) -> list[Misprint]:
    """What stands against the versions of an achievement, the newest version first."""
    rows = Misprint.objects.standing().filter(version__achievement=achievement)
    return list(rows.select_related("version").order_by("-version__number"))


@transaction.atomic
def settle(achievement: Achievement, by: User) -> int:
    """Let the versions of an achievement be spliced again, compared from the first one on. How many there were."""
    rows = Misprint.objects.standing().filter(version__achievement=achievement)
    settled = rows.update(settled_at=clock.now(), settled_by=by)
    if settled:
        AuditEvent.objects.record(achievement.issuer, by, "achievement.misprint_settled", achievement)
    return settled
