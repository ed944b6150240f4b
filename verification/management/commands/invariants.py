"""Counts and verifies everything; a sentence for each breach. Exit code 0: all holds; 1: something does not; 2: not known."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from issuers.tenancy import across_issuers
from verification import invariants


class Command(BaseCommand):
    help = (
        "Checks what must hold at any moment: signatures, counts, leases, files, status indexes, institutions' walls."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object instead of lines.")
        thorough = "Reads every certificate and publishes every status list too; for once a week."
        parser.add_argument("--thorough", action="store_true", help=thorough)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with across_issuers("invariants are about everybody's rows"):
                breaches = self._tell(invariants.outcomes(thorough=options["thorough"]), as_json=options["json"])
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database could not be asked: {error}", returncode=2) from error
        if breaches:
            raise CommandError(f"{breaches} breaches.")

    def _tell(self, outcomes: Iterable[invariants.Outcome], *, as_json: bool) -> int:
        """Lines as they come, or all of it at the end; the number of breaches."""
        told = []
        for outcome in outcomes:
            told.append(outcome)
            if not as_json:
                self.stdout.write(outcome.line())
        breaches = sum(outcome.count for outcome in told)
        if as_json:
            checks = [{**asdict(outcome), "holds": outcome.holds} for outcome in told]
            self.stdout.write(json.dumps({"holds": not breaches, "breaches": breaches, "checks": checks}))
        return breaches
