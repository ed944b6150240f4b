"""The growth bench itself, in a process of its own beside the engines of `bench.growth`: prints one line of JSON."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from datetime import timedelta

from bench.served import ground, grown

LOOKS, PAGES = 400, 20


def main(credentials: int, sockets: str) -> None:
    ground.begin()
    for what in grown.write(sockets, grown.Size(credentials, beside=False)):
        print(f"{credentials:,}: {what}", file=sys.stderr, flush=True)
    print(json.dumps(measured(credentials)))


def measured(credentials: int) -> dict[str, float]:
    """CPU milliseconds of one deep page, the first page, the same by OFFSET, one look-up, and analytics both ways."""
    from issuers.models import Issuer
    from issuers.tenancy import scope

    found = {"lookup": _lookups(credentials)}
    issuer = Issuer.objects.get(pk=1)
    with scope(issuer):
        depth = credentials * 9 // 10
        found["first"] = _often(lambda: _page(0))
        found["deep"] = _often(lambda: _page(credentials - depth))
        found["offset"] = _often(lambda: _skipped(depth), 3)
        assert [row.pk for row in _page(credentials - depth + 1)] == [row.pk for row in _skipped(depth)]
        found["rollup"], found["live"] = _often(lambda: _tallied(issuer)), _often(lambda: _counted(issuer), 3)
        assert _tallied(issuer) == _counted(issuer)
    return found


def _often(work: Callable[[], object], times: int = PAGES) -> float:
    work()
    return ground.cpu(lambda: [work() for _ in range(times)]) / times


def _page(before: int) -> list:
    """As the page of credentials asks: its rows with their states, and how many there are."""
    from django.test import RequestFactory

    from recipients.views.credentials import listed

    shown, _total = listed(RequestFactory().get("/", {"before": before} if before else {}))
    return shown.rows


def _skipped(depth: int) -> list:
    """With its states, which the database would name for each row that it skips, it takes more than a minute: without them."""
    from recipients.models import AchievementCredential

    rows = AchievementCredential.objects.select_related("recipient", "achievement", "version")
    return list(rows.order_by("-pk")[depth : depth + 50])


def _lookups(credentials: int) -> float:
    from issuers.tenancy import across_issuers
    from recipients.models import AchievementCredential
    from verification import opening

    dice = random.Random(1)
    with across_issuers("the bench chooses"):
        some = AchievementCredential.objects.filter(
            pk__in=dice.sample(range(1, credentials + 1), min(LOOKS, credentials))
        )
        ids = list(some.filter(claimed_at__isnull=False, cancelled_at__isnull=True).values_list("public_id", flat=True))

    def look() -> None:
        for public_id in ids:
            with opening.page(public_id, None):
                pass

    look()
    return ground.cpu(look) / len(ids)


def _tallied(issuer) -> dict:
    from recipients import tallying

    first, last = _year(issuer)
    rows = tallying.summed(tallying.between(first, last), "achievement")
    return {row["achievement"]: row["sum_issued"] for row in rows if row["sum_issued"]}


def _counted(issuer) -> dict:
    from django.db.models import Count

    from recipients.models import AchievementCredential

    first, last = _year(issuer)
    rows = AchievementCredential.objects.filter(created_at__date__range=(first, last)).order_by()
    return dict(rows.values_list("achievement").annotate(number=Count("pk")))


def _year(issuer) -> tuple:
    """Its last; as days where the institution is, which the caller makes the connection's."""
    from zoneinfo import ZoneInfo

    from django.utils import timezone

    timezone.activate(ZoneInfo(issuer.time_zone))
    today = timezone.localdate()
    return today - timedelta(days=364), today


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
