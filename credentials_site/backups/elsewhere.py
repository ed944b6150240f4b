"""A restore beside the running instance: engines of its own, in a folder that stays or in one that goes again.

Everything runs in a process of its own, whose environment names nothing of the running instance but its secrets.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connections

from credentials_site import embedded
from credentials_site.backups import database
from credentials_site.backups.shape import Backup, BackupError

# Nobody listens there: what is verified elsewhere must not reach the running instance's cache.
_NO_VALKEY = "unix:///nonexistent/valkey.sock"


def restore(backup: Backup, environment: dict[str, str], *options: str) -> int:
    """`manage.py restore` in a process with this environment, its lines shown as they come; its exit code."""
    command = [sys.executable, "manage.py", "restore", str(backup.folder), *options]
    sys.stdout.flush()
    done = subprocess.run(
        command,
        cwd=embedded.ROOT,
        env={**os.environ, **environment},
        check=False,
        preexec_fn=embedded.die_with_parent,
    )
    return done.returncode


@contextmanager
def in_folder(data: Path) -> Iterator[dict[str, str]]:
    """The environment of new engines on a folder, which stays: LAUREL_DATA=… runs it. Raises BackupError."""
    data = data.resolve()
    if data.exists() and any(data.iterdir()):
        raise BackupError(f"{data} is not empty. Name a folder that is new.")
    with _engines(data, ephemeral=False) as environment:
        yield environment


@contextmanager
def for_a_drill() -> Iterator[dict[str, str]]:
    """The environment of an instance that goes afterwards: engines from the wheels, else a database beside the real one."""
    if embedded.programs() is None:
        with tempfile.TemporaryDirectory(prefix="laurel-drill-") as folder, _database(Path(folder)) as environment:
            yield environment
        return
    with _engines(Path(tempfile.mkdtemp(prefix="laurel-drill-")), ephemeral=True) as environment:
        yield environment


@contextmanager
def _engines(data: Path, *, ephemeral: bool) -> Iterator[dict[str, str]]:
    engines = embedded.Engines(data.resolve(), ephemeral=ephemeral)
    try:
        engines.launch()
        yield {**engines.environment(), "STORAGE_URL": f"file://{engines.data}/media", "CELERY_BROKER_URL": "memory://"}
    except embedded.EngineError as error:
        raise BackupError(str(error)) from error
    finally:
        engines.stop()


@contextmanager
def _database(folder: Path) -> Iterator[dict[str, str]]:
    """A database of another name on the same server, made and dropped by the migrator."""
    name = f"laurel_drill_{secrets.token_hex(6)}"
    with connections[database.ALIAS].cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield {
            **{variable: _elsewhere(variable, name) for variable in ("DATABASE_URL", "MIGRATION_DATABASE_URL")},
            "REDIS_URL": _NO_VALKEY,
            "CELERY_BROKER_URL": "memory://",
            "STORAGE_URL": f"file://{folder}/media",
        }
    finally:
        with connections[database.ALIAS].cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _elsewhere(variable: str, name: str) -> str:
    """The address of a database, with another name in it."""
    return urlsplit(os.environ[variable])._replace(path=f"/{name}").geturl()
