"""Files by content: a key names what is in it, so that writing twice is harmless and a half-written file has no name."""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

# Pictures that anybody may fetch (badges, logos) live under public/, everything else is served by its own checked view.
PUBLIC = "public"
_KEY = re.compile(r"[a-z]+/[0-9a-f]{2}/[0-9a-f]{40}\.[a-z]{2,4}")


class MissingFile(Exception):
    """The database names a file that the storage does not have."""


def key_of(folder: str, data: bytes, suffix: str) -> str:
    """Under which key bytes are stored."""
    digest = hashlib.sha256(data).hexdigest()
    return f"{folder}/{digest[:2]}/{digest[:40]}.{suffix}"


def keep(folder: str, data: bytes, suffix: str) -> str:
    """Store bytes and return their key, `<folder>/<aa>/<40 hex of SHA-256>.<suffix>`."""
    key = key_of(folder, data, suffix)
    if default_storage.exists(key) and default_storage.size(key) == len(data):
        return key
    scratch = default_storage.save(f"{key}.part", ContentFile(data))
    return _rename(scratch, key, data)


def _rename(scratch: str, key: str, data: bytes) -> str:
    try:
        path, target = default_storage.path(scratch), default_storage.path(key)
    except NotImplementedError:  # object storage: a put is atomic there, and there is nothing to rename
        default_storage.delete(key)
        stored = default_storage.save(key, ContentFile(data))
        default_storage.delete(scratch)
        return stored
    with Path(path).open("rb") as file:
        os.fsync(file.fileno())
    Path(path).replace(target)
    return key


def fetch(key: str) -> bytes:
    """The bytes of a key; raises MissingFile."""
    if not _KEY.fullmatch(key):
        raise MissingFile(key)
    try:
        with default_storage.open(key) as file:
            data: bytes = file.read()
            return data
    except FileNotFoundError as error:
        raise MissingFile(key) from error


@lru_cache(maxsize=1024)
def url(key: str) -> str:
    """Path of a public picture, '' for none."""
    return reverse("media", args=[key.removeprefix(f"{PUBLIC}/")]) if key else ""


def _named(folder: str, name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return f"{folder}/{digest[:2]}/{digest[:40]}.png"


def remember(folder: str, name: str, data: bytes) -> None:
    """Keep a picture that can be made again under a name of its own, not of its content."""
    key = _named(folder, name)
    if not default_storage.exists(key):
        scratch = default_storage.save(f"{key}.part", ContentFile(data))
        _rename(scratch, key, data)


def remembered(folder: str, name: str) -> bytes | None:
    """A picture kept by `remember`, or None."""
    try:
        return fetch(_named(folder, name))
    except MissingFile:
        return None
