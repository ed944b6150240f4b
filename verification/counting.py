"""Looks at public pages: counted on Valkey as they happen, written down each half minute. Nobody who looked is identified."""

from __future__ import annotations

from django.db import connection

from issuers import clock, marks
from issuers.tenancy import across_issuers

CHUNK = 1000
_ADD = """
INSERT INTO verification_publicview (issuer_id, credential_id, day, count)
SELECT c.issuer_id, c.id, looks.day, looks.number
FROM unnest(%s::text[], %s::date[], %s::integer[]) AS looks(public_id, day, number)
JOIN recipients_achievementcredential c ON c.public_id = looks.public_id
ORDER BY c.id, looks.day
ON CONFLICT (credential_id, day) DO UPDATE SET count = verification_publicview.count + excluded.count
"""


def count(public_id: str) -> None:
    """One more look today; written down at once where Valkey is away."""
    today = clock.now().date().isoformat()
    if not marks.count(marks.look(public_id, today)):
        _add([(public_id, today, 1)])


def write_down() -> int:
    """What was counted since the last time, into the rows. The number of looks. Raises RedisError."""
    looks = [(*marks.looked_at(name), number) for name, number in marks.looks().items()]
    if not looks:
        return 0
    with across_issuers("looks at pages of every institution are written down"):
        for start in range(0, len(looks), CHUNK):
            _add(looks[start : start + CHUNK])
    marks.looks_taken()
    return sum(number for _id, _day, number in looks)


def _add(looks: list[tuple[str, str, int]]) -> None:
    ids, days, numbers = (list(column) for column in zip(*looks, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [ids, days, numbers])
