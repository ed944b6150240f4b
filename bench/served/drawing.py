"""The picture of docs/scaling.md: times of growing tables on a paper with two logarithmic scales, and what a credential weighs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import log10
from typing import Any

WIDTH, HEIGHT = 1000, 470
# The paper of the curves, and that of the bars.
LEFT, TOP, RIGHT, BOTTOM = 60, 50, 560, 400
BARS, BARS_END = 725, 965
CURVES = {
    "offset": ("deep page, OFFSET", "#c98a2b"),
    "live": ("analytics, counted live", "#8a5a9b"),
    "deep": ("deep page, ours", "#14502f"),
    "first": ("first page", "#62a57f"),
    "search": ("search for one address", "#2f6d9b"),
    "rollup": ("analytics, ours", "#b0413e"),
    "lookup": ("look-up by public id", "#444444"),
}
TABLES = {
    "recipients_achievementcredential": "credentials",
    "recipients_outgoingemail": "mails",
    "recipients_claimlink": "claim links",
    "recipients_activity": "activities",
    "issuers_auditevent": "trail",
    "recipients_searchword": "search words",
    "recipients_recipient": "people",
    "verification_publicview": "looks",
    "recipients_tally": "tallies",
}


def curves(found: Sequence[dict[str, Any]]) -> str:
    """An SVG of what bench.served.curves measured."""
    parts = [*_paper(found), *_lines(found), *_weights([one for one in found if "bytes" in one][-1])]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>"]) + "\n"


def _x(credentials: int, found: Sequence[dict[str, Any]]) -> float:
    first, last = log10(found[0]["credentials"]), log10(found[-1]["credentials"])
    return LEFT + (RIGHT - LEFT) * (log10(credentials) - first) / max(last - first, 0.001)


def _y(milliseconds: float) -> float:
    """From a hundredth of a millisecond to ten seconds."""
    return BOTTOM - (BOTTOM - TOP) * (log10(max(milliseconds, 0.01)) + 2) / 6


def _text(x: float, y: float, said: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(said)}</text>'


def _paper(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield _text(LEFT, 24, "CPU milliseconds of one answer, by credentials of one institution", 'font-weight="bold"')
    for power in range(-2, 5):
        height = _y(10.0**power)
        yield f'<line x1="{LEFT}" x2="{RIGHT}" y1="{height:.1f}" y2="{height:.1f}" stroke="#ddd"/>'
        yield _text(LEFT - 6, height + 4, f"{10.0**power:g}", 'text-anchor="end"')
    for one in found:
        place = _x(one["credentials"], found)
        yield f'<line x1="{place:.1f}" x2="{place:.1f}" y1="{TOP}" y2="{BOTTOM}" stroke="#eee"/>'
        yield _text(place, BOTTOM + 18, f"{one['credentials']:,}", 'text-anchor="middle"')


def _lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What was not measured at a size is left out of its line."""
    ends = sorted(
        ((_y([one["ms"][key] for one in found if key in one["ms"]][-1]), key) for key in CURVES), reverse=True
    )
    room = BOTTOM + 14.0
    for height, key in ends:
        said, colour = CURVES[key]
        points = " ".join(
            f"{_x(one['credentials'], found):.1f},{_y(one['ms'][key]):.1f}" for one in found if key in one["ms"]
        )
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        room = min(room - 14, height + 4)
        yield _text(RIGHT + 8, room, said, f'fill="{colour}"')


def _weights(last: dict[str, Any]) -> Iterator[str]:
    """Bytes of a credential by table: rows with long texts, and lighter the indexes."""
    many = last["credentials"]
    rows = [(name, last["bytes"][table]) for table, name in TABLES.items()]
    most = max(sum(sizes[part] for part in ("heap", "beside", "indexes")) for _name, sizes in rows)
    yield _text(BARS, 24, f"Bytes a credential at {many:,}", 'font-weight="bold"')
    yield _text(BARS, 40, "dark: rows, light: indexes", 'fill="#666"')
    for place, (name, sizes) in enumerate(rows):
        top, whole = TOP + 10 + place * 40, (BARS_END - BARS) / most
        table, indexes = (sizes["heap"] + sizes["beside"]) * whole, sizes["indexes"] * whole
        yield _text(BARS, top + 8, f"{name}: {sum(sizes[part] for part in ('heap', 'beside', 'indexes')) / many:,.0f}")
        yield f'<rect x="{BARS}" y="{top + 12}" width="{table:.1f}" height="12" fill="#2f7d52"/>'
        yield f'<rect x="{BARS + table:.1f}" y="{top + 12}" width="{indexes:.1f}" height="12" fill="#9fcab0"/>'
