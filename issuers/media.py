"""Files by content: a key names what is in it, so that writing twice is harmless and a half-written file has no name."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
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
    put_many([(key, data)])
    return key


def put_many(things: Sequence[tuple[str, bytes]]) -> None:
    """Store bytes under keys that name their content. Raises OSError (disk full), and then none of them is there that was not.

    None gets its name before all are on the disk: what is written together costs the disk little more than one.
    """
    wanted = {key: data for key, data in things if not _is_there(key, data)}
    try:
        targets = {key: Path(default_storage.path(key)) for key in wanted}
    except NotImplementedError:
        _put_objects(wanted)
        return
    scratch: list[tuple[Path, Path]] = []
    try:
        for key, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            scratch.append((target.with_name(f"{target.name}.{secrets.token_hex(8)}.part"), target))
            scratch[-1][0].write_bytes(wanted[key])
        for path, _ in scratch:
            _on_disk(path)
        for path, target in scratch:
            path.replace(target)
    except BaseException:
        for path, _ in scratch:
            path.unlink(missing_ok=True)
        raise
    for folder in {target.parent for target in targets.values()}:
        _on_disk(folder)


def _is_there(key: str, data: bytes) -> bool:
    return default_storage.exists(key) and default_storage.size(key) == len(data)


def exists(key: str) -> bool:
    """Whether something is stored under a key."""
    return default_storage.exists(key)


def _put_objects(things: Mapping[str, bytes]) -> None:
    """Object storage: a put is atomic there, and there is nothing to rename."""
    for key, data in things.items():
        default_storage.delete(key)
        default_storage.save(key, ContentFile(data))


def _on_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


def free_bytes() -> int | None:
    """Room left where files lie; None for object storage, which has no end that we could see."""
    try:
        folder = Path(default_storage.path(""))
    except NotImplementedError:
        return None
    while not folder.exists():  # nothing was ever stored
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _named(folder: str, name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return f"{folder}/{digest[:2]}/{digest[:40]}.png"


def remember(folder: str, name: str, data: bytes) -> None:
    """Keep a picture that can be made again under a name of its own, not of its content."""
    key = _named(folder, name)
    if not default_storage.exists(key):
        put_many([(key, data)])


def remembered(folder: str, name: str) -> bytes | None:
    """A picture kept by `remember`, or None."""
    try:
        return fetch(_named(folder, name))
    except MissingFile:
        return None
