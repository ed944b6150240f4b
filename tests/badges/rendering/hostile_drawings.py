"""Forty SVGs that somebody might hand in with a purpose, after the catalogue S of the security notes.

SINK is put where an address would be fetched; CANARY where a file of this machine would be read.
"""

import gzip

SINK, CANARY = "http://127.0.0.1:9", "/nonexistent/canary"
NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SQUARE = '<path d="M10 10H90V90H10Z" fill="#123456"/>'


def svg(inside: str, *, root: str = "", before: str = "") -> bytes:
    return f'{before}<svg {NS} viewBox="0 0 100 100" {root}>{inside}</svg>'.encode()


def laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return svg("<desc>&a9;</desc>" + SQUARE, before=f"<!DOCTYPE svg [{entities}]>")


def doubled(levels: int) -> bytes:
    """Each group uses the one before it twice."""
    groups = '<g id="g0"><path d="M0 0H1V1Z"/></g>'
    groups += "".join(
        f'<g id="g{n}"><use href="#g{n - 1}"/><use xlink:href="#g{n - 1}"/></g>' for n in range(1, levels)
    )
    return svg(f'<defs>{groups}</defs><use href="#g{levels - 1}"/>')


def masked(levels: int) -> bytes:
    """Each mask is painted through the one before it, many times over."""
    masks = '<mask id="m0"><rect width="100" height="100" fill="#fff"/></mask>'
    for n in range(1, levels):
        inside = f'<rect width="100" height="100" fill="#fff" mask="url(#m{n - 1})"/>' * 8
        masks += f'<mask id="m{n}">{inside}</mask>'
    return svg(masks + f'<rect width="100" height="100" mask="url(#m{levels - 1})"/>')


def chained(links: int) -> bytes:
    chain = "".join(f'<g id="c{n}"><use href="#c{n + 1}"/></g>' for n in range(links))
    return svg(f'<defs>{chain}<g id="c{links}">{SQUARE}</g></defs><use href="#c0"/>')


# Name → bytes, and what is expected: a code of ImageRefused, or "" for a picture without the part.
DRAWINGS: dict[str, tuple[bytes, str]] = {
    "S1 script": (svg(f"<script>fetch('{SINK}')</script>{SQUARE}"), ""),
    "S1 script with an address": (svg(f'<script href="{SINK}/x.js"/>{SQUARE}'), ""),
    "S2 onload": (svg(SQUARE, root=f"onload=\"fetch('{SINK}')\""), ""),
    "S2 onclick and onbegin": (svg(f'<g onclick="x()"><set onbegin="x()" attributeName="fill"/>{SQUARE}</g>'), ""),
    "S3 foreignObject with a frame": (
        svg(f'<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="{SINK}"/></foreignObject>{SQUARE}'),
        "",
    ),
    "S3 foreignObject alone": (svg(f'<foreignObject><body src="{SINK}"/></foreignObject>'), "svg-empty"),
    "S4 script behind a tab": (svg(f'<a href="java&#9;script:alert(1)">{SQUARE}</a>'), ""),
    "S4 script in capitals": (svg(f'<a xlink:href="JaVaScRiPt:alert(1)">{SQUARE}</a>'), ""),
    "S5 use of an address": (svg(f'<use href="{SINK}/a.svg#a"/>{SQUARE}'), ""),
    "S5 use of an address alone": (svg(f'<use xlink:href="{SINK}/a.svg#a"/>'), "svg-empty"),
    "S5 fill of an address": (svg(f'<rect width="9" height="9" fill="url({SINK}/a.svg#a)"/>{SQUARE}'), ""),
    "S5 mask, clip and filter of an address": (
        svg(f'<g mask="url({SINK}#a)" clip-path="url({SINK}#a)" filter="url({SINK}#a)">{SQUARE}</g>'),
        "",
    ),
    "S6 image of a file": (svg(f'<image href="file://{CANARY}" width="9" height="9"/>{SQUARE}'), "svg-picture"),
    "S6 image of a path": (svg(f'<image xlink:href="{CANARY}" width="9" height="9"/>{SQUARE}'), "svg-picture"),
    "S6 feImage": (
        svg(f'<filter id="f"><feImage href="file://{CANARY}"/></filter><g filter="url(#f)">{SQUARE}</g>'),
        "",
    ),
    "S7 import": (svg(f"<style>@import url({SINK}/a.css);</style>{SQUARE}"), ""),
    "S7 import without an end": (svg(f'<style>@import "{SINK}/a.css"</style>{SQUARE}'), ""),
    "S7 address in a style": (svg(f'<path style="fill:url({SINK}#a)" d="M0 0H9V9Z"/>{SQUARE}'), ""),
    "S8 outside entity": (
        svg("<desc>&x;</desc>" + SQUARE, before=f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{CANARY}">]>'),
        "svg-not-plain",
    ),
    "S8 outside type": (svg(SQUARE, before=f'<!DOCTYPE svg SYSTEM "{SINK}/svg.dtd">'), "svg-not-plain"),
    "S8 parameter entity": (
        svg(SQUARE, before=f'<!DOCTYPE svg [<!ENTITY % p SYSTEM "{SINK}/p.dtd"> %p;]>'),
        "svg-not-plain",
    ),
    "S9 billion laughs": (laughs(), "svg-not-plain"),
    "S10 use of use of use": (doubled(21), "svg-too-much"),
    "S10 use of itself": (svg(f'<g id="a"><use href="#a"/>{SQUARE}</g>'), "svg-circle"),
    "S10 use in a circle": (svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>' + SQUARE), "svg-circle"),
    "S10 gradient of itself": (svg(f'<linearGradient id="a" href="#a"/>{SQUARE}'), "svg-circle"),
    "S10 chain of ten thousand": (chained(3000), "svg-too-much"),
    "S10 masks in masks": (masked(8), "svg-too-much"),
    "S11 a width of 1e9": (svg(SQUARE, root='width="1e9" height="1e9"'), "svg-number"),
    "S11 a number far away": (svg('<path d="M0 0L1e300 1e9"/>'), "svg-number"),
    "S12 animated address": (
        svg(f'<use href="#a"><animate attributeName="href" values="{SINK}"/></use><g id="a">{SQUARE}</g>'),
        "",
    ),
    "S13 script under another prefix": (
        svg(f'<x:script xmlns:x="http://www.w3.org/2000/svg">fetch("{SINK}")</x:script>{SQUARE}'),
        "",
    ),
    "S14 style sheet instruction": (svg(SQUARE, before=f'<?xml-stylesheet href="{SINK}/a.css"?>'), ""),
    "S15 breaking out of CDATA": (svg(f"<style><![CDATA[a{{}}]]>&lt;/style&gt;&lt;script&gt;</style>{SQUARE}"), ""),
    "S16 data address of HTML": (
        svg(f'<a href="data:text/html,&lt;script>alert(1)&lt;/script>">{SQUARE}</a>'),
        "",
    ),
    "S16 data picture": (svg(f'<image href="data:image/svg+xml,&lt;svg onload=x()>"/>{SQUARE}'), "svg-picture"),
    "S17 svgz": (gzip.compress(svg(SQUARE), mtime=0), "unsupported"),
    "S18 a hundred thousand points": (svg(f'<path d="M0 0{"L1 1" * 100_000}"/>'), "svg-too-much"),
    "S18 eleven thousand elements": (svg("<g/>" * 11_000 + SQUARE), "svg-too-much"),
    "S18 a thousand deep": (svg("<g>" * 1000 + SQUARE + "</g>" * 1000), "svg-too-much"),
    "S18 more than it may weigh": (svg(f"<desc>{'x' * 600_000}</desc>{SQUARE}"), "svg-too-large"),
    "S18 five hundred layers": (svg(f'<g opacity=".5">{SQUARE}</g>' * 500), "svg-too-much"),
    "S19 UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-svg onload=+ACI-x()+ACIAPg-', "svg-not-plain"),
    "S19 UTF-16": (svg(SQUARE).decode().encode("utf-16"), "svg-not-plain"),
    "S19 not text": (b"<svg>\xff\xfe\x00</svg>", "svg-not-plain"),
    "S20 font of an address": (
        svg(f'<style>@font-face{{font-family:x;src:url({SINK}/x.woff)}}</style><text font-family="x">A</text>'),
        "svg-text",
    ),
    "torn": (svg(SQUARE)[:-9], "svg-broken"),
    "another vocabulary": (b'<?xml version="1.0"?><html><body onload="x()"/></html>', "unsupported"),
    "no size": (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0H9V9Z"/></svg>', "svg-no-size"),
    "nothing to see": (svg("<defs>" + SQUARE + "</defs>"), "svg-empty"),
}
