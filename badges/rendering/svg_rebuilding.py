"""An SVG that somebody sent, written anew from an allow-list. Pure: what was sent is read, never drawn and never served.

Shapes, paths, gradients, clip paths, masks and transforms are copied, their numbers and colours parsed; scripts, events,
animations, foreign objects, style rules, addresses and whatever else stay behind. What would change the picture if it
were left out (letters, pictures inside) is refused with its remedy, and so is what costs more than a drawing should.
"""

import io
import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from badges.rendering import svg_grammar as grammar
from badges.rendering import svg_styles as styles
from badges.rendering import svg_values as values
from badges.rendering.image_refused import ImageRefused
from badges.rendering.svg_counting import refuse_costly

MOST_BYTES = 512 * 1024
DEEPEST, MOST_ELEMENTS, MOST_STEPS = 40, 10_000, 40_000

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_DECLARED = re.compile(r"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,40})["']""")
_STEP = re.compile(r"[MLHVCSQTAZ]", re.IGNORECASE)
_DRAWN = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_DECLARABLE = {*grammar.PRESENTATION, *grammar.REFERENCES}


class Drawing(NamedTuple):
    """A rebuilt SVG and the size of its canvas, in its own units."""

    svg: str
    width: float
    height: float


def rebuilt(data: bytes) -> str:
    """The SVG text of `redrawn`."""
    return redrawn(data).svg


def redrawn(data: bytes) -> Drawing:
    """A new document with what is known of the old one, or ImageRefused."""
    sent = _parsed(_text(data))
    if sent.tag != f"{_SVG}svg":
        raise ImageRefused("unsupported", found="XML", formats="PNG, JPEG, WebP, SVG")
    box = _canvas(sent)
    made = _Copy(sent).root
    refuse_costly(made)
    if not any(element.tag in _DRAWN for element in made.iter()):
        raise ImageRefused("svg-empty")
    for name in ("x", "y", "width", "height", "preserveAspectRatio"):
        made.attrib.pop(name, None)
    made.set("xmlns", "http://www.w3.org/2000/svg")
    made.set("viewBox", " ".join(map(values.written, box)))
    return Drawing(tostring(made, encoding="unicode"), box[2], box[3])


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise ImageRefused("svg-too-large", kilobytes=MOST_BYTES // 1024)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImageRefused("svg-not-plain", found="encoding") from error
    declared = _DECLARED.match(text)
    if (declared and declared[1].lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}) or "\0" in text:
        raise ImageRefused("svg-not-plain", found="encoding")
    return text


def _parsed(text: str) -> Element:
    """The tree, built while it is counted: no type declaration, no entity, no depth beyond ours."""
    events = iterparse(io.BytesIO(text.encode()), events=("start", "end"), forbid_dtd=True)
    depth = seen = 0
    root: Element | None = None
    try:
        for event, element in events:
            if root is None:
                root = element
            depth += 1 if event == "start" else -1
            seen += event == "start"
            if depth > DEEPEST:
                raise ImageRefused("svg-too-much", what="depth", most=DEEPEST)
            if seen > MOST_ELEMENTS:
                raise ImageRefused("svg-too-much", what="elements", most=MOST_ELEMENTS)
    except DefusedXmlException as error:
        raise ImageRefused("svg-not-plain", found="doctype") from error
    except (ParseError, ValueError, LookupError) as error:
        raise ImageRefused("svg-broken") from error
    if root is None:
        raise ImageRefused("svg-broken")
    return root


def _canvas(root: Element) -> tuple[float, float, float, float]:
    """Corner and size: the view box, else width and height. Both are read, so that an absurd one is told."""
    sides = [_side(root.get(name, "")) for name in ("width", "height")]
    try:
        x, y, width, height = map(float, values.box(root.get("viewBox", "")).split())
    except ValueError:
        if not all(sides):
            raise ImageRefused("svg-no-size") from None
        return 0.0, 0.0, sides[0], sides[1]
    return x, y, width, height


def _side(text: str) -> float:
    """In its own unit, 0 where it is none or a percentage."""
    try:
        said = values.length(text)
    except ValueError:
        return 0.0
    return 0.0 if said.endswith("%") else max(0.0, float(re.sub(r"[a-z]+$", "", said)))


class _Copy:
    """One copying: what stood in the document, and the new names of what is referred to."""

    def __init__(self, sent: Element) -> None:
        self.tags: dict[str, str] = {}
        self.names: dict[str, str] = {}
        sheets = []
        for element in sent.iter():
            tag = _tag(element)
            if tag == "style":
                sheets.append("".join(element.itertext()))
            own = element.get("id")
            if own and own not in self.tags and tag in grammar.ELEMENTS:
                self.tags[own] = tag
                self.names[own] = f"i{len(self.names)}"
        self.sheet = styles.Sheet("\n".join(sheets), _DECLARABLE)
        self.steps = 0
        self.given: set[str] = set()
        self.root = Element("svg")
        self._fill(self.root, sent, "svg")

    def _copy(self, element: Element, into: Element) -> None:
        tag = _tag(element)
        if tag in grammar.TELLING and (tag != "text" or "".join(element.itertext()).strip()):
            raise ImageRefused(grammar.TELLING[tag])
        if tag in grammar.ELEMENTS:
            self._fill(SubElement(into, grammar.WRITTEN_AS.get(tag, tag)), element, tag)

    def _fill(self, made: Element, element: Element, tag: str) -> None:
        own = {name: value for name, value in element.attrib.items() if not name.startswith("{")}
        for name, value in self._said(tag, own):
            made.set(name, value)
        self._link(made, element, tag)
        given = self.names.get(own.get("id", ""))
        if given and given not in self.given:
            self.given.add(given)
            made.set("id", given)
        for child in element:
            self._copy(child, made)

    def _said(self, tag: str, own: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Attributes that were understood. One that was not is left out, as a browser passes it over (SVG 2, 2.5)."""
        parsers = grammar.ELEMENTS[tag]
        for name, value in own.items():
            for understood in _parse(name, value, parsers.get(name)):
                self._count(*understood)
                yield understood
        for name, value in self._styled(tag, own).items():
            if name in grammar.REFERENCES or (name in grammar.PAINTS and "url(" in value):
                yield from self._reference(name, value)
            else:
                yield from _parse(name, value, grammar.PRESENTATION.get(name))

    def _styled(self, tag: str, own: dict[str, str]) -> dict[str, str]:
        """What is declared for an element: by attributes, then by the style sheet, then by its `style`."""
        declared = {name: value for name, value in own.items() if name in _DECLARABLE}
        return declared | self.sheet.of(tag, own) | styles.declarations(own.get("style", ""), _DECLARABLE)

    def _reference(self, name: str, value: str) -> Iterator[tuple[str, str]]:
        """`url(#id)` of an element that may be meant; a paint that leads nowhere is no paint."""
        wanted = grammar.REFERENCES.get(name, grammar.GRADIENTS)
        try:
            meant = values.local(value)
        except ValueError:
            meant = ""
        if self.tags.get(meant) in wanted:
            yield name, f"url(#{self.names[meant]})"
        elif name in grammar.PAINTS:
            yield name, "none"

    def _link(self, made: Element, element: Element, tag: str) -> None:
        link = element.get("href") or element.get(f"{_XLINK}href") or ""
        meant = link.strip().removeprefix("#")
        if tag in grammar.LINKS and link.strip().startswith("#") and self.tags.get(meant) in grammar.LINKS[tag]:
            made.set("href", f"#{self.names[meant]}")

    def _count(self, name: str, value: str) -> None:
        if name == "d":
            self.steps += len(_STEP.findall(value))
        elif name == "points":
            self.steps += value.count(" ") // 2 + 1
        if self.steps > MOST_STEPS:
            raise ImageRefused("svg-too-much", what="points", most=MOST_STEPS)


def _parse(name: str, value: str, parser: grammar.Parser | None) -> Iterator[tuple[str, str]]:
    if parser is None:
        return
    try:
        yield name, parser(value)
    except ValueError:
        return


def _tag(element: Element) -> str:
    """The local name of an SVG element, '' for those of other vocabularies, comments and instructions."""
    tag = element.tag
    return tag.removeprefix(_SVG) if isinstance(tag, str) and tag.startswith(_SVG) else ""
