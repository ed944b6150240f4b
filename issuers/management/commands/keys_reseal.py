"""After a new key-encryption key: closes every signing key under the newest one, so that the older can be forgotten."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError

from issuers import keys
from issuers.models import SigningKey
from issuers.tenancy import across_issuers


class Command(BaseCommand):
    help = "Closes every signing key under the first of KEY_ENCRYPTION_KEYS. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        newest, done, broken = next(iter(keys.keks())), 0, 0
        with across_issuers("keys are sealed anew"):
            for key in SigningKey.objects.signing().select_related("issuer").order_by("pk"):
                try:
                    done += keys.seal_again(key)
                except keys.SigningRefused as refused:
                    broken += 1
                    self.stderr.write(f"{key.issuer.slug}: {refused}")
        self.stdout.write(f"{done} keys are closed under {newest!r} now.")
        if broken:
            raise CommandError(f"{broken} keys could not be opened: keep their old entry in KEY_ENCRYPTION_KEYS.")
