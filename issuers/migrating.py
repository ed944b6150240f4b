"""What migrations say about themselves, so that a release changes tables while the one before still serves (docs/migrations.md).

`scripts/check_migrations.py` reads it: credentials_site.migration_rules has the rules and why they are there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import migrations

# Rows of one statement: long enough to be quick, short enough that nobody waits for its locks.
CHUNK = 1_000


def in_chunks(table: str, assignments: str, where: str) -> migrations.RunPython:
    """UPDATE of many rows, a thousand a transaction: locks are short, and it may be stopped and begun again.

    `where` has to be false for a row that is done. The migration that does this says `atomic = False`.
    """
    statement = (
        f"UPDATE {table} SET {assignments} WHERE id = ANY"  # noqa: S608 -- our own words, in a migration
        f" (ARRAY(SELECT id FROM {table} WHERE {where} ORDER BY id LIMIT {CHUNK} FOR UPDATE SKIP LOCKED))"
    )

    def forward(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(statement)
            while cursor.rowcount:
                cursor.execute(statement)

    return migrations.RunPython(chunked(forward), migrations.RunPython.noop)


def chunked(function: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Marks a function of RunPython that takes its rows in chunks of its own."""
    function.chunked = True  # type: ignore[attr-defined]
    return function


def not_valid(table: str, name: str, rule: str) -> migrations.RunSQL:
    """A CHECK or FOREIGN KEY that counts for new rows from now on. A later migration says `validate`."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule} NOT VALID", f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    )


def validate(table: str, name: str) -> migrations.RunSQL:
    """The rows of before are looked at, while others read and write: in a migration of its own, after `not_valid`."""
    return migrations.RunSQL(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}", migrations.RunSQL.noop)
