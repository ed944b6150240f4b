"""Telling workers to look. The work stands in rows, so that a lost or unsent message only delays it (sweep finds it)."""

from collections.abc import Sequence
from functools import partial

from celery import current_app
from django.db import transaction


def wake(*tasks: str, args: Sequence[object] = ()) -> None:
    """Send each named task after the commit. A broker that is away is logged and does not disturb the page.

    `args` are for work that stands in no row, and may be lost with its message.
    """
    for name in tasks:
        transaction.on_commit(partial(current_app.send_task, name, args=args), robust=True)
