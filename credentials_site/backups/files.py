"""Files of the media storage to a folder and back: only what is missing is copied, for a file is never altered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from credentials_site.backups.shape import Backup, BackupError

_BLOCK = 1024 * 1024
# Object storage answers each question slowly and many at once.
_AT_ONCE = 4
_BATCH = 500
# Of a file that is being written; its name ends so until it is whole (issuers.media).
_UNFINISHED = ".part"
# Says that everything below a folder is ours to remove. No key of the media storage begins with a dot.
MARK = ".laurel-backups"


def walk(folder: str = "") -> Iterator[str]:
    """Keys of everything in the media storage."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    inside = f"{folder}/" if folder else ""
    yield from (f"{inside}{name}" for name in sorted(names) if not name.endswith(_UNFINISHED))
    for below in sorted(folders):
        yield from walk(f"{inside}{below}")


@dataclass
class Pool:
    """The files of all backups in one folder, by key. `known` are the sums that a finished backup vouches for.

    What no finished backup names may be the rest of one that was killed, and is copied again.
    """

    folder: Path
    known: dict[str, str]
    sums: dict[str, str] = field(default_factory=dict)
    copied: int = 0

    def take_over(self, *, ours: bool) -> None:
        """Mark the folder as one of backups, before anything is written to it. Raises BackupError for somebody's own.

        `ours` says that a finished backup lies beside it: folders of versions before the mark have none.
        """
        self.folder.mkdir(exist_ok=True, mode=0o700)
        mark = self.folder / MARK
        if mark.is_file():
            return
        if not ours and any(self.folder.iterdir()):
            raise BackupError(
                f"{self.folder} is not empty, and not of our backups: what no backup names would be removed from it."
                " Name a folder that is new, or one of backups."
            )
        mark.write_text("Files of Laurel's backups. What no backup beside this folder names is removed from it.\n")

    def take_missing(self) -> None:
        """Copy what the storage has and the pool has not."""
        keys = (key for key in walk() if key not in self.sums)
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            while batch := list(islice(keys, _BATCH)):
                self.sums |= {key: sha for key, sha in zip(batch, threads.map(self._take, batch), strict=True) if sha}

    def _take(self, key: str) -> str:
        """SHA-256 of the file in the pool; '' where it was erased in the meantime."""
        target = self.folder / key
        if key in self.known and target.is_file():
            return self.known[key]
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_name(f"{target.name}{_UNFINISHED}")
        try:
            sha = _copy(key, scratch)
        except FileNotFoundError:
            return ""
        scratch.replace(target)
        self.copied += 1
        return sha

    def forget(self, wanted: set[str]) -> int:
        """Remove what no backup names; how many files went."""
        wanted, gone = {*wanted, MARK}, 0
        for path in list(self.folder.rglob("*")):
            if path.is_file() and path.relative_to(self.folder).as_posix() not in wanted:
                path.unlink()
                gone += 1
        return gone

    def listing(self) -> str:
        return "".join(f"{sha}  {key}\n" for key, sha in sorted(self.sums.items()))


def _copy(key: str, target: Path) -> str:
    found = hashlib.sha256()
    with default_storage.open(key) as source, target.open("wb") as file:
        for block in iter(lambda: source.read(_BLOCK), b""):
            found.update(block)
            file.write(block)
    return found.hexdigest()


def foreign(backup: Backup) -> str | None:
    """A file in the storage that is none of this backup's, or None. What an interrupted restore left is its own."""
    own = {key for _, key in backup.listed()}
    return next((key for key in walk() if key not in own), None)


def give_back(backup: Backup) -> int:
    """Every file of a backup into the media storage, each compared with its sum first. Raises BackupError."""
    number = 0
    for sha, key in backup.listed():
        _give_back(backup.pool / key, sha, key)
        number += 1
    return number


def _give_back(source: Path, sha: str, key: str) -> None:
    try:
        data = source.read_bytes()
    except FileNotFoundError as error:
        raise BackupError(f"{source} is missing from the backup. Use another one.") from error
    if hashlib.sha256(data).hexdigest() != sha:
        raise BackupError(f"{source} is damaged: it is not what was written. Use another one.")
    if default_storage.exists(key):
        default_storage.delete(key)
    stored = default_storage.save(key, ContentFile(data))
    if stored != key:
        raise BackupError(f"The media storage kept {key} under another name, {stored}.")
