"""`migrate` as the role that owns the tables; the application's own role may not change them."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate


class Command(Migrate):
    """Django's command with another default database."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="migrator")

    def handle(self, *args: Any, **options: Any) -> str | None:
        return super().handle(*args, **options)
