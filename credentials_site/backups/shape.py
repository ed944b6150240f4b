"""What a backup is made of, and whether it is whole."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path

DUMP, LIST, MANIFEST, SUMS, POOL = "database.dump", "files.txt", "manifest.json", "SHA256SUMS", "files"
FORMAT = 1
# Others may keep folders beside ours that begin with a year and have a SHA256SUMS: only our own names are forgotten.
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(\.\d{6})?Z")
_BLOCK = 1024 * 1024


class BackupError(Exception):
    """It cannot be made or used; the message says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup is of. `tables` are rows by table, `keks` a proof for each key-encryption key by its name."""

    format: int
    made_at: str
    version: str
    site_url: str
    postgresql: str
    migrations: list[str]
    tables: dict[str, int]
    keks: dict[str, str]
    files: int

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def read(cls, text: str) -> Manifest:
        """Raises BackupError for what is none, or of a later form."""
        try:
            found = json.loads(text)
            if found["format"] != FORMAT:
                raise BackupError(f"This backup has form {found['format']}, and this version of Laurel reads {FORMAT}.")
            return cls(**{field.name: found[field.name] for field in fields(cls)})
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError(f"{MANIFEST} is not one of ours ({error!r}).") from error


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Backup:
    """One backup in its folder."""

    folder: Path

    @property
    def pool(self) -> Path:
        """Where its files lie, beside those of other backups."""
        return self.folder.parent / POOL

    @cached_property
    def manifest(self) -> Manifest:
        return Manifest.read((self.folder / MANIFEST).read_text(encoding="utf-8"))

    def listed(self) -> Iterator[tuple[str, str]]:
        """SHA-256 and key of each file that belongs to it."""
        with (self.folder / LIST).open(encoding="utf-8") as lines:
            for line in lines:
                sha, _, key = line.rstrip("\n").partition("  ")
                yield sha, key

    def sums(self) -> str:
        """What its SHA256SUMS has to say, byte for byte."""
        return "".join(f"{digest(self.folder / name)}  {name}\n" for name in (DUMP, LIST, MANIFEST))

    def refuse_damaged(self) -> None:
        """Raise BackupError unless the three files are what they were. Its other files are read when they are given back."""
        missing = [name for name in (DUMP, LIST, MANIFEST, SUMS) if not (self.folder / name).is_file()]
        if missing:
            raise BackupError(f"{self.folder} is no whole backup: {', '.join(missing)} is missing. Use another one.")
        said, true = (self.folder / SUMS).read_bytes().splitlines(), self.sums().encode().splitlines()
        wrong = [line.split(b"  ")[-1].decode() for line in true if line not in said]
        if wrong or self.sums().encode() != (self.folder / SUMS).read_bytes():
            raise BackupError(
                f"{self.folder} is damaged: {', '.join(wrong) or SUMS} is not what was written. Use another one."
            )


def kept(store: Path) -> list[Backup]:
    """The whole backups of a folder, oldest first: their names are their times."""
    found = sorted(store.glob(f"2*/{SUMS}"))
    return [Backup(path.parent) for path in found if _NAME.fullmatch(path.parent.name)]


def find(path: Path) -> Backup:
    """The backup at this path, or the newest in it. Raises BackupError."""
    if (path / MANIFEST).is_file():
        return Backup(path.resolve())
    found = kept(path.resolve())
    if not found:
        raise BackupError(f"There is no backup in {path}. A folder of backups, one of them, or a .tar file is wanted.")
    return found[-1]
