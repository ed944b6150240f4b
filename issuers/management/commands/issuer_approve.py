"""The operator's yes: lets an institution issue, or lists those that wait."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers import opening
from issuers.models import Issuer


class Command(BaseCommand):
    help = "Lets an institution issue. Without a short name it lists those that wait."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="Short name of the institution, as in its addresses.")

    def handle(self, *args: Any, slug: str | None, **options: Any) -> None:
        if slug is None:
            self._list()
            return
        issuer = Issuer.objects.filter(slug=slug).first()
        if issuer is None:
            raise CommandError(f"No institution has the short name {slug!r}. Run this without a name to see who waits.")
        if not opening.approve(issuer):
            raise CommandError(f"{issuer.name} may issue already, or is closed.")
        self.stdout.write(f"{issuer.name} may issue from now on.")

    def _list(self) -> None:
        waiting = Issuer.objects.filter(approved_at__isnull=True, closed_at__isnull=True).select_related("opened_by")
        for issuer in waiting.order_by("created_at"):
            who = issuer.opened_by.email if issuer.opened_by else "nobody any more"
            self.stdout.write(f"{issuer.slug:<40} {issuer.created_at:%Y-%m-%d}  {issuer.name}  (opened by {who})")
        if not waiting:
            self.stdout.write("Nobody waits.")
