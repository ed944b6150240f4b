"""Counts and verifies everything; exit code 1 and a sentence for each breach."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers.tenancy import across_issuers
from verification import invariants


class Command(BaseCommand):
    help = (
        "Checks what must hold at any moment: signatures, counts, leases, files, status indexes, institutions' walls."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        breaches = 0
        with across_issuers("invariants are about everybody's rows"):
            for check in invariants.ALL:
                found = list(check())
                breaches += len(found)
                self.stdout.write(f"{'ok  ' if not found else 'FAIL'} {check.__name__.replace('_', ' ')}")
                for sentence in found[:50]:
                    self.stdout.write(f"       {sentence}")
        if breaches:
            raise CommandError(f"{breaches} breaches.")
