"""The pipeline bench itself, in a process of its own: prints a line of JSON for each result."""

from __future__ import annotations

import csv
import io
import json
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

from bench.served import ground

MANY, FEW = 2000, 10
SAMPLE = Path(__file__).resolve().parents[2] / "tests" / "samples" / "class-1000.csv"


def main() -> None:
    ground.begin()
    version = _version()
    _ours(version, _file(0, 50))
    ground.tidy()
    many = _file(50, MANY)
    ours = ground.cpu(lambda: _ours(version, many)) / MANY
    naive = ground.cpu(lambda: _naive(version, _file(50 + MANY, FEW))) / FEW
    print(json.dumps({"name": "pipeline", "ours": ours, "baseline": naive}), flush=True)


def _version() -> Any:
    """A published achievement with a certificate as institutions have it."""
    from tests.factories import IssuerFactory
    from tests.published import publish

    return publish(IssuerFactory(name="Northmoor University"), starter="classic")


def _file(start: int, count: int) -> bytes:
    """People as registrars write them: names in ten scripts, grades, links; each an address of its own."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(head)
    for number, row in zip(range(start, start + count), cycle(rows), strict=False):
        write([row[0], f"student{number:05}@example.org", f"S{number:05}", *row[3:]])
    return out.getvalue().encode()


def _people(content: bytes) -> Any:
    from datetime import date

    from recipients import importing

    table = importing.read(content, "year.csv")
    report = importing.check(table, importing.suggest(table.columns), today=date(2026, 12, 1))
    if report.faults:
        raise AssertionError(report.faults[:3])
    return report.people


def _ours(version: Any, content: bytes) -> None:
    import hashlib

    from issuers.tenancy import scope
    from recipients import delivering, issuing, sending
    from recipients.models import Award

    with scope(version.issuer):
        award = issuing.intend(
            version.issuer,
            version,
            _people(content),
            source=Award.Source.FILE,
            by=None,
            request_key=hashlib.sha256(content).hexdigest(),
            skip_undo=True,
        )
    while delivering.sign_chunk() or delivering.render_chunk() or sending.send_chunk():
        continue
    with scope(version.issuer):
        _bake(version, award)
        left = award.credentials.filter(offered_at=None).count()
    if left:
        raise AssertionError(f"{left} of {award.total} were not mailed")
    print(f"{award.total} people signed, printed and mailed", file=sys.stderr)


def _bake(version: Any, award: Any) -> None:
    from badges.openbadges.baking import bake_png
    from issuers import media

    picture = media.fetch(version.badge_picture)
    for text in award.credentials.values_list("signed", flat=True).iterator():
        bake_png(picture, text)


def _naive(version: Any, content: bytes) -> None:
    from bench.served import singly
    from issuers import clock
    from issuers.tenancy import scope
    from recipients.models import Award

    with scope(version.issuer):
        award = Award.objects.create(
            issuer=version.issuer,
            achievement=version.achievement,
            version=version,
            source=Award.Source.FILE,
            request_key="naive",
            created_at=clock.now(),
            release_at=clock.now(),
        )
    for person in _people(content):
        with scope(version.issuer):
            singly.issue(version, award, person)


if __name__ == "__main__":
    main()
