"""A picture of the last run: `python -m bench.picture` draws bench/results.json as docs/speed.svg.

A bar is how many times better ours is than the naive way of the same run, on a logarithmic scale; its tick is what is asked of it.
"""

from __future__ import annotations

import json
import math
import sys
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PICTURE = HERE.parent / "docs" / "speed.svg"
# What is asked: at least so many times better. The others are told for themselves.
GOALS = {
    "pipeline": 100,
    "pdf_latin": 150,
    "pdf_other_scripts": 80,
    "signing": 14,
    "rows": 15,
    "mail": 10,
    "public_json_vs_bare_view": 0.9,
    "public_html_cached_vs_bare_view": 1,
    "public_html_uncached_vs_naive": 3,
    "rules_retro": 20,
}
TITLES = {
    "pipeline": "Ten thousand, from the file to the mail",
    "pdf_latin": "A certificate, Latin letters",
    "pdf_other_scripts": "A certificate, other scripts",
    "signing": "A signature",
    "rows": "The rows of one person",
    "mail": "A claim mail",
    "public_json_vs_bare_view": "Public JSON, beside a bare view",
    "public_html_cached_vs_bare_view": "Public page kept, beside a bare view",
    "public_html_uncached_vs_naive": "Public page made anew",
    "rules_retro": "Twenty rules over 10,000 people",
}
WIDTH, LEFT, RIGHT, ROW, TOP = 860, 290, 150, 34, 64
LEAST, MOST = 0.5, 1000
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#22302a}.small{font-size:12px;fill:#5b6b63}.bar{fill:#1f5c45}"
    ".tick{stroke:#b4552d;stroke-width:2}.grid{stroke:#d5ddd8}.ground{fill:#fbfaf6}"
    "@media(prefers-color-scheme:dark){text{fill:#e7efe9}.small{fill:#a9b8b0}.bar{fill:#6fc29d}.tick{stroke:#f0a074}"
    ".grid{stroke:#34433b}.ground{fill:#141b17}}"
)


def _x(ratio: float) -> float:
    share = (math.log(min(max(ratio, LEAST), MOST)) - math.log(LEAST)) / (math.log(MOST) - math.log(LEAST))
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _row(place: int, found: dict[str, Any]) -> str:
    y, ratio, goal = TOP + place * ROW, found["ratio"], GOALS[found["name"]]
    end, wanted = _x(ratio), _x(goal)
    told = f"{_number(found['ours'])} · {_number(found['baseline'])} {found['unit']}"
    return (
        f'<text x="{LEFT - 12}" y="{y + 17}" text-anchor="end">{escape(TITLES[found["name"]])}</text>'
        f'<rect class="bar" x="{LEFT}" y="{y + 4}" width="{end - LEFT:.1f}" height="18" rx="2"/>'
        f'<path class="tick" d="M{wanted:.1f} {y}v26"/>'
        f'<text x="{max(end, wanted) + 8:.1f}" y="{y + 13}">{ratio:.3g} ×</text>'
        f'<text class="small" x="{max(end, wanted) + 8:.1f}" y="{y + 27}">{escape(told)}</text>'
    )


def draw(results: list[dict[str, Any]]) -> str:
    """The picture as SVG; a result that nothing is asked of is left out."""
    shown = [found for name in GOALS for found in results if found["name"] == name]
    height = TOP + len(shown) * ROW + 28
    grid = "".join(
        f'<path class="grid" d="M{_x(mark):.1f} {TOP - 8}V{height - 20}"/>'
        f'<text class="small" x="{_x(mark):.1f}" y="{TOP - 14}" text-anchor="middle">{mark}×</text>'
        for mark in (1, 10, 100, 1000)
    )
    said = ", ".join(f"{TITLES[found['name']]}: {found['ratio']:.3g} times" for found in shown)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
        f"<title>How many times faster than the naive way</title><desc>{escape(said)}</desc><style>{_STYLE}</style>"
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="8"/>'
        f'<text x="20" y="28">How many times better than the naive way, in one run</text>'
        f'<text class="small" x="{WIDTH - 20}" y="28" text-anchor="end">the tick is what is asked; then ours · naive</text>'
        f"{grid}{''.join(_row(place, found) for place, found in enumerate(shown))}</svg>\n"
    )


def main() -> int:
    results = json.loads((HERE / "results.json").read_text())
    missing = GOALS.keys() - {found["name"] for found in results}
    if missing:
        print(f"Run `make bench` first: no results of {', '.join(sorted(missing))}.", file=sys.stderr)
        return 1
    PICTURE.write_text(draw(results), encoding="utf-8")
    print(f"drawn: {PICTURE.relative_to(HERE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
