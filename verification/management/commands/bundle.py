"""Writes everything that a stranger needs to check an institution's credentials, for the day when the site is gone."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers.models import Issuer
from verification import bundling


class Command(BaseCommand):
    help = (
        "Writes an offline bundle of an institution: pages, signed JSON, keys, status lists and a program that checks them. "
        "Private and unclaimed credentials stay out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", required=True, metavar="SLUG", help="Short name of the institution.")
        parser.add_argument("file", type=Path, help="The ZIP file to write.")

    def handle(self, *args: Any, issuer: str, file: Path, **options: Any) -> None:
        found = Issuer.objects.filter(slug=issuer).first()
        if found is None:
            known = ", ".join(Issuer.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(f"There is no institution {issuer!r}. Known: {known or 'none'}.")
        if not file.parent.is_dir():
            raise CommandError(f"The folder {file.parent} does not exist.")
        count = bundling.write(found, file)
        self.stdout.write(f"{count} credentials of {found.name} in {file}. Unpack it and run: python verify.py")
