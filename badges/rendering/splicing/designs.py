"""One version's design, ready for everybody who gets it. What is compiled of it is kept for a while, by the shape of a page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

from badges.rendering import certificate, lettering
from badges.rendering.certificate_elements import DRAWN
from badges.rendering.certificate_page import Page
from badges.rendering.certificate_values import Values
from badges.rendering.splicing import compiling, slots, writing
from badges.rendering.splicing.refusing import CannotSplice
from badges.rendering.splicing.template import Template

MOST_KEPT = 48 * 1024 * 1024  # bytes of prefixes that a process keeps
_PAGES = 64  # institutions' names, and the like, that a design is remembered with


class Spliced(NamedTuple):
    """A certificate in two parts; the second is the person's."""

    template: Template
    tail: bytes

    @property
    def whole(self) -> bytes:
        """The file."""
        return self.template.prefix + self.tail

    @property
    def digest(self) -> str:
        """SHA-256 of the file, without putting it together."""
        state = self.template.digest.copy()
        state.update(self.tail)
        return str(state.hexdigest())


class _Shelf:
    """Templates of all designs, the ones that were used last."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Any, Template | CannotSplice] = OrderedDict()
        self.size = 0

    def find(self, key: Any, make: Callable[[], Template]) -> Template:
        """The template of a key, made where there is none. Raises CannotSplice, again and again where it cannot be made."""
        if key in self.kept:
            self.kept.move_to_end(key)
        else:
            self._put(key, make)
        found = self.kept[key]
        if isinstance(found, CannotSplice):
            raise CannotSplice(str(found))
        return found

    def clear(self) -> None:
        """Forget all of them."""
        self.kept.clear()
        self.size = 0

    def _put(self, key: Any, make: Callable[[], Template]) -> None:
        try:
            self.kept[key] = made = make()
            self.size += len(made.prefix)
        except CannotSplice as error:
            self.kept[key] = error
        while self.size > MOST_KEPT or len(self.kept) > 1000:
            _, gone = self.kept.popitem(last=False)
            self.size -= len(gone.prefix) if isinstance(gone, Template) else 0


SHELF = _Shelf()


@contextmanager
def _missing_told() -> Iterator[None]:
    """As certificate.compose tells it."""
    try:
        yield
    except lettering.MissingGlyph as error:
        raise certificate.MissingGlyph(error.character) from error


class Design:
    """A sound layout with its pictures, which are asked for when something is compiled."""

    def __init__(self, layout: Mapping[str, Any], pictures: Callable[[], Mapping[str, bytes]]) -> None:
        self.layout, self._pictures_of = layout, pictures
        self.steps = slots.steps(layout)
        self.refused = next((step.why for step in self.steps if step.why), "")
        self._pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()

    @cached_property
    def pictures(self) -> Mapping[str, bytes]:
        """Badge, signatures and other pictures, by their names in the layout."""
        return self._pictures_of()

    def check(self, values: Values) -> None:
        """Raise DoesNotFit or MissingGlyph where certificate.fits would: for thousands of people, one after the other."""
        with _missing_told():
            slots.told(self._page(values), self.steps)

    def splice(self, values: Values, credential_json: str) -> Spliced:
        """One certificate. Raises CannotSplice, DoesNotFit or MissingGlyph."""
        if self.refused:
            raise CannotSplice(self.refused)
        with _missing_told():
            told = slots.told(self._page(values), self.steps)
        if not told.title.strip():
            raise CannotSplice("a page without a title")
        shared = slots.shared(values)
        template = SHELF.find((self, shared, told.shape), lambda: self._compiled(shared, told.shape))
        return Spliced(template, writing.tail(template, told, credential_json, values.public_id))

    def _compiled(self, shared: tuple[str, ...], shape: slots.Shape) -> Template:
        return compiling.compiled(self.layout, shared, self.pictures, self.steps, shape)

    def _page(self, values: Values) -> Page:
        """The page of a person, which knows where everybody's texts end."""
        shared = slots.shared(values)
        if shared not in self._pages:
            self._pages[shared] = self._shared_page(slots.blank(shared))
            if len(self._pages) > _PAGES:
                self._pages.popitem(last=False)
        return self._pages[shared].of(values.fields(self.layout), list(values.results))

    def _shared_page(self, nobody: Values) -> Page:
        page = Page(self.layout, nobody.fields(self.layout), [], {})
        differing = {step.element["id"] for step in self.steps}
        for element in self.layout["elements"]:
            if element["id"] not in differing and page.drawn(element):
                DRAWN[element["type"]](page, element, page.box(element))
        return page
