"""`migrate` as the role that owns the tables, beside a product in use: it never makes pages wait for more than two seconds.

A change of a table waits for whoever uses it, and everybody who comes later waits behind it. So it gives up after two
seconds, lets them through and tries again (SECURITY R14). What is applied stays applied.
"""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connections
from django.db.migrations import Migration
from psycopg.errors import LockNotAvailable

LOCK_SECONDS = 2
TRIES = 20
LONGEST_PAUSE = 15


class Command(Migrate):
    """Django's command with another default database, and with patience."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="migrator")

    def handle(self, *args: Any, **options: Any) -> str | None:
        self.on = connections[options["database"]]
        for tried in range(1, TRIES + 1):
            try:
                said: str | None = super().handle(*args, **options)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                self._pause(tried)
            else:
                return said
        raise CommandError(
            f"A table was in use each time, {TRIES} times in a row: nothing of that migration was done. Something holds it for"
            " long, such as a backup or an open `psql`; see pg_stat_activity for the oldest xact_start, then run this again."
        )

    def _pause(self, tried: int) -> None:
        pause = min(tried, LONGEST_PAUSE)
        self.stderr.write(f"A table is in use; nobody is made to wait. Trying again in {pause} s ({tried} of {TRIES}).")
        time.sleep(pause)

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        """Before each migration. One outside of a transaction makes indexes concurrently: it waits for all and blocks nobody."""
        if action == "apply_start" and migration is not None:
            seconds = LOCK_SECONDS if migration.atomic else 0
            with self.on.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{seconds}s'")
        super().migration_progress_callback(action, migration, fake)
