"""Public pages on a real server: gunicorn as in the Dockerfile, one server for all contenders, who take turns.

The bare view stands under the product's own middleware. `uncached` brings a cookie that the front does not know, so that
Django makes every page; each process has made it before. `first_look` asks for pages that no process has ever made.
Ratios are medians over the rounds; the lines of CPU say what a request costs the server's processes.
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
ROUNDS, SHORT, LONG = 9, 24, 240
KNOWN, HOT = 8, 2
# Django answers whoever brings it; the page is the same.
PAST_THE_FRONT = "csrftoken=bench"


def measure() -> Iterator[Measured]:
    with (
        tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder,
        site(Path(folder), KNOWN + ROUNDS * SHORT) as place,
    ):
        rounds = list(_rounds(place))
    for name, ours, baseline in (
        ("public_json_vs_bare_view", "json", "bare"),
        ("public_html_cached_vs_bare_view", "cached", "bare"),
        ("public_html_uncached_vs_naive", "uncached", "naive"),
        ("public_html_first_look_vs_naive", "first", "naive"),
    ):
        yield _compared(name, "requests/s", [(r[ours].per_second, r[baseline].per_second) for r in rounds])
        cpu = [(r[ours].cpu_ms, r[baseline].cpu_ms) for r in rounds]
        mine, theirs = (median(column) for column in zip(*cpu, strict=True))
        yield Measured(f"{name}_cpu", "ms CPU", mine, theirs, theirs / mine)


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
        place.run(requests * 4)
    for number in range(ROUNDS):
        unseen = fresh[number * SHORT : (number + 1) * SHORT]
        order = list(contenders) if number % 2 else list(reversed(contenders))
        found = {name: _one(place, contenders[name]) for name in order}
        yield found | {"first": place.run([place.request(f"/c/{one}", cookie=PAST_THE_FRONT) for one in unseen])}


def _one(place: Site, requests: list[bytes]) -> Rate:
    """A few unmeasured ones first: what is kept for seconds is kept again, in both processes, and no connection is new to them."""
    place.run(requests[: 8 * HOT])
    return place.run(requests)


def _times(count: int, requests: list[bytes]) -> list[bytes]:
    return list(islice(cycle(requests), count))


def _compared(name: str, unit: str, pairs: list[tuple[float, float]]) -> Measured:
    """Medians; the ratio is the median of the rounds' own ratios."""
    ours, baseline = (median(column) for column in zip(*pairs, strict=True))
    return Measured(name, unit, ours, baseline, median(mine / theirs for mine, theirs in pairs))
