"""After a leak: withdraws tokens of the API. Owners make new ones; what the old ones did stays, and stands in the trail."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers import entrusting
from issuers.management import naming
from issuers.models import ApiToken, Issuer
from issuers.tenancy import scope


class Command(BaseCommand):
    help = "Withdraws tokens with which programs of institutions use the API. They open nothing from this moment on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("token", nargs="*", help="Beginnings of tokens, as their page shows them: laurel_…")
        parser.add_argument("--issuer", help="Short name of the institution; without it --every is about all of them.")
        parser.add_argument("--every", action="store_true", help="Every token in use.")

    def handle(self, *args: Any, token: list[str], issuer: str | None, every: bool, **options: Any) -> None:
        if not (token and issuer) and not every:
            raise CommandError("Name the beginning of a token and its institution, or say --every.")
        # A whole token works too: it is what somebody found in a log or a repository.
        named = None if every else {text[:13] for text in token}
        for one in naming.issuers(issuer):
            with scope(one):
                self._withdraw(one, named)

    def _withdraw(self, issuer: Issuer, named: set[str] | None) -> None:
        tokens = list(ApiToken.objects.in_use().filter(issuer=issuer).select_related("issuer").order_by("pk"))
        unknown = (named or set()) - {token.prefix for token in tokens}
        if unknown:
            raise CommandError(f"{issuer.slug} uses no token {', '.join(sorted(unknown))}. Nothing was changed.")
        for token in tokens:
            if (named is None or token.prefix in named) and entrusting.withdraw(token, None):
                self.stdout.write(f"{issuer.slug}: {token.prefix}… ({token.name}) is withdrawn.")
