"""The database to a file and back, by PostgreSQL's own programs and as the role that sees every row.

Row-level security blinds the application's role; pg_dump would refuse rather than leave rows out (SECURITY 5).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections, transaction

from credentials_site import embedded
from credentials_site.backups.shape import BackupError

ALIAS = "migrator"
# Whoever has a backup must not be able to go on with somebody's session: people sign in again after a restore.
LEFT_OUT = ("django_session",)
_LIBPQ = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
_RELATIONS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


def program(name: str) -> str:
    """Path of pg_dump or pg_restore: PG_BIN, the wheel's, or the system's. Raises BackupError."""
    folder = embedded.programs()
    if folder is not None and (folder / name).is_file():
        return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} is not here: set PG_BIN to the folder of PostgreSQL's programs, of the server's version or later."
        )
    return found


def _run(*command: str) -> None:
    connection = connections[ALIAS]
    parameters = connection.get_connection_params()
    # By the environment: other users of the machine can read command lines, and passwords are no business of theirs.
    libpq = {variable: str(parameters[key]) for key, variable in _LIBPQ.items() if parameters.get(key)}
    done = subprocess.run(
        command,
        env={**os.environ, **libpq},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        preexec_fn=embedded.die_with_parent,
    )
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-1500:]}")


@contextmanager
def snapshot() -> Iterator[str]:
    """One moment of the database, named, so that pg_dump and our own counting see the same rows."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def dump(target: Path, moment: str) -> None:
    """Everything as it stood at a snapshot. Raises BackupError."""
    left_out = [f"--exclude-table-data=public.{table}" for table in LEFT_OUT]
    _run(
        program("pg_dump"),
        "--format=custom",
        f"--snapshot={moment}",
        "--lock-wait-timeout=60000",
        *left_out,
        f"--file={target}",
    )


def load(source: Path) -> None:
    """Into an empty database, whole or not at all. Raises BackupError."""
    options = ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={_name()}"]
    _run(program("pg_restore"), *options, str(source))


def _name() -> str:
    return str(connections[ALIAS].settings_dict["NAME"])


def is_empty() -> bool:
    """Whether nothing was ever made in it: no table, no sequence."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_RELATIONS)
        return not cursor.fetchone()[0]


def rows() -> dict[str, int]:
    """Rows by table, as the migrator sees them: those of every institution."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall() if name not in LEFT_OUT]
        counted = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connections[ALIAS].ops.quote_name(table)}")  # noqa: S608 -- from the catalogue
            counted[table] = cursor.fetchone()[0]
        return counted


def applied() -> list[str]:
    """Migrations that the database has had, `app.name`."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def version() -> str:
    """Of the server."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])
