"""Second factors at rest: secrets of authenticator apps and seeds of recovery codes, closed like every other secret.

allauth hands over the text alone, without its row: what is closed is bound to what it is, not to whose it is.
"""

from __future__ import annotations

import base64
from typing import Any

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import DEFAULT_DB_ALIAS, transaction

from issuers import emails, sealing
from issuers.models import User

log = structlog.get_logger()
# What is closed with a key-encryption key. A passkey is not: we keep the public half of it alone.
_CLOSED = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
_MARK = "sealed"
_BOUND_TO = b"laurel:second-factor"
# Where allauth keeps texts: of an app, of recovery codes, and of codes that came from another program.
_PLACES = ("secret", "seed", "migrated_codes")


class MfaAdapter(DefaultMFAAdapter):
    """Nothing that lets somebody in lies open in the database, nor in a backup of it."""

    def encrypt(self, text: str) -> str:
        """`sealed:name of the key-encryption key:base64`; base32 and hex have no colon."""
        name, secret = sealing.seal(text.encode(), _BOUND_TO)
        return f"{_MARK}:{name}:{base64.b64encode(secret).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """The text, also one that was kept before texts were closed. Raises sealing.NotOpened."""
        if not _is_sealed(encrypted_text):
            return encrypted_text
        _, name, secret = encrypted_text.split(":", 2)
        return sealing.opened(name, base64.b64decode(secret), _BOUND_TO).decode()


def _is_sealed(text: str) -> bool:
    return text.startswith(f"{_MARK}:")


def _texts(data: dict[str, Any]) -> list[str]:
    found = [data[place] for place in _PLACES if place in data]
    return [text for one in found for text in (one if isinstance(one, list) else [one])]


def keks(using: str = DEFAULT_DB_ALIAS) -> set[str]:
    """Names of the key-encryption keys that second factors are closed with."""
    rows = Authenticator.objects.using(using).values_list("data", flat=True)
    return {text.split(":", 2)[1] for data in rows.iterator() for text in _texts(data) if _is_sealed(text)}


def seal_again(pk: int) -> bool:
    """Close one authenticator's texts under the newest key-encryption key; False if they are. Raises sealing.NotOpened."""
    adapter, newest = MfaAdapter(), f"{_MARK}:{sealing.newest()}:"
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=pk).first()
        if row is None or all(text.startswith(newest) for text in _texts(row.data)):
            return False
        for place in set(_PLACES) & set(row.data):
            kept = row.data[place]
            again = [adapter.encrypt(adapter.decrypt(text)) for text in (kept if isinstance(kept, list) else [kept])]
            row.data[place] = again if isinstance(kept, list) else again[0]
        row.save(update_fields=["data"])
    return True


def people() -> list[int]:
    """Who has an authenticator app or recovery codes, by number: after a leak all of them are told to set up new ones."""
    found = Authenticator.objects.filter(type__in=_CLOSED)
    return list(found.order_by("user_id").values_list("user_id", flat=True).distinct())


def end(user: User) -> bool:
    """Their app and their recovery codes let nobody in any more, and they are told. False if they had none."""
    with transaction.atomic():
        kinds = set(Authenticator.objects.filter(user=user, type__in=_CLOSED).values_list("type", flat=True))
        Authenticator.objects.filter(user=user, type__in=_CLOSED).delete()
    if kinds:
        log.warning("second_factors_ended", user=user.pk, kinds=sorted(kinds))
        emails.tell_second_factors_ended(user.email)
    return bool(kinds)
