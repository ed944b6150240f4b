"""After a leak: withdraws keys of other systems. Owners make new ones, and the systems send again what was refused."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers.management import naming
from issuers.models import Issuer
from issuers.tenancy import scope
from recipients import connecting
from recipients.models import EventKey


class Command(BaseCommand):
    help = "Withdraws keys with which other systems tell what people did. What they brought stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", nargs="*", help="Keys, as their pages show them: ek_…")
        parser.add_argument("--issuer", help="Short name of the institution; without it --every is about all of them.")
        parser.add_argument("--every", action="store_true", help="Every key in use.")

    def handle(self, *args: Any, key: list[str], issuer: str | None, every: bool, **options: Any) -> None:
        if not (key and issuer) and not every:
            raise CommandError("Name a key and its institution, or say --every.")
        for one in naming.issuers(issuer):
            with scope(one):
                self._withdraw(one, None if every else set(key))

    def _withdraw(self, issuer: Issuer, named: set[str] | None) -> None:
        keys = list(EventKey.objects.in_use().filter(issuer=issuer).select_related("issuer").order_by("pk"))
        unknown = (named or set()) - {key.key_id for key in keys}
        if unknown:
            raise CommandError(f"{issuer.slug} uses no key {', '.join(sorted(unknown))}. Nothing was changed.")
        for key in keys:
            if (named is None or key.key_id in named) and connecting.withdraw(key, None):
                self.stdout.write(f"{issuer.slug}: {key} ({key.name}) is withdrawn.")
