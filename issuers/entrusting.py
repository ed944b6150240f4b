"""Stage: tokens of the API: make one, withdraw it, and find whose one is. Each is shown once, and kept as its hash."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import base58
from django.db import transaction
from django.db.models import Q

from issuers import clock
from issuers.models import ApiToken, AuditEvent, Issuer, User
from issuers.tenancy import across_issuers, scope

MOST_IN_USE = 50
# Scanners of secrets find it by its beginning: laurel_ and 256 random bits in base58.
BEGINNING = "laurel_"
_BITS = 256
_SHOWN = len(BEGINNING) + 6
_FORM = re.compile(BEGINNING + "[1-9A-HJ-NP-Za-km-z]{32,44}")
_USED_AGAIN = timedelta(minutes=1)


class TooMany(Exception):
    """As many tokens as may be are in use: withdraw one first."""


class NotAdmitted(Exception):
    """This token opens nothing; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def new_token() -> str:
    """`laurel_` and what nobody can guess."""
    return BEGINNING + base58.b58encode(os.urandom(_BITS // 8)).decode()


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make(
    issuer: Issuer, by: User, *, name: str, scopes: Sequence[str], expires_at: datetime, request_key: str
) -> tuple[ApiToken, str] | None:
    """A token, and its text that nobody sees again. None where this form has made one before. Raises TooMany."""
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    tokens = ApiToken.objects.filter(issuer=issuer)
    if tokens.filter(request_key=request_key).exists():
        return None
    if tokens.in_use().count() >= MOST_IN_USE:
        raise TooMany
    text = new_token()
    made = ApiToken.objects.create(
        issuer=issuer,
        name=name,
        prefix=text[:_SHOWN],
        token_hash=digest(text),
        scopes=sorted(scopes),
        expires_at=expires_at,
        request_key=request_key,
        made_by=by,
    )
    AuditEvent.objects.record(issuer, by, "api_token.made", made, scopes=made.scopes)
    return made, text


@transaction.atomic
def withdraw(token: ApiToken, by: User | None) -> bool:
    """It opens nothing from this moment on. False if it was withdrawn before."""
    open_ones = ApiToken.objects.filter(pk=token.pk, withdrawn_at__isnull=True)
    withdrawn = open_ones.update(withdrawn_at=clock.now(), withdrawn_by=by) == 1
    if withdrawn:
        AuditEvent.objects.record(token.issuer, by, "api_token.withdrawn", token)
    return withdrawn


def withdraw_every(issuer: Issuer, by: User | None, *, made_by: User | None = None) -> int:
    """No token of an institution, or of one person there, opens anything any more; how many there were."""
    tokens = ApiToken.objects.in_use().filter(issuer=issuer).select_related("issuer")
    if made_by is not None:
        tokens = tokens.filter(made_by=made_by)
    return sum(withdraw(token, by) for token in tokens.order_by("pk"))


def token_of(text: str) -> ApiToken:
    """The token in use that this is; it says which institution is meant, and nothing else does. Raises NotAdmitted.

    Looked up by its hash in an index: how long that takes says nothing about tokens that exist.
    """
    if not _FORM.fullmatch(text):
        raise NotAdmitted("token_unknown")
    with across_issuers("a token names its institution"):
        found = ApiToken.objects.select_related("issuer").filter(token_hash=digest(text)).first()
    if found is None:
        raise NotAdmitted("token_unknown")
    if found.withdrawn_at is not None:
        raise NotAdmitted("token_withdrawn")
    if not found.in_use:
        raise NotAdmitted("token_expired")
    return found


def used(token: ApiToken) -> None:
    """Note that it is alive, to the minute: calls at the same moment must not wait for one another here."""
    now = clock.now()
    if token.last_used_at is not None and token.last_used_at >= now - _USED_AGAIN:
        return
    with scope(token.issuer):
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_AGAIN)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
