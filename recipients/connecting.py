"""Stage: keys for other systems: make one, let another follow it, withdraw it. Each secret is shown once."""

from __future__ import annotations

from django.db import transaction

from issuers import clock
from issuers.models import AuditEvent, Issuer, User
from recipients.events import signing
from recipients.models import EventKey

MOST_IN_USE = 20
# The old one and the new one, while a system changes over.
MOST_OF_ONE_ORIGIN = 2


class TooMany(Exception):
    """As many keys as may be are in use: withdraw one first."""


@transaction.atomic
def make(
    issuer: Issuer, by: User, *, name: str, way: str, request_key: str, follows: EventKey | None = None
) -> tuple[EventKey, str] | None:
    """A new key and its secret, which nobody sees again. None where this form has made one before. Raises TooMany."""
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    keys = EventKey.objects.filter(issuer=issuer)
    if keys.filter(request_key=request_key).exists():
        return None
    if keys.in_use().count() >= MOST_IN_USE:
        raise TooMany
    key = EventKey(issuer=issuer, name=name, way=way, request_key=request_key, made_by=by)
    key.origin = follows.origin if follows else key.key_id
    if keys.in_use().filter(origin=key.origin).count() >= MOST_OF_ONE_ORIGIN:
        raise TooMany
    secret = signing.new_secret()
    key.seal(secret.encode())
    key.save()
    AuditEvent.objects.record(issuer, by, "event_key.made", key, kind=key.way)
    return key, secret


@transaction.atomic
def withdraw(key: EventKey, by: User | None) -> bool:
    """It opens nothing any more, and its secret is erased. What it brought stays. False if it was withdrawn before."""
    in_use = EventKey.objects.in_use().filter(pk=key.pk)
    withdrawn = in_use.update(withdrawn_at=clock.now(), withdrawn_by=by, secret=b"", kek="") == 1
    if withdrawn:
        AuditEvent.objects.record(key.issuer, by, "event_key.withdrawn", key, kind=key.way)
    return withdrawn
