"""Changes an institution's signing keys: new pairs sign, the old public halves stay published."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers import keys
from issuers.models import Issuer, SigningKey
from issuers.tenancy import scope


class Command(BaseCommand):
    help = "Changes the signing keys of an institution. What the old ones signed stays valid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", required=True, help="Short name of the institution, as in its addresses.")
        parser.add_argument("--kind", choices=SigningKey.Kind.values, help="One kind alone; both without it.")
        parser.add_argument("--reason", default="", help="Why, for the staff of the institution.")

    def handle(self, *args: Any, issuer: str, kind: str | None, reason: str, **options: Any) -> None:
        found = Issuer.objects.filter(slug=issuer).first()
        if found is None:
            raise CommandError(f"No institution has the short name {issuer!r}.")
        with scope(found):
            for one in [kind] if kind else SigningKey.Kind.values:
                fresh = keys.rotate(found, one, None, reason[:300])
                self.stdout.write(f"{one}: {fresh} signs from now on.")
