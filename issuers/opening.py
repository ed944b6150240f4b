"""Stages of an institution: opened → approved → closed. Its name in addresses is chosen once, for ever."""

from __future__ import annotations

import re
import unicodedata

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from issuers import clock, keys
from issuers.models import AuditEvent, Issuer, Membership, Role, User
from issuers.tenancy import scope

# `new` is a page beside the institutions' own pages; the others would be taken for the platform itself.
RESERVED = frozenset({"new", "admin", "api", "help", "laurel", "root", "security", "support", "system", "www"})
SLUG = re.compile(r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")
_LONGEST = 40
# One person may not fill the operator's list.
MOST_WAITING = 3


class Closed(Exception):
    """Nobody may open an institution here, or this person has enough of them waiting."""


class SlugTaken(Exception):
    """The short name belongs to another institution, now or once, or to the platform."""


def may_open(user: User) -> bool:
    """Whether this person may open an institution (ISSUER_SIGNUP, and not too many waiting)."""
    if settings.ISSUER_SIGNUP == "closed":
        return False
    waiting = Issuer.objects.filter(opened_by=user, approved_at__isnull=True, closed_at__isnull=True)
    return waiting.count() < MOST_WAITING


def slug_is_free(slug: str) -> bool:
    """Whether nobody has, or ever had, this short name."""
    return slug not in RESERVED and not Issuer.objects.filter(slug=slug).exists()


def suggest_slug(name: str) -> str:
    """A free short name made of a name; '' where the name has no Latin letter to make it of."""
    base = slugify(name)[: _LONGEST - 3].strip("-")
    candidates = [base, *(f"{base}-{number}" for number in range(2, 10))] if base else []
    return next((slug for slug in candidates if SLUG.match(slug) and slug_is_free(slug)), "")


def mixes_scripts(name: str) -> bool:
    """Whether one word mixes alphabets that look alike (a Greek Η in “Ηarvard”): such names wait for a person (N18)."""
    alike = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE"}
    for word in name.split():
        found = {unicodedata.name(char, "").split(" ")[0] for char in word if char.isalpha()}
        if len(found & alike) > 1:
            return True
    return False


@transaction.atomic
def open_issuer(
    user: User,
    *,
    name: str,
    slug: str,
    email: str,
    website: str = "",
    brand: str = "#1f5c45",
    time_zone: str = "UTC",
) -> Issuer:
    """An institution with its keys and its first owner. Raises Closed or SlugTaken; nothing is half made."""
    if not may_open(user):
        raise Closed
    if not slug_is_free(slug):
        raise SlugTaken(slug)
    approved = settings.ISSUER_SIGNUP == "open" and not mixes_scripts(name)
    issuer = Issuer(name=name, slug=slug, email=email, website=website, brand=brand, time_zone=time_zone)
    issuer.opened_by, issuer.approved_at = user, clock.now() if approved else None
    try:
        with transaction.atomic():
            issuer.save(force_insert=True)
    except IntegrityError as error:
        raise SlugTaken(slug) from error
    with scope(issuer):
        Membership.objects.create(issuer=issuer, user=user, role=Role.OWNER)
        keys.create(issuer, user)
        AuditEvent.objects.record(issuer, user, "issuer.opened", issuer, approved=approved)
    return issuer


def approve(issuer: Issuer) -> bool:
    """Let it issue. The operator's deed; False if it already may, or is closed."""
    waiting = Issuer.objects.filter(pk=issuer.pk, approved_at__isnull=True, closed_at__isnull=True)
    with scope(issuer):
        approved = waiting.update(approved_at=clock.now()) == 1
        if approved:
            AuditEvent.objects.record(issuer, None, "issuer.approved", issuer)
    return approved


def close(issuer: Issuer) -> bool:
    """End its staff pages. What it issued stays public and checkable, and its short name is never used again."""
    with scope(issuer):
        closed = Issuer.objects.filter(pk=issuer.pk, closed_at__isnull=True).update(closed_at=clock.now()) == 1
        if closed:
            AuditEvent.objects.record(issuer, None, "issuer.closed", issuer)
    return closed
