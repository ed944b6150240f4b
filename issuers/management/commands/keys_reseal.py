"""After a new key-encryption key: closes every secret under the newest one, so that the older can be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management import BaseCommand, CommandError

from issuers import keys, sealing, second_factors
from issuers.models import SigningKey, sealed_models
from issuers.tenancy import across_issuers


class Command(BaseCommand):
    help = "Closes every signing key, second factor and other secret under the first of KEY_ENCRYPTION_KEYS. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.done = self.broken = 0
        with across_issuers("secrets are sealed anew"):
            for key in SigningKey.objects.signing().select_related("issuer").order_by("pk"):
                self._try(key.issuer.slug, partial(keys.seal_again, key))
            for model in sealed_models():
                for row in model._default_manager.exclude(secret=b"").select_related("issuer").order_by("pk"):
                    self._try(row.issuer.slug, row.seal_again)
        for pk in Authenticator.objects.values_list("pk", flat=True):
            self._try(f"authenticator {pk}", partial(second_factors.seal_again, pk))
        self.stdout.write(f"{self.done} keys are closed under {sealing.newest()!r} now.")
        if self.broken:
            raise CommandError(f"{self.broken} keys could not be opened: keep their old entry in KEY_ENCRYPTION_KEYS.")

    def _try(self, slug: str, seal_again: Callable[[], bool]) -> None:
        try:
            self.done += seal_again()
        except (keys.SigningRefused, sealing.NotOpened) as refused:
            self.broken += 1
            self.stderr.write(f"{slug}: {refused}")
