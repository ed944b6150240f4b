"""What stands at a public address, for whom.

A page is opened by one statement, written out: the ORM needs ten times as long to make it as the database to answer it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from badges.openbadges import validate
from issuers import keys
from issuers.models import Issuer, User
from issuers.models.issuer import brand_url
from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential
from recipients.models.credential import credential_url

Visibility = AchievementCredential.Visibility


class Nothing(Exception):
    """Unknown, unclaimed, private: for strangers these are the same."""


@dataclass(frozen=True)
class Opened:
    """A credential that this person may see, and whether it is their own."""

    credential: AchievementCredential
    own: bool


@contextmanager
def at_address(public_id: str, person: User | None) -> Iterator[Opened]:
    """Open a public address inside one transaction, for its files; raises Nothing."""
    with across_issuers("a public page, or the holder's own"):
        found = AchievementCredential.objects.claimed().listed().filter(public_id=public_id, cancelled_at=None).first()
        own = found is not None and person is not None and found.holder_id == person.pk
        if found is None or not _shown(found.signed, found.visibility, own):
            raise Nothing
        yield Opened(found, own)


def _shown(signed: str, visibility: str, own: bool) -> bool:
    return bool(signed) and (own or visibility != Visibility.PRIVATE)


# Values of these three are keys of what is kept of a page (verification/templatetags/kept.py): frozen, and nothing but values.


@dataclass(frozen=True)
class About:
    """The institution, as its pages name it."""

    name: str
    slug: str
    website: str
    email: str
    description: str
    logo: str
    dark_logo: str
    brand: str
    time_zone: str

    @property
    def brand_url(self) -> str:
        return brand_url(self.slug, self.brand)


@dataclass(frozen=True)
class Facts:
    """What a page tells of a credential besides its signed text: when it happened, and who may see it."""

    public_id: str
    visibility: str
    revision: int
    created_at: datetime
    claimed_at: datetime
    corrected_at: datetime | None
    revoked_at: datetime | None
    revocation_reason: str
    suspended_at: datetime | None
    suspension_reason: str

    @property
    def url(self) -> str:
        return credential_url(self.public_id)


@dataclass(frozen=True)
class Work:
    """What was achieved, where the catalogue has it."""

    slug: str
    name: str
    badge_picture: str
    badge_small: str


@dataclass(frozen=True)
class Published:
    """The status list as it was signed last."""

    signed: str
    encoded: str
    valid_until: datetime
    signed_with: str


@dataclass(frozen=True)
class Page:
    """Everything that a public page is made of, read at one moment."""

    own: bool
    signed: str
    status_list: int
    status_index: int
    published_keys: tuple[str, ...]
    withdrawn_keys: tuple[str, ...]
    hidden: frozenset[tuple[str, str]]
    issuer: About
    facts: Facts
    work: Work
    published: Published | None


_PAGE = """
SELECT c.holder_id, c.signed, c.visibility, c.status_list_id, c.status_index,
  ARRAY(SELECT k.multibase FROM issuers_signingkey k
        WHERE k.issuer_id = c.issuer_id AND k.compromised_at IS NULL ORDER BY k.id),
  ARRAY(SELECT k.multibase FROM issuers_signingkey k WHERE k.issuer_id = c.issuer_id AND k.compromised_at IS NOT NULL),
  ARRAY(SELECT ARRAY[e.url, e.name]::text[] FROM recipients_evidence e WHERE e.credential_id = c.id AND NOT e.shown),
  i.name, i.slug, i.website, i.email, i.description, i.logo, i.dark_logo, i.brand, i.time_zone,
  c.public_id, c.visibility, c.revision, c.created_at, c.claimed_at, c.corrected_at,
  c.revoked_at, c.revocation_reason, c.suspended_at, c.suspension_reason,
  a.slug, v.content #>> '{words,name}', v.badge_picture, v.badge_small,
  p.signed, p.encoded, p.valid_until, p.signed_with
FROM recipients_achievementcredential c
JOIN issuers_issuer i ON i.id = c.issuer_id
JOIN badges_achievement a ON a.id = c.achievement_id
JOIN badges_achievementversion v ON v.id = c.version_id
LEFT JOIN verification_publishedstatuslist p ON p.status_list_id = c.status_list_id
WHERE c.public_id = %s AND c.claimed_at IS NOT NULL AND c.cancelled_at IS NULL
"""


@contextmanager
def page(public_id: str, person: User | None) -> Iterator[Page]:
    """Open a page, or the signed text, inside one transaction; raises Nothing."""
    with across_issuers("a public page, or the holder's own"):
        with connection.cursor() as cursor:
            cursor.execute(_PAGE, [public_id])
            row = cursor.fetchone()
        if row is None:
            raise Nothing
        holder, signed, visibility = row[:3]
        own = person is not None and holder == person.pk
        if not _shown(signed, visibility, own):
            raise Nothing
        yield _read(own, row)


def _read(own: bool, row: tuple[Any, ...]) -> Page:
    published, withdrawn, hidden = row[5:8]
    return Page(
        own=own,
        signed=row[1],
        status_list=row[3],
        status_index=row[4],
        published_keys=tuple(published),
        withdrawn_keys=tuple(withdrawn),
        hidden=frozenset((url, name) for url, name in hidden),
        issuer=About(*row[8:17]),
        facts=Facts(*row[17:27]),
        work=Work(*row[27:31]),
        published=Published(*row[31:35]) if row[31] else None,
    )


def trusted_keys(issuer: Issuer) -> dict[str, object]:
    """The issuer's published keys by DID URL."""
    return keys.public_keys(issuer)


def prepared(credential: AchievementCredential) -> Any:
    """The stored document, checked again, for formats that are signed when they are asked for."""
    return validate.prepare(json.loads(credential.document))
