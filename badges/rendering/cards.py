"""The pictures a person shares: the sentence, the badge on its plate, and the address to check it.

Made as SVG out of outlines, so that every script comes out the same everywhere, and rasterised.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from badges.rendering import lettering, qr
from badges.rendering.bidi import is_rtl
from badges.rendering.geometry import number, rectangle
from badges.rendering.image import rasterise
from badges.rendering.rosette import HALF, lines
from badges.rendering.typesetting import Block, Span, Style, fit, paint
from issuers.brand import roles

Kind = Literal["og", "square", "story", "poster"]
SIZES: dict[Kind, tuple[int, int]] = {
    "og": (1200, 627),
    "square": (1080, 1080),
    "story": (1080, 1920),
    "poster": (1080, 1527),  # A4, upright
}
# Of an inch on paper; a poster is printed.
PRINTED = 200

SERIF, ITALIC = "newsreader-400", "newsreader-400-italic"
SANS, STRONG = "hanken-grotesk-500", "hanken-grotesk-600"

# tokens.css, light: a shared picture stands on pages whose scheme nobody knows.
PAPER, SURFACE, INK, INK_2, INK_3, LINE = "#f9fbf9", "#ffffff", "#141c18", "#434d47", "#5e6862", "#dbe1dd"

RTL_LANGUAGES = frozenset({"ar", "fa", "he", "ps", "sd", "ur", "yi"})


@dataclass(frozen=True)
class Wording:
    """The words between the names, with their places; the caller translates them."""

    recognises: str = "{issuer} recognises"
    earning: str = "for earning {achievement}"
    check: str = "Check it here"


@dataclass(frozen=True)
class Content:
    """What one card says."""

    achievement: str
    recipient: str
    issuer: str
    badge: bytes
    brand: str
    logo: bytes | None
    url: str
    achieved_on: str
    rtl: bool
    wording: Wording


class Box(NamedTuple):
    """A place on the card; `x` is the left edge."""

    x: float
    y: float
    width: float
    height: float


def card(
    *,
    kind: Kind,
    achievement_name: str,
    recipient_name: str,
    issuer_name: str,
    badge_png: bytes,
    brand: str,
    logo_png: bytes | None = None,
    url: str,
    achieved_on: str,
    locale: str = "en",
    wording: Wording | None = None,
) -> bytes:
    """PNG of 1200 × 627, 1080 × 1080 or 1080 × 1920; a poster is 1654 × 2339. `achieved_on` is a date as people read it, or ''.

    A right-to-left locale mirrors the layout. The rosette is that of the credential, whose public id ends `url`.
    """
    content = Content(
        _printable(achievement_name, SERIF),
        _printable(recipient_name, SERIF),
        _printable(issuer_name, STRONG),
        badge_png,
        brand,
        logo_png,
        url,
        achieved_on,
        locale.partition("-")[0].lower() in RTL_LANGUAGES,
        wording or Wording(),
    )
    width, height = SIZES[kind]
    body = _LAYOUTS[kind](content)
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<path fill="{PAPER}" d="{rectangle(0, 0, width, height)}"/>{body}</svg>'
    )
    return rasterise(drawing, round(210 / 25.4 * PRINTED) if kind == "poster" else width)


def _printable(text: str, font: str) -> str:
    """Without the characters no font has: a picture with a sign less is better than none."""
    lost = lettering.missing(text, font)
    return "".join(character for character in text if character not in lost).strip() or "–"


def _mirrored(box: Box, width: float, *, rtl: bool) -> Box:
    """Where the box stands in the layout of the other direction."""
    return box._replace(x=width - box.x - box.width) if rtl else box


def _area(box: Box, colour: str, corner: float = 0) -> str:
    return f'<path fill="{colour}" d="{rectangle(*box, corner)}"/>'


def _image(png: bytes, box: Box, align: str = "xMidYMid") -> str:
    data = base64.b64encode(png).decode()
    place = f'x="{number(box.x)}" y="{number(box.y)}" width="{number(box.width)}" height="{number(box.height)}"'
    return f'<image href="data:image/png;base64,{data}" {place} preserveAspectRatio="{align} meet"/>'


def _plate(content: Content, box: Box, *, rosette: float, badge: float, corner: float = 0) -> str:
    """The wash, the credential's own rosette, the badge with a little light under it; sizes in pixels across."""
    colours = roles(content.brand)
    x, y = box.x + box.width / 2, box.y + box.height / 2
    scale = rosette / (2 * HALF)
    stroke = min(0.8, 1.25 / scale)
    return (
        f'<clipPath id="plate"><path d="{rectangle(*box, corner)}"/></clipPath>'
        '<filter id="lift" x="-20%" y="-20%" width="140%" height="150%">'
        f'<feDropShadow dx="0" dy="{number(badge * 0.03)}" stdDeviation="{number(badge * 0.03)}"'
        ' flood-color="#0c1e14" flood-opacity=".26"/></filter>'
        f'<g clip-path="url(#plate)">{_area(box, colours["brand-wash"][0].hex)}'
        f'<g fill="none" stroke="{colours["brand-line"][0].hex}" stroke-width="{stroke:.2f}"'
        f' transform="translate({number(x)} {number(y)}) scale({scale:.4f})">{lines(_public_id(content.url))}</g></g>'
        f'<g filter="url(#lift)">{_image(content.badge, Box(x - badge / 2, y - badge / 2, badge, badge))}</g>'
    )


def _public_id(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _template(text: str, place: str, value: str, plain: Style, set_off: Style) -> list[Span]:
    """A sentence with one name in it, the name set off."""
    before, _, after = text.partition("{" + place + "}")
    spans = [Span(before, plain), Span(value, set_off), Span(after, plain)]
    return [span for span in spans if span.text]


def _without_places(text: str) -> str:
    return re.sub(r"\{[a-z]+\}", "", text)


def _italic(text: str) -> str:
    """The italic has the Latin letters alone; other scripts have none, and are set upright."""
    codes = lettering.face(ITALIC).codes
    return ITALIC if all(ord(character) in codes for character in text) else SERIF


class Sizes(NamedTuple):
    """The largest type sizes of the sentence's three parts."""

    issuer: float
    name: float
    achievement: float


def _sentence(content: Content, width: float, room: float, sizes: Sizes) -> list[tuple[Block, float]]:
    """“Northmoor University recognises / Amal / for earning Community Mentor”: blocks and the space above each."""
    quiet, loud = Style(SANS, INK_2), Style(STRONG, INK)
    issuer = _template(content.wording.recognises, "issuer", content.issuer, quiet, loud)
    name = [Span(content.recipient, Style(SERIF, INK))]
    title = Style(_italic(content.achievement), INK)
    earning = _template(content.wording.earning, "achievement", content.achievement, Style(SERIF, INK_2), title)
    # A sentence runs as its own words do, whatever the names in it and the layout around it.
    first, last = (is_rtl(_without_places(text)) for text in (content.wording.recognises, content.wording.earning))
    above, size = sizes.issuer, sizes.achievement
    return [
        (fit(issuer, width, room * 0.2, most=sizes.issuer, least=sizes.issuer * 0.6, leading=1.3, rtl=first), 0),
        (fit(name, width, room * 0.42, most=sizes.name, least=24, leading=1.1), above * 0.45),
        (fit(earning, width, room * 0.32, most=size, least=20, leading=1.22, rtl=last), above * 0.55),
    ]


def _stack(blocks: list[tuple[Block, float]]) -> float:
    return sum(block.height + above for block, above in blocks)


def _painted(blocks: list[tuple[Block, float]], x: float, top: float, *, rtl: bool) -> str:
    out = []
    for block, above in blocks:
        out.append(paint(block, x, top + above, rtl=rtl))
        top += above + block.height
    return "".join(out)


def _line(text: str, width: float, size: float, style: Style) -> Block:
    """One small line, such as a date or an address."""
    return fit([Span(text, style)], width, size * 1.6, most=size, least=size * 0.5, leading=1.3)


def _address(url: str) -> str:
    return url.partition("://")[2]


def _code(content: Content, box: Box) -> str:
    """The QR code on white, its quiet ground included."""
    modules = qr.matrix(content.url)
    module = box.width / (len(modules) + 2 * qr.QUIET)
    inset = module * qr.QUIET
    outline = qr.path(modules, box.x + inset, box.y + inset, module)
    return f'{_area(box, SURFACE, 8)}<path fill="{INK}" shape-rendering="crispEdges" d="{outline}"/>'


def _og(content: Content) -> str:
    """Plate beside sentence, as on the public page."""
    width, _ = SIZES["og"]
    rtl = content.rtl
    plate = _mirrored(Box(48, 58, 521, 521), width, rtl=rtl)
    column = _mirrored(Box(617, 58, 535, 521), width, rtl=rtl)
    start = column.x + column.width if rtl else column.x
    top = column.y
    out = [_area(Box(0, 0, width, 10), roles(content.brand)["brand"][0].hex)]
    out.append(_plate(content, plate, rosette=plate.width * 1.06, badge=plate.width * 0.62, corner=12))
    if content.logo:
        out.append(_image(content.logo, Box(column.x, top, column.width, 64), "xMaxYMid" if rtl else "xMinYMid"))
        top += 64
    foot = _line(_address(content.url), column.width, 19, Style(SANS, INK_3))
    date = _line(content.achieved_on, column.width, 21, Style(SANS, INK_2))
    foot_top = column.y + column.height - foot.height
    room = foot_top - top - 100
    blocks = [*_sentence(content, column.width, room, Sizes(25, 88, 40)), (date, 20)]
    out.append(_painted(blocks, start, top + (foot_top - top - _stack(blocks)) / 2, rtl=rtl))
    out.append(paint(foot, start, foot_top, rtl=rtl))
    return "".join(out)


def _tall(content: Content, plate: Box, sizes: Sizes, code: float, foot: float) -> str:
    """Plate above sentence, the code to scan at the foot."""
    width, rtl = 1080, content.rtl
    margin = 72
    colours = roles(content.brand)
    text_width = width - 2 * margin
    start = width - margin if rtl else margin
    rosette = max(plate.width, plate.height) * 1.02
    out = [_plate(content, plate, rosette=rosette, badge=min(plate.height * 0.74, 620))]
    out.append(_area(Box(0, plate.y + plate.height, width, 8), colours["brand"][0].hex))
    top, end = plate.y + plate.height + 8, foot - code
    blocks = _sentence(content, text_width, end - top - 60, sizes)
    out.append(_painted(blocks, start, top + (end - top - _stack(blocks)) / 2, rtl=rtl))
    out.append(_code(content, _mirrored(Box(width - margin - code, end, code, code), width, rtl=rtl)))
    out.append(_signed(content, Box(margin, end, text_width - code - 40, code), start))
    return "".join(out)


def _signed(content: Content, box: Box, start: float) -> str:
    """Logo, date, and what the code is for, beside the code, along its foot."""
    rtl = content.rtl
    check = _line(content.wording.check, box.width, 26, Style(STRONG, INK))
    address = _line(_address(content.url), box.width, 22, Style(SANS, INK_3))
    date = _line(content.achieved_on, box.width, 24, Style(SANS, INK_2))
    blocks: list[tuple[Block, float]] = [(date, 0), (check, 12), (address, 2)]
    top = box.y + box.height - _stack(blocks)
    painted = _painted(blocks, start, top, rtl=rtl)
    room = top - box.y - 16
    if not content.logo or room < 40:
        return painted
    left = start - box.width if rtl else start
    return painted + _image(content.logo, Box(left, box.y, box.width, room), "xMaxYMid" if rtl else "xMinYMid")


def _square(content: Content) -> str:
    return _tall(content, Box(0, 0, 1080, 456), Sizes(28, 92, 46), 176, 1080 - 56)


def _story(content: Content) -> str:
    """The top and bottom seventh stay free of words: there the app lays its own."""
    foot = _area(Box(0, 1920 - 136, 1080, 136), roles(content.brand)["brand"][0].hex)
    return foot + _tall(content, Box(0, 0, 1080, 960), Sizes(34, 124, 58), 230, 1920 - 236)


def _poster(content: Content) -> str:
    """To be read from two metres, with a code that is scanned from one."""
    return _tall(content, Box(0, 0, 1080, 760), Sizes(34, 116, 60), 270, 1527 - 80)


_LAYOUTS: dict[Kind, Callable[[Content], str]] = {"og": _og, "square": _square, "story": _story, "poster": _poster}
