"""A backup back into an empty instance, or into one that only proves that it would work (docs/operations.md)."""

from __future__ import annotations

import tarfile
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from credentials_site.backups import elsewhere, restoring, shape
from credentials_site.backups.shape import Backup, BackupError

_BREACHES = "This is not whole: see the lines with FAIL above."


class Command(BaseCommand):
    help = (
        "Restores the newest backup of a folder, one of them or a .tar file into an instance that is empty, and verifies every"
        " signature, certificate and status list. Exit code 0: everything holds; 1: refused, or something does not hold."
    )
    # It has no tables yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, metavar="FOLDER|FILE.tar")
        where = parser.add_mutually_exclusive_group()
        where.add_argument(
            "--into", type=Path, metavar="FOLDER", help="A new data folder; LAUREL_DATA=FOLDER then runs it."
        )
        drill = "Into an instance that goes again afterwards; the running one is not touched."
        where.add_argument("--drill", action="store_true", help=drill)

    def handle(self, *args: Any, backup: Path, into: Path | None, drill: bool, **options: Any) -> None:
        began = time.monotonic()
        try:
            with _unpacked(backup) as folder:
                self._restore(shape.find(folder), into, drill=drill)
        except (BackupError, OSError, tarfile.TarError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{'drill' if drill else 'restored':<10} everything holds, {time.monotonic() - began:.1f} s")

    def _restore(self, backup: Backup, into: Path | None, *, drill: bool) -> None:
        if drill or into:
            with elsewhere.for_a_drill() if into is None else elsewhere.in_folder(into) as environment:
                failed = elsewhere.restore(backup, environment)
        else:
            failed = restoring.restore(backup, self._say)
        if failed:
            raise CommandError(_BREACHES if not (drill or into) else "The restore failed: its last line says why.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    if not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="laurel-restore-") as folder, tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")
        yield Path(folder)
