"""A backup of database and files: once a night, by cron (docs/operations.md)."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from credentials_site.backups import making
from credentials_site.backups.shape import BackupError


class Command(BaseCommand):
    help = (
        "Adds a backup to a folder (files that are there already are not copied again), or writes one to a .tar file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", type=Path, metavar="FOLDER|FILE.tar")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="Forget all but the newest N backups of the folder."
        )

    def handle(self, *args: Any, to: Path, keep: int, **options: Any) -> None:
        began = time.monotonic()
        try:
            if to.suffix == ".tar":
                made = making.pack(to, self.stdout.write)
            else:
                made = making.make(to, self.stdout.write, keep=keep).folder
        except (BackupError, OSError) as error:
            raise CommandError(f"Nothing was backed up. {error}") from error
        self.stdout.write(f"backup     {made}, {time.monotonic() - began:.1f} s")
