"""Ends an institution's staff pages; what it issued stays public and checkable."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers import opening
from issuers.models import Issuer


class Command(BaseCommand):
    help = "Closes an institution for good. Its credentials, keys and status lists stay public."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, slug: str, yes: bool, **options: Any) -> None:
        issuer = Issuer.objects.filter(slug=slug).first()
        if issuer is None:
            raise CommandError(f"No institution has the short name {slug!r}.")
        if not yes and input(f"Close {issuer.name} for good? Type its short name: ") != slug:
            raise CommandError("Nothing was changed.")
        if not opening.close(issuer):
            raise CommandError(f"{issuer.name} is closed already.")
        self.stdout.write(f"{issuer.name} is closed. What it issued stays public.")
