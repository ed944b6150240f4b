"""Secrets at rest: AES-256-GCM under a key-encryption key from the environment, bound to the row they belong to.

What a secret is bound to (the additional data) names its institution and itself, so that two rows cannot be swapped
(SECURITY T1; docs/decisions/0003).
"""

from __future__ import annotations

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE = 12


class NotOpened(Exception):
    """The key-encryption key is not there, or the secret belongs to another row."""


@lru_cache
def _keks(entries: tuple[str, ...]) -> dict[str, AESGCM]:
    opened = {}
    for entry in entries:
        name, _, text = entry.partition(":")
        try:
            raw = base64.b64decode(text, validate=True)
        except ValueError:
            raw = b""
        # The entry itself stays out of the message: it is a secret.
        if not name or len(raw) != 32 or name in opened:
            raise ImproperlyConfigured(
                "KEY_ENCRYPTION_KEYS wants 'name:base64 of 32 bytes', newest first, each name once"
            )
        opened[name] = AESGCM(raw)
    return opened


def keks() -> dict[str, AESGCM]:
    """Key-encryption keys by name, newest first."""
    return _keks(tuple(settings.KEY_ENCRYPTION_KEYS))


def newest() -> str:
    """The name of the key-encryption key that closes secrets now."""
    return next(iter(keks()))


def seal(raw: bytes, bound_to: bytes) -> tuple[str, bytes]:
    """Under the newest key-encryption key: its name, and the sealed secret."""
    name, nonce = newest(), os.urandom(_NONCE)
    return name, nonce + keks()[name].encrypt(nonce, raw, bound_to)


def opened(name: str, sealed: bytes, bound_to: bytes) -> bytes:
    """The secret. Raises NotOpened."""
    kek = keks().get(name)
    if kek is None:
        raise NotOpened(f"key-encryption key {name!r} is not in KEY_ENCRYPTION_KEYS")
    try:
        return kek.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
    except InvalidTag as error:
        raise NotOpened("it belongs to another row or another secret") from error
