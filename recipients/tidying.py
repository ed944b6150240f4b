"""Files of certificates that nobody names: left by workers that were killed between a file and its row, and erased a day later.

Printing the same again may give other bytes, and so another name (WeasyPrint writes the moment into them).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import structlog

from issuers import media
from issuers.tenancy import across_issuers
from recipients import printing
from recipients.models import AchievementCredential

log = structlog.get_logger()
# Longer than any worker is about to name a file.
STRAY = timedelta(days=1)
_AT_ONCE = 500


def strays() -> Iterator[str]:
    """Keys that no credential names and that are older than a day, half-written files among them. Inside across_issuers."""
    keys = media.walk("pdf")
    while some := list(islice(keys, _AT_ONCE)):
        named = set(AchievementCredential.objects.filter(pdf__in=some).values_list("pdf", flat=True))
        yield from (key for key in some if key not in named and media.age(key) > STRAY)


def forget_strays() -> int:
    """Erase them. The number of files."""
    with across_issuers("files of all institutions lie beside each other"):
        found = list(strays())
    for key in found:
        printing.forget(key)
        _print_anew(key)
    if found:
        log.info("strays_forgotten", files=len(found))
    return len(found)


def _print_anew(key: str) -> None:
    """Should somebody have begun to name the file in the moment of its end, it is made again."""
    with across_issuers("files of all institutions lie beside each other"):
        AchievementCredential.objects.filter(pdf=key).update(pdf="", rendered_at=None)
