"""Signatures of messages as Standard Webhooks has them: HMAC-SHA256 over `id.timestamp.body`, and which key made it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PREFIX = "whsec_"
# Clocks of senders differ; what is older may be a message that somebody has kept.
TOLERANCE = timedelta(minutes=5)
KEY_HEADER = "laurel-key"
_SECRET_BYTES = 32
_MESSAGE = re.compile(r"[\x21-\x7e]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,11}")
# While a sender changes its secret it may sign with both.
_MOST_SIGNATURES = 5


class NotSigned(Exception):
    """No signature that counts; `code` has its sentence in issuers.wording."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Signed:
    """The four headers, read: nothing is proved by them yet."""

    key: str
    message: str
    seconds: int
    signatures: tuple[bytes, ...]


def new_secret() -> str:
    """256 random bits, written as Standard Webhooks writes them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers(get: Callable[[str], str | None]) -> Signed:
    """What the headers say. Raises NotSigned."""
    key = (get(KEY_HEADER) or "").strip()
    if not key:
        raise NotSigned("key_missing")
    message, seconds = (get("webhook-id") or "").strip(), (get("webhook-timestamp") or "").strip()
    if not _MESSAGE.fullmatch(message):
        raise NotSigned("message_id_missing")
    if not _SECONDS.fullmatch(seconds):
        raise NotSigned("timestamp_missing")
    given = (get("webhook-signature") or "").split()
    # Other versions of the scheme may stand beside ours.
    ours = tuple(text[3:].encode() for text in given if text.startswith("v1,"))
    if not ours:
        raise NotSigned("signature_missing")
    return Signed(key, message, int(seconds), ours[:_MOST_SIGNATURES])


def signing_headers(in_use: Sequence[str], message: str, seconds: int, body: bytes) -> dict[str, str]:
    """The three headers of a message that is sent: a signature of each secret, with spaces between."""
    signed = " ".join(signature(secret, message, seconds, body) for secret in in_use)
    return {"webhook-id": message, "webhook-timestamp": str(seconds), "webhook-signature": signed}


def signature(secret: str, message: str, seconds: int, body: bytes) -> str:
    """One entry of the header `webhook-signature`."""
    content = f"{message}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_raw(secret), content, hashlib.sha256).digest()).decode()


def check(signed: Signed, body: bytes, secret: str, now: datetime) -> None:
    """Whether the holder of the secret sent just this, a moment ago. Raises NotSigned.

    The signature comes first: only of what is genuine is it said that it is old.
    """
    wanted = signature(secret, signed.message, signed.seconds, body)[3:].encode()
    fits = [hmac.compare_digest(wanted, given) for given in signed.signatures]
    if not any(fits):
        raise NotSigned("signature_wrong")
    age = now.timestamp() - signed.seconds
    if age > TOLERANCE.total_seconds():
        raise NotSigned("timestamp_old")
    if -age > TOLERANCE.total_seconds():
        raise NotSigned("timestamp_future")


def same(one: str, other: str) -> bool:
    """Whether two secrets are one, in a time that tells nothing about either."""
    return hmac.compare_digest(one.encode(), other.encode())


def basic(header: str | None) -> tuple[str, str]:
    """User name and password of Basic authentication (RFC 7617). Raises NotSigned."""
    scheme, _, given = (header or "").partition(" ")
    if scheme.lower() != "basic" or not given.strip():
        raise NotSigned("key_missing")
    try:
        name, colon, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NotSigned("key_missing") from error
    if not colon or not name:
        raise NotSigned("key_missing")
    return name, password


def _raw(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
