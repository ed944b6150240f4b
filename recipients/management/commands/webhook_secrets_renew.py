"""After a leak: ends secrets of webhooks at once, without a change-over. Owners make new ones, and what waited is sent."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers.management import naming
from issuers.models import Issuer
from issuers.tenancy import scope
from recipients import subscribing
from recipients.models import WebhookEndpoint


class Command(BaseCommand):
    help = (
        "Ends secrets of webhooks: they sign nothing from this moment on, and their webhooks are paused. A new one is shown once,"
        " to whoever makes it on the webhook's page; what there is to tell waits until then, for 30 days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", help="Short name of the institution.")
        parser.add_argument("--all", action="store_true", help="Those of every institution.")

    def handle(self, *args: Any, issuer: str | None, **options: Any) -> None:
        if bool(issuer) == options["all"]:
            raise CommandError("Name an institution with --issuer, or say --all.")
        for one in naming.issuers(issuer):
            with scope(one):
                self._end(one)

    def _end(self, issuer: Issuer) -> None:
        for endpoint in WebhookEndpoint.objects.filter(issuer=issuer).select_related("issuer").order_by("pk"):
            if subscribing.end_secrets(endpoint, None):
                self.stdout.write(
                    f"{issuer.slug}: {endpoint.name} is paused without a secret: write to {issuer.email} to make another."
                )
