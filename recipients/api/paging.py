"""Pages by keyset: each begins after a row, named by a cursor that says nothing to anybody but us."""

from __future__ import annotations

import hashlib
import hmac
import struct
from typing import Any
from urllib.parse import urlencode

import base58
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.db.models import QuerySet

from recipients.api import faults
from recipients.api.admission import ApiRequest
from recipients.api.problems import Problem
from recipients.api.shapes import Paged
from recipients.views.paging import in_time

_BLOCK = struct.Struct(">qq")


def _cipher(kind: str) -> Cipher[modes.ECB]:
    key = hmac.new(settings.SECRET_KEY.encode(), f"laurel api cursor|{kind}".encode(), hashlib.sha256).digest()
    # One block of random look, and never two under one meaning: a permutation is all that is wanted of it.
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305


def cursor(kind: str, issuer: int, row: int) -> str:
    """A row as a cursor: the issuer and its number, enciphered. Our numbers stay ours, and no other list takes it."""
    cipher = _cipher(kind).encryptor()
    return base58.b58encode(cipher.update(_BLOCK.pack(issuer, row)) + cipher.finalize()).decode()


def row_of(kind: str, issuer: int, text: str) -> int:
    """The row of a cursor. Raises Problem for whatever is none of this list of this institution."""
    try:
        block = base58.b58decode(text.encode("ascii"))
    except (ValueError, UnicodeEncodeError) as error:
        raise faults.of_parameter("cursor", "cursor") from error
    if len(block) != _BLOCK.size:
        raise faults.of_parameter("cursor", "cursor")
    cipher = _cipher(kind).decryptor()
    whose, row = _BLOCK.unpack(cipher.update(block) + cipher.finalize())
    if whose != issuer or row <= 0:
        raise faults.of_parameter("cursor", "cursor")
    return int(row)


def page(request: ApiRequest, kind: str, rows: QuerySet[Any], asked: Paged) -> tuple[list[Any], str | None]:
    """The rows of a page, newest first, and the address of the next one. Raises Problem where finding them takes too long."""
    if asked.cursor is not None:
        rows = rows.filter(pk__lt=row_of(kind, request.issuer.pk, asked.cursor))
    newest = rows.order_by("-pk")[: asked.limit + 1]
    found = in_time(lambda: list(newest))
    if found is None:
        raise Problem("too_wide")
    if len(found) <= asked.limit:
        return found, None
    found = found[: asked.limit]
    query = {**request.GET.dict(), "cursor": cursor(kind, request.issuer.pk, found[-1].pk)}
    return found, f"{settings.SITE_URL}{request.path}?{urlencode(query)}"
