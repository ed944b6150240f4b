"""A backup back into an empty instance, or into one that only proves that it would work (docs/operations.md)."""

from __future__ import annotations

import tarfile
import tempfile
import time
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from credentials_site.backups import elsewhere, restoring, shape
from credentials_site.backups.shape import Backup, BackupError

_ENDED_SINCE = (
    "look at    what was ended since the backup is in use again: keys of other systems, secrets of webhooks, members, claim"
    " slips. End it again before you open the site (docs/operations.md)."
)
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
        tokens = "Leave tokens of the API in use, also those that were withdrawn after the backup."
        parser.add_argument("--keep-tokens", action="store_true", help=tokens)
        # Of the process that a drill starts: nobody is to make new tokens for what goes again.
        parser.add_argument("--goes-again", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, backup: Path, drill: bool, **options: Any) -> None:
        began = time.monotonic()
        try:
            with _unpacked(backup) as folder:
                found = shape.find(folder)
                if drill or options["into"]:
                    self._restore_elsewhere(found, options["into"], keep_tokens=options["keep_tokens"])
                else:
                    self._restore(found, keep_tokens=options["keep_tokens"], goes_again=options["goes_again"])
        except (BackupError, OSError, tarfile.TarError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{'drill' if drill else 'restored':<10} everything holds, {time.monotonic() - began:.1f} s")

    def _restore_elsewhere(self, backup: Backup, into: Path | None, *, keep_tokens: bool) -> None:
        passed_on = ["--goes-again"] if into is None else ["--keep-tokens"] if keep_tokens else []
        with elsewhere.for_a_drill() if into is None else elsewhere.in_folder(into) as environment:
            failed = elsewhere.restore(backup, environment, *passed_on)
        if failed:
            raise CommandError("The restore failed: its last line says why.")

    def _restore(self, backup: Backup, *, keep_tokens: bool, goes_again: bool) -> None:
        failed = restoring.restore(backup, self._say, keep_tokens=keep_tokens or goes_again)
        if not goes_again:
            self._say(_ENDED_SINCE)
        if failed:
            raise CommandError(_BREACHES)

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
