"""The rows bench itself, in a process of its own: prints a line of JSON for each result."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from bench.served import ground

MANY, FEW = 4000, 150


def main() -> None:
    ground.begin()
    ours, naive, saved = _rows()
    print(json.dumps({"name": "rows", "ours": ours, "baseline": naive}), flush=True)
    print(json.dumps({"name": "rows_vs_bulk_create", "ours": ours, "baseline": saved}), flush=True)


def _rows() -> tuple[float, float, float]:
    """CPU milliseconds a person: by COPY, one by one, and by bulk_create."""
    from recipients import copying

    warm, many, few, same = (_people(start, count) for start, count in _shares())
    _write_at_once(warm)
    ground.tidy()
    ours = ground.cpu(lambda: _write_at_once(many)) / MANY
    naive = ground.cpu(lambda: _write_singly(few)) / FEW
    copying.MANY = MANY * 10
    saved = ground.cpu(lambda: _write_at_once(same)) / MANY
    return ours, naive, saved


def _shares() -> list[tuple[int, int]]:
    counts = (100, MANY, FEW, MANY)
    return [(sum(counts[:place]), count) for place, count in enumerate(counts)]


def _people(start: int, count: int) -> list[dict[str, Any]]:
    """Unsaved rows of as many people, in the order in which they are written: who, credential, a piece of evidence, a mail."""
    return [_person(number) for number in range(start, start + count)]


def _person(number: int) -> dict[str, Any]:
    import uuid
    from datetime import date, timedelta

    from recipients.models import AchievementCredential, Evidence, OutgoingEmail, Recipient

    award, places, now = _batch()
    address = f"student{number:05}@example.org"
    who = Recipient(
        issuer=award.issuer,
        name=f"Lukas Weber-Øster {number}",
        address=address,
        address_key=address,
        student_id=f"S{number:05}",
    )
    credential = AchievementCredential(
        issuer=award.issuer,
        achievement=award.achievement,
        version=award.version,
        award=award,
        recipient=who,
        award_key="once",
        name=who.name,
        values={"grade": "A+", "student_id": who.student_id, "custom": {"Seminar room": f"B {number % 30}"}},
        subject_id=uuid.UUID(int=number + 1),
        salt=f"salt{number:012}",
        awarded_on=date(2026, 11, 20),
        valid_from=now,
        document=_DOCUMENT,
        status_list=places[number][0],
        status_index=places[number][1],
        created_at=now,
        offer_expires_at=now + timedelta(days=90),
    )
    return {
        "who": who,
        "credential": credential,
        "evidence": Evidence(issuer=award.issuer, credential=credential, url=f"https://portfolio.example.org/{number}"),
        "mail": OutgoingEmail.prepared(OutgoingEmail.Kind.OFFER, credential=credential, not_before=now, created_at=now),
    }


# As long as the documents of a plain achievement are.
_DOCUMENT = json.dumps(
    {"@context": ["https://www.w3.org/ns/credentials/v2"], "credentialSubject": {"narrative": "x" * 3000}}
)
_MADE: list[Any] = []


def _batch() -> Any:
    """One award of one institution, and status places for everybody."""
    if not _MADE:
        from issuers import clock
        from issuers.models import StatusList
        from issuers.tenancy import scope
        from tests.factories import AwardFactory

        award = AwardFactory()
        with scope(award.issuer):
            places = StatusList.objects.take(award.issuer, "revocation", sum(count for _, count in _shares()))
        _MADE.append((award, places, clock.now()))
    return _MADE[0]


def _write_at_once(people: Sequence[dict[str, Any]]) -> None:
    from issuers.tenancy import scope
    from recipients import copying

    with scope(_batch()[0].issuer):
        copying.write_over([row["who"] for row in people], unique=["issuer", "address_key"], update=["name", "address"])
        for row in people:
            row["credential"].recipient_id = row["who"].pk
        copying.write([row["credential"] for row in people])
        for row in people:
            row["evidence"].credential_id = row["mail"].credential_id = row["credential"].pk
        copying.write([row["evidence"] for row in people])
        copying.write([row["mail"] for row in people])


def _write_singly(people: Sequence[dict[str, Any]]) -> None:
    """Everybody in turn, as a form does it for one."""
    from issuers.tenancy import scope

    for row in people:
        with scope(_batch()[0].issuer):
            _save(row)


def _save(row: dict[str, Any]) -> None:
    from recipients.models import Recipient

    who = row["who"]
    found, _new = Recipient.objects.update_or_create(
        issuer=who.issuer, address_key=who.address_key, defaults={"name": who.name, "address": who.address}
    )
    row["credential"].recipient = found
    saved: list[Callable[[], None]] = [row["credential"].save, row["evidence"].save, row["mail"].save]
    for part, save in zip(("credential", "evidence", "mail"), saved, strict=True):
        if part != "credential":
            row[part].credential = row["credential"]
        save()


if __name__ == "__main__":
    main()
