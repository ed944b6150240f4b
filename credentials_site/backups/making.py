"""Making a backup: files, then the database at one moment, then the files that came meanwhile.

A file that a row of the dump names was there before the row was (issuers.media), so that it is in the backup. The folder
gets its name when everything in it is on the disk: a backup that was killed has none.
"""

from __future__ import annotations

import base64
import fcntl
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connections

from credentials_site.backups import database
from credentials_site.backups.files import Pool
from credentials_site.backups.shape import DUMP, FORMAT, LIST, MANIFEST, POOL, SUMS, Backup, BackupError, Manifest, kept
from credentials_site.version import VERSION
from issuers import sealing, second_factors
from issuers.models import SigningKey, sealed_models

_HALF = ".half-"
_PROOF = b"a backup of Laurel"
_NONCE = 12
Say = Callable[[str], None]


def make(store: Path, say: Say, *, keep: int = 0) -> Backup:
    """One more backup in a folder; with `keep`, only so many of the newest stay. Raises BackupError."""
    store = store.resolve()
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(store):
        made = _make(store, say)
        if keep:
            _forget_oldest(store, keep, say)
    return made


def pack(target: Path, say: Say) -> Path:
    """A whole backup in one .tar file. Raises BackupError."""
    target = target.resolve()
    scratch = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=_HALF) as folder:
        make(Path(folder), say)
        scratch.unlink(missing_ok=True)
        with _for_us_alone(scratch) as file, tarfile.open(fileobj=file, mode="w") as archive:
            for part in sorted(Path(folder).glob("[!.]*")):
                archive.add(part, arcname=part.name)
    os.sync()
    scratch.replace(target)
    return target


def _for_us_alone(path: Path) -> IO[bytes]:
    """A new file to write, which nobody else may read from its first byte on: names and addresses are in it."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """One backup at a time in a folder; what a killed one left goes."""
    with (store / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"Another backup is being written to {store}. Wait until it is done.") from error
        for half in store.glob(f"{_HALF}*"):
            shutil.rmtree(half)
        yield


def _make(store: Path, say: Say) -> Backup:
    before = kept(store)
    pool = Pool(store / POOL, {key: sha for sha, key in before[-1].listed()} if before else {})
    pool.take_over(ours=bool(before))
    pool.take_missing()
    say(f"files      {len(pool.sums)}, of which {pool.copied} are new")
    moment = datetime.now(UTC)
    half = store / f"{_HALF}{os.getpid()}"
    half.mkdir(mode=0o700)
    manifest = _dump(half, moment, pool, say)
    (half / LIST).write_text(pool.listing(), encoding="utf-8")
    (half / MANIFEST).write_text(manifest.text(), encoding="utf-8")
    (half / SUMS).write_text(Backup(half).sums(), encoding="utf-8")
    # Once for all: a name that is on the disk before what it names would vouch for an empty file after a power cut.
    os.sync()
    made = store / f"{moment:%Y-%m-%dT%H-%M-%S.%fZ}"
    half.rename(made)
    os.sync()
    return Backup(made)


def _dump(half: Path, moment: datetime, pool: Pool, say: Say) -> Manifest:
    with database.snapshot() as name:
        tables, keks = database.rows(), _keks()
        migrations, server = database.applied(), database.version()
        database.dump(half / DUMP, name)
    size = (half / DUMP).stat().st_size
    say(f"database   {sum(tables.values())} rows in {len(tables)} tables, {size / 1e6:.1f} MB")
    pool.take_missing()
    return Manifest(
        format=FORMAT,
        made_at=moment.isoformat(),
        version=VERSION,
        site_url=settings.SITE_URL,
        postgresql=server,
        migrations=migrations,
        tables=tables,
        keks=keks,
        files=len(pool.sums),
    )


def _keks() -> dict[str, str]:
    """Names of the key-encryption keys that secrets here are closed with, each with something that only it opens."""
    names: set[str] = set()
    with connections[database.ALIAS].cursor() as cursor:
        tables = [SigningKey._meta.db_table, *(model._meta.db_table for model in sealed_models())]
        for table in tables:
            cursor.execute(f"SELECT DISTINCT kek FROM {table} WHERE kek <> ''")  # noqa: S608 -- our own models
            names |= {name for (name,) in cursor.fetchall()}
    names |= second_factors.keks(database.ALIAS)
    missing = sorted(names - set(sealing.keks()))
    if missing:
        raise BackupError(
            f"Secrets here are closed with {', '.join(missing)}, which KEY_ENCRYPTION_KEYS does not have: a backup that"
            " nobody could use. Put the entry back, then run `manage.py keys_reseal`."
        )
    return {name: _proof(name, sealing.keks()[name]) for name in sorted(names)}


def _proof(name: str, kek: AESGCM) -> str:
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + kek.encrypt(nonce, _PROOF, name.encode())).decode()


def opens(name: str, proof: str) -> bool:
    """Whether the key-encryption key of this name is here, and is the same that was there when the backup was made."""
    kek, raw = sealing.keks().get(name), base64.b64decode(proof)
    try:
        return kek is not None and kek.decrypt(raw[:_NONCE], raw[_NONCE:], name.encode()) == _PROOF
    except InvalidTag:
        return False


def _forget_oldest(store: Path, keep: int, say: Say) -> None:
    backups = kept(store)
    old, left = backups[:-keep], backups[-keep:]
    for backup in old:
        # It loses its name first: half of it is never taken for a whole one.
        gone = backup.folder.rename(store / f"{_HALF}{backup.folder.name}")
        shutil.rmtree(gone)
    if old:
        pool = Pool(store / POOL, {})
        files = pool.forget({key for backup in left for _, key in backup.listed()})
        say(f"forgotten  {len(old)} older backups, and {files} files that no other names")
