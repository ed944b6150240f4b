"""One version's design, ready for everybody who gets it: what is compiled of it is kept for a while, by the shape of a page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from badges.rendering.certificate_elements import DRAWN
from badges.rendering.certificate_page import Page
from badges.rendering.certificate_values import Values
from badges.rendering.splicing import compiling, slots, writing
from badges.rendering.splicing.refusing import CannotSplice
from badges.rendering.splicing.template import Template


class Spliced(NamedTuple):
    """A certificate in two parts; the second is the person's."""

    template: Template
    tail: bytes

    def whole(self) -> bytes:
        """The file."""
        return self.template.prefix + self.tail


class Design:
    """A layout with its pictures. Its templates are few: one for every shape that its people's pages take."""

    def __init__(self, layout: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
        self.layout, self.pictures = layout, pictures
        self.refused = ""
        self._pages: dict[tuple[str, ...], Page] = {}
        self._templates: OrderedDict[Any, Template] = OrderedDict()
        try:
            self.steps = slots.steps(layout)
        except CannotSplice as error:
            self.refused = str(error)

    def splice(self, values: Values, credential_json: str) -> Spliced:
        """One certificate. Raises CannotSplice, DoesNotFit or MissingGlyph."""
        if self.refused:
            raise CannotSplice(self.refused)
        told = slots.told(self.page(values), self.steps)
        if not told.title.strip():
            raise CannotSplice("a page without a title")
        template = self.template(slots.shared(values), told.shape)
        return Spliced(template, writing.tail(template, told, credential_json, values.public_id))

    def page(self, values: Values) -> Page:
        """The page of a person, that knows where everybody's texts end."""
        shared = slots.shared(values)
        if shared not in self._pages:
            self._pages[shared] = self._shared_page(slots.blank(shared))
        return self._pages[shared].of(values.fields(self.layout), list(values.results))

    def _shared_page(self, nobody: Values) -> Page:
        page = Page(self.layout, nobody.fields(self.layout), [], self.pictures)
        personal = {step.element["id"] for step in self.steps}
        for element in self.layout["elements"]:
            if element["id"] not in personal and page.drawn(element):
                DRAWN[element["type"]](page, element, page.box(element))
        return page

    def template(self, shared: tuple[str, ...], shape: slots.Shape) -> Template:
        key = (shared, shape)
        if key not in self._templates:
            self._templates[key] = compiling.compiled(self.layout, shared, self.pictures, self.steps, shape)
        return self._templates[key]
