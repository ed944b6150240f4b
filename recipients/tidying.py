"""Files of certificates that nobody names: left by workers that were killed between a file and its row, and erased a day later.

Printing the same again may give other bytes, and so another name (WeasyPrint writes the moment into them). What is neither
of one person nor half-written is let be: others may share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import structlog
from django.core.files.storage import default_storage
from django.utils import timezone

from issuers.tenancy import across_issuers
from recipients import printing
from recipients.models import AchievementCredential

log = structlog.get_logger()
# Longer than any worker is about to name a file.
STRAY = timedelta(days=1)
_AT_ONCE = 500
# One person's, in whole or to its end; or not whole yet.
_OF_ONE = (".pdf", ".tail", ".part")


def _walk(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files) if name.endswith(_OF_ONE))
    for name in sorted(folders):
        yield from _walk(f"{folder}/{name}")


def _is_old(key: str) -> bool:
    try:
        return timezone.now() - default_storage.get_modified_time(key) > STRAY
    except FileNotFoundError:  # it has its name now, or is gone
        return False


def strays() -> Iterator[str]:
    """Keys that no credential names and that are older than a day, half-written files among them. Inside across_issuers."""
    keys = _walk("pdf")
    while some := list(islice(keys, _AT_ONCE)):
        named = set(AchievementCredential.objects.filter(pdf__in=some).values_list("pdf", flat=True))
        yield from (key for key in some if key not in named and _is_old(key))


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
