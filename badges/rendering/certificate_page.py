"""Layout and values → the HTML of one certificate, which WeasyPrint prints. Every value is escaped; no address is read."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from badges.rendering import guilloche, lettering, qr
from badges.rendering.badge_shapes import silhouette
from badges.rendering.certificate_text import MM, DoesNotFit, fit, merged, script
from badges.rendering.geometry import star
from badges.rendering.palette import palette
from issuers.colour import contrast, readable

PAGES = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
RTL = frozenset({"ar", "he", "fa", "ur"})
Json = Mapping[str, Any]
_PERSONAL = re.compile(r"{{\s*(recipient|award|credential)\.")
_CSS = (
    "html,body{margin:0}.el{position:absolute}h1,h2,p,img{margin:0;font-weight:normal}img{display:block}"
    "table{border-collapse:collapse;width:100%}td,th{padding:0;vertical-align:middle}"
    "th{font-weight:normal;font-size:.82em;text-align:start}"
)


def size_of(page: Json) -> tuple[float, float]:
    """Width and height in millimetres."""
    w, h = PAGES[page["size"]]
    return (h, w) if page["orientation"] == "landscape" else (w, h)


class Page:
    """One certificate. `pictures` are bytes by asset name: `badge` (SVG or PNG), `logo`, `signature.1` …"""

    def __init__(
        self, layout: Json, values: Mapping[str, str], rows: list[tuple[str, str]], pictures: Mapping[str, bytes]
    ) -> None:
        self.layout, self.values, self.rows, self.pictures = layout, values, rows, pictures
        self.w, self.h = size_of(layout["page"])
        theme = layout["theme"]
        self.colours = palette(theme["brand"], theme.get("accent", "auto")) | theme.get("colours", {})
        self.locale = layout.get("locale", "en")
        self.rtl = self.locale.split("-")[0] in RTL
        self.fonts: dict[str, None] = {}
        self.bottoms: dict[str, float] = {}

    def ink(self, name: str, on: str | None = None, ratio: float = 4.5) -> str:
        """A colour of the theme; a text's lightness moves until it can be read on its ground."""
        value = self.colours.get(name.removeprefix("metal:"), name)
        if on is None:
            return value
        ground = self.colours.get(on, on)
        return value if contrast(value, ground) >= ratio else readable(value, ground, ratio)

    def family(self, name: str, words: str = "") -> str:
        """The faces these words need, no more: listing one Japanese face costs more than the whole page."""
        shaped = lettering.shape(words, name, 1) if words else None
        faces = dict.fromkeys([name, *(glyph.face.name for glyph in shaped.glyphs)] if shaped else [name])
        self.fonts.update(faces)
        return ",".join(f"'{face}'" for face in faces)

    def words(self, text: Any) -> str:
        chosen = text.get(self.locale, text["en"]) if isinstance(text, dict) else text
        return " ".join(merged(str(chosen), self.values).split(" "))

    def drawn(self, element: Json) -> bool:
        """An element whose value is missing (no hours, no second signature) is left out with its label."""
        when = element.get("when")
        return not when or bool(self.rows if when == "results" else self.values.get(when))

    def html(self, *, ground: bool = True) -> str:
        """The page. Document order is reading order; z is only paint. Without `ground` the paper stays clear."""
        body = "".join(self._placed(element) for element in self.layout["elements"] if self.drawn(element))
        faces = "".join(f"@font-face{{font-family:'{face}';src:url(laurel:font/{face})}}" for face in self.fonts)
        style = (
            f"{faces}@page{{size:{self.w}mm {self.h}mm;margin:0}}{_CSS}"
            f".page{{position:relative;width:{self.w}mm;height:{self.h}mm;overflow:hidden;{self._ground() if ground else ''}}}"
        )
        title = escape(self.words(self.layout["title"]))
        return (
            f'<!doctype html><html lang="{escape(self.locale)}"><head><meta charset="utf-8"><title>{title}</title>'
            f'<style>{style}</style></head><body><main class="page">{body}</main></body></html>'
        )

    def _placed(self, element: Json) -> str:
        x, y, w, h = element["box"]
        if "below" in element:  # close up under a text that took fewer lines
            above, gap = element["below"]
            y = min(y, self.bottoms.get(above, y) + gap)
        left = self.w - x - w if self.rtl else x  # a right-to-left page is the mirror of its layout
        made = getattr(self, f"_{element['type']}")({**element, "box": [x, y, w, h]})
        place = f"left:{left:.3f}mm;top:{y:.3f}mm;width:{w}mm;height:{h}mm;z-index:{element.get('z', 1)}"
        return f'<div class="el" style="{place}">{made}</div>'

    def _text(self, element: Json) -> str:
        style = {**self.layout.get("text", {}), **element["style"]}
        words = self.words(element["text"])
        if style.get("case") == "upper":
            words = words.upper()
        if not words.strip():
            return ""
        _x, y, w, h = element["box"]
        size, lines = fit(element.get("id", ""), words, w, h, style)
        leading = style.get("leading", 1.2)
        tall = len(lines) * size * leading * MM
        push = _push(style.get("valign", "top"), h, tall)
        if "id" in element:
            self.bottoms[element["id"]] = y + push + tall
        if _PERSONAL.search(str(element["text"])) and len(lines) == 1:
            push = _baseline(style, size, h, leading)
        language, direction = script(words, self.locale)
        css = (
            f"margin:{push:.3f}mm 0 0;font:{size}pt/{leading} {self.family(style['font'], words)};"
            f"color:{self.ink(style.get('colour', 'ink'), style.get('on', 'paper'), 4.5 if size < 18 else 3)};"
            f"text-align:{self._align(style.get('align', 'start'))};white-space:nowrap;"
        )
        if style.get("tracking") and lettering.bends(words):
            css += f"letter-spacing:{style['tracking']}em;"
        tag = element.get("tag", "p")
        text = "<br>".join(map(escape, lines))
        return f'<{tag} lang="{language}" dir="{direction}" style="{css}">{text}</{tag}>'

    def _align(self, align: str) -> str:
        """Of the page, not of the name."""
        sides = {"center": "center", "start": "right" if self.rtl else "left", "end": "left" if self.rtl else "right"}
        return sides[align]

    def _picture(self, source: str, alt: str, how: str = "contain") -> str:
        """Without words it is decoration: a CSS background, which the PDF marks as an artifact."""
        if not alt:
            return f'<div style="width:100%;height:100%;background:url({source}) center/100% 100% no-repeat"></div>'
        return f'<img src="{source}" alt="{escape(alt)}" style="width:100%;height:100%;object-fit:{how}">'

    def _svg(self, body: str, w: float, h: float) -> str:
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}mm" height="{h}mm">'
        return "data:image/svg+xml;base64," + base64.b64encode(f"{head}{body}</svg>".encode()).decode()

    def _asset(self, element: Json) -> str:
        return f"laurel:asset/{element['asset']}" if element["asset"] in self.pictures else ""

    def _image(self, element: Json) -> str:
        source = self._asset(element)
        return (
            self._picture(source, self.words(element.get("alt", "")), element.get("fit", "contain")) if source else ""
        )

    def _badge(self, element: Json) -> str:
        # Under 27 mm the small drawing is used: capitals below 1.25 mm would not be read on paper.
        small = element["box"][2] < 27 and "badge-small" in self.pictures
        return self._image({**element, "asset": "badge-small" if small else "badge"})

    def _qr(self, element: Json) -> str:
        link = merged(element["value"], self.values)
        modules, quiet = qr.matrix(link), element.get("quiet", 4)
        side = len(modules) + 2 * quiet
        ground, ink = self.ink(element.get("ground", "white")), self.ink(element.get("colour", "ink"))
        body = f'<rect width="{side}" height="{side}" fill="{ground}"/><path d="{qr.path(modules, quiet, quiet)}" fill="{ink}"/>'
        return self._picture(self._svg(body, side, side), f"QR code: {link}")

    def _line(self, element: Json) -> str:
        _x, _y, w, h = element["box"]
        return f'<div style="width:{w}mm;height:{h}mm;background:{self.ink(element["colour"])}"></div>'

    def _shape(self, element: Json) -> str:
        _x, _y, w, h = element["box"]
        if element["kind"] == "rect":
            return self._line(element)
        colours = {key: self.ink(value) for key, value in element["colours"].items()}
        shades = list(colours.values())
        if element["kind"] == "arches":
            body = guilloche.arches(w, h, shades, element.get("unit", 22), element.get("step", 3.2))
        elif element["kind"] == "tiles":
            body = guilloche.tiles(h, element["unit"], element["grid"], colours)
        elif element["kind"] == "braid":
            body = guilloche.bands(w, h, shades[0], shades[1])
        elif element["kind"] == "disc":
            body = f'<circle cx="{w / 2}" cy="{w / 2}" r="{w / 2}" fill="{shades[0]}"/>'
        else:
            body = (
                f'<path d="M0 {h / 2}H{w / 2 - 2.4}M{w / 2 + 2.4} {h / 2}H{w}" stroke="{shades[0]}" stroke-width=".2"/>'
                f'<path d="M{w / 2} {h / 2 - 1.1}l1.1 1.1-1.1 1.1-1.1-1.1z" fill="{shades[0]}"/>'
            )
        return self._picture(self._svg(body, w, h), "")

    def _seal(self, element: Json) -> str:
        """A stamped seal: scallops, lathe work, lettering round the rim."""
        ink, on, font = self.ink(element["colour"]), self.ink(element.get("ground", "paper")), element["style"]["font"]
        name, size = self.words(element["text"]).upper(), element["style"].get("size", 50)
        spare = 900 - lettering.measure(name, font, size, 0.1)
        tracking = 0.1 + max(0, min(0.5, spare / size / max(1, len(name))))
        ring = lettering.arc(lettering.Lettering(name, font, size, tracking), lettering.Circle(300, 300, 214), 280)
        edge = silhouette({"kind": "scallop"})
        lathe = guilloche.rosette(300, 300, 84, 156, 20, 6) + guilloche.rosette(300, 300, 22, 92, 12, 6)
        body = (
            f'<path d="{edge}" fill="{ink}"/><g fill="none" stroke="{on}"><circle cx="300" cy="300" r="262"'
            f' stroke-width="3"/><circle cx="300" cy="300" r="166" stroke-width="3"/><path stroke-width="1.7" d="{lathe}"/>'
            f'</g><path d="{ring.path}" fill="{on}"/><path d="{star(5, 20, 8.4, 300, 514)}" fill="{on}"/>'
        )
        return self._picture(self._svg(body, 600, 600), element.get("alt", ""))

    def _signature(self, element: Json) -> str:
        _x, _y, w, h = element["box"]
        space, source, who = h - 11.5, self._asset(element), self.words(element["name"])
        align = element.get("align", "center")
        ink = f'<div style="height:{space}mm"></div>'
        if source:
            side = self._align(align)
            ink = (
                f'<img src="{source}" alt="{escape("Signature of " + who)}" style="display:block;height:{space}mm;'
                f'width:{w}mm;object-fit:contain;object-position:{side} bottom">'
            )
        size = element["style"].get("size", 11)
        first = {**element["style"], "align": align, "size": size, "min": 5}
        second = {**first, "size": size * 0.8, **element.get("second", {})}
        rule = (
            f'<div style="height:.2mm;margin-bottom:1.4mm;background:{self.ink(element.get("colour", "ink"))}"></div>'
        )
        name = self._text({"text": element["name"], "box": [0, 0, w, 5], "style": first})
        return ink + rule + name + self._text({"text": element["title"], "box": [0, 0, w, 4], "style": second})

    def _table(self, element: Json) -> str:
        style, tall = element["style"], element["row"]
        if (len(self.rows) + 1) * tall > element["box"][3] + 0.01:
            raise DoesNotFit(element["id"], f"{len(self.rows)} rows")
        cells = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in self.rows]
        words = "".join(cell for row in self.rows for cell in row)
        rule = f"border-bottom:.15mm solid {self.ink(style['rule'])};height:{tall}mm"
        rows = "".join(f'<tr style="{rule}">{row}</tr>' for row in cells)
        font = f"font:{style['size']}pt/1.2 {self.family(style['font'], words)};color:{self.ink('ink')}"
        return f'<table style="{font}"><tbody>{rows}</tbody></table>'

    def _ground(self) -> str:
        colour = f"background-color:{self.ink(self.layout['background']['colour'])};"
        drawn = self.background_svg()
        if not drawn:
            return colour
        return f"{colour}background-image:url({self._svg(drawn, self.w, self.h)});background-size:100% 100%;"

    def background_svg(self) -> str:
        """Ground and border; the same for everybody who gets this version."""
        back, drawn = self.layout["background"], ""
        if rosette := back.get("ground"):
            drawn += guilloche.ground(
                rosette["at"][0], rosette["at"][1], rosette["radius"], self.ink(rosette["colour"])
            )
        edge = self.layout.get("border")
        if edge and edge["kind"] == "guilloche":
            colours = (self.ink(edge["colour"]), self.ink(edge["second"]), self.ink(back["colour"]))
            numbers = (int(edge.get("strands", 7)), edge.get("cell", 8.5))
            drawn += guilloche.border(self.w, self.h, edge["inset"], edge["width"], *colours, *numbers)
        if edge and edge["kind"] == "rule":
            ink = self.ink(edge["colour"])
            drawn += "".join(
                f'<rect x="{i}" y="{i}" width="{self.w - 2 * i}" height="{self.h - 2 * i}" fill="none" stroke="{ink}"'
                f' stroke-width="{s}"/>'
                for i, s in edge["rules"]
            )
        return drawn


def _push(valign: str, height: float, tall: float) -> float:
    """Millimetres above the first line."""
    return {"top": 0.0, "middle": (height - tall) / 2, "bottom": height - tall}[valign]


def _baseline(style: Json, size: float, height: float, leading: float) -> float:
    """A smaller name keeps the baseline of the full size."""
    face, full = lettering.face(style["font"]), style["size"] * leading * MM
    shift = (style["size"] - size) * MM * (leading + face.ascent - face.descent) / 2
    return _push(style.get("valign", "top"), height, full) + shift
