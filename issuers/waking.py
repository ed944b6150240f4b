"""Telling workers to look. The work stands in rows, so that a lost or unsent message only delays it (sweep finds it)."""

from functools import partial

from celery import current_app
from django.db import transaction


def wake(*tasks: str) -> None:
    """Send each named task after the commit. A broker that is away is logged and does not disturb the page."""
    for name in tasks:
        transaction.on_commit(partial(current_app.send_task, name), robust=True)
