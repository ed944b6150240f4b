"""The mail server is away, or wants nothing of us: everybody waits together, and no mail is to blame.

One row says so to all workers and pages. Whoever cannot connect sets it and puts its mails back as they were; after a
pause somebody tries again, and the first mail that gets an answer clears it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.db import connection
from django.db.models.functions import Now

from recipients.models import MailServer, Trouble

log = structlog.get_logger()
# Seconds between tries: 5, 10, 20, 30. Where we are refused by name, asking often locks accounts and fills their log.
FIRST, LONGEST, LONGEST_REFUSED = 5, 30, 300
REFUSED = {Trouble.LOGIN, Trouble.SENDER}

_DOWN = """
INSERT INTO recipients_mailserver AS m (id, down_since, paused_until, failures, why, response)
VALUES (1, now(), now() + %(pause)s, 1, %(why)s, %(response)s)
ON CONFLICT (id) DO UPDATE SET
  down_since = coalesce(m.down_since, now()), failures = m.failures + 1, why = %(why)s, response = %(response)s,
  paused_until = now() + least(%(pause)s::interval * power(2, least(m.failures, 10)), %(longest)s::interval)
WHERE m.paused_until IS NULL OR m.paused_until <= now()
RETURNING failures
"""


def paused() -> bool:
    """Whether nobody should try now."""
    return MailServer.objects.filter(paused_until__gt=Now()).exists()


def trouble() -> MailServer | None:
    """What is wrong with the mail server, while something is."""
    return MailServer.objects.filter(down_since__isnull=False).first()


def pause(why: Trouble, response: str) -> None:
    """Nobody tries for a while. The operator reads of it once, however many workers find out."""
    longest = LONGEST_REFUSED if why in REFUSED else LONGEST
    values = {"why": why.value, "response": response[:300]}
    spans: dict[str, Any] = {"pause": timedelta(seconds=FIRST), "longest": timedelta(seconds=longest)}
    with connection.cursor() as cursor:
        cursor.execute(_DOWN, {**values, **spans})
        found = cursor.fetchone()
    if found and found[0] == 1:
        log.error("mail_server_down", **values)


def resume() -> None:
    """It took a mail, or answered about one."""
    if MailServer.objects.filter(down_since__isnull=False).update(
        down_since=None, paused_until=None, failures=0, why="", response=""
    ):
        log.info("mail_server_back")
