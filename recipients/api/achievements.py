"""Achievements: what can be awarded."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from ninja import Query, Router

from badges.models import Achievement, AchievementVersion
from issuers import media
from recipients.api.admission import ApiRequest, Needs
from recipients.api.answering import said
from recipients.api.paging import page
from recipients.api.problems import not_found
from recipients.api.shapes import Paged
from recipients.api.told import AchievementOut, Achievements

router = Router(tags=["Achievements"])


@router.get(
    "/achievements",
    auth=Needs("achievements:read", query=Paged),
    response=Achievements,
    url_name="api-achievements",
    operation_id="listAchievements",
    summary="List achievements",
)
def achievements(request: ApiRequest, asked: Query[Paged]) -> HttpResponse:
    """Everything that is published and not archived: what you can award now."""
    rows = Achievement.objects.published().select_related("issuer").prefetch_related("versions")
    found, after = page(request, "achievements", rows, asked)
    shown = [_shown(row, row.latest) for row in found if row.latest]
    return said(Achievements(items=shown, next=after))


@router.get(
    "/achievements/{achievement}",
    auth=Needs("achievements:read"),
    response=AchievementOut,
    url_name="api-achievement",
    operation_id="getAchievement",
    summary="Get one achievement",
)
def achievement(request: ApiRequest, achievement: str) -> HttpResponse:
    """Whatever was published once, archived ones too."""
    rows = Achievement.objects.select_related("issuer").prefetch_related("versions")
    found = rows.filter(public_id=achievement).first()
    if found is None or found.latest is None:
        raise not_found()
    return said(_shown(found, found.latest))


def _shown(row: Achievement, version: AchievementVersion) -> AchievementOut:
    words = version.words
    return AchievementOut(
        id=row.public_id,
        url=settings.SITE_URL + row.public_url,
        name=words["name"],
        description=words["description"],
        achievement_type=words["achievement_type"],
        criteria=words["criteria"],
        tags=words["tags"],
        image=settings.SITE_URL + media.url(version.badge_picture),
        version=version.number,
        valid_months=words["valid_months"],
        can_be_suspended=version.status_purpose == Achievement.Purpose.SUSPENSION,
        published_at=version.published_at,
        archived_at=row.archived_at,
    )
