"""What every bench with a database of its own begins with, and how it counts the CPU of both sides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import django

from bench import measuring


def begin() -> None:
    """The product, its tables, and no broker: nobody listens here."""
    django.setup()
    from celery import current_app
    from django.core.management import call_command

    call_command("migrate", database="migrator", verbosity=0)
    type(current_app).send_task = lambda *_args, **_kwargs: None


def tidy() -> None:
    """As the database does by itself after a while."""
    from django.db import connections

    with connections["migrator"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of this process and of the database's that answers it, user and system."""
    from django.db import connection

    connection.ensure_connection()
    # Nanoseconds on a CPU: /proc/…/stat counts ticks of 10 ms, which many short answers never fill.
    spent = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")

    def now() -> float:
        return measuring.cpu() + int(spent.read_text().split()[0]) / 1e9

    with connection.cursor() as cursor:  # helpers of the database would not be counted
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    before = now()
    work()
    return (now() - before) * 1000
