"""What stands at an address of this site, answered from the tables: asking ourselves by HTTP would hold a second worker.

The same as a stranger gets: what is private, unclaimed or unknown is not found.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.urls import Resolver404, resolve

from issuers import keys, media
from issuers.models import Issuer, StatusList
from issuers.tenancy import across_issuers
from recipients import printing, sharing
from recipients.models import AchievementCredential
from verification import listing, older, opening
from verification.foreign.outcome import Resource

_NOT_FOUND = Resource(problem="not_found")
_PICTURES = {"png": "image/png", "svg": "image/svg+xml", "jpg": "image/jpeg", "webp": "image/webp"}


def is_ours(url: str) -> bool:
    """Whether an address is one of this site's. did:web names no scheme and means https, also where a laptop speaks http."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == urlsplit(settings.SITE_URL).netloc.lower()


def answer(url: str) -> Resource:
    """What a stranger would get at an address of this site."""
    try:
        found = resolve(unquote(urlsplit(url).path) or "/")
        made = _ANSWERS.get(found.url_name or "")
        return made(**found.kwargs) if made else _NOT_FOUND
    except (Resolver404, ObjectDoesNotExist, opening.Nothing, media.MissingFile, sharing.NotReady, KeyError):
        return _NOT_FOUND


def _did(slug: str) -> Resource:
    issuer = Issuer.objects.get(slug=slug)
    with across_issuers("a public DID document"):
        body = json.dumps(keys.document(issuer), ensure_ascii=False)
    return Resource(body.encode(), "application/did+json")


def _status_list(slug: str, purpose: str, number: int) -> Resource:
    with across_issuers("a public status list"):
        lists = StatusList.objects.select_related("issuer")
        found = lists.filter(issuer__slug=slug, purpose=purpose, number=min(number, 2**31 - 1)).get()
        return Resource(listing.signed_list(found).signed.encode(), "application/vc")


def _credential(public_id: str) -> Resource:
    with opening.at_address(public_id, None) as opened:
        return Resource(opened.credential.signed.encode(), "application/vc+ld+json")


def _older(document: dict[str, Any]) -> Resource:
    return Resource(json.dumps(document, ensure_ascii=False).encode(), "application/ld+json")


def _older_assertion(public_id: str) -> Resource:
    with opening.at_address(public_id, None) as opened:
        return _older(older.assertion(opened.credential)[0])


def _older_badge(slug: str, achievement: str, number: int) -> Resource:
    with across_issuers("a public achievement, for older backpacks"):
        return _older(older.badge(older.version(slug, achievement, number)))


def _older_issuer(slug: str) -> Resource:
    issuer = Issuer.objects.get(slug=slug, approved_at__isnull=False)
    with across_issuers("a public profile, for older backpacks"):
        return _older(older.profile(issuer))


def _file(public_id: str, suffix: str) -> Resource:
    if suffix == "json":
        return _credential(public_id)
    with opening.at_address(public_id, None) as opened:
        made = sharing.download(opened.credential, suffix)
        return Resource(made.data, made.media_type)


def _media(key: str) -> Resource:
    media_type = _PICTURES.get(key.rpartition(".")[2])
    return Resource(media.fetch(f"{media.PUBLIC}/{key}"), media_type) if media_type else _NOT_FOUND


_ANSWERS: dict[str, Callable[..., Resource]] = {
    "did": _did,
    "status-list": _status_list,
    "credential": _credential,
    "credential-slash": _credential,
    "credential-file": _file,
    "credential-ob2": _older_assertion,
    "achievement-ob2": _older_badge,
    "issuer-ob2": _older_issuer,
    "media": _media,
}


def is_signed_again(url: str) -> bool:
    """Whether the credential at an address of this site waits for a new signature, its first key having been withdrawn."""
    try:
        public_id = resolve(unquote(urlsplit(url).path)).kwargs.get("public_id", "")
    except Resolver404:
        return False
    with across_issuers("a public address whose key was withdrawn"):
        return AchievementCredential.objects.with_withdrawn_key().filter(public_id=public_id).exists()


def known_issuer(name: str) -> Issuer | None:
    """The institution of this site whose DID, or Open Badges 2.0 profile, this is, if somebody here has approved it."""
    slug = name.removesuffix("/ob2.json").rpartition("/")[2].rpartition(":")[2]
    issuer = Issuer.objects.filter(slug=slug, approved_at__isnull=False).first()
    return issuer if issuer is not None and name in {keys.did(issuer), older.issuer_address(issuer)} else None


def issued_paper(public_id: str, signed: str) -> bytes | None:
    """The stored certificate of a credential, for whoever holds exactly its signed text; None where there is none."""
    with across_issuers("the paper of a credential in hand"):
        rows = AchievementCredential.objects.filter(public_id=public_id, signed=signed).exclude(pdf="")
        key = rows.values_list("pdf", flat=True).first()
    try:
        return printing.fetch(key) if key else None
    except media.MissingFile:
        return None


def shown_paper(public_id: str) -> tuple[str, Any, bytes | None] | None:
    """Address, signed document and stored certificate of a credential that any stranger may open, or None."""
    try:
        with opening.at_address(public_id, None) as opened:
            credential = opened.credential
            return credential.url, json.loads(credential.signed), issued_paper(public_id, credential.signed)
    except opening.Nothing:
        return None
