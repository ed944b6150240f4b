"""Finding somebody among very many: words by their beginnings, from an index that row-level security lets be used.

ILIKE and trigrams are not leakproof, so that PostgreSQL looks at every row of the institution before it asks them. Plain
comparisons of text are: `word >= 'lop' AND word < 'lop…'` is answered by an index (decision 0033). Small institutions are
searched as ever, by any part of a word.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from issuers.tenancy import across_issuers
from recipients.models import AchievementCredential, Recipient, SearchWord

# Up to so many people every row is looked at: a quarter of a second.
SMALL = 5_000
# Whoever is found by more is found soon by looking at the newest rows.
MOST = 2_000
CHUNK, LONGEST = 1_000, 60
_LAST = chr(0x10FFFF)
Rows = TypeVar("Rows", bound=QuerySet[Any])
_INSERT = """
INSERT INTO recipients_searchword (issuer_id, recipient_id, word)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[])
"""


def by_beginnings() -> bool:
    """Whether the scope's institution has so many people that words are found by how they begin."""
    return Recipient.objects.order_by().values("pk")[: SMALL + 1].count() > SMALL


def narrowed(rows: Rows, text: str, person: str) -> Rows:
    """The rows of people whose words begin as asked; all rows where that would be most of them, or nothing is asked.

    `person` is the rows' way to a person: `recipient`, or `pk`. The caller still asks what it always asks: this leaves less
    to look at.
    """
    words = sorted({_plain(word) for word in text.split()[:6]}, key=len, reverse=True)
    if not words or not by_beginnings():
        return rows
    found = SearchWord.objects.filter(_begins(words[0]))
    for word in words[1:]:
        found = found.filter(recipient__in=SearchWord.objects.filter(_begins(word)).values("recipient"))
    unread = Recipient.objects.filter(words_at__isnull=True, erased_at__isnull=True).matching(text)
    people = [*found.values_list("recipient_id", flat=True)[: MOST + 1], *unread.values_list("pk", flat=True)[:MOST]]
    return rows.filter(**{f"{person}__in": people}) if len(people) <= MOST else rows


def _begins(word: str) -> Q:
    return Q(word__gte=word[:LONGEST], word__lt=word[:LONGEST] + _LAST)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def words_of(*texts: str) -> set[str]:
    """Every word as it stands, and its parts: `al-Mansoori` is found by `al-m`, by `man` and as a whole."""
    found: set[str] = set()
    for whole in _plain(" ".join(texts)).split():
        local = whole.partition("@")[0]
        parts = "".join(char if char.isalnum() or unicodedata.combining(char) else " " for char in local).split()
        found |= {word[:LONGEST] for word in (whole, *parts)}
    return found


def read_chunk() -> int:
    """Write the words of up to CHUNK people who are new or were changed; the number of them."""
    with across_issuers("words of everybody's people are written down"):
        waiting = Recipient.objects.filter(words_at__isnull=True).order_by("id").select_for_update(skip_locked=True)
        people = list(waiting[:CHUNK])
        if people:
            _write(people)
    return len(people)


def _write(people: list[Recipient]) -> None:
    """What was written of them before is replaced; nothing is written of the erased."""
    pks = [one.pk for one in people]
    names = _names(pks)
    SearchWord.objects.filter(recipient__in=pks).delete()
    words = [
        (one.issuer_id, one.pk, word)
        for one in people
        if one.erased_at is None
        for word in sorted(words_of(one.name, one.address_key, one.student_id, *names[one.pk]))
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [list(column) for column in zip(*words, strict=True)] or [[], [], []])
    Recipient.objects.filter(pk__in=pks).update(words_at=Now())


def _names(people: Iterable[int]) -> dict[int, list[str]]:
    """What their credentials call them: an earlier one may say another name."""
    said: dict[int, list[str]] = defaultdict(list)
    rows = AchievementCredential.objects.filter(recipient__in=people).order_by()
    for recipient, name in rows.values_list("recipient_id", "name").distinct():
        said[recipient].append(name)
    return said
