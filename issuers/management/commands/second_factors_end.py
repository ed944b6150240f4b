"""After a leak: ends authenticator apps and recovery codes. People are told by mail, and set up new ones."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management import BaseCommand, CommandError

from issuers import cleaning, second_factors
from issuers.models import User


class Command(BaseCommand):
    help = (
        "Ends authenticator apps and recovery codes: they let nobody in from this moment on, and their owners are told by"
        " mail. Passkeys and passwords stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", help="An address of one person.")
        parser.add_argument("--all", action="store_true", help="Those of everybody.")

    def handle(self, *args: Any, address: str | None, **options: Any) -> None:
        if bool(address) == options["all"]:
            raise CommandError("Name the address of one person, or say --all.")
        people = [self._person(address)] if address else second_factors.people()
        ended = sum(second_factors.end(user) for user in User.objects.filter(pk__in=people).order_by("pk"))
        if address and not ended:
            raise CommandError(f"{address} has neither an authenticator app nor recovery codes. Nothing was changed.")
        self.stdout.write(
            f"Second factors of {ended} {'person' if ended == 1 else 'people'} are ended, and they are told."
        )

    def _person(self, address: str) -> int:
        try:
            key = cleaning.address(address).key
        except cleaning.Refused as refused:
            raise CommandError(f"{address} is no address.") from refused
        owner = EmailAddress.objects.filter(email=key, verified=True).values_list("user_id", flat=True).first()
        if owner is None:
            raise CommandError(f"Nobody here has the address {address}.")
        return owner
