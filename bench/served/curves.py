"""How sizes and times grow: a thousand, ten thousand, a hundred thousand, a million credentials of one institution.

`python -m bench.served.curves` writes docs/scaling.json and draws docs/scaling.svg. Some ten minutes. `--issuers 200` spreads them
over many institutions. Every size begins with an empty database; what is measured are the product's own functions, as the app
role. Times are CPU milliseconds of Python and PostgreSQL together, bytes those of PostgreSQL's files.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.served import drawing, ground, grown
from credentials_site import embedded

ROOT = Path(__file__).resolve().parents[2]
SIZES = (1_000, 10_000, 100_000, 1_000_000)
TABLES = (
    *("recipients_achievementcredential", "recipients_outgoingemail", "recipients_recipient", "recipients_claimlink"),
    *(
        "recipients_searchword",
        "recipients_tally",
        "issuers_auditevent",
        "verification_publicview",
        "recipients_activity",
    ),
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    asked.add_argument("--issuers", type=int, default=1)
    asked.add_argument("--text", type=int, default=grown.TEXT, help="Bytes of a document; real ones are some 2,000.")
    asked.add_argument("--out", type=Path, default=ROOT / "docs/scaling.json")
    given = asked.parse_args()
    found = []
    for size in given.sizes:
        found.append(_of(grown.Size(size, given.issuers, given.text)))
        print(json.dumps(found[-1]), flush=True)
    given.out.write_text(json.dumps(found, indent=1) + "\n")
    given.out.with_suffix(".svg").write_text(drawing.curves(found))


def _of(size: grown.Size) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder:
        engines = embedded.start(Path(folder) / "engines", ephemeral=True)
        settings = {"DJANGO_SETTINGS_MODULE": "credentials_site.settings.test", "STORAGE_URL": f"file://{folder}/media"}
        environment = {**os.environ, **engines.environment(), **settings}
        values = [str(size.credentials), str(size.issuers), str(size.text), str(engines.sockets)]
        try:
            command = [sys.executable, "-c", "from bench.served import curves; curves.one()", *values]
            done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        finally:
            engines.stop()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def one() -> None:
    """One size, in a process of its own."""
    ground.begin()
    size = grown.Size(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    began = time.perf_counter()
    for what in grown.write(sys.argv[4], size):
        print(f"{size.credentials:,}: {what}", file=sys.stderr, flush=True)
    seeded = time.perf_counter() - began
    from recipients import searching, tallying

    began = time.perf_counter()
    while tallying.fold() + searching.read_chunk():
        continue
    read = time.perf_counter() - began
    found = {"credentials": size.credentials, "issuers": size.issuers, "text": size.text}
    found |= {"seeded_s": round(seeded, 1), "words_s": round(read, 1), "bytes": dict(_bytes()), "ms": dict(_times())}
    print(json.dumps(found))


def _bytes() -> Iterator[tuple[str, dict[str, int]]]:
    """Of each table: rows, the heap with its long texts, and each index."""
    from django.db import connections

    with connections["migrator"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        for table in TABLES:
            cursor.execute(
                "SELECT (SELECT reltuples FROM pg_class WHERE oid = %(t)s::regclass)::bigint, pg_relation_size(%(t)s),"
                " pg_table_size(%(t)s) - pg_relation_size(%(t)s), pg_indexes_size(%(t)s)",
                {"t": table},
            )
            rows, heap, beside, indexes = cursor.fetchone()
            yield table, {"rows": rows, "heap": heap, "beside": beside, "indexes": indexes}
        cursor.execute(
            "SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes WHERE relname = %s",
            [TABLES[0]],
        )
        yield "indexes of credentials", dict(cursor.fetchall())


def _times() -> Iterator[tuple[str, float]]:
    from django.db import connection

    from bench.served.growth import measured
    from issuers.models import Issuer
    from issuers.tenancy import across_issuers, scope
    from recipients import states
    from recipients.models import AchievementCredential

    with across_issuers("the bench counts"):
        own = AchievementCredential.objects.filter(issuer=1).count()
    yield from measured(own).items()
    issuer = Issuer.objects.get(pk=1)
    with scope(issuer):
        yield "search", _timed(lambda: _searched("p777@example.org"))
        yield "search_nobody", _timed(lambda: _searched("zzzz"))
        for state in ("not_delivered", "suspended", "failed", "lapsed"):
            yield state, _timed(lambda name=state: states.in_state(AchievementCredential.objects.all(), name)[:51])
    yield "overview", _timed(lambda: _overview(issuer))
    for name, step in _sweep().items():
        connection.close()
        yield f"sweep {name}", _timed(step)


def _timed(work: Callable[[], Any], times: int = 5) -> float:
    def run() -> None:
        answer = work()
        if hasattr(answer, "query"):
            list(answer)

    run()
    return round(ground.cpu(lambda: [run() for _ in range(times)]) / times, 3)


def _searched(words: str) -> list:
    from django.test import RequestFactory

    from recipients.views.credentials import listed

    return listed(RequestFactory().get("/", {"q": words}))[0].rows


def _overview(issuer: Any) -> int:
    """The whole page, as an owner opens it."""
    from django.test import Client

    from issuers.models import Membership, Role, User
    from issuers.tenancy import across_issuers

    with across_issuers("the bench signs in"):
        user, _made = User.objects.get_or_create(email="owner@example.org", defaults={"name": "Owner"})
        Membership.objects.get_or_create(issuer=issuer, user=user, defaults={"role": Role.OWNER})
    client = Client()
    client.force_login(user)
    return client.get(f"/manage/{issuer.slug}/", HTTP_HOST="localhost").status_code


def _sweep() -> dict[str, Callable[[], Any]]:
    """What is asked every half minute, also where nothing waits."""
    from recipients import (
        answering,
        awarding,
        claiming,
        delivering,
        earning,
        noticing,
        recognising,
        searching,
        sending,
        tallying,
        telling,
    )

    return {
        "delivering.waiting": delivering.waiting,
        "delivering.give_up_crashed": delivering.give_up_crashed,
        "delivering.take_up_withdrawn": delivering.take_up_withdrawn,
        "sending.waiting": sending.waiting,
        "sending.give_up_crashed": sending.give_up_crashed,
        "claiming.take_for_those_who_asked": claiming.take_for_those_who_asked,
        "noticing.waiting": noticing.waiting,
        "noticing.evaluate_chunk": noticing.evaluate_chunk,
        "earning.ready": earning.ready,
        "telling.waiting": telling.waiting,
        "recognising.recognise_newest": recognising.recognise_newest,
        "answering.waiting": answering.waiting,
        "awarding.waiting": awarding.waiting,
        "tallying.fold": tallying.fold,
        "searching.read_chunk": searching.read_chunk,
    }


if __name__ == "__main__":
    main()
