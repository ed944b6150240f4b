"""The whole way: a file of people → rows, signatures, certificates, badges and mails, by the product's own stages and singly.

Both do the same for everybody: recipient, credential, evidence and mail as rows, an embedded proof, a PDF/A certificate with the
credential attached, the badge with the credential in it (ours is baked at each download: here too, and not stored), and a claim
mail to the same server. CPU is that of Python and of PostgreSQL together, user and system; the mail server's is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.measuring import Measured
from bench.serving import child
from bench.sink import sink

NAMES = ["pipeline"]


def measure() -> Iterator[Measured]:
    with sink() as port:
        yield from child("bench.served.pipeline", EMAIL_URL=f"smtp://127.0.0.1:{port}")
