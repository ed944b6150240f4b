"""Public pages on a real server: gunicorn as in the Dockerfile, one server for all contenders, who take turns.

The bare view stands under the product's own middleware. `uncached` brings a cookie that the front does not know, so that
Django makes every page; each process has made it before. `first_look` asks for pages that no process has ever made.
Against the bare view requests per second count; against the naive page CPU of the server's processes, user and system, for
its waits are those of the database, which a busy machine stretches for both alike. The other measure is a line of its own.
Ratios are medians over the rounds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from bench.measuring import Measured
from bench.serving import Rate, Site, site

NAMES = (
    "public_json_vs_bare_view",
    "public_html_cached_vs_bare_view",
    "public_html_uncached_vs_naive",
    "public_html_first_look_vs_naive",
)
ROUNDS, SHORT, LONG, FIRST = 9, 160, 1000, 24
KNOWN, HOT = 8, 2
# Django answers whoever brings it; the page is the same.
PAST_THE_FRONT = "csrftoken=bench"


def measure() -> Iterator[Measured]:
    with (
        tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder,
        site(Path(folder), KNOWN + ROUNDS * FIRST) as place,
    ):
        rounds = list(_rounds(place))
    for name, ours, baseline in zip(
        NAMES, ("json", "cached", "uncached", "first"), ("bare", "bare", "naive", "naive"), strict=True
    ):
        pairs = [(found[ours], found[baseline]) for found in rounds]
        if baseline == "bare":
            yield from (_requests(name, pairs), _cpu(f"{name}_cpu", pairs))
        else:
            yield from (_cpu(name, pairs), _requests(f"{name}_requests", pairs))


def _rounds(place: Site) -> Iterator[dict[str, Rate]]:
    known, fresh = place.ids[:KNOWN], place.ids[KNOWN:]
    contenders = {
        "bare": _times(LONG, [place.request("/bench/bare")]),
        "json": _times(LONG, [place.request(f"/c/{one}.json", accept="*/*") for one in known[:HOT]]),
        "cached": _times(LONG, [place.request(f"/c/{one}") for one in known[:HOT]]),
        "uncached": _times(SHORT, [place.request(f"/c/{one}", cookie=PAST_THE_FRONT) for one in known]),
        "naive": _times(SHORT, [place.request(f"/bench/naive/{one}") for one in known]),
    }
    for requests in contenders.values():  # both processes warm up
        place.run(requests)
    for number in range(ROUNDS):
        unseen = fresh[number * FIRST : (number + 1) * FIRST]
        order = list(contenders) if number % 2 else list(reversed(contenders))
        found = {name: _one(place, contenders[name]) for name in order}
        yield found | {"first": place.run([place.request(f"/c/{one}", cookie=PAST_THE_FRONT) for one in unseen])}


def _one(place: Site, requests: list[bytes]) -> Rate:
    """A few unmeasured ones first: what is kept for seconds is kept again, in both processes, and no connection is new to them."""
    place.run(requests[: 8 * HOT])
    return place.run(requests)


def _times(count: int, requests: list[bytes]) -> list[bytes]:
    return list(islice(cycle(requests), count))


def _requests(name: str, pairs: list[tuple[Rate, Rate]]) -> Measured:
    ours, baseline = (median(rate.per_second for rate in side) for side in zip(*pairs, strict=True))
    ratio = median(mine.per_second / theirs.per_second for mine, theirs in pairs)
    return Measured(name, "requests/s", ours, baseline, ratio)


def _cpu(name: str, pairs: list[tuple[Rate, Rate]]) -> Measured:
    ours, baseline = (median(rate.cpu_ms for rate in side) for side in zip(*pairs, strict=True))
    return Measured(name, "ms CPU", ours, baseline, median(theirs.cpu_ms / mine.cpu_ms for mine, theirs in pairs))
