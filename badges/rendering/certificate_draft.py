"""A certificate while somebody lays it out: where each element stands, what cannot be printed, and the page itself. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from badges.rendering import lettering
from badges.rendering.certificate import Problem, Values
from badges.rendering.certificate_page import Page
from badges.rendering.certificate_text import DoesNotFit

_ASSET = re.compile(r'(url\(|src=")laurel:(font|asset)/([^)"]+)')
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)


@dataclass(frozen=True)
class Look:
    """A drawn draft. `frames` are left, top, width and height as shown, in millimetres, by the id of the element."""

    frames: dict[str, tuple[float, float, float, float]]
    problems: list[Problem]
    html: str

    @property
    def style(self) -> str:
        """What stands in the page's <style>."""
        found = _STYLE.search(self.html)
        return found[1] if found else ""

    @property
    def body(self) -> str:
        """What stands in its <body>."""
        found = _BODY.search(self.html)
        return found[1] if found else ""


class _Draft(Page):
    """A page that leaves out what cannot be printed, notes it, and draws the rest."""

    def __init__(self, layout: Mapping[str, Any], values: Values, pictures: Mapping[str, bytes]) -> None:
        super().__init__(layout, values.fields(layout), list(values.results), pictures)
        self.frames: dict[str, tuple[float, float, float, float]] = {}
        self.problems: list[Problem] = []
        self.pointers = {element["id"]: f"/elements/{at}" for at, element in enumerate(layout["elements"])}

    def _placed(self, element: Mapping[str, Any]) -> str:
        name = element["id"]
        x, y, w, h = element["box"]
        if "below" in element:
            above, gap = element["below"]
            y = min(y, self.bottoms.get(above, y) + gap)
        self.frames[name] = (round(self.w - x - w if self.rtl else x, 3), round(y, 3), w, h)
        try:
            made = super()._placed(element)
        except DoesNotFit as error:
            self.problems.append(Problem(self.pointers[name], "does-not-fit", error.text[:80]))
            return ""
        except lettering.MissingGlyph as error:
            self.problems.append(Problem(self.pointers[name], "missing-glyph", error.character))
            return ""
        return made.replace('class="el"', f'class="el" data-element="{name}"', 1)


def look(layout: Mapping[str, Any], values: Values, pictures: Mapping[str, bytes], *, ground: bool = True) -> Look:
    """A layout without faults (certificate.check), drawn for one person as far as it can be."""
    page = _Draft(layout, values, pictures)
    html = page.html(ground=ground)
    return Look(page.frames, page.problems, html)


def for_browsers(html: str, *, font: Callable[[str], str], pictures: Mapping[str, bytes]) -> str:
    """The page with addresses that a browser can follow: fonts by `font(name)`, pictures inside the page."""

    def address(found: re.Match[str]) -> str:
        start, kind, name = found.groups()
        return start + (font(name) if kind == "font" else _data(pictures.get(name, b"")))

    return _ASSET.sub(address, html)


def _data(picture: bytes) -> str:
    kinds = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))
    kind = next((kind for start, kind in kinds if picture.startswith(start)), "image/svg+xml")
    return f"data:{kind};base64,{base64.b64encode(picture).decode()}"
