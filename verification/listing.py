"""Status lists as they are published: bits derived from the credentials, signed lazily, signed again before they lapse."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from badges.openbadges import documents, validate
from issuers import clock, keys
from issuers.models import Issuer, StatusList
from recipients.models import AchievementCredential, CredentialRevision
from verification import status_list as bits
from verification.models import PublishedStatusList
from verification.opening import Page

LIFETIME = timedelta(days=7)
# Signed again while there is still a day left, so that nobody ever holds a lapsed list from a fresh answer.
RENEW = timedelta(days=1)
TTL = timedelta(seconds=30)


def address(issuer: Issuer, purpose: str, number: int) -> str:
    """The list's id and address, absolute."""
    return settings.SITE_URL + reverse("status-list", args=[issuer.slug, purpose, number])


def set_indexes(status_list: StatusList) -> set[int]:
    """Every index whose bit is 1: revoked, suspended, cancelled, or replaced by a corrected revision."""
    ended = Q(revoked_at__isnull=False) | Q(suspended_at__isnull=False) | Q(cancelled_at__isnull=False)
    now = AchievementCredential.objects.filter(ended, status_list=status_list)
    replaced = CredentialRevision.objects.filter(status_list=status_list)
    return {*now.values_list("status_index", flat=True), *replaced.values_list("status_index", flat=True)}


def signed_list(status_list: StatusList) -> PublishedStatusList:
    """The signed list as it stands now; signs when a bit has changed, the old text is about to lapse, or its key is withdrawn."""
    encoded = bits.encode(set_indexes(status_list), StatusList.SIZE)
    published = PublishedStatusList.objects.filter(status_list=status_list).first()
    now = clock.now()
    true = published is not None and published.encoded == encoded and published.valid_until - RENEW > now
    if published is not None and true and _stands_by(status_list.issuer, published):
        return published
    values = {"encoded": encoded, "signed": _sign(status_list, encoded), "made_at": now, "valid_until": now + LIFETIME}
    fresh, _ = PublishedStatusList.objects.update_or_create(
        status_list=status_list, defaults=values, create_defaults={**values, "issuer": status_list.issuer}
    )
    return fresh


def text_for(page: Page) -> str:
    """The signed list as a page needs it: true about this one entry, of a published key, and not about to lapse.

    Other entries may have changed since it was signed; they are no matter of this page, so that the list is not made anew.
    """
    published, facts = page.published, page.facts
    if (
        published is not None
        and published.signed_with in page.published_keys
        and published.valid_until - RENEW > clock.now()
        and bits.bit(published.encoded, page.status_index, bits.decode_ours)
        == (facts.revoked_at is not None or facts.suspended_at is not None)
    ):
        return published.signed
    return signed_list(StatusList.objects.select_related("issuer").get(pk=page.status_list)).signed


def _stands_by(issuer: Issuer, published: PublishedStatusList) -> bool:
    """Whether the issuer still publishes the key that signed this list: after a compromise none of its lists is served."""
    return issuer.keys.published().filter(multibase=published.signed_with or "").exists()


def _sign(status_list: StatusList, encoded: str) -> str:
    issuer, now = status_list.issuer, clock.now().replace(microsecond=0)
    document = documents.status_list(
        id=address(issuer, status_list.purpose, status_list.number),
        issuer_id=keys.did(issuer),
        purpose=status_list.purpose,
        encoded_list=encoded,
        valid_from=now,
        valid_until=now + LIFETIME,
        ttl_ms=int(TTL.total_seconds() * 1000),
    )
    return keys.sign(issuer, validate.prepare_status_list(document))
