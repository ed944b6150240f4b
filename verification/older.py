"""Credentials as Open Badges 2.0 hosted JSON: assembled from the same facts as the signed document when they are asked for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from badges.models import AchievementVersion
from badges.openbadges import badges2
from issuers.models import Issuer
from recipients import composing
from recipients.models import AchievementCredential

Json = dict[str, Any]


def assertion_address(credential: AchievementCredential) -> str:
    """Where the assertion of a credential stands, absolute."""
    return composing.absolute(reverse("credential-ob2", args=[credential.public_id]))


def issuer_address(issuer: Issuer) -> str:
    """Where the profile of an issuer stands."""
    return composing.absolute(reverse("issuer-ob2", args=[issuer.slug]))


def badge_address(issuer: Issuer, version: AchievementVersion) -> str:
    """Where one published version stands: editing never changes what was issued."""
    return composing.absolute(reverse("achievement-ob2", args=[issuer.slug, version.achievement.slug, version.number]))


def profile(issuer: Issuer) -> Json:
    """Issuer profile."""
    return badges2.issuer(composing.profile(issuer), issuer_address(issuer), settings.SITE_URL)


def version(slug: str, achievement: str, number: int) -> AchievementVersion:
    """One published version. Raises AchievementVersion.DoesNotExist."""
    rows = AchievementVersion.objects.select_related("achievement__issuer")
    return rows.get(achievement__issuer__slug=slug, achievement__slug=achievement, number=min(number, 10**6))


def badge(version: AchievementVersion) -> Json:
    """BadgeClass of one published version."""
    issuer = version.achievement.issuer
    facts = composing.achievement(issuer, version)
    return badges2.badge_class(facts, badge_address(issuer, version), issuer_address(issuer))


def assertion(credential: AchievementCredential) -> tuple[Json, int]:
    """The assertion and its HTTP status: 410 where it was revoked; suspended ones say so for as long as it lasts."""
    address = assertion_address(credential)
    if credential.revoked_at is not None:
        return badges2.revoked(address, credential.revocation_reason or _("Revoked by the issuer.")), 410
    if credential.suspended_at is not None:
        return badges2.revoked(address, _("Suspended by the issuer, for now.")), 200
    composer = composing.Composer(credential.issuer, credential.version)
    shown = [piece for piece in credential.evidence.all() if piece.shown]
    facts = composer.facts(credential, shown)
    picture = composing.achievement(credential.issuer, credential.version).image
    return badges2.assertion(facts, address, badge_address(credential.issuer, credential.version), picture), 200
