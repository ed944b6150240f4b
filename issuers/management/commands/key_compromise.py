"""After a leak: withdraws keys that others may know. Workers sign again what they had signed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers import keys
from issuers.management import naming
from issuers.models import Issuer, SigningKey
from issuers.tenancy import scope


class Command(BaseCommand):
    help = "Withdraws keys that others may know: no longer published, replaced at once, and what they signed is signed again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", nargs="*", help="Public halves, as in did.json: z6Mk… or zDn…")
        parser.add_argument("--issuer", help="Short name of the institution; without it --every is about all of them.")
        parser.add_argument(
            "--every", action="store_true", help="Every key that is not withdrawn yet, retired ones too."
        )
        parser.add_argument("--reason", required=True, help="What happened, for the staff of the institution.")

    def handle(self, *args: Any, key: list[str], issuer: str | None, every: bool, reason: str, **options: Any) -> None:
        if not (key and issuer) and not every:
            raise CommandError("Name a key and its institution, or say --every.")
        for one in naming.issuers(issuer):
            with scope(one):
                self._withdraw(one, list(one.keys.published()), None if every else set(key), reason[:300])

    def _withdraw(self, issuer: Issuer, published: list[SigningKey], named: set[str] | None, reason: str) -> None:
        unknown = (named or set()) - {key.multibase for key in published}
        if unknown:
            raise CommandError(f"{issuer.slug} publishes no key {', '.join(sorted(unknown))}. Nothing was changed.")
        for key in published:
            if named is None or key.multibase in named:
                keys.compromise(key, None, reason)
                waits = issuer.credentials.filter(signed_with=key.multibase, cancelled_at__isnull=True).count()
                self.stdout.write(f"{issuer.slug}: {key} is withdrawn; {waits} credentials are signed again.")
