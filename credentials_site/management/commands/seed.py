"""The demo institution, made by the real stages in the background while the first pages answer already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from credentials_site.demo import team, term, words, year

MARK = "seeding"


def unfinished() -> bool:
    """Whether an earlier seed was stopped halfway on this data folder."""
    return _mark().exists()


def _mark() -> Path:
    return Path(settings.STORAGES["default"]["OPTIONS"]["location"]).parent / MARK


class Command(BaseCommand):
    help = "Makes Northmoor University: its team, its achievements, a year of awards and this term. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MAILBOX_SHOWN:
            raise CommandError(
                "The demo is for this machine alone: it needs a SITE_URL on localhost and no EMAIL_URL, "
                "or 300 made-up addresses would get mail."
            )
        _mark().parent.mkdir(parents=True, exist_ok=True)
        _mark().touch()
        issuer, owner = team.institution()
        self._sign_ins()
        made = team.achievements(issuer, owner)
        year.tell(issuer, made, owner)
        term.tell(issuer, owner)
        _mark().unlink(missing_ok=True)
        self.stdout.write("The demo is complete: 300 people, ten achievements, a year of awards and this term.")

    def _sign_ins(self) -> None:
        self.stdout.write(f"Sign in at {settings.SITE_URL}/accounts/login/ (password of all: {words.PASSWORD})")
        for role, name, local in words.TEAM:
            self.stdout.write(f"  {role:<9} {f'{local}@{words.DOMAIN}':<34} {name}")
        self.stdout.write(f"  student   {words.STUDENT[1]:<34} {words.STUDENT[0]}")
        self.stdout.flush()
