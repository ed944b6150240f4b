"""Mails of a batch, against the loop that one would write: two templates, a message, a connection for each.

`mail` is composing and SMTP alone; `mail_all_in` has the database's part too: the row, who wants no mail, the link's hash, what
became of it. Both send to the same server in a process of its own, and CPU is that of the sender only.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.measuring import Measured
from bench.serving import child
from bench.sink import sink

NAMES = ["mail", "mail_all_in"]


def measure() -> Iterator[Measured]:
    with sink() as port:
        yield from child("bench.served.mail", EMAIL_URL=f"smtp://127.0.0.1:{port}")
