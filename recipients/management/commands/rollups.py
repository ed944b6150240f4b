"""Compares the tallies behind overview and analytics with the rows, or counts them anew."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers.models import Issuer
from issuers.tenancy import scope
from recipients import tallying

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Compares the numbers behind overview and analytics with the rows they count; exit code 1 where they differ."
        " With --rebuild they are counted anew. Both may run while people claim."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--check", action="store_true", help="Compare, and say what differs.")
        what.add_argument("--rebuild", action="store_true", help="Count anew.")
        parser.add_argument("--issuer", help="Short name of one institution; all without it.")

    def handle(self, *args: Any, issuer: str | None, rebuild: bool, **options: Any) -> None:
        issuers = Issuer.objects.order_by("id")
        chosen = issuers.filter(slug=issuer) if issuer else issuers
        if issuer and not chosen:
            raise CommandError(f"No institution has the short name {issuer!r}.")
        wrong = sum(self._rebuild(one) if rebuild else self._check(one) for one in chosen)
        if wrong:
            raise CommandError(f"{wrong} numbers differ from the rows. `manage.py rollups --rebuild` counts anew.")

    def _rebuild(self, issuer: Issuer) -> int:
        with scope(issuer):
            tallying.rebuild(issuer)
        self.stdout.write(f"{issuer.slug}: counted anew.")
        return 0

    def _check(self, issuer: Issuer) -> int:
        with scope(issuer):
            found = list(tallying.differences(issuer))
        for one in found[:SHOWN]:
            self.stdout.write(
                f"{issuer.slug}: achievement {one.achievement}, {one.day}, {one.name}:"
                f" {one.tallied} tallied, {one.live} in the rows"
            )
        return len(found)
